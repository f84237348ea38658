#include "gsoap/support/test_client.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <sstream>

namespace gsoaprm::testing {

namespace {

constexpr auto kPatience = std::chrono::seconds(10);

struct soap* Registered(const soap_rm_options& options) {
  signal(SIGPIPE, SIG_IGN);
  struct soap* soap = soap_new1(SOAP_IO_KEEPALIVE);
  EXPECT_EQ(soap_register_plugin_arg(soap, soap_rm, const_cast<soap_rm_options*>(&options)), SOAP_OK);
  return soap;
}

}  // namespace

void StateLog::Watch(soap_rm_options* options) {
  options->state_changed = &StateLog::Changed;
  options->state_changed_user = this;
}

void StateLog::Changed(void* self, const soap_rm_event* event) {
  auto* log = static_cast<StateLog*>(self);
  std::lock_guard<std::mutex> lock(log->mutex_);
  log->events_.push_back(
      Event{event->state, event->endpoint, event->session, event->code, event->reason, event->advice,
            std::vector<std::uint64_t>(event->unacknowledged, event->unacknowledged + event->unacknowledged_count)});
  log->changed_.notify_all();
}

std::vector<StateLog::Event> StateLog::events() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return events_;
}

std::vector<soap_rm_state> StateLog::states() const {
  std::vector<soap_rm_state> states;
  for (const Event& event : events()) states.push_back(event.state);
  return states;
}

bool StateLog::WaitFor(soap_rm_state state) const {
  std::unique_lock<std::mutex> lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] {
    return std::any_of(events_.begin(), events_.end(), [&](const Event& event) { return event.state == state; });
  });
}

StateLog::Event StateLog::Faulted() const {
  WaitFor(SOAP_RM_FAULTED);  // it is told after the call has failed
  for (const Event& event : events())
    if (event.state == SOAP_RM_FAULTED) return event;
  return Event();
}

void TraceLog::Watch(soap_rm_options* options) {
  options->trace = &TraceLog::Traced;
  options->trace_user = this;
}

void TraceLog::Traced(void* self, const char* line) {
  auto* log = static_cast<TraceLog*>(self);
  std::lock_guard<std::mutex> lock(log->mutex_);
  log->lines_.emplace_back(line);
  log->changed_.notify_all();
}

std::vector<std::string> TraceLog::lines() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return lines_;
}

std::size_t TraceLog::CountLocked(const std::string& text) const {
  return static_cast<std::size_t>(std::count_if(
      lines_.begin(), lines_.end(), [&](const std::string& line) { return line.find(text) != std::string::npos; }));
}

std::size_t TraceLog::Count(const std::string& text) const {
  std::lock_guard<std::mutex> lock(mutex_);
  return CountLocked(text);
}

bool TraceLog::WaitFor(const std::string& text, std::size_t count) const {
  std::unique_lock<std::mutex> lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return CountLocked(text) >= count; });
}

TestClient::TestClient(const std::string& url, const soap_rm_options& options) : TestClient(url, Registered(options)) {}

TestClient::TestClient(const std::string& url, struct soap* soap)
    : url_(url), soap_(soap), calculator_(soap, url_.c_str()), notes_(soap, url_.c_str()) {}

TestClient::~TestClient() {
  calculator_.destroy();
  soap_destroy(soap_);
  soap_end(soap_);
  soap_free(soap_);
}

std::unique_ptr<TestClient> TestClient::Copy() const {
  return std::unique_ptr<TestClient>(new TestClient(url_, soap_copy(soap_)));
}

int TestClient::SendAdd(double n1, double n2) {
  calculator::_samples__Add request;
  request.n1 = &n1;
  request.n2 = &n2;
  return calculator_.send_Add(url_.c_str(), nullptr, &request);
}

int TestClient::ReceiveSum(double* sum) {
  calculator::_samples__AddResponse response;
  const int error = calculator_.recv_Add(response);
  if (error == SOAP_OK) *sum = *response.AddResult;
  return error;
}

int TestClient::Add(double n1, double n2) {
  double sum = 0;
  if (SendAdd(n1, n2) != SOAP_OK || ReceiveSum(&sum) != SOAP_OK) return soap_->error;
  return sum == n1 + n2 ? SOAP_OK : SOAP_ERR;
}

double TestClient::Sum(double n1, double n2) {
  double sum = std::nan("");
  if (SendAdd(n1, n2) == SOAP_OK) ReceiveSum(&sum);
  return sum;
}

int TestClient::Note(int id) {
  std::string text = "note " + std::to_string(id);
  notes::_samples__Note note;
  note.id = &id;
  note.text = &text;
  return notes_.Note(&note);
}

soap_rm_error TestClient::Error() {
  soap_rm_error error{};
  error.size = sizeof error;
  EXPECT_EQ(soap_rm_get_error(soap_, &error), SOAP_OK);
  return error;
}

struct soap_rm_metrics TestClient::Metrics() {
  return MetricsOf(soap_);
}

std::string TestClient::Fault() {
  std::ostringstream text;
  soap_stream_fault(soap_, text);
  return text.str();
}

std::string UrlOf(int port) { return "http://127.0.0.1:" + std::to_string(port) + "/"; }

}  // namespace gsoaprm::testing
