#!/bin/bash
# One App.config for both ends: the gSOAP servers and clients take each of its bindings from there.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/interop/servers.sh
check_bindings start 20
