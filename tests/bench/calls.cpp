// N calls, for measurements from outside (strace): --mode plain|reliable --calls N. Server and client in one tree.
#include "Calculator.nsmap"
#include "support.h"

int main(int argc, char** argv) {
  const bench::Arguments arguments(argc, argv, {{"--mode", "reliable"}, {"--calls", "1000"}});
  const bool reliable = !arguments.IsPlain();
  soap_rm_options options = bench::Options();
  bench::Server server = bench::Server::Start<calculator::CalculatorService>(reliable ? &options : nullptr);
  bench::Pin(0);
  bench::Client client(server, "/calculator", reliable ? &options : nullptr);
  for (int i = arguments.Number("--calls"); i > 0; i--) client.Add();
  return reliable ? soap_rm_close(client.soap(), nullptr) : 0;
}
