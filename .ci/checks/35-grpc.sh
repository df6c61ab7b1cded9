#!/usr/bin/env bash
#
# gRPC with HTTP/2 on both sides, in clear and over TLS: gRPC's own interoperability cases, and failures told in its words.

set -u
cd "$(dirname "$0")/../.."

./weir version > /dev/null || exit 1 # builds, if it must, once
WEIR_JAVA_OPTS='-Dio.netty.leakDetection.level=paranoid -Dio.netty.leakDetection.targetRecords=20' \
  python3 platform-stub/probes/grpc_interop.py
