// The server: threads, or one, around the plugin's ServerSessions, as the generated serve loop drives them. The
// operation echoes: "two-way 7" is answered with "reply 7".
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "session/server_sessions.h"
#include "tests/simulation/network.h"
#include "tests/simulation/oracle.h"
#include "tests/support/seeded_ids.h"

namespace gsoaprm::simulation {

class ServerHost {
 public:
  ServerHost(const Parameters& parameters, World* world, Oracle* oracle, Tally* tally, Trace* trace);

  void Receive(const wire::Envelope& message, const Principal& principal, Network::Answer answer);
  // Threads whose turn has come go on: after each event.
  void Advance();
  bool IsConsistent();
  // Adds what the sessions have counted.
  void Count();
  session::ServerMetrics metrics() { return sessions_->metrics(); }
  // No request is being served.
  bool idle() const { return busy_ == 0; }

  Timestamp NextTimeout() const { return timer_.Next(); }
  void HandleTimeout() { timer_.Run(world_.now); }

 private:
  using SessionPointer = std::shared_ptr<session::ServerSession>;
  using Then = std::function<void()>;
  struct Request {
    wire::Envelope envelope;
    Principal principal;
    Network::Answer answer;
    std::uint64_t exchange = 0;  // counted for the script
    bool waited_for_gap = false;
  };
  using RequestPointer = std::shared_ptr<Request>;
  // A thread that holds the exchange of a message until its turn comes, or until the gap before it closes.
  struct Waiting {
    SessionPointer session;
    RequestPointer request;
    MessageNumber number;
    Timestamp deadline;
    bool for_gap;
  };

  bool may_wait() const { return parameters_.server.threads > 1; }
  engine::ExchangeTraits Traits() const { return {may_wait(), parameters_.server.dispatches_kept}; }
  void Serve(const RequestPointer& request);
  void Release();
  void Carry(const SessionPointer& session, const RequestPointer& request, engine::Disposition disposition);
  void Respond(const RequestPointer& request, std::optional<engine::Respond> answer);
  void Answer(const SessionPointer& session, const RequestPointer& request, std::optional<engine::Respond> answer);
  void Wait(const SessionPointer& session, const RequestPointer& request, MessageNumber number, bool for_gap);
  bool GoOn(const Waiting& waiting);
  // Runs an operation; `answered` gets what is to go on its exchange, `returned` follows when it has returned.
  void Run(const SessionPointer& session, const engine::Deliver& deliver,
           std::function<void(engine::Disposition)> answered, Then returned);
  engine::OperationAnswer MakeAnswer(const std::string& text);
  void Write(const char* verb, const SessionPointer& session, MessageNumber number, const char* more = "");
  // Kept messages whose turn has come, on this thread.
  void RunKept(const SessionPointer& session, Then then);

  const Parameters& parameters_;
  World& world_;
  Oracle& oracle_;
  Tally& tally_;
  ScriptWriter& scripts_;
  testing::Chance chance_;
  testing::SeededIds ids_;
  SkewedClock clock_;
  VirtualTimer timer_;
  std::shared_ptr<session::ServerSessions> sessions_;
  std::vector<std::weak_ptr<session::ServerSession>> seen_;
  std::uint64_t exchanges_ = 0;
  int busy_ = 0;
  std::deque<RequestPointer> line_;  // for a thread
  std::vector<Waiting> waiting_;
};

}  // namespace gsoaprm::simulation
