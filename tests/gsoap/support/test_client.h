// Generated clients of the sample contracts with the plugin, and what a program can learn from it.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "calculatorCalculatorProxy.h"
#include "gsoap/support/options.h"
#include "notesNotesProxy.h"
#include "soap_rm.h"

namespace gsoaprm::testing {

// Changes of state as the plugin tells them.
class StateLog {
 public:
  struct Event {
    soap_rm_state state;
    std::string endpoint, session, code, reason, advice;
    std::vector<std::uint64_t> unacknowledged;
  };
  void Watch(soap_rm_options* options);
  std::vector<Event> events() const;
  std::vector<soap_rm_state> states() const;
  // Waits for this state; false after ten seconds.
  bool WaitFor(soap_rm_state state) const;
  // The one that faulted, waited for; an empty one when there is none after ten seconds.
  Event Faulted() const;

 private:
  static void Changed(void* self, const soap_rm_event* event);
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<Event> events_;
};

// The lines that a context traces; lets a test wait for one.
class TraceLog {
 public:
  void Watch(soap_rm_options* options);
  std::vector<std::string> lines() const;
  // Of lines that contain the text.
  std::size_t Count(const std::string& text) const;
  // Waits until there are that many; false after ten seconds.
  bool WaitFor(const std::string& text, std::size_t count = 1) const;

 private:
  static void Traced(void* self, const char* line);
  std::size_t CountLocked(const std::string& text) const;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<std::string> lines_;
};

class TestClient {
 public:
  TestClient(const std::string& url, const soap_rm_options& options);
  ~TestClient();
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;
  // Another context of the same session, for another thread.
  std::unique_ptr<TestClient> Copy() const;

  // What the stubs return. A wrong sum is SOAP_ERR.
  int Add(double n1, double n2);
  // NaN when the call failed.
  double Sum(double n1, double n2);
  int Note(int id);
  // The sending half alone.
  int SendAdd(double n1, double n2);
  int ReceiveSum(double* sum);

  int Open() { return soap_rm_open(soap_, url_.c_str()); }
  int Close() { return soap_rm_close(soap_, nullptr); }
  int Flush(soap_rm_milliseconds timeout = 10000) { return soap_rm_flush(soap_, nullptr, timeout); }
  soap_rm_state State() { return soap_rm_session_state(soap_, url_.c_str()); }
  soap_rm_error Error();
  struct soap_rm_metrics Metrics();
  // As soap_print_fault() says it.
  std::string Fault();
  struct soap* get() const {
    return soap_;
  }
  const std::string& url() const { return url_; }

 private:
  TestClient(const std::string& url, struct soap* soap);
  const std::string url_;
  struct soap* const soap_;
  calculator::CalculatorProxy calculator_;
  notes::NotesProxy notes_;
};

std::string UrlOf(int port);

}  // namespace gsoaprm::testing
