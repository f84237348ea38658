// Shared by the benchmarks: a server in a process of its own, pinned to its processor, and figures from rounds.
#pragma once

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "arguments.h"
#include "calculatorCalculatorProxy.h"
#include "calculatorCalculatorService.h"
#include "notesNotesProxy.h"
#include "notesNotesService.h"
#include "soap_rm.h"

namespace bench {

// The client's threads have processor 0, the server's 1, so that they do not take each other's time.
inline void Pin(int processor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(processor, &set);
  sched_setaffinity(0, sizeof set, &set);
}

inline soap_rm_options Options() {
  soap_rm_options options;
  soap_rm_options_default(&options);
  options.reliable_messaging_version = SOAP_RM_11;
  return options;
}

// For two processes, in memory that they share.
class Semaphore {
 public:
  Semaphore() {
    if (sem_init(&semaphore_, 1, 0) != 0) std::abort();
  }
  ~Semaphore() { sem_destroy(&semaphore_); }
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;

  void Post() { sem_post(&semaphore_); }
  void Wait() {
    while (sem_wait(&semaphore_) != 0)
      if (errno != EINTR) std::abort();
  }
  // False when it took longer.
  bool WaitFor(int seconds) {
    timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += seconds;
    while (sem_clockwait(&semaphore_, CLOCK_MONOTONIC, &until) != 0)
      if (errno != EINTR) return false;
    return true;
  }

 private:
  sem_t semaphore_;
};

// An object that the processes forked from now on share.
template <class Object>
Object* NewShared() {
  void* const page = mmap(nullptr, sizeof(Object), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) std::abort();
  return new (page) Object();
}

// A threaded server in a child process. Serves until destroyed.
class Server {
 public:
  // `options` null: the same program without the plugin.
  template <class Service>
  static Server Start(const soap_rm_options* options) {
    int ports[2];
    if (pipe(ports) != 0) std::abort();
    Inquiry* const inquiry = NewShared<Inquiry>();
    const pid_t child = fork();
    if (child == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      close(ports[0]);
      Serve<Service>(options, ports[1], inquiry);
    }
    close(ports[1]);
    int port = 0;
    if (read(ports[0], &port, sizeof port) != sizeof port) std::abort();
    close(ports[0]);
    return Server(child, port, inquiry);
  }
  Server(Server&& other) noexcept : child_(other.child_), port_(other.port_), inquiry_(other.inquiry_) {
    other.child_ = 0;
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    if (child_ == 0) return;
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
    inquiry_->~Inquiry();
    munmap(inquiry_, sizeof(Inquiry));
  }

  pid_t process() const { return child_; }
  int port() const { return port_; }
  // While paused it answers nothing.
  void Pause() const { kill(child_, SIGSTOP); }
  void Continue() const { kill(child_, SIGCONT); }
  std::string Url(const char* path) const { return "http://127.0.0.1:" + std::to_string(port_) + path; }
  soap_rm_metrics Metrics() const {
    inquiry_->asked.Post();
    inquiry_->answered.Wait();
    return inquiry_->metrics;
  }
  // Resident memory in bytes.
  double Memory() const {
    const std::string name = "/proc/" + std::to_string(child_) + "/status";
    double kibibytes = 0;
    if (FILE* file = fopen(name.c_str(), "r")) {
      char line[256];
      while (fgets(line, sizeof line, file))
        if (std::sscanf(line, "VmRSS: %lf", &kibibytes) == 1) break;
      fclose(file);
    }
    return kibibytes * 1024;
  }

 private:
  // What the two processes share.
  struct Inquiry {
    Semaphore asked, answered;
    soap_rm_metrics metrics{};
  };
  Server(pid_t child, int port, Inquiry* inquiry) : child_(child), port_(port), inquiry_(inquiry) {}

  // Until the process is killed.
  static void AnswerInquiries(struct soap* soap, Inquiry* inquiry) {
    for (;;) {
      inquiry->asked.Wait();
      inquiry->metrics.size = sizeof inquiry->metrics;
      soap_rm_get_metrics(soap, &inquiry->metrics);
      inquiry->answered.Post();
    }
  }

  template <class Service>
  [[noreturn]] static void Serve(const soap_rm_options* options, int port_pipe, Inquiry* inquiry) {
    Pin(1);
    signal(SIGPIPE, SIG_IGN);
    struct soap* soap = soap_new1(SOAP_IO_KEEPALIVE);
    soap->bind_flags = SO_REUSEADDR;
    soap->accept_flags = 0;
    soap->max_keep_alive = 0;  // no limit
    { Service namespaces(soap); }
    if (options) soap_register_plugin_arg(soap, soap_rm, const_cast<soap_rm_options*>(options));
    if (soap->error) soap_print_fault(soap, stderr), std::abort();
    if (options) std::thread(AnswerInquiries, soap_copy(soap), inquiry).detach();
    if (!soap_valid_socket(soap_bind(soap, "127.0.0.1", 0, 1000))) std::abort();
    sockaddr_in address{};
    socklen_t size = sizeof address;
    getsockname(soap->master, reinterpret_cast<sockaddr*>(&address), &size);
    const int port = ntohs(address.sin_port);
    if (write(port_pipe, &port, sizeof port) != sizeof port) std::abort();
    for (;;) {
      if (!soap_valid_socket(soap_accept(soap))) continue;
      int on = 1;
      setsockopt(soap->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      std::thread([copy = soap_copy(soap)] {
        Service service(copy);
        service.soap->fserveloop = [](struct soap* s) {
          soap_destroy(s), soap_end(s);
          return SOAP_OK;
        };
        service.serve();
        service.destroy();
        soap_free(copy);
      }).detach();
    }
  }

  pid_t child_;
  int port_;
  Inquiry* inquiry_;
};

// Of a client that shares another's sessions, for another thread.
struct Shared {};
constexpr Shared kShared;

class Client {
 public:
  Client(const Client& other, Shared) : soap_(soap_copy(other.soap_)), url_(other.url_) {}
  // `options` null: without the plugin.
  Client(const Server& server, const char* path, const soap_rm_options* options) : Client(server.Url(path), options) {}
  Client(const std::string& url, const soap_rm_options* options) : url_(url) {
    soap_ = soap_new1(SOAP_IO_KEEPALIVE);
    soap_->connect_flags = 0;
    soap_->tcp_keep_alive = 0;
    if (options) soap_register_plugin_arg(soap_, soap_rm, const_cast<soap_rm_options*>(options));
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() {
    soap_destroy(soap_);
    soap_end(soap_);
    soap_free(soap_);
  }

  struct soap* soap() {
    return soap_;
  }
  const std::string& url() const { return url_; }

  // One Add of about 100 bytes of body. False and a message when it failed.
  bool Add() {
    calculator::CalculatorProxy proxy(soap_, url_.c_str());
    double n1 = 1234567.0625, n2 = 7654321.125;
    calculator::_samples__Add in;
    in.n1 = &n1;
    in.n2 = &n2;
    calculator::_samples__AddResponse out;
    const bool right = proxy.Add(&in, out) == SOAP_OK && out.AddResult && *out.AddResult == n1 + n2;
    if (!right) Complain();
    soap_destroy(soap_);
    soap_end(soap_);
    return right;
  }

  bool Note(int id) {
    notes::NotesProxy proxy(soap_, url_.c_str());
    notes::_samples__Note in;
    std::string text(40, 'x');
    in.id = &id;
    in.text = &text;
    const bool sent = proxy.Note(&in) == SOAP_OK;
    if (!sent) Complain();
    soap_destroy(soap_);
    soap_end(soap_);
    return sent;
  }

  soap_rm_metrics Metrics() {
    soap_rm_metrics metrics{};
    metrics.size = sizeof metrics;
    soap_rm_get_metrics(soap_, &metrics);
    return metrics;
  }

 private:
  void Complain() {
    soap_print_fault(soap_, stderr);
    std::exit(1);
  }
  struct soap* soap_;
  std::string url_;
};

// Calls per second of `call`, during about `seconds`.
inline double Rate(double seconds, const std::function<void()>& call) {
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  long calls = 0;
  double elapsed = 0;
  do {
    for (int i = 0; i < 50; i++) call();
    calls += 50;
    elapsed = std::chrono::duration<double>(Clock::now() - begin).count();
  } while (elapsed < seconds);
  return static_cast<double>(calls) / elapsed;
}

struct Quartiles {
  double lower, median, upper;
};

inline Quartiles Of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  auto at = [&](double share) {
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1) + 0.5)];
  };
  return {at(0.25), at(0.5), at(0.75)};
}

// `bar`: what the median is to reach, where something was promised.
inline void Print(const char* name, const std::vector<double>& values, const char* bar = nullptr) {
  const Quartiles q = Of(values);
  std::printf("%s = %.3g (q1 %.3g, q3 %.3g)%s%s\n", name, q.median, q.lower, q.upper, bar ? " bar " : "",
              bar ? bar : "");
  std::fflush(stdout);
}

}  // namespace bench

// The operations. Each benchmark is one program of one source, so they are defined here.
int calculator::CalculatorService::Add(_samples__Add* in, _samples__AddResponse& out) {
  out.AddResult = static_cast<double*>(soap_malloc(soap, sizeof(double)));
  *out.AddResult = *in->n1 + *in->n2;
  return SOAP_OK;
}
int calculator::CalculatorService::Subtract(_samples__Subtract*, _samples__SubtractResponse&) { return SOAP_NO_METHOD; }
int calculator::CalculatorService::Multiply(_samples__Multiply*, _samples__MultiplyResponse&) { return SOAP_NO_METHOD; }
int calculator::CalculatorService::Divide(_samples__Divide*, _samples__DivideResponse&) { return SOAP_NO_METHOD; }
int notes::NotesService::Note(_samples__Note*) { return soap_send_empty_response(soap, 202); }
int notes::NotesService::SlowNote(_samples__SlowNote*) { return soap_send_empty_response(soap, 202); }
