// A client and a server in virtual time: an InitiatorSession with callers of one call each, a network that loses,
// doubles, delays and reorders, a PairServer. An hour of protocol takes milliseconds, and a seed repeats it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/initiator_session.h"
#include "tests/support/pair_network.h"
#include "tests/support/pair_server.h"
#include "tests/support/seeded_ids.h"

namespace gsoaprm::testing {

struct PairOptions {
  engine::Options engine;  // of both ends
  NetworkOptions network;
  ServerOptions server;
  engine::CallKind kind = engine::CallKind::kTwoWay;
  int callers = 1;
  std::uint64_t calls = 100;
  Duration think_time;         // of a caller between two calls
  bool through_bytes = false;  // messages are written and read again on their way
  std::uint64_t seed = 1;
  Timestamp start = Timestamp::FromMicroseconds(0);  // what the clock shows then
};

// Whether every call that was to be made has been made.
enum class PairEnd { kComplete, kEarly };

struct CallRecord {
  MessageNumber number;
  Timestamp submitted;
  std::optional<engine::CompleteCall> result;
};

class Pair {
 public:
  explicit Pair(const PairOptions& options);

  // Opens, makes all calls, closes; ends when nothing more can happen or the session has ended at both sides. False
  // when it took more steps than a live protocol needs.
  bool Run();

  // ---- what came of it ----
  const engine::InitiatorSession& client() const { return client_; }
  const PairServer& server() const { return server_; }
  const std::map<std::uint64_t, CallRecord>& calls() const { return calls_; }  // by the caller's own count
  const std::vector<MessageNumber>& unacknowledged() const { return unacknowledged_; }
  std::uint64_t transmissions() const { return transmissions_; }
  std::uint64_t steps() const { return steps_; }
  // From its submission to its completion.
  Duration longest_call() const { return longest_call_; }
  Timestamp now() const { return now_; }
  // Broken promises, each a sentence; empty when all were kept.
  std::vector<std::string> Violations(PairEnd end = PairEnd::kComplete) const;
  // How many operations ran for this call.
  std::uint64_t Executions(std::uint64_t call) const;

 private:
  void Step(Timestamp next);
  void Drain();
  void Transmit(const engine::Transmit& transmit);
  void DeliverRequest(ExchangeId exchange, const wire::Envelope& message, bool original);
  void Answer(ExchangeId exchange, const std::optional<engine::Respond>& answer);
  bool MixUp(ExchangeId exchange, const std::optional<engine::Respond>& answer);
  wire::Envelope ThroughBytes(const wire::Envelope& envelope);
  void DeliverAnswer(ExchangeId exchange, const std::optional<engine::Respond>& answer);
  void DeliverNothing(ExchangeId exchange, int http_status);
  void Complete(const engine::CompleteCall& complete);
  void StartCalls();
  void CheckClientAcknowledgement(const wire::Envelope& message);
  Timestamp NextTimeout() const;

  PairOptions options_;
  PairNetwork network_;
  SeededIds ids_;
  engine::InitiatorSession client_;
  PairServer server_;
  Timestamp now_;
  std::uint64_t steps_ = 0;
  std::uint64_t transmissions_ = 0;
  std::uint64_t next_call_ = 1;
  std::uint64_t completed_ = 0;
  Duration longest_call_;
  int idle_callers_;
  std::optional<std::pair<ExchangeId, engine::Respond>> held_;  // a reply that is given to the next one's request
  std::map<MessageNumber, std::uint64_t> call_of_;
  std::map<std::uint64_t, CallRecord> calls_;
  std::vector<MessageNumber> unacknowledged_;
  MessageRanges acknowledged_;  // by the client, as of the last message that left
  std::vector<std::string> violations_;
};

}  // namespace gsoaprm::testing
