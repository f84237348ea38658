#!/bin/bash
# Our clients against the CoreWCF service of samples/wcf, with each binding of App.config. The released
# CoreWCF has no reliable sessions, so this needs WCF_ASSEMBLIES, a folder with the assemblies of one that has.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/interop/servers.sh
. tests/interop/dotnet.sh
status=0

[ -e "${WCF_ASSEMBLIES:-}/CoreWCF.Primitives.dll" ] ||
  skip "it needs a CoreWCF with reliable sessions in the folder WCF_ASSEMBLIES; the released packages have none"
compile samples/wcf/service/Service.csproj
service=$(echo "$output"/wcf/Service/bin/Release/net*/Service.dll)

check() {  # contract, binding
  # A service that has just been started is slow enough for its buffer of eight to fill up, and a client that has read
  # BufferRemaining 0 asks again after 30 s.
  local calls=20
  [ "$1" = notes ] && calls=7
  use_binding "$2"
  start_program "$1" dotnet "$service" --config "$config" --binding "$2" "${server_tls[@]}" || return 1
  if ! timeout 100 "$(program_of "$1_client")" --config "$config" --binding "$2" "${client_tls[@]}" --url "$url" --calls $calls \
      >"$scratch/client.log" 2>&1; then
    cat "$scratch/client.log"
    return 1
  fi
  tail -1 "$scratch/client.log" | grep -q "^$calls calls, 0 wrong, 0 failed$" || return 1
  executed_all $calls || return 1
  [ "$1" = calculator_session ] || executed_once $calls
}

for binding in ReliableSession11 ReliableSession2005 UnorderedReliableSession11 SecureReliableSession11 \
    SecureReliableSession2005 WS2007Reliable WSReliable; do
  for contract in calculator calculator_session notes; do
    # Without an order, Result may overtake what it is the result of.
    if [ "$contract $binding" = "calculator_session UnorderedReliableSession11" ]; then continue; fi
    if ! check $contract $binding; then
      echo "FAILED: $contract with $binding"
      status=1
    fi
    stop
  done
done
exit $status
