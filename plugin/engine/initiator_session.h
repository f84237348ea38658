// The client's half of a reliable session: RMS of the created sequence, RMD of the offered one. A state machine without
// I/O, clock, thread or randomness: time is an argument, what it wants done is polled.
//
// Four kinds of methods, in this order: getters; commands of the application; events from network and clock; polls.
// After every command or event, drain PollOutput() until it is empty, then look at NextTimeout(). A spurious
// HandleTimeout is harmless.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/status.h"
#include "base/time.h"
#include "base/types.h"
#include "engine/id_source.h"
#include "engine/options.h"
#include "engine/records.h"
#include "wire/envelope.h"

namespace gsoaprm::engine {

// WCF's CommunicationState.
enum class SessionState { kCreated, kOpening, kOpened, kClosing, kClosed, kFaulted };
const char* Name(SessionState state);

enum class CallKind {
  kUnknown,  // not known yet whether the operation answers; carries MessageID and ReplyTo
  kOneWay,   // WCF: neither MessageID nor ReplyTo
  kTwoWay,
};

struct OutgoingMessage {
  wire::PayloadPointer payload;
  std::string action;
  CallKind kind = CallKind::kUnknown;
  std::optional<MessageId> message_id;  // the application's own, when payload->has_message_id
};

// What came of one HTTP exchange, told to the engine.
struct ExchangeResult {
  enum class Kind {
    kEnvelope,   // a SOAP message was read
    kNoAnswer,   // "try again on the timer": refused, reset, closed, timed out, 404, 503, 504, and empty 200, 202, 500
    kHttpError,  // an answer that ends the call: 400, 401, another content type; the message stays in the window
    kHopeless,   // what every further sending would bring as well: ends the session
  };
  Kind kind = Kind::kNoAnswer;
  int http_status = 0;      // 0: none
  wire::Envelope envelope;  // kEnvelope
  std::string reason;       // a sentence, for kNoAnswer and kHttpError
  Status problem;           // kHopeless
};

// ---- what the engine asks for ----

// Start an exchange with this request. `number` is set for messages of the sequence; `first` for their first sending.
struct Transmit {
  ExchangeId exchange;
  wire::Envelope envelope;
  MessageNumber number;
  bool first = false;
  bool retransmission = false;  // a further one, for whatever reason
};

// A submitted message is settled. Each is reported exactly once.
struct CompleteCall {
  enum class Kind {
    kReply,         // `reply` is the application's, a fault of the application included
    kAcknowledged,  // acknowledged without a reply: a one-way message, or a two-way one that the peer does not answer
    kFailed,        // `status` and `outcome` say why and what is known
  };
  MessageNumber number;
  Kind kind = Kind::kFailed;
  wire::PayloadPointer reply;
  int http_status = 0;
  std::string reply_action;
  Status status;
  Outcome outcome = Outcome::kUnknown;
};

struct StateChanged {
  SessionState state;
  Status reason;  // ok unless kFaulted
  // kFaulted: messages whose fate is not known. In an ordered session also those acknowledged beyond a gap.
  std::vector<MessageNumber> unacknowledged;
  std::vector<MessageNumber> not_sent;  // likewise: those that certainly never left
};

// Room in the transfer window again, or no hope of it: whoever waits to submit should look.
struct WindowChanged {};

using InitiatorOutput = std::variant<Transmit, CompleteCall, StateChanged, WindowChanged>;

// Of a durable session: what its store is to be told.
struct InitiatorChanges {
  bool advanced = false;               // record() says something new, apart from the numbers of messages unsettled
  bool ended = false;                  // it has ended, or its end has begun with every message settled
  std::vector<MessageNumber> settled;  // that are done with, whether anybody waits for them or not
};

struct InitiatorMetrics {
  std::uint64_t messages = 0;         // application messages submitted
  std::uint64_t retransmissions = 0;  // further sendings of messages of the sequence after a time-out
  std::uint64_t keep_alives = 0;      // AckRequested sent on an idle session
  std::uint64_t stale_replies = 0;    // replies that came again, or too late
  std::uint64_t collections = 0;      // sendings to fetch an answer that the peer had said to be still to come
};

class InitiatorSession {
 public:
  // `to` is wsa:To. `shape` kLearn is resolved by the first CreateSequence.
  InitiatorSession(const Options& options, Uri to, IdSource* ids);
  // After a restart: opened, with the same sequence and numbers. What is unsettled counts as sent and lost; nobody
  // waits for it. Drain PollOutput() and look at NextTimeout(), as after an event.
  InitiatorSession(const Options& options, RecoveredInitiator recovered, IdSource* ids, Timestamp now);
  ~InitiatorSession();

  // ---- getters ----
  SessionState state() const;
  const SequenceId& sequence() const;          // empty before kOpened
  const SequenceId& offered_sequence() const;  // empty without Offer
  // kRequestReply or kOneWay once opened.
  SessionShape shape() const;
  // Whether Submit would be accepted now: opened, and fewer than max_transfer_window_size messages unsettled.
  bool CanSubmit() const;
  // Messages in the window.
  std::size_t UnsettledCount() const;
  const Status& fault() const;  // why kFaulted
  const InitiatorMetrics& metrics() const;
  InitiatorRecord record() const;
  bool IsConsistent() const;  // class invariants, for tests

  // ---- commands ----
  void Open(Timestamp now);
  // Requires CanSubmit(). The message has a number from now on and will be reported by one CompleteCall. The number is
  // not valid() when the sequence has none left: the session has faulted with MessageNumberRollover.
  MessageNumber Submit(Timestamp now, OutgoingMessage message);
  // Stop waiting for one call (send time-out): as in WCF the session faults, since the reply's number would be missing.
  // In a durable session the message goes on, and its reply is taken and dropped.
  void GiveUp(Timestamp now, MessageNumber number);
  // Close once everything is settled. Bounded by close_timeout: then kFaulted.
  void Close(Timestamp now);
  void Abort(Timestamp now);

  // ---- events ----
  void HandleExchange(Timestamp now, ExchangeId exchange, ExchangeResult result);
  void HandleTimeout(Timestamp now);

  // ---- polls ----
  std::optional<InitiatorOutput> PollOutput();
  Timestamp NextTimeout() const;
  // Since it was asked the last time. Only a durable session has any.
  InitiatorChanges TakeChanges();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gsoaprm::engine
