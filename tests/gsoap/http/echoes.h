// A client and a server of the Echoes contract over HTTP, with the fault proxy between them.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "gsoap/support/options.h"
#include "gsoap/support/own_server.h"
#include "proxy/fault_proxy.h"
#include "soapEchoesProxy.h"
#include "soapEchoesService.h"
#include "soap_rm.h"

namespace gsoaprm::testing {

class Echoes {
 public:
  Echoes(const soap_rm_options& client_options, const soap_rm_options& server_options,
         soap_mode client_mode = SOAP_IO_KEEPALIVE, soap_mode server_mode = SOAP_IO_KEEPALIVE);
  ~Echoes();

  struct soap* client() {
    return client_->get();
  }
  struct soap* server() {
    return server_.get();
  }
  proxy::FaultProxy& network() { return *network_; }
  int port() const { return listener_->port(); }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(network_->port()) + "/echoes"; }
  // What came back, or the fault.
  std::string Call(const std::string& text);
  // Clean, with its request lost, with its response lost; then a close.
  void ExpectCallsToSurviveLosses(const std::string& padding = "");
  int executions() const { return executions_; }
  void ForgetExecutions() { executions_ = 0; }
  struct soap_rm_metrics Metrics();
  // Called by the operation.
  int Execute(struct soap* soap);
  // Runs in the operation; set before the first call.
  std::function<int(struct soap*)> operation;
  std::atomic<int> hidden{0};  // executions with the text "hidden"
  // In place of url(), unless empty.
  std::string address;

 private:
  std::atomic<int> executions_{0};
  OwnContext server_;
  std::unique_ptr<OwnContext> client_;
  std::unique_ptr<OwnServer> listener_;
  std::unique_ptr<proxy::FaultProxy> network_;
};

}  // namespace gsoaprm::testing
