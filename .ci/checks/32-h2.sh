#!/usr/bin/env bash
#
# HTTP/2 from clients, with prior knowledge: every case of the HTTP/2 probe and h2spec on each transport, with every
# buffer followed to its end.

set -u
cd "$(dirname "$0")/../.."
transports=${TRANSPORTS:-epoll io_uring nio}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
export WEIR_JAVA_OPTS='-Dio.netty.leakDetection.level=paranoid -Dio.netty.leakDetection.targetRecords=20'

./weir version > /dev/null || exit 1 # builds, if it must, once
for transport in $transports; do
  python3 platform-stub/probes/run --transport "$transport" --failures h2c h2spec | tee "$out/$transport"
done
sed -nE 's/^weir \(.*\): ([0-9]+) passed, ([0-9]+) failed.*/\1 \2/p' "$out"/* |
  awk -v want="$(wc -w <<< "$transports")" '{ p += $1; f += $2; n++ } END { printf "%d passed, %d failed\n", p, f; exit f > 0 || n < want }'
