#!/usr/bin/env bash
# Workers killed, stopped and revived under load, on each transport. They mostly wait, so the transports are tried side by side.
set -u
cd "$(dirname "$0")/../.."
transports=${TRANSPORTS:-epoll io_uring nio}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
./weir version > /dev/null || exit 1 # builds, if it must, once
declare -A running
for transport in $transports; do
  python3 platform-stub/probes/kill_experiments.py --transport "$transport" > "$out/$transport" 2>&1 &
  running[$transport]=$!
done
bad=0
for transport in $transports; do
  wait "${running[$transport]}" || bad=1
  echo "== kill experiments ($transport)"
  cat "$out/$transport"
done
exit $bad
