// P13: from kill -9 of a client with 100,000 unacknowledged messages in its store to the first of them that the service
// serves, in seconds. The store is in the folder --store, default the current one.
// --messages N (100000), --rounds N (5).
#include <atomic>

#include "Notes.nsmap"
#include "folder.h"
#include "support.h"

namespace {

// What the service and the benchmark share.
struct Shared {
  std::atomic<int> client{0};  // which of the clients may connect
  std::atomic<bool> awaits{false};
  bench::Semaphore served;
};
Shared* const shared = bench::NewShared<Shared>();

// Says that it serves a message of the client of now, once: what the one before left on its connections does not count.
class Notes : public notes::NotesService {
 public:
  using NotesService::NotesService;
  int Note(notes::_samples__Note* in) override {
    if (client_ == shared->client && shared->awaits.exchange(false)) shared->served.Post();
    return NotesService::Note(in);
  }

 private:
  const int client_ = shared->client;
};

// A client that takes messages for a service that is not there, until it is killed.
pid_t StartTaking(const std::string& url, const soap_rm_options& options, int messages, int ready) {
  const pid_t child = fork();
  if (child != 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  bench::Client client(url, &options);
  std::atomic<int> next{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 64; i++)
    threads.emplace_back([&, copy = std::make_shared<bench::Client>(client, bench::kShared)] {
      while (next++ < messages) copy->Note(1);
    });
  for (std::thread& thread : threads) thread.join();
  if (write(ready, "", 1) != 1) std::abort();
  for (;;) pause();
}

// The next process: resumes, and that is all.
pid_t StartResuming(const std::string& url, const soap_rm_options& options) {
  const pid_t child = fork();
  if (child != 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  bench::Client client(url, &options);
  if (client.soap()->error || soap_rm_resume(client.soap(), nullptr) != SOAP_OK)
    soap_print_fault(client.soap(), stderr);
  for (;;) pause();
}

// Served after all that has connected before: what a client that is gone has left in the queue of connections counts as
// its own from then on.
void ConnectBehind(const bench::Server& server) { bench::Client(server, "/notes", nullptr).Note(1); }

void Kill(pid_t process) {
  kill(process, SIGKILL);
  waitpid(process, nullptr, 0);
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Arguments arguments(argc, argv, {{"--messages", "100000"}, {"--rounds", "5"}, {"--store", "."}});
  const int messages = arguments.Number("--messages");
  const int rounds = arguments.Number("--rounds");
  const bench::Folder folder(arguments.Text("--store"));
  soap_rm_options options = bench::Options();
  options.session_shape = SOAP_RM_SHAPE_ONE_WAY;
  options.handshake_retry_interval = 100;
  const soap_rm_options durable = folder.Durable("client", options);
  bench::Server server = bench::Server::Start<Notes>(&options);
  const std::string url = server.Url("/notes");
  server.Pause();
  int ready[2];
  char byte;
  if (pipe(ready) != 0) return 1;
  pid_t client = StartTaking(url, durable, messages, ready[1]);
  if (read(ready[0], &byte, 1) != 1) return 1;
  server.Continue();
  std::vector<double> times;
  for (int round = 0; round < rounds; round++) {
    Kill(client);
    ConnectBehind(server);
    ++shared->client;
    shared->awaits = true;
    const auto begin = bench::Clock::now();
    client = StartResuming(url, durable);
    if (!shared->served.WaitFor(60)) return 1;
    times.push_back(bench::Since(begin));
  }
  Kill(client);
  bench::Print("P13", times, "1");
  return 0;
}
