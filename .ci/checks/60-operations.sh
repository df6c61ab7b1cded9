#!/usr/bin/env bash
# The launcher and the process: verbs, exit codes, messages, start-up lines, readiness, draining and signals.
set -u
cd "$(dirname "$0")/../.."
exec python3 platform-stub/probes/operations.py
