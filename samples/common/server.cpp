#include "common/server.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <list>
#include <mutex>
#include <set>
#include <string>
#include <system_error>
#include <thread>

#include "common/refusals.h"

namespace samples {
namespace {

// What the contexts of a server share, by soap->user.
struct ServerState {
  const ServerOptions* options;
  std::mutex mutex;
  std::set<int> connections;  // open now; ended from outside when the server stops
};

ServerState* State(struct soap* soap) { return static_cast<ServerState*>(soap->user); }

int stop_pipe[2] = {-1, -1};

extern "C" void StopOnSignal(int) {
  const int saved_errno = errno;
  const ssize_t written = write(stop_pipe[1], "", 1);
  (void)written;
  errno = saved_errno;
}

bool CatchStopSignals() {
  if (pipe2(stop_pipe, O_CLOEXEC | O_NONBLOCK) != 0) return false;
  std::signal(SIGTERM, StopOnSignal);
  std::signal(SIGINT, StopOnSignal);
  return true;
}

void WriteLine(const std::string& line) {
  // One write for one line, so that the lines of several threads do not mix.
  const ssize_t written = write(STDOUT_FILENO, line.data(), line.size());
  (void)written;
}

// False when the server is to stop.
bool WaitForConnection(struct soap* soap) {
  struct pollfd events[2] = {{soap->master, POLLIN, 0}, {stop_pipe[0], POLLIN, 0}};
  while (poll(events, 2, -1) < 0 && errno == EINTR) {
  }
  return events[1].revents == 0;
}

int CloseConnection(struct soap* soap, SOAP_SOCKET connection) {
  const std::lock_guard<std::mutex> lock(State(soap)->mutex);
  State(soap)->connections.erase(connection);
  return close(connection);
}

bool Accept(struct soap* soap) {
  if (!soap_valid_socket(soap_accept(soap))) {
    PrintError(soap);
    return false;
  }
  const std::lock_guard<std::mutex> lock(State(soap)->mutex);
  State(soap)->connections.insert(soap->socket);
  return true;
}

// The connection, which gSOAP will not close.
int Release(struct soap* soap) {
  const std::lock_guard<std::mutex> lock(State(soap)->mutex);
  State(soap)->connections.erase(soap->socket);
  return soap->socket;
}

#ifdef WITH_OPENSSL
bool HasTls(struct soap* soap) { return soap->ctx != nullptr; }
bool ShakeHands(struct soap* soap) { return !HasTls(soap) || soap_ssl_accept(soap) == SOAP_OK; }
#else
bool HasTls(struct soap*) { return false; }
bool ShakeHands(struct soap*) { return true; }
#endif

void ServeConnection(struct soap* soap, const std::function<int(struct soap*)>& serve) {
  if (!ShakeHands(soap)) {
    PrintError(soap);
    return;
  }
  serve(soap);
  soap_destroy(soap);
  soap_end(soap);
}

void ServeIteratively(struct soap* soap, const std::function<int(struct soap*)>& serve) {
  while (WaitForConnection(soap)) {
    if (Accept(soap)) ServeConnection(soap, serve);
  }
}

// The threads that serve a connection each. What one costs is gSOAP's context, some 170 KB, its stack, and the message
// that it reads; so they are bounded, and whoever comes when all are busy is told so instead of waiting.
class Workers {
 public:
  Workers(int most, const std::function<int(struct soap*)>& serve)
      : most_(static_cast<std::size_t>(most)), serve_(serve) {}
  ~Workers() {
    for (Worker& worker : workers_) worker.thread.join();
  }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // Serves the connection that the context has accepted, on a copy. False when there is no thread for it, or no memory.
  bool Start(struct soap* soap) {
    JoinThoseThatAreDone();
    if (workers_.size() >= most_) return false;
    struct soap* const copy = soap_copy(soap);
    if (copy == nullptr) return false;
    Worker& worker = workers_.emplace_back();
    try {
      worker.thread = std::thread([this, copy, &worker] {
        ServeConnection(copy, serve_);
        Free(copy);
        worker.done = true;
      });
    } catch (const std::system_error&) {
      workers_.pop_back();
      copy->socket = SOAP_INVALID_SOCKET;
      Free(copy);
      return false;
    }
    return true;
  }

 private:
  struct Worker {
    std::atomic<bool> done{false};
    std::thread thread;
  };

  void JoinThoseThatAreDone() {
    workers_.remove_if([](Worker& worker) {
      if (!worker.done) return false;
      worker.thread.join();
      return true;
    });
  }

  const std::size_t most_;
  const std::function<int(struct soap*)>& serve_;
  std::list<Worker> workers_;
};

void ServeWithThreads(struct soap* soap, const std::function<int(struct soap*)>& serve) {
  Refusals refusals;
  Workers workers(MostConnections(State(soap)->options->connections), serve);
  while (WaitForConnection(soap)) {
    if (!Accept(soap)) continue;
    if (!workers.Start(soap)) refusals.Refuse(Release(soap), HasTls(soap));
    soap->socket = SOAP_INVALID_SOCKET;  // the connection is another's
  }
  const std::lock_guard<std::mutex> lock(State(soap)->mutex);
  for (const int connection : State(soap)->connections) shutdown(connection, SHUT_RDWR);
}

}  // namespace

int Serve(struct soap* soap, const ServerOptions& options, const std::function<int(struct soap*)>& serve) {
  ServerState state;
  state.options = &options;
  soap->user = &state;
  soap->fclosesocket = CloseConnection;
  if (soap->error != SOAP_OK || !CatchStopSignals() ||
      !soap_valid_socket(soap_bind(soap, nullptr, options.port, SOMAXCONN))) {
    PrintError(soap);
    Free(soap);
    return 1;
  }
  WriteLine("READY\n");
  if (options.iterative) {
    ServeIteratively(soap, serve);
  } else {
    ServeWithThreads(soap, serve);
  }
  PrintMetrics(soap, options);
  Free(soap);
  return 0;
}

void LogExecution(struct soap* soap, const char* format, ...) {
  if (!State(soap)->options->log) return;
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof(text), format, arguments);
  va_end(arguments);
  WriteLine("EXEC " + std::string(text) + "\n");
}

}  // namespace samples
