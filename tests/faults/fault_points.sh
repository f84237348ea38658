#!/bin/bash
# R2: every allocation of a session of client and server, every byte of a request and of its response, and every
# operation of the store's disk fails once. The kinds, then their sum. Usage: fault_points.sh FOLDER-OF-PROGRAMS
set -u
programs=$1
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0

run() {
  local first name=$1
  shift
  first=$(wc -l <"$log")
  "$@" --gtest_color=no >>"$log" 2>&1 || status=1
  # Of what failed, how; of the rest, how many.
  tail -n +$((first + 1)) "$log" | grep -E '^(fault points:|not counted:|allocation )|^\[  FAILED  \]' ||
    { echo "$name did not run"; status=1; }
}

run memory_fault_tests "$programs/memory_fault_tests"
run gsoap_memory_fault_tests env FAULT_POINTS=all "$programs/gsoap_memory_fault_tests"
run gsoap_tests env EVERY_BYTE=all "$programs/gsoap_tests" --gtest_filter='*EveryByte*'
run store_tests "$programs/store_tests" --gtest_filter='StoreFaults.*'

awk -v status=$status '
  /^fault points:/ {run += $3; passed += $5}
  END {
    printf "R2 = %d fault points run, %d passed\n", run, passed
    exit !(run > 0 && run == passed && status == 0)
  }' "$log"
