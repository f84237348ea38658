#!/bin/bash
# Runs test programs (GoogleTest) and test scripts (*_test.sh: exit status 0 passed, 77 skipped, else failed) and adds
# them up. A program that cannot be started, or ends before its results are written, counts as one failure.
# The last line is "N passed, N failed". Usage: tests/run.sh FILE...   with BUILD= the folder of what was built.
set -u
export BUILD=${BUILD:-build}
export SANITIZE=${SANITIZE:-}
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=0}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1}
suppressions=$(cd "$(dirname "$0")" && pwd)/checks/tsan_suppressions.txt
export TSAN_OPTIONS=${TSAN_OPTIONS:-halt_on_error=1:second_deadlock_stack=1:suppressions=$suppressions}
limit=${TEST_TIMEOUT:-1200}

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
passed=0
failed=0
skipped=0
failures=()

run_program() {
  local program=$1 name log status run_passed run_failed run_skipped crashed
  name=$(basename "$program")
  log=$results/$name.log
  echo "== $name"
  timeout "$limit" "$program" --gtest_color=no ${GTEST_FILTER:+--gtest_filter="$GTEST_FILTER"} >"$log" 2>&1
  status=$?
  run_passed=$(grep -c '^\[       OK \] ' "$log")
  run_failed=$(grep -E '^\[  FAILED  \] [^ ]+ \([0-9]+ ms\)$|^\[  FAILED  \] .*, where .* \([0-9]+ ms\)$' "$log" | grep -c .)
  run_skipped=$(grep -cE '^\[  SKIPPED \] .* \([0-9]+ ms\)$' "$log")
  crashed=0
  if [ $status -ne 0 ] && [ "$run_failed" -eq 0 ]; then crashed=1; fi
  if ! grep -q '^\[==========\] .* ran\.' "$log"; then crashed=1; fi
  grep -E '^\[  FAILED  \] [^ ]+.* \([0-9]+ ms\)$' "$log" | sed "s/^\[  FAILED  \] /$name: /" >"$results/names"
  while read -r line; do failures+=("$line"); done <"$results/names"
  if [ "$crashed" = 1 ]; then
    failures+=("$name: ended with status $status after: $(grep '^\[ RUN' "$log" | tail -1 | sed 's/.*\] //')")
    run_failed=$((run_failed + 1))
  fi
  awk '/^\[ RUN/ {text = ""; next} /^\[  SKIPPED \] .*ms\)$/ {printf "%s   %s\n", text, $0} NF {text = text "   " $0 "\n"}' "$log"
  if [ "$run_failed" -gt 0 ]; then show_failures "$log" "$crashed"; fi
  echo "   $run_passed passed, $run_failed failed, $run_skipped skipped"
  add "$run_passed" "$run_failed" "$run_skipped"
}

# What belongs to the failed cases; for a crash the end of the log.
show_failures() {
  if [ "$2" = 1 ]; then
    tail -60 "$1"
  else
    awk '/^\[ RUN/ {text = ""} {text = text $0 "\n"} /^\[  FAILED  \] .*ms\)$/ {printf "%s", text}' "$1" | head -300
  fi
}

run_script() {
  local script=$1 log status
  log=$results/script.log
  echo "== $script"
  timeout "$limit" "$script" >"$log" 2>&1
  status=$?
  case $status in
    0) echo "   passed"; add 1 0 0 ;;
    77) echo "   skipped: $(tail -1 "$log")"; add 0 0 1 ;;
    *) tail -60 "$log"; failures+=("$script: status $status"); add 0 1 0 ;;
  esac
}

add() {
  passed=$((passed + $1))
  failed=$((failed + $2))
  skipped=$((skipped + $3))
}

for file in "$@"; do
  case $file in
    *.sh) run_script "$file" ;;
    *) run_program "$file" ;;
  esac
done

for name in ${failures[@]+"${failures[@]}"}; do echo "FAILED $name"; done
if [ "$skipped" -gt 0 ]; then echo "$skipped skipped, for the reasons given above"; fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
