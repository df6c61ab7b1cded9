#!/usr/bin/env bash
# Workers killed, stopped and revived under load, on each transport.
set -u
cd "$(dirname "$0")/../.."
bad=0
for transport in ${TRANSPORTS:-epoll io_uring nio}; do
  echo "== kill experiments ($transport)"
  python3 platform-stub/probes/kill_experiments.py --transport "$transport" || bad=1
done
exit $bad
