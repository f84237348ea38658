// Shows what the plugin promises: a calculator and a notes service behind a network that loses, repeats, delays and
// reorders messages. Each call must be executed once, in order, and its reply be the right one.
//
// With --plain the same programs without the plugin: what the network then does to them.
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "demo/judgement.h"
#include "demo/process.h"

namespace {

using Clock = std::chrono::steady_clock;
using Strings = std::vector<std::string>;
using demo::Process;

constexpr std::chrono::seconds kStartTimeout(20);

struct Arguments {
  std::string programs = "build/samples";
  std::string proxy = "build/tests/fault_proxy";
  int calls = 1000;
  bool plain = false;
  std::chrono::seconds limit{170};
};

[[noreturn]] void Fail(const std::string& sentence) {
  std::fprintf(stderr, "%s\n", sentence.c_str());
  std::exit(1);
}

Arguments Parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--plain") {
      arguments.plain = true;
      continue;
    }
    if (++i == argc) Fail(name + " needs a value");
    if (name == "--programs") {
      arguments.programs = argv[i];
    } else if (name == "--proxy") {
      arguments.proxy = argv[i];
    } else if (name == "--calls") {
      arguments.calls = std::atoi(argv[i]);
    } else {
      Fail("usage: demo [--programs FOLDER] [--proxy PROGRAM] [--calls N] [--plain]");
    }
  }
  if (arguments.calls < 1) Fail("--calls takes a number from 1");
  return arguments;
}

// A folder of its own for the logs; removed at the end unless a promise was broken.
class Folder {
 public:
  Folder() {
    std::string name = std::filesystem::temp_directory_path() / "gsoaprm-demo-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) Fail("cannot make a folder for the logs");
    name_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    if (!keep_) std::filesystem::remove_all(name_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string File(const std::string& name) const { return name_ + "/" + name; }
  const std::string& Keep() {
    keep_ = true;
    return name_;
  }

 private:
  std::string name_;
  bool keep_ = false;
};

// One service, the lossy network before it, and its client.
class Lane {
 public:
  Lane(const Arguments& arguments, const Folder& folder, const std::string& name, int seed)
      : arguments_(arguments), folder_(folder), name_(name) {
    StartServer();
    StartNetwork(seed);
    StartClient();
  }

  bool running() { return client_->running(); }
  int executed() const { return demo::ReadExecutions(server_->output(), arguments_.calls).total; }

  // Ends everything and reads what became of it.
  void Finish() {
    client_status_ = client_->Stop();
    proxy_->Stop();
    server_->Stop();
    executions_ = demo::ReadExecutions(server_->output(), arguments_.calls);
    result_ = demo::ReadClientResult(client_->output());
  }

  const demo::Executions& executions() const { return executions_; }
  const demo::ClientResult& result() const { return result_; }
  long network(const char* counter) const { return demo::ReadCounter(proxy_->output(), counter); }
  long client(const char* counter) const { return demo::ReadCounter(client_->error_output(), counter); }
  long server(const char* counter) const { return demo::ReadCounter(server_->error_output(), counter); }
  long losses() const { return network("dropped_requests") + network("dropped_responses") + network("reset"); }

  // A sentence for each promise that was broken.
  Strings Broken() const {
    Strings broken;
    const auto tell = [&](bool is_broken, const std::string& sentence) {
      if (is_broken) broken.push_back(name_ + ": " + sentence);
    };
    tell(executions_.never > 0, std::to_string(executions_.never) + " were never executed");
    tell(executions_.more_than_once > 0, std::to_string(executions_.more_than_once) + " were executed more than once");
    tell(executions_.strange > 0, std::to_string(executions_.strange) + " executions of what nobody called");
    tell(!executions_.in_order, "not executed in order");
    tell(!result_.complete || result_.calls != arguments_.calls, "the client did not come to its end");
    tell(result_.wrong > 0, std::to_string(result_.wrong) + " wrong replies");
    tell(result_.failed > 0, std::to_string(result_.failed) + " calls failed");
    tell(client_status_ != 0, "the client ended with status " + std::to_string(client_status_));
    tell(losses() == 0, "the network lost nothing, so nothing was shown");
    return broken;
  }

 private:
  void StartServer() {
    const int port = demo::FreePort();
    server_ = std::make_unique<Process>(
        Strings{Program("server"), "--port", std::to_string(port), "--log", "--metrics"}, Log("server"));
    if (server_->WaitForLine("READY", kStartTimeout).empty()) Fail("the server does not start: " + Errors(*server_));
    port_ = port;
  }

  void StartNetwork(int seed) {
    proxy_ = std::make_unique<Process>(
        Strings{arguments_.proxy, "--listen", "0", "--to", "127.0.0.1:" + std::to_string(port_), "--seed",
                std::to_string(seed), "--drop-request", "3", "--drop-response", "3", "--duplicate", "2", "--delay",
                "2:60", "--reorder", "1:40", "--reset", "0.5"},
        Log("network"));
    const std::string line = proxy_->WaitForLine("LISTENING", kStartTimeout);
    if (line.empty()) Fail("the network does not start: " + Errors(*proxy_));
    port_ = std::atoi(line.c_str() + sizeof("LISTENING"));
  }

  void StartClient() {
    Strings command = {Program("client"),
                       "--url",
                       "http://127.0.0.1:" + std::to_string(port_) + "/" + name_,
                       "--calls",
                       std::to_string(arguments_.calls),
                       "--metrics"};
    if (!arguments_.plain) {
      // Times of a local network instead of WCF's for the whole world.
      for (const char* setting : {"retransmission_minimum=20", "retransmission_maximum=200",
                                  "handshake_retry_interval=500", "max_retry_count=40"}) {
        command.insert(command.end(), {"--set", setting});
      }
    }
    client_ = std::make_unique<Process>(command, Log("client"));
  }

  std::string Program(const char* role) const {
    return arguments_.programs + (arguments_.plain ? "/plain/" : "/") + name_ + "_" + role;
  }
  std::string Log(const char* role) const { return folder_.File(name_ + "_" + role); }
  static std::string Errors(const Process& process) { return process.error_output(); }

  const Arguments& arguments_;
  const Folder& folder_;
  std::string name_;
  int port_ = 0;
  std::unique_ptr<Process> server_;
  std::unique_ptr<Process> proxy_;
  std::unique_ptr<Process> client_;
  int client_status_ = 0;
  demo::Executions executions_;
  demo::ClientResult result_;
};

void ShowProgress(const Arguments& arguments, Lane* calls, Lane* notes) {
  const auto start = Clock::now();
  bool running = true;
  while (running) {
    running = (calls->running() || notes->running()) && Clock::now() - start < arguments.limit;
    std::printf("\rcalls %d of %d, notes %d of %d, %d s ", calls->executed(), arguments.calls, notes->executed(),
                arguments.calls,
                static_cast<int>(std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - start).count()));
    std::fflush(stdout);
    if (running) std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  std::printf("\n");
}

void Row(const char* name, long calls, long notes) { std::printf("  %-24s %8ld %8ld\n", name, calls, notes); }

void ShowTable(const Lane& calls, const Lane& notes) {
  std::printf("\n  %-24s %8s %8s\n", "", "calls", "notes");
  Row("made", calls.result().calls, notes.result().calls);
  Row("losses injected", calls.losses(), notes.losses());
  Row("duplicates injected", calls.network("duplicated"), notes.network("duplicated"));
  Row("delayed or reordered", calls.network("delayed") + calls.network("reordered"),
      notes.network("delayed") + notes.network("reordered"));
  Row("retransmissions", calls.client("retransmissions"), notes.client("retransmissions"));
  Row("duplicates suppressed", calls.server("duplicates_suppressed"), notes.server("duplicates_suppressed"));
  Row("executed exactly once", calls.executions().exactly_once, notes.executions().exactly_once);
  std::printf("  %-24s %8s %8s\n", "in order", calls.executions().in_order ? "yes" : "no",
              notes.executions().in_order ? "yes" : "no");
  std::printf("  %-24s %8d %8s\n\n", "wrong replies", calls.result().wrong, "-");
}

}  // namespace

int main(int argc, char** argv) {
  const Arguments arguments = Parse(argc, argv);
  Folder folder;
  Lane calls(arguments, folder, "calculator", 1);
  Lane notes(arguments, folder, "notes", 2);
  ShowProgress(arguments, &calls, &notes);
  calls.Finish();
  notes.Finish();
  ShowTable(calls, notes);
  Strings broken = calls.Broken();
  for (const std::string& sentence : notes.Broken()) broken.push_back(sentence);
  if (broken.empty()) {
    std::printf("Every promise was kept.\n");
    return 0;
  }
  for (const std::string& sentence : broken) std::printf("BROKEN: %s\n", sentence.c_str());
  std::printf("The logs are in %s\n", folder.Keep().c_str());
  return 1;
}
