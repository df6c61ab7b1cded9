#!/usr/bin/env bash
#
# Workers, zones and regions that are lost and come back under load: real processes in a network namespace (unshare, ip, nft).
# Once each, in two namespaces side by side, since they mostly wait; five times in a row in a full run, without a single failure.

set -u
cd "$(dirname "$0")/../.."
./weir version > /dev/null || exit 1 # builds, if it must, once
[[ ${WEIR_FULL:-} == 1 ]] && exec python3 platform-stub/probes/failover.py --times 5

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
python3 platform-stub/probes/failover.py --only '^(worker|region)' > "$out/first" 2>&1 &
first=$!
bad=0
python3 platform-stub/probes/failover.py --only '^(?!worker|region)' > "$out/second" 2>&1 || bad=1
wait "$first" || bad=1
cat "$out/first" "$out/second"
sed -nE 's/^([0-9]+) passed, ([0-9]+) failed, in .*/\1 \2/p' "$out"/* |
  awk -v bad="$bad" '{ p += $1; f += $2; n++ } END { printf "%d passed, %d failed\n", p, f; exit bad || f > 0 || n < 2 }'
