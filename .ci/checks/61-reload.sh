#!/usr/bin/env bash
# Another config while requests run, against the real process: the case under load beside the others, which mostly wait. WEIR_FULL=1: 500 reloads
# with 1,000 WebSockets, else 40 with 100; 50 streams of gRPC in both;
# and how long a changed app among 100,000 takes, which is told and not judged.
set -u
cd "$(dirname "$0")/../.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
./weir version > /dev/null || exit 1 # builds, if it must, once
python3 platform-stub/probes/reload.py --only '^under-load$' > "$out/1" 2>&1 &
python3 platform-stub/probes/reload.py --not '^under-load$' > "$out/2" 2>&1 &
wait
if [[ ${WEIR_FULL:-} == 1 ]]; then python3 platform-stub/probes/large_reload.py || exit 1; fi
grep -hvE '^[0-9]+ passed, ' "$out"/*
sed -nE 's/^([0-9]+) passed, ([0-9]+) failed.*/\1 \2/p' "$out"/* |
  awk '{ p += $1; f += $2; n++ } END { printf "%d passed, %d failed\n", p, f; exit f > 0 || n < 2 }'
