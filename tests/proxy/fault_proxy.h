// An HTTP intermediary that loses, repeats, delays and reorders messages: at random from a seed, or by rules.
//
//     FaultProxy proxy(server_port, faults);
//     ... clients call http://localhost:PROXY_PORT/... with proxy.port() ...
//     proxy.counts().dropped_requests
#ifndef TESTS_PROXY_FAULT_PROXY_H_
#define TESTS_PROXY_FAULT_PROXY_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "proxy/connection.h"
#include "proxy/faults.h"
#include "proxy/http_message.h"

namespace gsoaprm::proxy {

struct Counts {
  uint64_t requests = 0;
  uint64_t dropped_requests = 0;
  uint64_t dropped_responses = 0;
  uint64_t duplicated = 0;
  uint64_t delayed = 0;
  uint64_t reordered = 0;
  uint64_t reset = 0;
};

// As "requests=1 dropped_requests=0 ..."; what GET /__proxy/counts answers.
std::string Describe(const Counts& counts);

// What one request met.
struct Exchange {
  HttpMessage request;
  HttpMessage response;  // empty when the server gave none; also kept when the client did not get it
  Fault fault = Fault::kNone;
};

class FaultProxy {
 public:
  explicit FaultProxy(uint16_t target_port, const Faults& faults = {});
  FaultProxy(uint16_t listen_port, std::string target_host, uint16_t target_port, const Faults& faults);
  ~FaultProxy();
  FaultProxy(const FaultProxy&) = delete;
  FaultProxy& operator=(const FaultProxy&) = delete;

  // 0 when the proxy could not listen.
  uint16_t port() const { return port_; }
  Counts counts() const;
  void AddRule(const Rule& rule);
  // Keeps all exchanges from now on.
  void Record();
  std::vector<Exchange> exchanges() const;

 private:
  struct Worker {
    std::atomic<bool> done{false};
    std::thread thread;
  };
  // What a client's connection has to the server: kept for its next request.
  struct Route {
    Connection client;
    Connection server;
  };

  void AcceptConnections();
  void ServeConnection(Descriptor socket);
  // False when the client's connection is over.
  bool ServeRequest(Route* route, const HttpMessage& request);
  bool AnswerCounts(Connection* client);
  Decision Decide(const HttpMessage& request);
  // Waits as the fault says. False when the proxy stops.
  bool HoldBack(const Decision& decision, uint64_t answered_before);
  bool Send(Route* route, std::string_view bytes);
  // Sends the request a second time. Its answer replaces `response` if it is to be relayed, else nobody reads it.
  void SendAgain(const HttpMessage& request);
  bool RelaySecond(Route* route, const HttpMessage& request, HttpMessage* response);
  bool Relay(Route* route, const Decision& decision, const HttpMessage& response);
  void CountAnswer();
  void Keep(const HttpMessage& request, const HttpMessage& response, Fault fault);
  template <typename Work>
  void StartWorker(Work work);

  const std::string target_host_;
  const uint16_t target_port_;
  uint16_t port_ = 0;
  StopSignal stop_;
  Descriptor listener_;
  mutable std::mutex mutex_;
  std::condition_variable answered_changed_;
  FaultPicker picker_;
  Counts counts_;
  uint64_t answered_ = 0;
  bool stopping_ = false;
  bool recording_ = false;
  std::vector<Exchange> exchanges_;
  std::list<Worker> workers_;
  std::thread acceptor_;
};

}  // namespace gsoaprm::proxy

#endif  // TESTS_PROXY_FAULT_PROXY_H_
