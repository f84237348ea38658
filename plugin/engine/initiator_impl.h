// The initiator's inside, shared by the files that implement it: opening, sending, answers, closing, state and time.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/ending.h"
#include "engine/handshake.h"
#include "engine/initiator_journal.h"
#include "engine/initiator_replies.h"
#include "engine/initiator_requests.h"
#include "engine/initiator_session.h"
#include "engine/rms/source_sequence.h"
#include "engine/timers.h"

namespace gsoaprm::engine {

class InitiatorSession::Impl {
 public:
  Impl(const Options& options, Uri to, IdSource* ids);
  Impl(const Options& options, RecoveredInitiator&& recovered, IdSource* ids, Timestamp now);

  // ---- getters (initiator_session.cpp) ----
  SessionState state() const { return state_; }
  const SequenceId& sequence() const;
  const SequenceId& offered() const { return offered_; }
  SessionShape shape() const { return shape_; }
  bool CanSubmit() const { return state_ == SessionState::kOpened && source_->HasRoom(); }
  std::size_t UnsettledCount() const { return source_ ? source_->unsettled() : 0; }
  const Status& fault() const { return fault_; }
  const InitiatorMetrics& metrics() const { return metrics_; }
  InitiatorRecord record() const;
  bool IsConsistent() const;

  // ---- commands and events, as in the interface ----
  void Open(Timestamp now);
  MessageNumber Submit(Timestamp now, OutgoingMessage message);
  void GiveUp(Timestamp now, MessageNumber number);
  void Close(Timestamp now);
  void Abort(Timestamp now);
  void HandleExchange(Timestamp now, ExchangeId id, ExchangeResult&& result);
  void HandleTimeout(Timestamp now);

  // ---- polls ----
  std::optional<InitiatorOutput> PollOutput();
  Timestamp NextTimeout() const;
  InitiatorChanges TakeChanges() { return journal_.Take(); }

 private:
  enum class Purpose { kCreate, kMessage, kAckRequested, kAcknowledgement, kClose, kTerminate, kFault };
  struct Exchange {
    Purpose purpose;
    MessageNumber number;                 // kMessage
    std::optional<MessageId> message_id;  // kMessage: what RelatesTo must name
    Timestamp sent;
  };
  enum class Stamp { kNone, kIfReceived, kFinal };  // which acknowledgement a message takes along when it leaves
  struct Queued {
    InitiatorOutput output;
    Stamp stamp = Stamp::kNone;
  };
  enum class Timer {
    kOpenDeadline,
    kCloseDeadline,
    kRequestRetry,  // CreateSequence, CloseSequence, TerminateSequence
    kKeepAlive,
    kInactivity,
    kReceiverPoll,     // the receiver's buffer is full
    kAcknowledgement,  // replies that no message has acknowledged
    kCount
  };

  bool ended() const { return state_ == SessionState::kClosed || state_ == SessionState::kFaulted; }
  bool request_reply() const { return !offered_.empty(); }
  // CloseSequence or TerminateSequence is out.
  bool closing() const { return ending_ == EndingStep::kClose || ending_ == EndingStep::kTerminate; }
  bool february2005() const { return options_.protocol.rm == wire::RmVersion::kFebruary2005; }

  // ---- state (initiator_state.cpp) ----
  // The only place that changes the state. Entering kClosed or kFaulted answers every open call.
  void SetState(SessionState state, Status reason);
  void EndOpenCalls(StateChanged* changed);
  void EndMessage(const OutstandingMessage& message, StateChanged* changed);
  // Faults the session without telling the peer, which knows or cannot be told.
  void FaultQuietly(Status reason);
  // Faults it and posts SequenceTerminated: Sender for a violation of the protocol, Receiver for everything else.
  void FaultAndTerminate(Timestamp now, Status reason, bool sender, const SequenceId& named);
  void FaultAndPost(Timestamp now, Status reason, wire::Fault fault);
  // A violation by the peer.
  void FaultForViolation(Timestamp now, wire::FaultCode code, std::string reason, std::string advice);
  // WCF's client names the offered sequence where there is one.
  const SequenceId& NamedWhenAborting() const { return request_reply() ? offered_ : sequence(); }

  // ---- sending (initiator_sending.cpp) ----
  void Send(Timestamp now, Purpose purpose, wire::Envelope envelope, Stamp stamp);
  void SendMessage(Timestamp now, const OutstandingMessage& message);
  void SendAckRequested(Timestamp now);
  void Emit(InitiatorOutput output, Stamp stamp = Stamp::kNone);
  // After each command and event: what may go out now, how far the ending is, which timers run.
  void Pump(Timestamp now);
  void UpdateTimers(Timestamp now);
  SourceMessage MakeMessage(OutgoingMessage&& outgoing) const;
  bool WantsReplyAddress(CallKind kind) const { return kind != CallKind::kOneWay && request_reply(); }

  // ---- opening (initiator_opening.cpp) ----
  void SendCreate(Timestamp now);
  void HandleCreateAnswer(Timestamp now, const Exchange& exchange, const ExchangeResult& result);
  void Opened(Timestamp now, const SequenceId& sequence, Duration round_trip);
  void OpeningFailed(Timestamp now, Status reason, const SequenceId& given_up);
  // Until it is answered, after each handshake_retry_interval again.
  void SendRepeatedly(Timestamp now, Purpose purpose, wire::Envelope envelope, Stamp stamp);

  // ---- answers (initiator_answers.cpp) ----
  void HandleSessionAnswer(Timestamp now, const Exchange& exchange, const ExchangeResult& result);
  void EndHopeless(Timestamp now, const Exchange& exchange, const ExchangeResult& result);
  bool IsNoAnswerYet(const Exchange& exchange, const ExchangeResult& result) const;
  void FailCall(const Exchange& exchange, const ExchangeResult& result);
  // The call fails; its message stays in the window and is sent again.
  void FailOpenCall(MessageNumber number, int http_status, Status status);
  bool IsForeign(const Exchange& exchange, const wire::Envelope& answer) const;
  bool IsUnexpected(const wire::Envelope& answer) const;
  // Each of these returns false when the session has faulted.
  bool CheckIdentifiers(Timestamp now, const wire::Envelope& answer);
  bool TakeAcknowledgement(Timestamp now, const wire::Envelope& answer);
  void TakeReply(Timestamp now, const Exchange& exchange, const ExchangeResult& result);
  void TakeAnswerWithoutReply(Timestamp now, const Exchange& exchange, const wire::Envelope& answer);
  void CompleteWithReply(MessageNumber number, const ExchangeResult& result);
  void CompleteAcknowledged(const OutstandingMessage& message);

  // ---- closing (initiator_closing.cpp) ----
  void AdvanceEnding(Timestamp now);
  void SendClose(Timestamp now);
  void SendTerminate(Timestamp now);
  void RepeatEnding(Timestamp now);
  bool simplex_terminate() const { return february2005() && !request_reply(); }
  void HandleCloseAnswer(Timestamp now, const ExchangeResult& result);
  void HandleTerminateAnswer(Timestamp now, const ExchangeResult& result);
  void HandleSimplexTerminateResult(const ExchangeResult& result);
  bool AcceptFinalAnswer(Timestamp now, const wire::Envelope& answer, wire::RmAction expected);
  MessageNumber last_application_number() const;

  // ---- time (initiator_time.cpp) ----
  void NoteReceipt(Timestamp now);
  Duration KeepAliveInterval() const;
  Duration ReceiverPollInterval() const;  // at most
  void SetReceiverPoll(Timestamp now);
  void HandleDeadlines(Timestamp now);
  void HandleRetryTimer(Timestamp now);
  void HandleIdleness(Timestamp now);
  void HandleRetransmission(Timestamp now);
  // Enough replies are unacknowledged, or the peer asks, for a message of its own if no other comes soon.
  bool WantsAcknowledgement() const;

  const Options options_;
  IdSource* const ids_;
  const InitiatorRequests requests_;
  SessionState state_ = SessionState::kCreated;
  Status fault_;
  SessionShape shape_;
  Handshake handshake_;
  Timestamp opening_since_;
  SequenceId offered_;
  std::optional<SourceSequence> source_;
  InitiatorReplies replies_;
  EndingStep ending_ = EndingStep::kNone;
  bool close_wanted_ = false;   // Close came while opening
  MessageId ending_id_;         // of CloseSequence or TerminateSequence, the same in all copies
  MessageNumber last_message_;  // the number of LastMessage, February 2005
  int terminate_copies_ = 0;
  bool acknowledgement_asked_ = false;  // the peer wants one
  Timers<Timer> timers_;
  static constexpr Duration kFirstReceiverPoll = Duration::Milliseconds(10);
  Duration receiver_poll_ = kFirstReceiverPoll;  // until the next question to a receiver without room
  Timestamp last_sent_;
  Timestamp last_reply_;
  std::map<ExchangeId, Exchange> exchanges_;
  std::uint64_t next_exchange_ = 1;
  std::size_t unsettled_before_ = 0;
  std::deque<Queued> outputs_;
  InitiatorMetrics metrics_;
  InitiatorJournal journal_;
};

}  // namespace gsoaprm::engine
