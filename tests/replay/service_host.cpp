#include "replay/service_host.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <sstream>

#include "soapWSHttpBinding_USCOREICalculatorService.h"

namespace gsoaprm::replay {

using Service = WSHttpBinding_USCOREICalculatorService;

namespace {

// As .NET writes a double: the shortest digits that read back the same.
std::string Number(double value) {
  for (int precision = 6; precision <= 17; precision++) {
    char text[40];
    std::snprintf(text, sizeof text, "%.*g", precision, value);
    if (std::strtod(text, nullptr) >= value && std::strtod(text, nullptr) <= value) return text;
  }
  return "NaN";
}

double Value(const double* number) { return number ? *number : 0; }
std::string Text(const std::string* text) { return text ? *text : ""; }
std::string Characters(const std::string* text) { return std::to_string(Text(text).size()) + " chars"; }

void NoteLine(void* operations, const char* line) {
  if (std::strstr(line, " < @")) static_cast<Operations*>(operations)->NoteMessage();
}

std::string FaultText(struct soap* soap) {
  char text[1000] = "";
  soap_sprint_fault(soap, text, sizeof text);
  return text;
}

int BoundPort(struct soap* soap) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(soap->master, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

}  // namespace

void Operations::Run(const std::string& call, bool slow) {
  std::unique_lock<std::mutex> lock(mutex_);
  counts_.begun++;
  begun_.insert(call);
  changed_.notify_all();
  if (slow) changed_.wait(lock, [&] { return all_go_ || go_.count(call); });
  executions_.push_back(call);
}

void Operations::LetGo(const std::string& call) {
  std::lock_guard<std::mutex> lock(mutex_);
  go_.insert(call);
  changed_.notify_all();
}

void Operations::LetAllGo() {
  std::lock_guard<std::mutex> lock(mutex_);
  all_go_ = true;
  changed_.notify_all();
}

void Operations::NoteMessage() {
  std::lock_guard<std::mutex> lock(mutex_);
  counts_.messages++;
  changed_.notify_all();
}

std::vector<std::string> Operations::executions() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return executions_;
}

Operations::Counts Operations::counts() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return counts_;
}

bool Operations::WaitFor(const Counts& wanted, Deadline deadline) const {
  std::unique_lock<std::mutex> lock(mutex_);
  return changed_.wait_until(lock, deadline,
                             [&] { return counts_.messages >= wanted.messages || counts_.begun >= wanted.begun; });
}

bool Operations::WaitForBegin(const std::string& call, Deadline deadline) const {
  std::unique_lock<std::mutex> lock(mutex_);
  return changed_.wait_until(lock, deadline, [&] { return begun_.count(call) > 0; });
}

ServiceHost::ServiceHost(const soap_rm_options& options) : options_(options), soap_(soap_new1(SOAP_IO_KEEPALIVE)) {
  options_.trace = NoteLine;
  options_.trace_user = &operations_;
  soap_->user = &operations_;
  soap_->bind_flags = SO_REUSEADDR;
  soap_->accept_flags = 0;
  soap_->socket_flags = MSG_NOSIGNAL;
  Service service(soap_);  // sets the namespace table
  if (soap_register_plugin_arg(soap_, soap_rm, &options_)) {
    problem_ = "registration: " + FaultText(soap_);
  } else if (!soap_valid_socket(soap_bind(soap_, "127.0.0.1", 0, 100))) {
    problem_ = "bind: " + FaultText(soap_);
  } else {
    port_ = BoundPort(soap_);
    acceptor_ = std::thread([this] { Accept(); });
  }
}

ServiceHost::~ServiceHost() {
  operations_.LetAllGo();
  if (acceptor_.joinable()) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      stop_ = true;
    }
    shutdown(soap_->master, SHUT_RDWR);
    acceptor_.join();
  }
  for (std::thread& connection : connections_) connection.join();
  soap_destroy(soap_);
  soap_end(soap_);
  soap_free(soap_);
}

void ServiceHost::Accept() {
  for (;;) {
    const bool accepted = soap_valid_socket(soap_accept(soap_));
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (stop_) return;
    }
    if (!accepted) continue;
    struct soap* const connection = soap_copy(soap_);
    connections_.emplace_back([connection] {
      {
        Service service(connection);
        service.serve();
        service.destroy();
      }
      soap_free(connection);
    });
  }
}

soap_rm_metrics ServiceHost::metrics() const {
  soap_rm_metrics metrics{};
  metrics.size = sizeof metrics;
  soap_rm_get_metrics(soap_, &metrics);
  return metrics;
}

bool ServiceHost::WaitForNoSession(Deadline deadline) const {
  while (metrics().open_sessions > 0) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace gsoaprm::replay

// ---- the operations of the generated class ----

namespace {

int Integer(const int* number) { return number ? *number : 0; }
void Run(struct soap* soap, const std::string& call, bool slow) {
  static_cast<gsoaprm::replay::Operations*>(soap->user)->Run(call, slow);
}

template <typename T>
T* Allocate(struct soap* soap, T value) {
  T* const allocated = static_cast<T*>(soap_malloc(soap, sizeof(T)));
  *allocated = value;
  return allocated;
}

double* Calculate(struct soap* soap, const std::string& name, double n1, double n2, double result) {
  using gsoaprm::replay::Number;
  Run(soap, name + "(" + Number(n1) + "," + Number(n2) + ")=" + Number(result), false);
  return Allocate(soap, result);
}

}  // namespace

using gsoaprm::replay::Characters;
using gsoaprm::replay::Number;
using gsoaprm::replay::Text;
using gsoaprm::replay::Value;
using Service = WSHttpBinding_USCOREICalculatorService;

int Service::Add(_ns1__Add* in, _ns1__AddResponse& out) {
  out.AddResult = Calculate(soap, "Add", Value(in->n1), Value(in->n2), Value(in->n1) + Value(in->n2));
  return SOAP_OK;
}

int Service::Subtract(_ns1__Subtract* in, _ns1__SubtractResponse& out) {
  out.SubtractResult = Calculate(soap, "Subtract", Value(in->n1), Value(in->n2), Value(in->n1) - Value(in->n2));
  return SOAP_OK;
}

int Service::Multiply(_ns1__Multiply* in, _ns1__MultiplyResponse& out) {
  out.MultiplyResult = Calculate(soap, "Multiply", Value(in->n1), Value(in->n2), Value(in->n1) * Value(in->n2));
  return SOAP_OK;
}

int Service::Divide(_ns1__Divide* in, _ns1__DivideResponse& out) {
  out.DivideResult = Calculate(soap, "Divide", Value(in->n1), Value(in->n2), Value(in->n1) / Value(in->n2));
  return SOAP_OK;
}

int Service::Note(_ns1__Note* in) {
  Run(soap, "Note(" + std::to_string(Integer(in->id)) + "," + Characters(in->text) + ")", false);
  return send_Note_empty_response();
}

int Service::Note_(_ns1__Note* in) { return Note(in); }

// The recorded service answered before it executed, so nothing in the recording says when this one ends.
int Service::SlowNote(_ns1__SlowNote* in) {
  Run(soap, "SlowNote(" + std::to_string(Integer(in->id)) + "," + std::to_string(Integer(in->delayMs)) + ")", false);
  return send_SlowNote_empty_response();
}

int Service::SlowAdd(_ns1__SlowAdd* in, _ns1__SlowAddResponse& out) {
  const double sum = Value(in->n1) + Value(in->n2);
  const std::string arguments =
      Number(Value(in->n1)) + "," + Number(Value(in->n2)) + "," + std::to_string(Integer(in->delayMs));
  Run(soap, "SlowAdd(" + arguments + ")=" + Number(sum), true);
  out.SlowAddResult = Allocate(soap, sum);
  return SOAP_OK;
}

int Service::Echo(_ns1__Echo* in, _ns1__EchoResponse& out) {
  Run(soap, "Echo(" + Characters(in->text) + ")", false);
  out.EchoResult = in->text;
  return SOAP_OK;
}

int Service::Fail(_ns1__Fail* in, _ns1__FailResponse&) {
  Run(soap, "Fail(" + Text(in->reason) + ")", false);
  return soap_senderfault("\"urn:peer\":Custom", soap_strdup(soap, Text(in->reason).c_str()), nullptr);
}

int Service::Void(_ns1__Void* in, _ns1__VoidResponse&) {
  Run(soap, "Void(" + std::to_string(Integer(in->id)) + ")", false);
  return SOAP_OK;
}

int Service::Count(_ns1__Count*, _ns1__CountResponse& out) {
  const auto executions = static_cast<gsoaprm::replay::Operations*>(soap->user)->executions();
  out.CountResult = Allocate(soap, static_cast<int>(executions.size()));
  return SOAP_OK;
}
