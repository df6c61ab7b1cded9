#!/usr/bin/env bash
# Another config while requests run, against the real process. WEIR_FULL=1: 500 reloads with 1,000 WebSockets and 50 streams, else 40 with 100 and 10.
set -u
cd "$(dirname "$0")/../.."
./weir version > /dev/null || exit 1 # builds, if it must, once
exec python3 platform-stub/probes/reload.py
