// A gSOAP server in the test's process, around a context that the test has set up: a thread for each connection.
#pragma once

#include <stdsoap2.h>

#include <atomic>
#include <functional>
#include <list>
#include <string>
#include <thread>

namespace gsoaprm::testing {

class OwnServer {
 public:
  // `serve` serves one connection on a copy of `soap`, which stays the caller's. Listens on the loopback interface.
  OwnServer(struct soap* soap, std::function<void(struct soap*)> serve);
  ~OwnServer();
  OwnServer(const OwnServer&) = delete;
  OwnServer& operator=(const OwnServer&) = delete;

  int port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }

 private:
  void Accept();

  struct soap* const soap_;
  const std::function<void(struct soap*)> serve_;
  int port_ = 0;
  std::atomic<bool> stopping_{false};
  std::list<std::thread> connections_;
  std::thread acceptor_;
};

// A context that is freed with its managed memory.
class OwnContext {
 public:
  explicit OwnContext(soap_mode mode = SOAP_IO_KEEPALIVE);
  ~OwnContext();
  OwnContext(const OwnContext&) = delete;
  OwnContext& operator=(const OwnContext&) = delete;
  struct soap* get() const {
    return soap_;
  }
  struct soap* operator->() const {
    return soap_;
  }
  // As soap_print_fault() says it.
  std::string Fault() const;

 private:
  struct soap* const soap_;
};

std::string FaultText(struct soap* soap);

}  // namespace gsoaprm::testing
