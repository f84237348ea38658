// A client and a server of the Texts contract, with gSOAP's plugins before or after ours, and the fault proxy between
// them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gsoap/support/options.h"
#include "gsoap/support/own_server.h"
#include "proxy/fault_proxy.h"
#include "soapTextsProxy.h"
#include "soapTextsService.h"
#include "soap_rm.h"

namespace gsoaprm::testing {

enum class Order { kBeforeOurs, kAfterOurs };

using Registration = std::function<void(struct soap*)>;

// Registers gSOAP's plugin by `other`, and ours, in this order.
void Register(struct soap* soap, Order order, const Registration& other, const soap_rm_options& options);

// What an operation does besides reversing the text; its result is the operation's.
using Operation = std::function<int(struct soap*)>;

class Texts {
 public:
  Texts(Order order, const Registration& client_plugin, const Registration& server_plugin, Operation operation,
        const soap_rm_options& options, Registration each_connection = nullptr);
  ~Texts();

  struct soap* client() {
    return client_->get();
  }
  struct soap* server() {
    return server_.get();
  }
  // The context and its session end, as if the program had forgotten to close.
  void FreeClient() { client_.reset(); }
  proxy::FaultProxy& network() { return *network_; }
  int port() const { return listener_->port(); }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(network_->port()) + "/"; }
  // The call; `before` prepares the context for it (headers), `after` looks at the reply. The fault's text, or the
  // reversed text.
  std::string Call(const std::string& text, const Operation& before = nullptr, const Operation& after = nullptr);
  // How often the operation ran.
  int executions() const { return executions_; }
  struct soap_rm_metrics Metrics();
  // 1st call; 2nd with its request lost; 3rd with its response lost; close. `before` and `after` as above.
  void ExpectCallsToSurviveLosses(const Operation& before = nullptr, const Operation& after = nullptr);

 private:
  const Operation operation_;
  std::atomic<int> executions_{0};
  OwnContext server_;
  std::unique_ptr<OwnContext> client_;
  std::unique_ptr<OwnServer> listener_;
  std::unique_ptr<proxy::FaultProxy> network_;
  friend class ::TextsService;
  friend int Execute(struct soap* soap);
};

}  // namespace gsoaprm::testing
