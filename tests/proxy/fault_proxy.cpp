#include "proxy/fault_proxy.h"

#include <chrono>
#include <utility>

namespace gsoaprm::proxy {
namespace {

constexpr char kCountsRequest[] = "GET /__proxy/counts ";

void Count(const Decision& decision, Counts* counts) {
  ++counts->requests;
  switch (decision.fault) {
    case Fault::kNone:
      break;
    case Fault::kDropRequest:
      ++counts->dropped_requests;
      break;
    case Fault::kDropResponse:
      ++counts->dropped_responses;
      break;
    case Fault::kDuplicate:
    case Fault::kDuplicateSecond:
      ++counts->duplicated;
      break;
    case Fault::kDelay:
    case Fault::kDelayResponse:
      ++counts->delayed;
      break;
    case Fault::kReorder:
      ++counts->reordered;
      break;
    case Fault::kReset:
    case Fault::kResetResponse:
      ++counts->reset;
      break;
  }
}

std::string_view Beginning(const HttpMessage& message, const Decision& decision) {
  return std::string_view(message.bytes).substr(0, static_cast<size_t>(decision.bytes));
}

}  // namespace

std::string Describe(const Counts& counts) {
  return "requests=" + std::to_string(counts.requests) +
         " dropped_requests=" + std::to_string(counts.dropped_requests) +
         " dropped_responses=" + std::to_string(counts.dropped_responses) +
         " duplicated=" + std::to_string(counts.duplicated) + " delayed=" + std::to_string(counts.delayed) +
         " reordered=" + std::to_string(counts.reordered) + " reset=" + std::to_string(counts.reset);
}

FaultProxy::FaultProxy(uint16_t target_port, const Faults& faults) : FaultProxy(0, "localhost", target_port, faults) {}

FaultProxy::FaultProxy(uint16_t listen_port, std::string target_host, uint16_t target_port, const Faults& faults)
    : target_host_(std::move(target_host)), target_port_(target_port), picker_(faults) {
  uint16_t port = listen_port;
  listener_ = Listen(&port);
  if (!listener_.valid()) return;
  port_ = port;
  acceptor_ = std::thread([this] { AcceptConnections(); });
}

FaultProxy::~FaultProxy() {
  stop_.Raise();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  answered_changed_.notify_all();
  if (acceptor_.joinable()) acceptor_.join();
  // Nobody starts workers any more but workers; a list keeps its elements in place.
  while (true) {
    std::list<Worker> ending;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      ending.swap(workers_);
    }
    if (ending.empty()) break;
    for (Worker& worker : ending) worker.thread.join();
  }
}

Counts FaultProxy::counts() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return counts_;
}

void FaultProxy::AddRule(const Rule& rule) {
  const std::lock_guard<std::mutex> lock(mutex_);
  picker_.AddRule(rule);
}

void FaultProxy::Record() {
  const std::lock_guard<std::mutex> lock(mutex_);
  recording_ = true;
}

std::vector<Exchange> FaultProxy::exchanges() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return exchanges_;
}

template <typename Work>
void FaultProxy::StartWorker(Work work) {
  const std::lock_guard<std::mutex> lock(mutex_);
  workers_.remove_if([](Worker& worker) {
    if (!worker.done) return false;
    worker.thread.join();
    return true;
  });
  Worker& worker = workers_.emplace_back();
  worker.thread = std::thread([&worker, work = std::move(work)]() mutable {
    work();
    worker.done = true;
  });
}

void FaultProxy::AcceptConnections() {
  while (true) {
    Descriptor socket = Accept(listener_, stop_);
    if (!socket.valid()) return;
    StartWorker([this, socket = std::move(socket)]() mutable { ServeConnection(std::move(socket)); });
  }
}

void FaultProxy::ServeConnection(Descriptor socket) {
  Route route;
  route.client = Connection(std::move(socket), &stop_);
  while (true) {
    HttpMessage request;
    if (!route.client.ReadRequest(&request) || !ServeRequest(&route, request)) return;
  }
}

bool FaultProxy::ServeRequest(Route* route, const HttpMessage& request) {
  if (request.bytes.rfind(kCountsRequest, 0) == 0) return AnswerCounts(&route->client);
  uint64_t answered_before = 0;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    answered_before = answered_;
  }
  const Decision decision = Decide(request);
  if (decision.fault == Fault::kDropRequest || decision.fault == Fault::kReset) {
    Keep(request, {}, decision.fault);
    if (decision.bytes > 0) Send(route, Beginning(request, decision));
    if (decision.fault == Fault::kReset) {
      route->server.Reset();
      route->client.Reset();
    }
    return false;
  }
  if (!HoldBack(decision, answered_before) || !Send(route, request.bytes)) {
    Keep(request, {}, decision.fault);
    return false;
  }
  if (decision.fault == Fault::kDuplicate) SendAgain(request);
  HttpMessage response;
  const bool answered = decision.fault == Fault::kDuplicateSecond ? RelaySecond(route, request, &response)
                                                                  : route->server.ReadResponse(&response);
  Keep(request, answered ? response : HttpMessage(), decision.fault);
  CountAnswer();
  return answered && Relay(route, decision, response);
}

bool FaultProxy::AnswerCounts(Connection* client) {
  const std::string body = Describe(counts()) + "\n";
  return client->Write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + std::to_string(body.size()) +
                       "\r\n\r\n" + body);
}

Decision FaultProxy::Decide(const HttpMessage& request) {
  const std::string text = std::string(request.head()) + request.Content();
  const std::lock_guard<std::mutex> lock(mutex_);
  const Decision decision = picker_.Pick(text);
  Count(decision, &counts_);
  return decision;
}

bool FaultProxy::HoldBack(const Decision& decision, uint64_t answered_before) {
  if (decision.fault == Fault::kDelay) return stop_.WaitFor(decision.milliseconds);
  if (decision.fault != Fault::kReorder) return true;
  std::unique_lock<std::mutex> lock(mutex_);
  answered_changed_.wait_for(lock, std::chrono::milliseconds(decision.milliseconds),
                             [&] { return stopping_ || answered_ > answered_before; });
  return !stopping_;
}

bool FaultProxy::Send(Route* route, std::string_view bytes) {
  // A connection that the server has closed while it was idle is replaced; one that ends later is a loss of the
  // network's own, never repaired here: the request could arrive twice.
  if (!route->server.valid() || route->server.PeerHasClosed()) {
    route->server = Connection::To(target_host_, target_port_, &stop_);
  }
  return route->server.valid() && route->server.Write(bytes);
}

void FaultProxy::SendAgain(const HttpMessage& request) {
  StartWorker([this, request] {
    Connection again = Connection::To(target_host_, target_port_, &stop_);
    HttpMessage unread;
    if (again.valid() && again.Write(request.bytes)) again.ReadResponse(&unread);
  });
}

bool FaultProxy::RelaySecond(Route* route, const HttpMessage& request, HttpMessage* response) {
  HttpMessage first;
  Connection again = Connection::To(target_host_, target_port_, &stop_);
  const bool sent = again.valid() && again.Write(request.bytes);
  route->server.ReadResponse(&first);
  route->server.Close();  // a server that serves one connection at a time comes to the second now
  return sent && again.ReadResponse(response);
}

bool FaultProxy::Relay(Route* route, const Decision& decision, const HttpMessage& response) {
  switch (decision.fault) {
    case Fault::kDropResponse:
      route->client.Write(Beginning(response, decision));
      return false;
    case Fault::kResetResponse:
      route->client.Write(Beginning(response, decision));
      route->client.Reset();
      return false;
    case Fault::kDelayResponse:
      if (!stop_.WaitFor(decision.milliseconds)) return false;
      break;
    default:
      break;
  }
  return route->client.Write(response.bytes) && !response.closes_connection();
}

void FaultProxy::CountAnswer() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++answered_;
  }
  answered_changed_.notify_all();
}

void FaultProxy::Keep(const HttpMessage& request, const HttpMessage& response, Fault fault) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (recording_) exchanges_.push_back({request, response, fault});
}

}  // namespace gsoaprm::proxy
