// Everything about one endpoint that a registered context and its copies call: the session, what was learnt of its
// operations, and the carriers.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "gsoap/context.h"
#include "gsoap/endpoint_exchanges.h"
#include "session/client_session.h"

namespace gsoaprm::binding {

soap_rm_state PublicState(engine::SessionState state);

class EndpointRecord {
 public:
  // `endpoint` is wsa:To.
  EndpointRecord(Instance* instance, std::string endpoint);

  const std::string& endpoint() const { return endpoint_; }
  EndpointCarriers& carriers() { return *carriers_; }

  // Whether an operation answers is learnt from its first answer and outlives the session.
  engine::CallKind KindOf(std::string_view action) const;
  void Learn(const std::string& action, engine::CallKind kind);

  // A session with its exchanges.
  struct Session {
    std::shared_ptr<session::ClientSession> session;
    std::shared_ptr<EndpointExchanges> exchanges;
    explicit operator bool() const { return session != nullptr; }
    // Those of the session, on behalf of the application.
    void Close() const;
    void Abort() const;
  };
  // For a call: the one there is, or a new one in place of one that has closed, or has faulted and may be replaced.
  Session ForCall(wire::SoapVersion soap_version);
  // The one there is, or none.
  Session Current() const;
  void Reopen();
  // Sums over all sessions.
  session::ClientMetrics metrics() const;

  // Nothing is started any more; waits for what runs.
  void Stop();

 private:
  Session Make(wire::SoapVersion soap_version) const;
  void Retire();

  Instance* const instance_;
  const std::string endpoint_;
  const std::shared_ptr<EndpointCarriers> carriers_;
  mutable std::mutex mutex_;
  std::map<std::string, engine::CallKind, std::less<>> kinds_;
  Session current_;
  std::vector<std::shared_ptr<session::ClientSession>> past_;  // their last exchanges may still run
  session::ClientMetrics ended_;                               // sums over those that are gone
};

}  // namespace gsoaprm::binding
