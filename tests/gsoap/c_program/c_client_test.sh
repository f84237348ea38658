#!/bin/bash
# A program in C, linked with libgsoap, holds a session with a server of plain functions (soap_serve): both versions.
set -eu
programs=${BUILD:-build}/samples
port=$((20000 + RANDOM % 10000))
log=$(mktemp)
"$programs/calculator_functions_server" --port $port --log >"$log" &
server=$!
finish() {
  kill $server 2>/dev/null || true
  rm -f "$log"
}
trap finish EXIT
for _ in $(seq 100); do grep -q READY "$log" && break; sleep 0.1; done

for version in 2005 1.1; do
  output=$("$programs/calculator_c_client" --url "http://127.0.0.1:$port/calculator" --rm $version --calls 50) || {
    echo "$version: $output"
    exit 1
  }
  echo "$output" | tail -1 | grep -q '^50 calls, 0 wrong, 0 failed$' || { echo "$version: $output"; exit 1; }
done
executions=$(grep -c '^EXEC Add' "$log")
[ "$executions" = 100 ] || { echo "executed $executions times in place of 100"; exit 1; }
