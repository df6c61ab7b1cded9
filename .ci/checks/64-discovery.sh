#!/usr/bin/env bash
# Workers that are found in the DNS, against the real process and a name server of its own, in namespaces.
set -u
cd "$(dirname "$0")/../.."
./weir version > /dev/null || exit 1 # builds, if it must, once
exec python3 platform-stub/probes/discovery.py
