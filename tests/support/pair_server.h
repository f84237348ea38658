// The server of a Pair: Listener and AcceptorSession, driven as a host with threads or with a single one would drive
// them. The operation echoes: "call 7" is answered with "reply 7".
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/acceptor_session.h"
#include "engine/listener.h"
#include "tests/support/pair_network.h"
#include "tests/support/seeded_ids.h"

namespace gsoaprm::testing {

struct ServerOptions {
  bool iterative = false;       // one thread, which answers one request after the other
  bool dispatches_kept = true;  // the serve loop comes round for messages that were kept
  bool one_way = false;         // operations have no reply
  Duration shortest_operation;
  Duration longest_operation;
};

// An envelope whose body holds one text, and that text.
wire::PayloadPointer MakePayload(const wire::Protocol& protocol, const std::string& text);
std::string TextOf(const wire::Payload& payload);

class PairServer {
 public:
  // Empty: HTTP 202.
  using Respond = std::function<void(std::optional<engine::Respond>)>;

  PairServer(const engine::Options& options, const ServerOptions& server, PairNetwork* network, std::uint64_t seed);

  // ---- getters ----
  // The calls by number, in the order in which their operations started.
  const std::vector<std::uint64_t>& executed() const { return executed_; }
  const std::vector<MessageNumber>& started() const { return started_; }
  const std::vector<std::string>& violations() const { return violations_; }
  engine::AcceptorMetrics metrics() const;
  bool all_ended() const { return sessions_.empty(); }
  bool IsConsistent() const;

  // ---- events ----
  void Receive(Timestamp now, const wire::Envelope& message, Respond respond);
  void HandleTimeout(Timestamp now);
  Timestamp NextTimeout() const;

 private:
  struct Session {
    std::unique_ptr<engine::AcceptorSession> acceptor;
    std::map<MessageNumber, std::vector<Respond>> waiting;  // threads that hold an exchange
    MessageRanges acknowledged;                             // by the last answer
    bool active = false;
  };
  using SessionPointer = std::shared_ptr<Session>;

  void Serve(Timestamp now, const wire::Envelope& message, const Respond& respond);
  void Create(Timestamp now, const wire::Envelope& message, const Respond& respond);
  SessionPointer Find(const wire::Envelope& message) const;
  void Carry(Timestamp now, const SessionPointer& session, engine::Disposition disposition, const Respond& respond);
  void Run(Timestamp now, const SessionPointer& session, const engine::Deliver& deliver, Respond respond);
  void Finish(Timestamp now, const SessionPointer& session, MessageNumber number, const std::string& reply,
              const Respond& respond);
  void GoOn(Timestamp now, const SessionPointer& session);
  void Answer(const SessionPointer& session, const Respond& respond, std::optional<engine::Respond> answer);
  void Forget(Timestamp now, const SessionPointer& session);

  engine::Options options_;
  ServerOptions server_;
  PairNetwork* network_;
  SeededIds ids_;
  engine::Listener listener_;
  std::map<SequenceId, SessionPointer> sessions_;  // by created and by offered sequence
  std::vector<std::uint64_t> executed_;
  std::vector<MessageNumber> started_;
  std::vector<std::string> violations_;
  engine::AcceptorMetrics finished_;
  int busy_ = 0;                                     // operations that run on the single thread
  std::deque<std::function<void(Timestamp)>> line_;  // requests that wait for it
};

}  // namespace gsoaprm::testing
