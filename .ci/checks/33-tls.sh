#!/usr/bin/env bash
#
# TLS as tools see it (openssl, curl, sslscan, testssl), certificates renewed under load, and HTTP/2 over TLS on each
# transport.

set -u
cd "$(dirname "$0")/../.."
transports=${TRANSPORTS:-epoll io_uring nio}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

./weir version > /dev/null || exit 1 # builds, if it must, once
python3 platform-stub/probes/tls_tools.py | tee "$out/tools" || true
for transport in $transports; do
  WEIR_JAVA_OPTS='-Dio.netty.leakDetection.level=paranoid -Dio.netty.leakDetection.targetRecords=20' \
    python3 platform-stub/probes/run --transport "$transport" --failures h2 | tee "$out/$transport"
done
{ tail -n 1 "$out/tools"; for transport in $transports; do grep '^weir (' "$out/$transport"; done; } |
  sed -E 's/^weir \(.*\): //' |
  awk -v want="$(( 1 + $(wc -w <<< "$transports") ))" '{ p += $1; f += $3; n++ } END { printf "%d passed, %d failed\n", p, f; exit f > 0 || n < want }'
