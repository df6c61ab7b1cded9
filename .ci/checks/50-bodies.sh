#!/usr/bin/env bash
# Bodies of 1 GB with checksums, which take both cores, on one transport after the other; memory of stalled exchanges of 10 GB, which
# stand still, on the transports side by side.
set -u
cd "$(dirname "$0")/../.."
transports=${TRANSPORTS:-epoll io_uring nio}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
stalled='^big\.stalled'
bad=0

./weir version > /dev/null || exit 1 # builds, if it must, once
for transport in $transports; do
  python3 platform-stub/probes/run --transport "$transport" --long --skip "$stalled" connections || bad=1
done
declare -A running
for transport in $transports; do
  python3 platform-stub/probes/run --transport "$transport" --long --only "$stalled" connections > "$out/$transport" 2>&1 &
  running[$transport]=$!
done
for transport in $transports; do
  wait "${running[$transport]}" || bad=1
  cat "$out/$transport"
done
exit $bad
