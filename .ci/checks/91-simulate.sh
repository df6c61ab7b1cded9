#!/usr/bin/env bash
# What `weir simulate` says would come of a loss, against what comes of it: real workers killed in a network namespace, and who answers then.
# Once; five times in a row in a full run, without a single failure.
set -u
cd "$(dirname "$0")/../.."
times=1
[[ ${WEIR_FULL:-} == 1 ]] && times=5
for (( i = 0; i < times; i++ )); do
  python3 platform-stub/probes/foretold.py || exit 1
done
