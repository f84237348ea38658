// The server: threads, or one, around the plugin's ServerSessions, as the generated serve loop drives them. The
// operation echoes: "two-way 7" is answered with "reply 7".
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "session/server_sessions.h"
#include "tests/simulation/host_store.h"
#include "tests/simulation/network.h"
#include "tests/simulation/oracle.h"
#include "tests/support/seeded_ids.h"

namespace gsoaprm::simulation {

class ServerHost {
 public:
  ServerHost(const Parameters& parameters, HostStore* storage, World* world, Oracle* oracle, Tally* tally,
             Trace* trace);

  void Receive(const wire::Envelope& message, const Principal& principal, Network::Answer answer,
               Network::Broken broken);
  // Threads whose turn has come go on: after each event.
  void Advance();
  bool IsConsistent();
  // Adds what the sessions have counted.
  void Count();
  std::uint64_t open() { return life_->sessions->metrics().open; }
  // No request is being served.
  bool idle() const { return busy_ == 0; }

  Timestamp NextTimeout() const { return life_->timer.Next(); }
  void HandleTimeout() { life_->timer.Run(world_.now); }

 private:
  using SessionPointer = std::shared_ptr<session::ServerSession>;
  using Then = std::function<void()>;
  // One process.
  struct Life {
    Life(const World* world, std::int64_t speed, std::int64_t start) : clock(world, speed, start), timer(&clock) {}
    SkewedClock clock;
    VirtualTimer timer;
    std::shared_ptr<session::ServerSessions> sessions;
  };
  struct Request {
    wire::Envelope envelope;
    Principal principal;
    Network::Answer answer;
    Network::Broken broken;
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
  // What a process has planned happens only while it runs.
  void In(Duration delay, Then action);
  void Start(std::int64_t clock);
  void Recover();
  void Restart();
  void Stop();
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
  // As an operation that has returned at the end of its transaction, where there is one. False: it has not run.
  bool AnswerOperation(const SessionPointer& session, MessageNumber number, const std::string& text,
                       engine::OperationAnswer answer, engine::Disposition* disposition);
  bool AnswerInTransaction(const SessionPointer& session, MessageNumber number, const std::string& text,
                           engine::OperationAnswer answer, engine::Disposition* disposition);
  void AnswerWhileItGoesOn(const SessionPointer& session, MessageNumber number, const std::string& text,
                           const std::function<void(engine::Disposition)>& answered, const Then& end);
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
  HostStore& storage_;
  std::vector<std::unique_ptr<Life>> lives_;
  Life* life_ = nullptr;  // the last of them
  bool down_ = false;
  bool late_answer_ = false;                      // what is answered now was made some time ago
  std::map<std::uint64_t, RequestPointer> open_;  // that have no answer yet
  std::uint64_t transactions_ = 0;
  std::vector<std::weak_ptr<session::ServerSession>> seen_;
  std::uint64_t exchanges_ = 0;
  int busy_ = 0;
  std::deque<RequestPointer> line_;  // for a thread
  std::vector<Waiting> waiting_;
};

}  // namespace gsoaprm::simulation
