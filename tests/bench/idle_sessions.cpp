// P11: memory of the server per idle session: the slope of its resident set over 10,000 sessions of one call each.
// --sessions N (10000).
#include "Calculator.nsmap"
#include "support.h"

namespace {

// One context, one session after another: aborting would end it at the server, so each is simply forgotten.
void OpenSessions(const bench::Server& server, const soap_rm_options& options, int count) {
  for (int i = 0; i < count; i++) {
    bench::Client client(server, "/calculator", &options);
    client.Add();
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int sessions = bench::Number(argc, argv, "--sessions", 10000);
  soap_rm_options options = bench::Options();
  options.max_sessions = 1048576;
  options.automatic_close_timeout = 0;  // leave the sessions open at the server, as a client that vanishes does
  bench::Server server = bench::Server::Start<calculator::CalculatorService>(&options);
  bench::Client warm(server, "/calculator", &options);
  OpenSessions(server, options, sessions / 10);
  const double before = server.Memory();
  OpenSessions(server, options, sessions);
  const double slope = (server.Memory() - before) / sessions;
  std::printf("P11 = %.0f bytes per idle session (server, %d sessions)\n", slope, sessions);
  return 0;
}
