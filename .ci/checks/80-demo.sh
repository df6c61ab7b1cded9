#!/usr/bin/env bash
# The demo of the built distribution in a terminal: every printed command pasted, then ended in each way, with nothing left behind.
set -u
cd "$(dirname "$0")/../.."
exec python3 platform-stub/probes/demo.py
