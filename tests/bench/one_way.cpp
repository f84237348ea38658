// Throughput of one-way messages, up to 64 in flight, against one at a time without the plugin.
// --rounds N (7), --messages N of a round (20000).
#include "Notes.nsmap"
#include "support.h"

namespace {

double MessagesPerSecond(bench::Client* client, int messages, bool reliable) {
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < messages; i++) client->Note(i);
  if (reliable && soap_rm_flush(client->soap(), nullptr, 60000) != SOAP_OK) std::abort();
  return messages / std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = bench::Number(argc, argv, "--rounds", 7);
  const int messages = bench::Number(argc, argv, "--messages", 20000);
  soap_rm_options options = bench::Options();
  options.max_transfer_window_size = 64;
  bench::Server plain_server = bench::Server::Start<notes::NotesService>(nullptr);
  bench::Server reliable_server = bench::Server::Start<notes::NotesService>(&options);
  bench::Client plain(plain_server, "/notes", nullptr);
  bench::Client reliable(reliable_server, "/notes", &options);
  std::vector<double> rates, ratios;
  for (int round = 0; round < rounds; round++) {
    const double one_at_a_time = MessagesPerSecond(&plain, messages, false);
    rates.push_back(MessagesPerSecond(&reliable, messages, true));
    ratios.push_back(rates.back() / one_at_a_time);
  }
  bench::Print("one-way window 64, messages/s", rates);
  bench::Print("one-way window 64 / plain", ratios);
  return soap_rm_close(reliable.soap(), nullptr) == SOAP_OK ? 0 : 1;
}
