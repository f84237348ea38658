#include "tests/faults/gsoap_run.h"

#include <netinet/in.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <list>
#include <mutex>
#include <new>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "Calculator.nsmap"
#include "calculatorCalculatorProxy.h"
#include "calculatorCalculatorService.h"
#include "notesNotesProxy.h"
#include "notesNotesService.h"
#include "tests/faults/allocations.h"

namespace gsoaprm::faults {

namespace {

constexpr unsigned kWatchdogSeconds = 60;
constexpr int kTwoWayCalls = 3;

SharedRun* shared = nullptr;

void Broken(const std::string& sentence) {
  const Exempt exempt;
  if (shared->broken[0] == '\0') std::snprintf(shared->broken, sizeof shared->broken, "%s", sentence.c_str());
}

// Quicker than QuickOptions() of the tests with gSOAP: there are thousands of runs, many of which send again.
// Nothing gives up for want of time, so that a call which fails does so for want of memory.
soap_rm_options Options(soap_rm_protocol_version version) {
  soap_rm_options options;
  soap_rm_options_default(&options);
  options.reliable_messaging_version = version;
  options.retransmission_minimum = 5;
  options.retransmission_maximum = 20;
  options.handshake_retry_interval = 20;
  options.max_retry_count = 100;
  options.open_timeout = 5000;
  options.send_timeout = 5000;
  options.close_timeout = 1000;
  options.automatic_close_timeout = 1000;
  options.reopen_after_fault = 1;
  return options;
}

// ---- the server ----

std::mutex executed_mutex;
std::vector<int> executed;

void Execute(int id) {
  const Exempt exempt;
  const std::lock_guard<std::mutex> lock(executed_mutex);
  executed.push_back(id);
}

class Server {
 public:
  explicit Server(const soap_rm_options& options) : options_(options) {}

  // False when there is no memory for it: a program would say so and end.
  bool Start() {
    soap_ = soap_new1(SOAP_IO_KEEPALIVE);
    if (soap_ == nullptr) return false;
    soap_->bind_flags = SO_REUSEADDR;
    soap_->max_keep_alive = 0;
    { calculator::CalculatorService namespaces(soap_); }
    if (soap_register_plugin_arg(soap_, soap_rm, &options_) != SOAP_OK) return false;
    if (!soap_valid_socket(soap_bind(soap_, "127.0.0.1", 0, 100))) return false;
    sockaddr_in address{};
    socklen_t size = sizeof address;
    getsockname(soap_->master, reinterpret_cast<sockaddr*>(&address), &size);
    const Exempt exempt;
    url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/";
    acceptor_ = std::thread([this] { Accept(); });
    return true;
  }
  ~Server() {
    stopping_ = true;
    if (acceptor_.joinable()) {
      shutdown(soap_->master, SHUT_RDWR);
      acceptor_.join();
    }
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      for (const int socket : sockets_) shutdown(socket, SHUT_RDWR);
    }
    for (std::thread& connection : connections_) connection.join();
    if (soap_ == nullptr) return;
    soap_destroy(soap_);
    soap_end(soap_);
    soap_free(soap_);
  }
  const char* url() const { return url_.c_str(); }

 private:
  void Accept() {
    while (!stopping_) {
      if (!soap_valid_socket(soap_accept(soap_))) continue;
      struct soap* const copy = soap_copy(soap_);
      if (copy == nullptr) {
        // As the examples of gSOAP: who cannot be served is let go.
        soap_closesock(soap_);
        continue;
      }
      const Exempt exempt;
      const std::lock_guard<std::mutex> lock(mutex_);
      sockets_.push_back(copy->socket);
      connections_.emplace_back([copy] { Serve(copy); });
    }
  }
  static void Serve(struct soap* soap) {
    try {
      ServeConnection(soap);
    } catch (const std::bad_alloc&) {
      // From the generated classes, which throw it through gSOAP.
    }
    soap->keep_alive = 0;
    soap_closesock(soap);
    soap_destroy(soap);
    soap_end(soap);
    soap_free(soap);
  }
  // The loop that soapcpp2 generates, around two services.
  static void ServeConnection(struct soap* soap) {
    calculator::CalculatorService calculator(soap);
    notes::NotesService notes(soap);
    soap->keep_alive = soap->max_keep_alive + 1;
    do {
      if (soap_begin_serve(soap)) {
        if (soap->error >= SOAP_STOP) continue;
        break;
      }
      int error = calculator.dispatch();
      if (error == SOAP_NO_METHOD) error = notes.dispatch();
      if (error && soap->error && soap->error < SOAP_STOP) {
        soap_send_fault(soap);
        break;
      }
      soap_destroy(soap);
      soap_end(soap);
    } while (soap->keep_alive);
  }

  soap_rm_options options_;
  struct soap* soap_ = nullptr;
  std::string url_;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::vector<int> sockets_;
  std::list<std::thread> connections_;
  std::thread acceptor_;
};

// ---- the client ----

class Client {
 public:
  Client(const char* url, const soap_rm_options& options) : url_(url), options_(options) {}

  bool Start() {
    soap_ = soap_new1(SOAP_IO_KEEPALIVE);
    return soap_ != nullptr && soap_register_plugin_arg(soap_, soap_rm, &options_) == SOAP_OK;
  }
  ~Client() {
    if (soap_ == nullptr) return;
    soap_destroy(soap_);
    soap_end(soap_);
    soap_free(soap_);
  }

  bool Add(int id) {
    double sum = 0;
    const int error = Try([&] { return AddWithStub(id, &sum); });
    if (error == SOAP_OK && sum != id + 1) Broken("A call got a wrong reply.");
    return error == SOAP_OK;
  }
  bool Note(int id) {
    return Try([&] {
             notes::NotesProxy proxy(soap_, url_);
             notes::_samples__Note note;
             std::string text;
             note.id = &id;
             note.text = &text;
             return proxy.Note(&note);
           }) == SOAP_OK;
  }
  // Of the call that failed last.
  const std::string& fault() const { return fault_; }
  bool Close() {
    return Try([&] { return soap_rm_close(soap_, nullptr); }) == SOAP_OK;
  }

 private:
  int AddWithStub(int id, double* sum) {
    calculator::CalculatorProxy proxy(soap_, url_);
    calculator::_samples__Add request;
    calculator::_samples__AddResponse response;
    double n1 = id, n2 = 1;
    request.n1 = &n1;
    request.n2 = &n2;
    const int error = proxy.Add(&request, response);
    if (error == SOAP_OK) *sum = response.AddResult ? *response.AddResult : -1;
    return error;
  }
  template <class Call>
  int Try(Call call) {
    int error;
    try {
      error = call();
    } catch (const std::bad_alloc&) {
      error = soap_->error = SOAP_EOM;  // the stub's own
    }
    if (error != SOAP_OK) CheckFault(error);
    return error;
  }
  void CheckFault(int error) {
    const Exempt exempt;
    std::ostringstream text;
    soap_stream_fault(soap_, text);
    fault_ = std::to_string(error) + " " + text.str();
    if (soap_->error == SOAP_OK) Broken("A call failed with " + std::to_string(error) + " and left no error behind.");
    soap_closesock(soap_);
    soap_destroy(soap_);
    soap_end(soap_);
    soap_->error = SOAP_OK;
  }

  const char* const url_;
  soap_rm_options options_;
  struct soap* soap_ = nullptr;
  std::string fault_;
};

// ---- the run ----

void CheckExecutions(const std::vector<int>& succeeded) {
  // What is sent again in the session after a failed one may come later than what that one still had under way.
  std::string order;
  for (const int id : executed) order += " " + std::to_string(id);
  std::vector<int> sorted = executed;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) Broken("A call was executed twice:" + order);
  if (!std::is_sorted(executed.begin(),
                      std::find_if(executed.begin(), executed.end(), [](int id) { return id > kTwoWayCalls; }))) {
    Broken("Calls were not executed in their order:" + order);
  }
  for (const int id : succeeded) {
    if (std::find(executed.begin(), executed.end(), id) == executed.end()) {
      Broken("Call " + std::to_string(id) + " succeeded and was not executed.");
    }
  }
}

void RunSession(const soap_rm_options& options) {
  Server server(options);
  if (!server.Start()) return;
  std::vector<int> succeeded;
  const auto note = [&](int id, bool success) {
    const Exempt exempt;
    if (success) succeeded.push_back(id);
    if (!success) ++shared->calls_failed;
  };
  {
    Client client(server.url(), options);
    if (!client.Start()) return;
    for (int id = 1; id <= kTwoWayCalls; ++id) note(id, client.Add(id));
    note(kTwoWayCalls + 1, client.Note(kTwoWayCalls + 1));
    if (!client.Close()) ++shared->calls_failed;
    // Memory is there again: so is everything else.
    shared->failed = HasFailed();
    shared->allocations = CountedAllocations();
    ArmAllThreads(false);
    if (!client.Add(kTwoWayCalls + 2)) Broken("There is memory again, and a call fails: " + client.fault());
    succeeded.push_back(kTwoWayCalls + 2);
  }
  CheckExecutions(succeeded);
}

void Watchdog(int) {
  shared->hung = true;
  _exit(3);
}

[[noreturn]] void RunInChild(soap_rm_protocol_version version, std::uint64_t failing, int stack) {
  signal(SIGPIPE, SIG_IGN);
  signal(SIGALRM, Watchdog);
  alarm(kWatchdogSeconds);
  ShowFailures(stack);
  OnFailure([] {
    shared->failed = true;
    shared->in_plugin = FailedInLibrary("libgsoaprm");
  });
  RunSession(Options(version));  // what is made once and kept; counted as nothing
  std::vector<int>().swap(executed);
  shared->calls_failed = 0;
  const std::int64_t before = LiveAllocations();
  FailAllocation(failing);
  ArmAllThreads(true);
  RunSession(Options(version));
  ArmAllThreads(false);
  std::vector<int>().swap(executed);
  const std::int64_t left = LiveAllocations() - before;
  if (left != 0) Broken(std::to_string(left) + " allocations are never given back.");
  shared->finished = true;
  _exit(0);
}

}  // namespace

GsoapRun RunWithGsoap(soap_rm_protocol_version version, std::uint64_t failing) {
  std::FILE* const stack = std::tmpfile();
  void* const memory = mmap(nullptr, sizeof(SharedRun), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  shared = new (memory) SharedRun;
  const pid_t child = fork();
  if (child == 0) RunInChild(version, failing, fileno(stack));
  int status = 0;
  waitpid(child, &status, 0);
  GsoapRun result;
  static_cast<SharedRun&>(result) = *shared;
  munmap(memory, sizeof(SharedRun));
  std::rewind(stack);
  char line[1000];
  while (std::fgets(line, sizeof line, stack) != nullptr) result.stack += line;
  std::fclose(stack);
  if (result.hung) {
    std::snprintf(result.broken, sizeof result.broken, "It hung for %u seconds.", kWatchdogSeconds);
  } else if (!result.finished) {
    std::snprintf(result.broken, sizeof result.broken, "It crashed (status %#x).", static_cast<unsigned>(status));
  }
  return result;
}

}  // namespace gsoaprm::faults

using gsoaprm::faults::Execute;

namespace {

int Calculate(struct soap* soap, double n1, double value, double** result) {
  *result = static_cast<double*>(soap_malloc(soap, sizeof(double)));
  if (*result == nullptr) return soap->error = SOAP_EOM;
  **result = value;
  Execute(static_cast<int>(n1));
  return SOAP_OK;
}

}  // namespace

int calculator::CalculatorService::Add(_samples__Add* in, _samples__AddResponse& out) {
  return Calculate(soap, *in->n1, *in->n1 + *in->n2, &out.AddResult);
}
int calculator::CalculatorService::Subtract(_samples__Subtract*, _samples__SubtractResponse&) { return SOAP_NO_METHOD; }
int calculator::CalculatorService::Multiply(_samples__Multiply*, _samples__MultiplyResponse&) { return SOAP_NO_METHOD; }
int calculator::CalculatorService::Divide(_samples__Divide*, _samples__DivideResponse&) { return SOAP_NO_METHOD; }
int notes::NotesService::Note(_samples__Note* in) {
  Execute(*in->id);
  return soap_send_empty_response(soap, 202);
}
int notes::NotesService::SlowNote(_samples__SlowNote*) { return SOAP_NO_METHOD; }
