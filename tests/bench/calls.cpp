// N calls, for measurements from outside (strace): --mode plain|reliable --calls N. Server and client in one tree.
#include <cstring>

#include "Calculator.nsmap"
#include "support.h"

int main(int argc, char** argv) {
  bool reliable = true;
  for (int i = 1; i + 1 < argc; i++)
    if (!std::strcmp(argv[i], "--mode")) reliable = std::strcmp(argv[i + 1], "plain") != 0;
  soap_rm_options options = bench::Options();
  bench::Server server = bench::Server::Start<calculator::CalculatorService>(reliable ? &options : nullptr);
  bench::Pin(0);
  bench::Client client(server, "/calculator", reliable ? &options : nullptr);
  for (int i = bench::Number(argc, argv, "--calls", 1000); i > 0; i--) client.Add();
  return reliable ? soap_rm_close(client.soap(), nullptr) : 0;
}
