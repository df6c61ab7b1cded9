#!/usr/bin/env bash
#
# A browser on a page behind Weir, over HTTPS with HTTP/2, with a WebSocket: headless Chromium, on each transport.

set -u
cd "$(dirname "$0")/../.."
transports=${TRANSPORTS:-epoll io_uring nio}

./weir version > /dev/null || exit 1 # builds, if it must, once
for transport in $transports; do
  WEIR_JAVA_OPTS='-Dio.netty.leakDetection.level=paranoid' python3 platform-stub/probes/browser.py --transport "$transport"
done | awk '/^(PASS|FAIL)/ { print } /passed,/ { p += $1; f += $3; n++ } END { printf "%d passed, %d failed\n", p, f; exit f > 0 || n == 0 }'
