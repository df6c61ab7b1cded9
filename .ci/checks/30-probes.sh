#!/usr/bin/env bash
#
# Every HTTP/1.1, WebSocket and TLS probe suite on each transport. Cases that mostly wait run side by side, in three lanes for each
# transport; those that measure delays or use the cores fully run one after the other.

set -u
cd "$(dirname "$0")/../.."
transports=${TRANSPORTS:-epoll io_uring nio}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
busy='^(race|many|pipeline|stream)'

probe() { python3 platform-stub/probes/run --transport "$1" --failures "${@:2}"; }

# With every buffer followed to its end: a leak is a failure (probes/run looks for it in the log).
followed() { WEIR_JAVA_OPTS='-Dio.netty.leakDetection.level=paranoid -Dio.netty.leakDetection.targetRecords=20' probe "$@"; }

./weir version > /dev/null || exit 1 # builds, if it must, once
for transport in $transports; do
  followed "$transport" responses > "$out/$transport-responses" 2>&1 &
  followed "$transport" --skip "$busy" connections > "$out/$transport-connections" 2>&1 &
  { followed "$transport" h1 fields ws; probe "$transport" tls; } > "$out/$transport-others" 2>&1 &
done
wait
for transport in $transports; do
  cat "$out/$transport"-*
  probe "$transport" --only "$busy" connections 2>&1 | tee "$out/$transport-busy"
done
sed -nE 's/^weir \(.*\): ([0-9]+) passed, ([0-9]+) failed.*/\1 \2/p' "$out"/* |
  awk -v want="$(( 5 * $(wc -w <<< "$transports") ))" '{ p += $1; f += $2; n++ } END { printf "%d passed, %d failed\n", p, f; exit f > 0 || n < want }'
