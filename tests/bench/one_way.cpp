// Throughput of one-way messages, up to 64 in flight, against the same program without the plugin, which has one in
// flight: its call returns when the service has answered.
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
  const bench::Arguments arguments(argc, argv, {{"--rounds", "7"}, {"--messages", "20000"}});
  const int rounds = arguments.Number("--rounds");
  const int messages = arguments.Number("--messages");
  soap_rm_options options = bench::Options();
  options.max_transfer_window_size = 64;
  bench::Server plain_server = bench::Server::Start<notes::NotesService>(nullptr);
  bench::Server reliable_server = bench::Server::Start<notes::NotesService>(&options);
  bench::Pin(0);
  bench::Client plain(plain_server, "/notes", nullptr);
  bench::Client reliable(reliable_server, "/notes", &options);
  std::vector<double> plain_rates, rates, ratios;
  for (int round = 0; round < rounds; round++) {
    plain_rates.push_back(MessagesPerSecond(&plain, messages, false));
    rates.push_back(MessagesPerSecond(&reliable, messages, true));
    ratios.push_back(rates.back() / plain_rates.back());
  }
  bench::Print("one-way plain, one at a time, messages/s", plain_rates);
  bench::Print("one-way reliable, window 64, messages/s", rates);
  bench::Print("one-way reliable, window 64 / plain, one at a time", ratios);
  return soap_rm_close(reliable.soap(), nullptr) == SOAP_OK ? 0 : 1;
}
