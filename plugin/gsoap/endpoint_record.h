// Everything about one endpoint that a registered context and its copies call: the session, what was learnt of its
// operations, and the carriers.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gsoap/context.h"
#include "gsoap/endpoint_exchanges.h"
#include "session/client_session.h"

namespace gsoaprm::binding {

using engine::SessionState;

soap_rm_state PublicState(SessionState state);

class EndpointRecord : public std::enable_shared_from_this<EndpointRecord> {
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
  // Of the one there is. *flushed is it; done when there is none. In its place a durable one that is lost leaves the
  // one that goes on.
  session::ClientSession::FlushResult Flush(Timestamp deadline, std::shared_ptr<session::ClientSession>* flushed);

  // ---- durable sessions ----
  // What an earlier process has left; the next session is this one.
  void Restore(engine::RecoveredInitiator left);
  // That is so, or messages wait, and no session has begun to see to it.
  bool HasLeft();
  // Goes on with that, and with the messages that wait, as for a call with these settings. Nothing without any.
  void Resume(wire::SoapVersion soap_version, const session::CallSettingsPointer& settings);
  // Messages are in the store that were not.
  void MessagesWait();
  // A session has ended: where messages wait there is another.
  void GoOn();

  // Sums over all sessions.
  session::ClientMetrics metrics() const;

  // Nothing is started any more; waits for what runs.
  void Stop();

 private:
  // Those that an earlier process has left come first.
  Session Make(wire::SoapVersion soap_version);
  session::ClientSession::Ports PortsFor(Session* made, const engine::Options& options);
  bool MustBeReplaced(SessionState state) const;
  void Retire();

  Instance* const instance_;
  const std::string endpoint_;
  const std::shared_ptr<EndpointCarriers> carriers_;
  mutable std::mutex mutex_;
  std::map<std::string, engine::CallKind, std::less<>> kinds_;
  Session current_;
  std::vector<std::shared_ptr<session::ClientSession>> past_;  // their last exchanges may still run
  session::ClientMetrics ended_;                               // sums over those that are gone
  // ---- durable sessions ----
  const std::shared_ptr<session::Outbox> outbox_;  // null: sessions live in memory
  std::deque<engine::RecoveredInitiator> left_;
  std::optional<wire::SoapVersion> soap_version_;  // of the latest call; none: there are no settings to send with
  Timestamp opened_at_;                            // when the latest new session was made
  bool stopped_ = false;
};

}  // namespace gsoaprm::binding
