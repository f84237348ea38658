#include "gsoap/support/test_server.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

#include "Calculator.nsmap"
#include "gsoap/support/options.h"

namespace gsoaprm::testing {

namespace {

constexpr auto kPatience = std::chrono::seconds(10);

std::string Line(const char* operation, double n1, double n2) {
  char text[100];
  std::snprintf(text, sizeof text, "%s %g %g", operation, n1, n2);
  return text;
}

TestServer* ServerOf(struct soap* soap) { return static_cast<TestServer*>(soap->user); }

int Calculate(struct soap* soap, const char* operation, double n1, double n2, double value, double** result) {
  *result = static_cast<double*>(soap_malloc(soap, sizeof(double)));
  **result = value;
  return ServerOf(soap)->Execute(soap, Line(operation, n1, n2));
}

// Both contracts on one endpoint.
int Dispatch(calculator::CalculatorService* calculator, notes::NotesService* notes) {
  if (calculator->dispatch() != SOAP_NO_METHOD) return calculator->soap->error;
  return notes->dispatch();
}

}  // namespace

void Executions::Add(const std::string& line) {
  std::lock_guard<std::mutex> lock(mutex_);
  lines_.push_back(line);
  changed_.notify_all();
}

std::vector<std::string> Executions::lines() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return lines_;
}

bool Executions::WaitFor(std::size_t count) const {
  std::unique_lock<std::mutex> lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return lines_.size() >= count; });
}

void Gate::Open() {
  std::lock_guard<std::mutex> lock(mutex_);
  open_ = true;
  changed_.notify_all();
}

bool Gate::Wait() {
  std::unique_lock<std::mutex> lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return open_; });
}

soap_rm_options TestOptions() {
  soap_rm_options options;
  soap_rm_options_default(&options);
  options.reliable_messaging_version = SOAP_RM_11;
  return options;
}

TestServer::TestServer(Serving serving, const soap_rm_options* options, soap_mode mode, int port)
    : soap_(soap_new1(mode)) {
  signal(SIGPIPE, SIG_IGN);
  soap_->bind_flags = SO_REUSEADDR;
  soap_->max_keep_alive = 0;
  soap_->user = this;
  { calculator::CalculatorService namespaces(soap_); }
  if (options) {
    EXPECT_EQ(soap_register_plugin_arg(soap_, soap_rm, const_cast<soap_rm_options*>(options)), SOAP_OK);
  }
  soap_->fclosesocket = CloseConnection;
  EXPECT_TRUE(soap_valid_socket(soap_bind(soap_, "127.0.0.1", port, 100)));
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(soap_->master, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this, serving] { AcceptLoop(serving); });
}

TestServer::~TestServer() {
  stopping_ = true;
  shutdown(soap_->master, SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const SOAP_SOCKET socket : open_) shutdown(socket, SHUT_RDWR);
  }
  for (std::thread& connection : connections_) connection.join();
  soap_destroy(soap_);
  soap_end(soap_);
  soap_free(soap_);
}

int TestServer::CloseConnection(struct soap* soap, SOAP_SOCKET socket) {
  TestServer* const server = ServerOf(soap);
  const std::lock_guard<std::mutex> lock(server->mutex_);
  server->open_.erase(socket);
  return close(socket);
}

void TestServer::AcceptLoop(Serving serving) {
  while (!stopping_) {
    if (!soap_valid_socket(soap_accept(soap_))) continue;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      open_.insert(soap_->socket);
    }
    if (serving == Serving::kThreaded) {
      connections_.emplace_back([this, copy = soap_copy(soap_)] {
        ServeConnection(copy);
        soap_free(copy);
      });
    } else if (serving == Serving::kIterative) {
      ServeConnection(soap_);
    } else {
      ServeByHand(soap_);
    }
  }
}

// The loop that soapcpp2 generates, around two services.
void TestServer::ServeConnection(struct soap* soap) {
  calculator::CalculatorService calculator(soap);
  notes::NotesService notes(soap);
  soap->keep_alive = soap->max_keep_alive + 1;
  do {
    if (soap->keep_alive > 0 && soap->max_keep_alive > 0) soap->keep_alive--;
    if (soap_begin_serve(soap)) {
      if (soap->error >= SOAP_STOP) continue;
      break;
    }
    if (Dispatch(&calculator, &notes) && soap->error && soap->error < SOAP_STOP) {
      soap_send_fault(soap);
      break;
    }
    soap_destroy(soap);
    soap_end(soap);
  } while (soap->keep_alive);
  soap->keep_alive = 0;
  soap_closesock(soap);
  soap_destroy(soap);
  soap_end(soap);
}

// One request of each connection, as programs do that dispatch by hand.
void TestServer::ServeByHand(struct soap* soap) {
  calculator::CalculatorService calculator(soap);
  notes::NotesService notes(soap);
  if (!soap_begin_serve(soap) && Dispatch(&calculator, &notes) && soap->error && soap->error < SOAP_STOP)
    soap_send_fault(soap);
  soap->keep_alive = 0;
  soap_closesock(soap);
  soap_destroy(soap);
  soap_end(soap);
}

int TestServer::Execute(struct soap* soap, const std::string& line) {
  executions_.Add(line);
  return hook_ ? hook_(soap, line) : SOAP_OK;
}

struct soap_rm_metrics TestServer::Metrics() {
  return MetricsOf(soap_);
}

}  // namespace gsoaprm::testing

using gsoaprm::testing::Calculate;
using gsoaprm::testing::ServerOf;

int calculator::CalculatorService::Add(_samples__Add* in, _samples__AddResponse& out) {
  return Calculate(soap, "Add", *in->n1, *in->n2, *in->n1 + *in->n2, &out.AddResult);
}

int calculator::CalculatorService::Subtract(_samples__Subtract* in, _samples__SubtractResponse& out) {
  return Calculate(soap, "Subtract", *in->n1, *in->n2, *in->n1 - *in->n2, &out.SubtractResult);
}

int calculator::CalculatorService::Multiply(_samples__Multiply* in, _samples__MultiplyResponse& out) {
  return Calculate(soap, "Multiply", *in->n1, *in->n2, *in->n1 * *in->n2, &out.MultiplyResult);
}

int calculator::CalculatorService::Divide(_samples__Divide* in, _samples__DivideResponse& out) {
  return Calculate(soap, "Divide", *in->n1, *in->n2, *in->n1 / *in->n2, &out.DivideResult);
}

int notes::NotesService::Note(_samples__Note* in) {
  const int error = ServerOf(soap)->Execute(soap, "Note " + std::to_string(*in->id));
  return error ? error : soap_send_empty_response(soap, 202);
}

// Answers first and works then.
int notes::NotesService::SlowNote(_samples__SlowNote* in) {
  soap_send_empty_response(soap, 202);
  ServerOf(soap)->Execute(soap, "SlowNote " + std::to_string(*in->id));
  return SOAP_STOP;
}
