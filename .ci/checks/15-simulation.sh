#!/usr/bin/env bash
#
# Random worlds in one thread, held against the rules of failover (docs/decisions/0018-worlds-in-one-thread.md). The build has run 2,000
# of them; a full run takes 100,000 others. WEIR_SEEDS sets their number.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

report=lb-core/target/surefire-reports/TEST-io.weir.simulation.SimulationTest.xml
seeds=${WEIR_SEEDS:-}
[[ -z $seeds && ${WEIR_FULL:-} == 1 ]] && seeds=100000
if [[ -n $seeds ]]; then
  mvn -q -B test -pl lb-core -am -Dtest=SimulationTest -Dsurefire.failIfNoSpecifiedTests=false \
    -Dweir.seeds="$seeds" -Dweir.seeds.from=1000000
fi
line=$(grep -aom1 '[0-9]\+ worlds, .*' "$report") || { echo "simulation: $report says nothing of worlds"; exit 1; }
[[ $line == "${seeds:-2000} worlds,"* ]] || { echo "simulation: ${seeds:-2000} worlds were wanted, not $line"; exit 1; }
echo "simulation: $line"
