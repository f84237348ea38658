#!/bin/bash
# WCF's own client against our servers: the sample client of samples/wcf, and the tests of this folder, over HTTP and
# HTTPS, and through the fault proxy. Skipped where WCF is not to be had: see dotnet.sh.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/interop/servers.sh
. tests/interop/dotnet.sh
calls=20
status=0

fail() {
  echo "FAILED: $1"
  status=1
}

compile samples/wcf/client/Client.csproj
compile tests/interop/WcfClient.csproj
sample_client=$(echo "$output"/wcf/Client/bin/Release/net*/Client.dll)
test_client=$(echo "$output"/wcf/WcfClient/bin/Release/net*/WcfClient.dll)

run() {
  timeout -k 5 200 dotnet "$@" >"$scratch/client.log" 2>&1 && return 0
  grep -v '^EXPECT' "$scratch/client.log" | tail -40
  return 1
}

# The sample client, both ends with the binding of App.config.
check_sample() {  # contract, binding
  run "$sample_client" --contract "$1" --config "$config" --binding "$2" --url "$url" --calls $calls || return 1
  tail -1 "$scratch/client.log" | grep -q "^$calls calls, 0 wrong, 0 failed$" || return 1
  executed_all $calls || return 1
  [ "$1" = calculator_session ] || executed_once $calls
}

# The server has executed what the client says it called. Beginnings of lines are compared: servers cut long ones.
executed_as_expected() {  # how to sort
  sed -n 's/^EXPECT //p' "$scratch/client.log" | cut -c1-100 | $1 >"$scratch/expected"
  executed_all "$(wc -l <"$scratch/expected")" || return 1
  executed | cut -c1-100 | $1 >"$scratch/executed"
  diff "$scratch/expected" "$scratch/executed" >"$scratch/differences" && return 0
  echo "calls expected (<) and executed (>):"
  head -30 "$scratch/differences"
  return 1
}

check_tests() {  # contract, bindings, how to sort, options of the client
  local contract=$1 bindings=$2 order=$3
  shift 3
  run "$test_client" --contract "$contract" --config "$config" --bindings "$bindings" --url "$url" "$@" || return 1
  executed_as_expected "$order" && grep -v '^EXPECT' "$scratch/client.log"
}

both=ReliableSession11,ReliableSession2005
for contract in calculator calculator_session notes; do
  for binding in $bindings; do
    use_binding $binding
    [ $scheme = http ] || export SSL_CERT_FILE=$scratch/certificate.pem
    start $contract --config "$config" --binding $binding "${server_tls[@]}" && check_sample $contract $binding ||
      fail "the sample client, $contract with $binding"
    stop
  done
  use_binding ReliableSession11
  # Notes come from one thread, so that their order is known.
  [ $contract = notes ] && order=cat || order=sort
  start $contract && check_tests $contract $both,WS2007Reliable,WSReliable $order || fail "$contract, ordered"
  stop
  start $contract --unordered && check_tests $contract UnorderedReliableSession11 sort || fail "$contract, unordered"
  stop
done

# Each way to lose, double or delay a message, once in each contract.
lossy() {  # contract, bindings, texts of its messages
  local rules=() text fault
  for text in $3; do
    for fault in "drop-request n=3" "drop-response n=9" "duplicate n=15" "reset n=20" "delay n=23 ms=1000"; do
      rules+=(--rule "$fault match=$text")
    done
  done
  start "$1" && start_proxy "${rules[@]}" && check_tests "$1" "$2" "$4" --via "$via"
}
lossy calculator $both "ICalculator/Add ICalculator/Divide" sort || fail "calculator, through the fault proxy"
stop
lossy notes $both INotes/Note cat || fail "notes, through the fault proxy"
stop

exit $status
