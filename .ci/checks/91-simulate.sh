#!/usr/bin/env bash
# What `weir simulate` says would come of a loss, against what comes of it: real workers killed in a network namespace, and who answers then.
set -u
cd "$(dirname "$0")/../.."
exec python3 platform-stub/probes/foretold.py
