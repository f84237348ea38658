// Durable sessions against sessions in memory, and against what the disk allows. The stores are in the folder --store,
// default the current one: what counts is the disk that a program would use, not one in memory.
//   P3  one-way messages, 32 callers, both sides durable, against the same in memory
//   P4  request-reply, one caller, against 1 / (the time of a plain call + two syncs of this disk). A plain call, a
//   sync
//       and a durable call take turns, so that all three find the machine alike: a processor that has slept through a
//       sync is slow at first, whoever uses it. Also printed: with each of the three in a loop of its own.
//   P5  commits for each message and side, one caller and 64
// --rounds N (11), --messages N of a round (4000).
#include <atomic>
#include <numeric>

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

// Commits for each message at either side.
struct Commits {
  std::vector<double> client, server;
};

Commits CountCommits(bench::Client* client, const bench::Server& server, int callers, int messages) {
  Commits commits;
  for (int round = 0; round < 5; round++) {
    const std::uint64_t client_before = client->Metrics().store_commits;
    const std::uint64_t server_before = server.Metrics().store_commits;
    Rate(client, callers, messages);
    commits.client.push_back(static_cast<double>(client->Metrics().store_commits - client_before) / messages);
    commits.server.push_back(static_cast<double>(server.Metrics().store_commits - server_before) / messages);
  }
  return commits;
}

double Mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// Seconds, with the three in turns.
struct Turns {
  double plain = 0, sync = 0, durable = 0;
  double ratio() const { return (plain + 2 * sync) / durable; }
};

Turns TakeTurns(bench::Client* plain, bench::SyncProbe* probe, bench::Client* durable) {
  std::vector<double> plain_calls, syncs, durable_calls;
  const auto time = [](bench::Client* client) {
    const auto begin = Clock::now();
    client->Add();
    return Since(begin);
  };
  for (int i = 0; i < 600; i++) {
    plain_calls.push_back(time(plain));
    syncs.push_back(probe->Time());
    durable_calls.push_back(time(durable));
  }
  return {Mean(plain_calls), bench::Of(syncs).median, Mean(durable_calls)};
}

Turns TakeLoops(bench::Client* plain, bench::SyncProbe* probe, bench::Client* durable) {
  std::vector<double> syncs;
  for (int i = 0; i < 200; i++) syncs.push_back(probe->Time());
  const double plain_time = 1 / bench::Rate(0.5, [&] { plain->Add(); });
  return {plain_time, bench::Of(syncs).median, 1 / bench::Rate(0.5, [&] { durable->Add(); })};
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Arguments arguments(argc, argv, {{"--rounds", "11"}, {"--messages", "4000"}, {"--store", "."}});
  const int rounds = arguments.Number("--rounds");
  const int messages = arguments.Number("--messages");
  const Folder folder(arguments.Text("--store"));
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

  std::vector<double> memory_rates, durable_rates, p3, p4, p4_in_loops, syncs, plain_times, durable_times;
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
    const Turns turns = TakeTurns(&plain_calls, &probe, &durable_calls);
    p4.push_back(turns.ratio());
    plain_times.push_back(turns.plain * 1e6);
    syncs.push_back(turns.sync * 1e6);
    durable_times.push_back(turns.durable * 1e6);
    p4_in_loops.push_back(TakeLoops(&plain_calls, &probe, &durable_calls).ratio());
  }
  bench::Print("P3", p3, "0.50");
  bench::Print("one-way in memory, 32 callers, messages/s", memory_rates);
  bench::Print("one-way durable, 32 callers, messages/s", durable_rates);
  bench::Print("P4", p4, "0.60");
  bench::Print("the same with each in a loop of its own", p4_in_loops);
  bench::Print("plain call, microseconds", plain_times);
  bench::Print("sync of this disk, microseconds", syncs);
  bench::Print("durable call, microseconds", durable_times);
  const Commits one = CountCommits(&durable, durable_server, 1, messages / 2);
  bench::Print("P5, one caller, commits for each message at the client", one.client, "1.00");
  bench::Print("P5, one caller, commits for each message at the server", one.server, "1.00");
  const Commits many = CountCommits(&durable, durable_server, 64, messages);
  bench::Print("P5, 64 callers, commits for each message at the client", many.client, "0.10");
  bench::Print("P5, 64 callers, commits for each message at the server", many.server, "0.10");
  return 0;
}
