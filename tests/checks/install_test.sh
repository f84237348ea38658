#!/bin/bash
# `make install` gives all that a program outside the tree needs: the calculator sample is built there with pkg-config
# alone, in C++ and in C, and runs, with LD_LIBRARY_PATH as README says for a prefix of one's own.
set -eu
if [ -n "${SANITIZE:-}" ]; then
  echo "an instrumented library is not for installing; the plain run tests this"
  exit 77
fi
root=$PWD
outside=$(mktemp -d)
server=""
finish() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi
  rm -rf "$outside"
}
trap finish EXIT

make --no-print-directory -s install BUILD="${BUILD:-build}" PREFIX="$outside/prefix" >"$outside/log" 2>&1 || { cat "$outside/log"; exit 1; }
for file in include/soap_rm.h include/soap_rm.hpp lib/libgsoaprm.a lib/libgsoaprm.so lib/libgsoaprm.so.0 \
    lib/pkgconfig/gsoaprm.pc bin/gsoaprm-store; do
  [ -s "$outside/prefix/$file" ] || { echo "$file was not installed"; exit 1; }
done
for link in libgsoaprm.so libgsoaprm.so.0; do
  [ -L "$outside/prefix/lib/$link" ] || { echo "$link is no link to the library with its version"; exit 1; }
done

# Staged: DESTDIR goes before the prefix, and stays out of gsoaprm.pc.
make --no-print-directory -s install BUILD="${BUILD:-build}" PREFIX=/usr DESTDIR="$outside/stage" >"$outside/log" 2>&1
grep -q '^prefix=/usr$' "$outside/stage/usr/lib/pkgconfig/gsoaprm.pc"
[ -s "$outside/stage/usr/lib/libgsoaprm.so" ]  # the links do not name the stage

cp -r samples/common samples/calculator wsdl "$outside"
cd "$outside"
export PKG_CONFIG_PATH=$outside/prefix/lib/pkgconfig LD_LIBRARY_PATH=$outside/prefix/lib
flags=$(pkg-config --cflags gsoaprm gsoap++)

generate() {  # folder, options of wsdl2h, options of soapcpp2
  mkdir "$1"
  wsdl2h $2 -t wsdl/typemap.dat -O4 -P -o "$1/interface.h" wsdl/calculator.wsdl >log 2>&1
  sed -i '/^#import "wsa5.h"/d' "$1/interface.h"
  soapcpp2 $3 -x -w -L -I/usr/share/gsoap/import -d"$1" "$1/interface.h" >log 2>&1
}
generate classes "" -j
generate functions -c -c
g++ -std=c++17 -pthread -DWITH_RM -I. -Iclasses $flags -o server calculator/server.cpp common/*.cpp \
  classes/soapC.cpp classes/soapCalculatorService.cpp $(pkg-config --libs gsoaprm gsoap++)
g++ -std=c++17 -pthread -DWITH_RM -I. -Iclasses $flags -o client calculator/client.cpp common/*.cpp \
  classes/soapC.cpp classes/soapCalculatorProxy.cpp $(pkg-config --libs gsoaprm gsoap++)
gcc -DWITH_RM -Ifunctions $flags -o c_client calculator/client.c functions/soapC.c functions/soapClient.c \
  $(pkg-config --libs gsoaprm gsoap)

# The layer for C++, as its own comment says that it is used.
cat >layer.cpp <<'END'
#include "Calculator.nsmap"
#include "soapCalculatorProxy.h"
#include "soap_rm.hpp"

int main(int, char** argv) {
  struct soap* soap = soap_new1(SOAP_IO_KEEPALIVE);
  int status = 1;
  try {
    soaprm::Options options;
    options.set("max_retry_count", 20).set("reliableMessagingVersion", "1.1");
    soaprm::register_on(soap, options);
    soaprm::ReliableSession session(soap, argv[1]);
    CalculatorProxy proxy(soap, argv[1]);
    double n1 = 1, n2 = 2;
    _samples__Add request;
    request.n1 = &n1, request.n2 = &n2;
    _samples__AddResponse response;
    status = proxy.Add(&request, response) == SOAP_OK && *response.AddResult == 3 ? 0 : 1;
    session.close();
  } catch (const soaprm::Error& error) {
    fprintf(stderr, "%s\n", error.what());
    status = 1;
  }
  soap_destroy(soap);
  soap_end(soap);
  soap_free(soap);
  return status;
}
END
g++ -std=c++11 -pthread -Iclasses $flags -o layer layer.cpp classes/soapC.cpp classes/soapCalculatorProxy.cpp \
  $(pkg-config --libs gsoaprm gsoap++)

# Each names the library by its version, and not where it is.
for program in server client c_client layer; do
  needed=$(readelf -d $program)
  grep -q 'NEEDED.*\[libgsoaprm.so.0\]' <<<"$needed" || { echo "$program does not name libgsoaprm.so.0"; exit 1; }
  if grep -qE 'RPATH|RUNPATH' <<<"$needed"; then echo "$program names the folder of the library"; exit 1; fi
done

port=$((20000 + RANDOM % 10000))
./server --port $port >ready &
server=$!
for _ in $(seq 100); do grep -q READY ready && break; sleep 0.1; done
./client --url "http://127.0.0.1:$port/calculator" --calls 10 | tail -1 | grep -q '^10 calls, 0 wrong, 0 failed$'
./c_client --url "http://127.0.0.1:$port/calculator" --calls 10 | tail -1 | grep -q '^10 calls, 0 wrong, 0 failed$'
./layer "http://127.0.0.1:$port/calculator"
