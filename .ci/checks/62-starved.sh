#!/usr/bin/env bash
# The process without room for its logs and its state, and without descriptors, on each transport: nothing fails, it is seen, and it is over
# by itself.
set -u
cd "$(dirname "$0")/../.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
./weir version > /dev/null || exit 1 # builds, if it must, once
cases='volume epoll io_uring nio'
for only in $cases; do python3 platform-stub/probes/starved.py --only "$only" > "$out/$only" 2>&1 & done
wait
cat "$out"/*
sed -nE 's/^([0-9]+) passed, ([0-9]+) failed.*/\1 \2/p' "$out"/* |
  awk -v want="$(wc -w <<< "$cases")" '{ p += $1; f += $2; n++ } END { printf "%d passed, %d failed\n", p, f; exit f > 0 || n < want }'
