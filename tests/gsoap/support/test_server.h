// Generated services of the sample contracts in the test's process: threaded, iterative, or dispatched by hand.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "calculatorCalculatorService.h"
#include "notesNotesService.h"
#include "soap_rm.h"

namespace gsoaprm::testing {

// What the operations did, in order; lets a test wait for it, and hold an operation at a gate.
class Executions {
 public:
  void Add(const std::string& line);
  std::vector<std::string> lines() const;
  // Waits until there are that many; false after ten seconds.
  bool WaitFor(std::size_t count) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<std::string> lines_;
};

// Runs inside an operation, before it answers.
using Hook = std::function<int(struct soap*, const std::string& line)>;

enum class Serving { kThreaded, kIterative, kByHand };

class TestServer {
 public:
  // `options` null: without the plugin. `port` 0: one that is free.
  TestServer(Serving serving, const soap_rm_options* options, soap_mode mode = SOAP_IO_KEEPALIVE, int port = 0);
  // Ends the connections that are open.
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  int port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }
  Executions& executions() { return executions_; }
  // Set before the first request.
  void set_hook(Hook hook) { hook_ = std::move(hook); }
  struct soap_rm_metrics Metrics();

  int Execute(struct soap* soap, const std::string& line);

 private:
  void AcceptLoop(Serving serving);
  void ServeConnection(struct soap* soap);
  void ServeByHand(struct soap* soap);
  static int CloseConnection(struct soap* soap, SOAP_SOCKET socket);

  struct soap* soap_;
  int port_ = 0;
  Executions executions_;
  Hook hook_;
  std::atomic<bool> stopping_{false};
  std::vector<std::thread> connections_;
  std::mutex mutex_;
  std::set<SOAP_SOCKET> open_;
  std::thread acceptor_;
};

// Options with defaults of the tests: WS-RM 1.1.
soap_rm_options TestOptions();

// Opens and closes for operations that must wait.
class Gate {
 public:
  void Open();
  bool Wait();  // false after ten seconds

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

}  // namespace gsoaprm::testing
