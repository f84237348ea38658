// Watches a run from outside, by what the hosts send, run and tell their applications, and says which promise is
// broken. The names S1 to S18 and L1 to L6 are those of README.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/message_ranges.h"
#include "engine/acceptor_session.h"
#include "engine/initiator_session.h"
#include "tests/simulation/parameters.h"
#include "tests/simulation/tally.h"
#include "tests/simulation/trace.h"
#include "tests/simulation/virtual_time.h"
#include "tests/support/fake_disk.h"

namespace gsoaprm::simulation {

// A call of the application. Its payload is its own, so that each execution can be told from every other.
struct Call {
  int id = 0;
  bool two_way = false;
  engine::CallKind kind = engine::CallKind::kTwoWay;
  int executions = 0;  // exactly once: that were committed
  int excused = 0;     // that may be followed by another one: a crash or the loss of a session came before their end
  bool cut_short = false;  // by a crash of the server
  // Of a durable client.
  bool accepted = false;                       // the application was told that it is taken, or its store has it
  bool interrupted = false;                    // by a crash of the client: the application will never know
  std::optional<std::size_t> sent_in;          // the session
  bool returned = false;                       // its operation has answered
  std::optional<engine::CompleteCall> result;  // the last one: a call that was certainly not sent is made again
};

std::string TextOfCall(const Call& call);

class Oracle {
 public:
  Oracle(const Parameters& parameters, const World* world, Tally* tally, Trace* trace);

  std::vector<Call>& calls() { return calls_; }
  // Broken promises, each a sentence; the first few.
  const std::vector<std::string>& violations() const { return violations_; }
  void Broken(const std::string& sentence);
  // A promise and what it is about.
  void Check(bool kept, const char* promise, const std::string& about = std::string());
  // Of the hosts whose sessions outlive their processes; null for others.
  void UseDisks(const testing::FakeDisk* server, const testing::FakeDisk* client);

  // ---- the client; sessions in the order of their opening ----
  std::size_t SessionBegins();
  void CallTaken(std::size_t session, int call, MessageNumber number);
  void ClientSends(std::size_t session, const engine::Transmit& transmit);
  void ClientReceives(std::size_t session, const engine::ExchangeResult& result);
  void CallEnds(std::size_t session, int call, const engine::CompleteCall& end);
  void ClientChanges(std::size_t session, const engine::StateChanged& change);
  void ClientLeaves(std::size_t session);  // without a word, or by Abort
  // A durable client: taken without a number; whether it was taken is not known; the process stops; it resumes a
  // session.
  void CallBegins(int call);  // perhaps not for the first time
  void CallDeposited(int call);
  void ClientMakes(std::size_t session, const engine::Transmit& transmit);
  void CallUncertain(int call, const engine::CompleteCall& end);
  void ClientStops();
  std::size_t SessionResumes(const SequenceId& sequence);
  void IdleBegins(std::size_t session);
  void IdleEnds(std::size_t session, Duration idle);

  // ---- the server ----
  void ServerReceives(const wire::Envelope& message, const Principal& principal);
  // `late`: made some time ago, so that others may have left before it.
  void ServerAnswers(const wire::Envelope& request, const Principal& principal, const engine::Respond& answer,
                     bool late = false);
  void OperationBegins(const SequenceId& sequence, MessageNumber number, const std::string& text);
  void OperationAnswers(const std::string& text);
  void OperationEnds(const SequenceId& sequence, MessageNumber number);
  // Exactly once: its effect and its mark are on the disk.
  void OperationCommits(const SequenceId& sequence, MessageNumber number, const std::string& text);
  // Its transaction could not be committed.
  void OperationIsUndone(const SequenceId& sequence, MessageNumber number);
  void ServerStops();
  void ServerStarts();

  // ---- the end ----
  void Judge();

 private:
  // A sequence's source, as seen from outside.
  struct Source {
    Timestamp begun;
    std::optional<MessageId> create;
    SequenceId created;
    SequenceId offered;
    std::map<MessageNumber, std::string> texts;
    std::map<MessageNumber, int> call_of;
    std::map<MessageId, MessageNumber> number_of;  // of messages that may be answered
    std::set<MessageNumber> outstanding;           // sent, neither answered nor acknowledged
    MessageNumber highest_sent;
    MessageRanges acknowledged{kManyRanges};  // by what has come in
    MessageRanges replies{kManyRanges};       // that have come in
    MessageRanges told{kManyRanges};          // acknowledged of them, in the order of the making
    MessageRanges told_durably{kManyRanges};  // of a durable client: on the wire
    std::set<MessageNumber> sent;             // likewise
    std::optional<Timestamp> ended;
    bool left = false;
    bool resumed = false;  // by another process than the one that began it
    std::optional<engine::StateChanged> fault;
    std::set<MessageNumber> uncertain;  // of the calls that were told so
    bool idle = false;
    std::uint64_t sent_while_idle = 0;
  };
  // Its destination.
  struct Destination {
    SequenceId id;
    SequenceId offered;
    MessageRanges arrived{kManyRanges};
    MessageRanges started{kManyRanges};
    MessageRanges acknowledged{kManyRanges};
    std::map<MessageNumber, MessageId> ids;                                   // of requests
    std::map<MessageNumber, std::pair<MessageNumber, std::string>> reply_of;  // by the request's number
    std::set<MessageNumber> reply_numbers;
    std::optional<MessageNumber> last;
    bool close_seen = false;
    bool terminated = false;
    int running = 0;
    std::map<MessageNumber, int> ran;  // the calls
  };
  struct Creation {
    SequenceId id;
    Timestamp time;
  };
  static constexpr std::size_t kManyRanges = 1000000;

  Destination* FindDestination(const SequenceId& id);
  Call* FindCall(const std::string& text);
  bool IsApplicationNumber(const Source& source, MessageNumber number) const {
    return source.call_of.count(number) > 0;
  }
  void CheckNumber(Source* source, const wire::Envelope& message);
  void NoteFirstSending(Source* source, const wire::Envelope& message);
  void CheckNumberOnDisk(Source* source, const wire::Envelope& message);
  void CheckRepliesOnDisk(Source* source, const wire::AcknowledgementHeader& header);
  void ForgetWhatNobodySaw(Source* source);
  void CheckClientAcknowledgement(Source* source, const wire::Envelope& message);
  void CheckServerAcknowledgement(const wire::AcknowledgementHeader& header, bool late);
  void CheckReply(const wire::Envelope& request, const wire::Envelope& answer);
  bool TooManyPending() const;
  void CheckCreated(const wire::Envelope& request, const Principal& principal, const SequenceId& id);
  void CheckReplyOfCall(const Source& source, const Call& call, const engine::CompleteCall& end);
  void CheckDeath(const Source& source, const Status& reason);
  void CheckGoodEnd(const Source& source);
  void NoteExecution(Call* call, const std::string& about);
  const testing::FakeDisk::Acceptor* OnDisk(const SequenceId& sequence) const;
  bool IsDoneOnDisk(const SequenceId& sequence, MessageNumber number) const;
  void CheckAcknowledgementOnDisk(const wire::AcknowledgementHeader& header);
  void CheckReplyOnDisk(const wire::Envelope& request, const wire::Envelope& answer);
  bool IsAnswerOfCrash(const Call& call, const engine::CompleteCall& end) const;
  bool IsMissing(const Call& call) const;
  bool IsRefusedByStore(const Source& source, const Status& reason) const;
  void NoteDeadLetters();
  void CollectDeadLetters();
  void JudgeCall(const Call& call);
  void JudgeFault(const Source& source);
  bool MustLive(const Source& source) const;

  const Parameters& parameters_;
  const World& world_;
  Tally& tally_;
  Trace& trace_;
  std::vector<Call> calls_;
  std::vector<Source> sources_;
  std::vector<std::unique_ptr<Destination>> destinations_;
  std::map<std::pair<std::string, std::string>, Creation> creations_;  // by MessageID and principal
  const testing::FakeDisk* server_disk_ = nullptr;
  const testing::FakeDisk* client_disk_ = nullptr;
  std::set<std::string> dead_letters_;  // of both hosts
  std::vector<std::string> violations_;
};

}  // namespace gsoaprm::simulation
