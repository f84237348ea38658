#!/bin/bash
# A program in C, linked with libgsoap, holds a session with a server of plain functions (soap_serve): both versions, plain
# and compressed, which libgsoap does not do by itself, the latter over a network that loses a request and a response.
set -u
cd "$(dirname "$0")/../../.." || exit 1
. tests/interop/servers.sh

client() {
  "$build/samples/calculator_c_client" --rm "$version" --calls 50 "$@" >"$scratch/client.log" 2>&1 &&
    [ "$(tail -1 "$scratch/client.log")" = "50 calls, 0 wrong, 0 failed" ] && return 0
  echo "$version $*:"
  cat "$scratch/client.log"
  return 1
}

for version in 2005 1.1; do
  start calculator_functions --set compress=1 || exit 1
  client --url "$url" || exit 1
  # The network looks at the request alone.
  start_proxy --rule "drop-request n=10 match=Content-Encoding: gzip" --rule "drop-response n=20 match=Content-Encoding: gzip" ||
    exit 1
  client --url "$url" --set via="$via" --set compress=1 --set retransmission_minimum=50 || exit 1
  executed_all 100 || exit 1
  kill "$proxy"
  wait "$proxy"
  proxy=""
  for count in dropped_requests=1 dropped_responses=1; do
    grep -q "$count" "$scratch/proxy.log" || { echo "no $count:"; cat "$scratch/proxy.log"; exit 1; }
  done
  stop
done
