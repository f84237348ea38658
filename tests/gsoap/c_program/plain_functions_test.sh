#!/bin/bash
# A server of plain functions made of WCF's own WSDL of the 2005 version. wsdl2h imports wsa5.h and wsrm5.h, which add ten
# operations to the service; plain functions must define every operation, so such a server does not link. The way that
# works: take the two imports out of the header before soapcpp2 reads it, since the plugin needs neither.
set -eu
if [ -n "${SANITIZE:-}" ]; then
  echo "compiles a program of its own; the plain run tests this"
  exit 77
fi
root=$PWD
build=$(cd "${BUILD:-build}" && pwd)
folder=$(mktemp -d)
server=""
finish() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi
  rm -rf "$folder"
}
trap finish EXIT
cd "$folder"

wsdl2h -O4 -P -o calculator.h "$root/tests/captures/rm10/wsdl/calc.wsdl" >log 2>&1 || { cat log; exit 1; }
grep -q '^#import "wsrm5.h"' calculator.h || { echo "wsdl2h imports no wsrm5.h: the test has lost its point"; exit 1; }
sed -i -e '/^#import "wsa5.h"/d' -e '/^#import "wsrm5.h"/d' calculator.h
soapcpp2 -x -w -L -I/usr/share/gsoap/import calculator.h >log 2>&1 || { cat log; exit 1; }

cat >server.cpp <<'END'
#include <cstdio>
#include <thread>
#include "WSHttpBinding_USCOREICalculator.nsmap"
#include "soapH.h"
#include "soap_rm.h"

static int Answer(struct soap* soap, double** result, double value) {
  *result = static_cast<double*>(soap_malloc(soap, sizeof(double)));
  **result = value;
  return SOAP_OK;
}
int __ns1__Add(struct soap* soap, _ns1__Add* in, _ns1__AddResponse& out) {
  return Answer(soap, &out.AddResult, *in->n1 + *in->n2);
}
int __ns1__Subtract(struct soap* soap, _ns1__Subtract* in, _ns1__SubtractResponse& out) {
  return Answer(soap, &out.SubtractResult, *in->n1 - *in->n2);
}
int __ns1__Multiply(struct soap* soap, _ns1__Multiply* in, _ns1__MultiplyResponse& out) {
  return Answer(soap, &out.MultiplyResult, *in->n1 * *in->n2);
}
int __ns1__Divide(struct soap* soap, _ns1__Divide* in, _ns1__DivideResponse& out) {
  return Answer(soap, &out.DivideResult, *in->n1 / *in->n2);
}
int main(int, char** argv) {
  struct soap* soap = soap_new1(SOAP_IO_KEEPALIVE);
  soap->bind_flags = SO_REUSEADDR;
  if (soap_register_plugin(soap, soap_rm) || !soap_valid_socket(soap_bind(soap, nullptr, std::atoi(argv[1]), 100))) {
    soap_print_fault(soap, stderr);
    return 1;
  }
  std::puts("READY");
  std::fflush(stdout);
  while (soap_valid_socket(soap_accept(soap))) {
    struct soap* copy = soap_copy(soap);
    std::thread([copy] {
      soap_serve(copy);
      soap_destroy(copy);
      soap_end(copy);
      soap_free(copy);
    }).detach();
  }
}
END
g++ -std=c++17 -O0 -w -pthread -I. -I"$root/plugin/include" -o server server.cpp soapC.cpp soapServer.cpp \
  "$build/lib/libgsoaprm.a" $(pkg-config --libs gsoap++) -lsqlite3 -lssl -lcrypto -lz

port=$((20000 + RANDOM % 10000))
./server $port >ready &
server=$!
for _ in $(seq 100); do grep -q READY ready && break; sleep 0.1; done
"$build/samples/calculator_client" --url "http://127.0.0.1:$port/calculator" --rm 2005 --calls 20 >log 2>&1 || { cat log; exit 1; }
tail -1 log | grep -q '^20 calls, 0 wrong, 0 failed$' || { cat log; exit 1; }
