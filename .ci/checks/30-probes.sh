#!/usr/bin/env bash
#
# Every HTTP/1.1, WebSocket and TLS probe suite on each transport. Cases that mostly wait run on the transports side by side; those that
# measure delays or use the cores fully run one after the other.

set -u
cd "$(dirname "$0")/../.."
transports=${TRANSPORTS:-epoll io_uring nio}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
busy='^(race|many|pipeline|stream)'

# With every buffer followed to its end: a leak is a failure (probes/run looks for it in the log).
suites() {
  local -x WEIR_JAVA_OPTS='-Dio.netty.leakDetection.level=paranoid -Dio.netty.leakDetection.targetRecords=20'
  python3 platform-stub/probes/run --transport "$1" --failures h1 responses fields ws
  python3 platform-stub/probes/run --transport "$1" --failures --skip "$busy" connections
}

./weir version > /dev/null || exit 1 # builds, if it must, once
for transport in $transports; do suites "$transport" > "$out/$transport" 2>&1 & done
wait
for transport in $transports; do
  cat "$out/$transport"
  python3 platform-stub/probes/run --transport "$transport" --failures --only "$busy" connections | tee "$out/$transport-busy"
  python3 platform-stub/probes/run --transport "$transport" --failures tls | tee "$out/$transport-tls"
done
sed -nE 's/^weir \(.*\): ([0-9]+) passed, ([0-9]+) failed.*/\1 \2/p' "$out"/* |
  awk -v want="$(( 4 * $(wc -w <<< "$transports") ))" '{ p += $1; f += $2; n++ } END { printf "%d passed, %d failed\n", p, f; exit f > 0 || n < want }'
