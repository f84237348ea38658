#!/bin/bash
# The calculator with sessions gives the right result in unordered sessions, too: its Result waits for the one-way calls
# before it, however late they are.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/interop/servers.sh

client() {
  "$build/samples/calculator_session_client" --unordered --calls 20 --url "$url" "$@" >"$scratch/client.log" 2>&1 &&
    return 0
  cat "$scratch/client.log"
  return 1
}

for version in 2005 1.1; do
  for threads in 1 4; do
    start calculator_session --unordered || exit 1
    client --rm $version --threads $threads || exit 1
    # Some one-way calls come late, and those that are lost later still.
    start_proxy --seed $threads --rule "delay n=3 times=2 ms=300 match=AddTo" --rule "drop-request n=9 match=AddTo" || exit 1
    client --rm $version --threads $threads --set via="$via" || exit 1
    executed_all 40 || exit 1
    stop
  done
done
