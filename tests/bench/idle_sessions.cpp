// P11: memory of the server per idle session: the slope of its resident set over 10,000 sessions of one call each, in
// memory and durable. --sessions N (10000), --store FOLDER (the current one).
#include "Calculator.nsmap"
#include "folder.h"
#include "support.h"

namespace {

// One context, one session after another: aborting would end it at the server, so each is simply forgotten.
void OpenSessions(const bench::Server& server, const soap_rm_options& options, int count) {
  for (int i = 0; i < count; i++) {
    bench::Client client(server, "/calculator", &options);
    client.Add();
  }
}

double BytesPerSession(const soap_rm_options& server_options, const soap_rm_options& client_options, int sessions) {
  bench::Server server = bench::Server::Start<calculator::CalculatorService>(&server_options);
  bench::Client warm(server, "/calculator", &client_options);
  OpenSessions(server, client_options, sessions / 10);
  const double before = server.Memory();
  OpenSessions(server, client_options, sessions);
  return (server.Memory() - before) / sessions;
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Arguments arguments(argc, argv, {{"--sessions", "10000"}, {"--store", "."}});
  const int sessions = arguments.Number("--sessions");
  const bench::Folder folder(arguments.Text("--store"));
  soap_rm_options options = bench::Options();
  options.max_sessions = 1048576;
  options.automatic_close_timeout = 0;  // leave the sessions open at the server, as a client that vanishes does
  std::printf("P11 = %.0f bytes per idle session (server, %d sessions)\n", BytesPerSession(options, options, sessions),
              sessions);
  std::printf("P11 = %.0f bytes per idle durable session (server, %d sessions) bar 4096\n",
              BytesPerSession(folder.Durable("server", options), options, sessions), sessions);
  return 0;
}
