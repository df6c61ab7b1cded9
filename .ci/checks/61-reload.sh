#!/usr/bin/env bash
# Another config while requests run, against the real process: the case under load beside the others, which mostly wait. WEIR_FULL=1: 500 reloads
# with 1,000 WebSockets, else 40 with 100; 50 streams of gRPC in both.
set -u
cd "$(dirname "$0")/../.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
./weir version > /dev/null || exit 1 # builds, if it must, once
bad=0
python3 platform-stub/probes/reload.py --not '^under-load$' > "$out/others" 2>&1 &
python3 platform-stub/probes/reload.py --only '^under-load$' || bad=1
wait $! || bad=1
cat "$out/others"
exit $bad
