#!/usr/bin/env bash
# Restart without loss: processes take each other's place under load, on each transport that can hand sockets over, side by side: they mostly
# wait. 20 takeovers each with WEIR_FULL=1, else 3.
set -u
cd "$(dirname "$0")/../.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
./weir version > /dev/null || exit 1 # builds, if it must, once
declare -A running more=([io_uring]='second|nothing|nio|bad-config|status|evacuations|failback') # once is enough of what has no transport
for transport in epoll io_uring; do
  python3 platform-stub/probes/takeover.py --transport "$transport" --not "${more[$transport]:-^$}" > "$out/$transport" 2>&1 &
  running[$transport]=$!
done
bad=0
for transport in epoll io_uring; do
  wait "${running[$transport]}" || bad=1
  echo "== takeover ($transport)"
  cat "$out/$transport"
done
exit $bad
