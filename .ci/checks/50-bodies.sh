#!/usr/bin/env bash
# Bodies of 1 GB with checksums; memory of stalled exchanges of 10 GB.
set -u
cd "$(dirname "$0")/../.."
exec python3 platform-stub/probes/run --long connections
