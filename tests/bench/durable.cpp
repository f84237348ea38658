// Durable sessions against sessions in memory, and against what the disk allows. The stores are in the folder --store,
// default the current one: what counts is the disk that a program would use, not one in memory.
//   P3  one-way messages, 32 callers, both sides durable, against the same in memory
//   P4  request-reply, one caller, against 1 / (the time of a plain call + two syncs of this disk, measured in the same
//       run). The syncs come at the pace of calls, one after each plain call: a disk and a processor that slept between
//       take longer than in syncs that follow one another at once, against which the figure is printed as well.
//   P5  commits for each message and side, one caller and 64
// --rounds N (11), --messages N of a round (4000).
#include <atomic>

#include "Notes.nsmap"
#include "folder.h"
#include "support.h"

namespace {

using bench::Clock;
using bench::Folder;
using bench::Since;

// Messages per second of so many callers that share the client's sessions, until the service has taken all.
double Rate(bench::Client* client, int callers, int messages) {
  std::atomic<int> next{0};
  const auto begin = Clock::now();
  std::vector<std::thread> threads;
  for (int i = 0; i < callers; i++)
    threads.emplace_back([&, copy = std::make_shared<bench::Client>(*client, bench::kShared)] {
      for (int id = next++; id < messages; id = next++) copy->Note(id);
    });
  for (std::thread& thread : threads) thread.join();
  if (soap_rm_flush(client->soap(), nullptr, 60000) != SOAP_OK) std::abort();
  return messages / Since(begin);
}

soap_rm_options OneWay() {
  soap_rm_options options = bench::Options();
  options.session_shape = SOAP_RM_SHAPE_ONE_WAY;
  options.max_connections = 64;
  options.max_transfer_window_size = 64;
  return options;
}

void PrintCommits(const char* callers, bench::Client* client, const bench::Server& server, int threads, int messages) {
  const std::uint64_t client_before = client->Metrics().store_commits;
  const std::uint64_t server_before = server.Metrics().store_commits;
  Rate(client, threads, messages);
  const double at_client = static_cast<double>(client->Metrics().store_commits - client_before) / messages;
  const double at_server = static_cast<double>(server.Metrics().store_commits - server_before) / messages;
  std::printf("P5 = %.3f commits for each message at the client, %.3f at the server, %s bar %s\n", at_client, at_server,
              callers, threads == 1 ? "1.0" : "0.10");
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = bench::Number(argc, argv, "--rounds", 11);
  const int messages = bench::Number(argc, argv, "--messages", 4000);
  const Folder folder(bench::Text(argc, argv, "--store", "."));
  const soap_rm_options memory = OneWay();
  const soap_rm_options client_options = folder.Durable("client", memory);
  const soap_rm_options server_options = folder.Durable("server", memory);
  const soap_rm_options calls_client = folder.Durable("calls_client", bench::Options());
  const soap_rm_options calls_server = folder.Durable("calls_server", bench::Options());
  bench::Server memory_server = bench::Server::Start<notes::NotesService>(&memory);
  bench::Server durable_server = bench::Server::Start<notes::NotesService>(&server_options);
  bench::Server plain_calculator = bench::Server::Start<calculator::CalculatorService>(nullptr);
  bench::Server durable_calculator = bench::Server::Start<calculator::CalculatorService>(&calls_server);
  bench::Pin(0);
  bench::Client in_memory(memory_server, "/notes", &memory);
  bench::Client durable(durable_server, "/notes", &client_options);
  bench::Client plain_calls(plain_calculator, "/calculator", nullptr);
  bench::Client durable_calls(durable_calculator, "/calculator", &calls_client);

  std::vector<double> memory_rates, durable_rates, p3, p4, p4_at_once, syncs, syncs_at_once;
  bench::SyncProbe probe(folder);
  Rate(&in_memory, 32, messages / 4);
  Rate(&durable, 32, messages / 4);
  // Until the log of either store has been written back once: a file that grows takes longer, and these do not any
  // more.
  bench::Rate(3, [&] { durable_calls.Add(); });
  for (int round = 0; round < rounds; round++) {
    memory_rates.push_back(Rate(&in_memory, 32, messages));
    durable_rates.push_back(Rate(&durable, 32, messages));
    p3.push_back(durable_rates.back() / memory_rates.back());
    const double sync = probe.Time([&] { plain_calls.Add(); });
    const double sync_at_once = probe.Time([] {});
    const double plain = 1 / bench::Rate(0.5, [&] { plain_calls.Add(); });
    const double calls = bench::Rate(0.5, [&] { durable_calls.Add(); });
    syncs.push_back(sync * 1e6);
    syncs_at_once.push_back(sync_at_once * 1e6);
    p4.push_back(calls * (plain + 2 * sync));
    p4_at_once.push_back(calls * (plain + 2 * sync_at_once));
  }
  bench::Print("P3", p3, "0.50");
  bench::Print("one-way in memory, 32 callers, messages/s", memory_rates);
  bench::Print("one-way durable, 32 callers, messages/s", durable_rates);
  bench::Print("P4", p4, "0.60");
  bench::Print("the same against syncs that follow one another at once", p4_at_once);
  bench::Print("sync of this disk between calls, microseconds", syncs);
  bench::Print("sync of this disk, one after the other, microseconds", syncs_at_once);
  PrintCommits("one caller", &durable, durable_server, 1, messages / 2);
  PrintCommits("64 callers", &durable, durable_server, 64, messages);
  return 0;
}
