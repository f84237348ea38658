#!/bin/bash
# All figures of the benchmarks, each on a line of its own, behind it the bar where there is one. Programs are in $BUILD/bench.
set -euo pipefail
programs=${BUILD:-build}/bench

# System calls of one call, client and server together: the difference between two runs, so that start and end do not count.
system_calls() {
  strace -f -c -U calls,name -o "$scratch/$2" "$programs/calls" --mode "$1" --calls "$2" >/dev/null 2>&1
  awk '$2 == "total" {print $1}' "$scratch/$2"
}

system_calls_per_call() {
  local few many
  few=$(system_calls "$1" 500)
  many=$(system_calls "$1" 2500)
  awk -v few="$few" -v many="$many" 'BEGIN {printf "%.2f", (many - few) / 2000}'
}

"$programs/request_reply"
"$programs/wire_bytes"
if command -v strace >/dev/null; then
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  plain=$(system_calls_per_call plain)
  reliable=$(system_calls_per_call reliable)
  echo "P7 = $reliable system calls per call, client and server (plain $plain) bar $plain"
else
  echo "P7 was not measured: strace is not installed"
fi
"$programs/hostile" | tail -1
"$programs/long_session"
"$programs/idle_sessions"
"$programs/one_way"
"$programs/durable"
"$programs/recovery"
