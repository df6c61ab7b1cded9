#!/usr/bin/env bash
# Workers, zones and regions that are lost and come back under load: real processes in a network namespace (unshare, ip, nft).
# Once each; five times in a row in a full run, without a single failure.
set -u
cd "$(dirname "$0")/../.."
times=1
[[ ${WEIR_FULL:-} == 1 ]] && times=5
exec python3 platform-stub/probes/failover.py --times "$times"
