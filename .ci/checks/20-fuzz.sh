#!/usr/bin/env bash
#
# Runs every @FuzzTest of the tree for WEIR_FUZZ_SECONDS (40; 600 in a full run) each, two at a time.
# With arguments, only the targets whose Class#method contains one of them:
#
#   WEIR_FUZZ_SECONDS=300 .ci/checks/20-fuzz.sh HeadFuzzTest
#
# What is learnt about coverage stays in MODULE/.cifuzz-corpus, which is not kept. An input that fails is written to the
# target's folder in src/test/resources, if there is one, else to MODULE/crash-*: put it there, and it is a regression
# test from then on.
#
# The fuzzer is started without Maven, because each JVM takes one target and Maven cannot run twice in one tree.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

seconds=${WEIR_FUZZ_SECONDS:-}
if [[ -z $seconds ]]; then
  seconds=40
  [[ ${WEIR_FULL:-} == 1 ]] && seconds=600
fi

# --- One target: MODULE CLASS METHOD ---------------------------------------------------------------------------------

fuzz() {
  local module=$1 class=$2 method=$3 root=$PWD
  local log=$root/$module/target/fuzz/${class##*.}-$method.log
  mkdir -p "${log%/*}"
  cd "$root/$module" # where Jazzer looks for src/test/resources and leaves its corpus
  if timeout -k 10 $(( seconds + 120 )) "$java" -Xmx1g -XX:+UseSerialGC -XX:+EnableDynamicAgentLoading \
    --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -Dio.netty.leakDetection.level=paranoid \
    -cp "target/test-classes:target/classes:$(< target/test.classpath)" \
    com.code_intelligence.jazzer.Jazzer --target_class="$class" --target_method="$method" --max_duration="${seconds}s" \
    --instrumentation_includes='io.weir.**' \
    > "$log" 2>&1 < /dev/null && ! grep -q 'LEAK:' "$log"
  then
    printf 'ok      %s#%s  %s\n' "$class" "$method" "$(grep -E '^(Done|#[0-9]+.*DONE|stat::number_of_executed)' "$log" | tail -1)"
  else
    printf 'FAILED  %s#%s, from %s:\n' "$class" "$method" "$log"
    grep -vE '^(INFO: |#[0-9]+)' "$log" | tail -40
    return 1
  fi
}

if [[ ${1:-} == --one ]]; then
  shift
  fuzz "$@"
  exit
fi

# --- All of them -----------------------------------------------------------------------------------------------------

java=
for home in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
  if grep -qsE '^JAVA_VERSION="(2[5-9]|[3-9][0-9])' "$home/release"; then
    java=$home/bin/java
    break
  fi
done
[[ -n $java ]] || { echo "fuzz: no JDK 25 in JAVA_HOME or /usr/lib/jvm" >&2; exit 1; }
export java seconds

# module, class and method of each target: the first method that follows the annotation.
targets=$(
  grep -rl --include='*.java' '^ *@FuzzTest' ./*/src/test/java | LC_ALL=C sort | while read -r file; do
    module=${file#./}
    module=${module%%/*}
    awk -v module="$module" '
      /^package / { sub(/;.*/, "", $2); package = $2 }
      /^ *@FuzzTest/ { wanted = 1 }
      wanted && match($0, /void +[A-Za-z0-9_]+ *\(/) {
        method = substr($0, RSTART, RLENGTH); gsub(/void +| *\(/, "", method)
        class = FILENAME; sub(/.*\//, "", class); sub(/\.java$/, "", class)
        print module, package "." class, method
        wanted = 0
      }' "$file"
  done
) || true
if (( $# > 0 )); then
  targets=$(for word in "$@"; do awk -v word="$word" 'index($2 "#" $3, word)' <<< "$targets"; done | sort -u)
fi
[[ -n $targets ]] || { echo "fuzz: no target found"; exit 1; }
modules=$(cut -d' ' -f1 <<< "$targets" | sort -u | paste -sd, -)

mvn -q -B test-compile dependency:build-classpath -pl "$modules" -am -Dmdep.includeScope=test -Dmdep.outputFile=target/test.classpath

status=0
xargs -P 2 -n 3 .ci/checks/20-fuzz.sh --one <<< "$targets" || status=1
count=$(wc -l <<< "$targets")
if (( status == 0 )); then
  echo "fuzz: $count targets, ${seconds} s each, nothing found"
else
  echo "fuzz: $count targets, ${seconds} s each, at least one FAILED"
fi
exit "$status"
