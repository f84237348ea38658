#!/bin/bash
# Our clients against the CoreWCF service of samples/wcf, with each binding of App.config. The released
# CoreWCF has no reliable sessions, so this needs WCF_ASSEMBLIES, a folder with the assemblies of one that has.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/interop/servers.sh
. tests/interop/dotnet.sh

[ -e "${WCF_ASSEMBLIES:-}/CoreWCF.Primitives.dll" ] ||
  skip "it needs a CoreWCF with reliable sessions in the folder WCF_ASSEMBLIES; the released packages have none"
compile samples/wcf/service/Service.csproj
service=$(echo "$output"/wcf/Service/bin/Release/net*/Service.dll)

start_service() {
  local contract=$1
  shift
  start_program "$contract" dotnet "$service" "$@"
}

# A service that has just been started is slow enough for its buffer of eight to fill up, and a client that has read
# BufferRemaining 0 asks again after 30 s: seven notes.
check_bindings start_service 7
