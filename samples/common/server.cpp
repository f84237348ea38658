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
#include <thread>

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

void ServeConnection(struct soap* soap, const std::function<int(struct soap*)>& serve) {
#ifdef WITH_OPENSSL
  if (soap->ctx != nullptr && soap_ssl_accept(soap) != SOAP_OK) {
    PrintError(soap);
    return;
  }
#endif
  serve(soap);
  soap_destroy(soap);
  soap_end(soap);
}

void ServeIteratively(struct soap* soap, const std::function<int(struct soap*)>& serve) {
  while (WaitForConnection(soap)) {
    if (Accept(soap)) ServeConnection(soap, serve);
  }
}

struct Worker {
  std::atomic<bool> done{false};
  std::thread thread;
};

void ServeWithThreads(struct soap* soap, const std::function<int(struct soap*)>& serve) {
  std::list<Worker> workers;
  while (WaitForConnection(soap)) {
    if (!Accept(soap)) continue;
    struct soap* copy = soap_copy(soap);
    soap->socket = SOAP_INVALID_SOCKET;  // the connection belongs to the copy
    if (copy == nullptr) break;
    Worker& worker = workers.emplace_back();
    worker.thread = std::thread([copy, &serve, &worker] {
      ServeConnection(copy, serve);
      Free(copy);
      worker.done = true;
    });
    workers.remove_if([](Worker& old) {
      if (!old.done) return false;
      old.thread.join();
      return true;
    });
  }
  {
    const std::lock_guard<std::mutex> lock(State(soap)->mutex);
    for (const int connection : State(soap)->connections) shutdown(connection, SHUT_RDWR);
  }
  for (Worker& worker : workers) worker.thread.join();
}

}  // namespace

int Serve(struct soap* soap, const ServerOptions& options, const std::function<int(struct soap*)>& serve) {
  ServerState state;
  state.options = &options;
  soap->user = &state;
  soap->fclosesocket = CloseConnection;
  if (soap->error != SOAP_OK || !CatchStopSignals() ||
      !soap_valid_socket(soap_bind(soap, nullptr, options.port, 100))) {
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
