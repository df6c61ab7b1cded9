#!/usr/bin/env bash
# Bodies of 1 GB with checksums; memory of stalled exchanges of 10 GB; on each transport.
set -u
cd "$(dirname "$0")/../.."
bad=0
for transport in ${TRANSPORTS:-epoll io_uring nio}; do
  python3 platform-stub/probes/run --transport "$transport" --long connections || bad=1
done
exit $bad
