// The parts of an AcceptorSession and how they work together. One file each: the messages of the application
// (acceptor_messages.cpp), the protocol's own (acceptor_control.cpp), operations (acceptor_operations.cpp), what
// outlives the process (acceptor_durable.cpp), and what is left (acceptor_session.cpp).
#pragma once

#include <memory>
#include <optional>

#include "engine/acceptor_session.h"
#include "engine/faults.h"
#include "engine/rmd/acceptor_journal.h"
#include "engine/rmd/ack_tracker.h"
#include "engine/rmd/delivery_queue.h"
#include "engine/rmd/destination_sequence.h"
#include "engine/rmd/reply_cache.h"

namespace gsoaprm::engine {

class AcceptorSession::Impl {
 public:
  Impl(const Options& options, Identity identity, Timestamp now);
  Impl(const Options& options, const RecoveredAcceptor& recovered, Timestamp now);

  const Identity& identity() const { return identity_; }
  bool ended() const { return ended_; }
  const Status& end_reason() const;
  bool has_received_message() const { return has_received_message_; }
  std::size_t kept_bytes() const { return queue_.kept_bytes() + replies_.bytes(); }
  bool idle() const { return queue_.empty(); }
  const AcceptorMetrics& metrics() const { return metrics_; }
  bool IsConsistent() const;
  bool BeganInTurn() const;

  Disposition HandleMessage(Timestamp now, const wire::Envelope& message, const ExchangeTraits& traits);
  Respond RefuseUnreadable(const wire::ReadResult& result);
  Disposition TryBegin(MessageNumber number);
  void StopWaiting(MessageNumber number);
  Disposition OperationAnswered(Timestamp now, MessageNumber number, OperationAnswer answer);
  void OperationReturned(Timestamp now, MessageNumber number);
  void OperationUndone(Timestamp now, MessageNumber number);
  void HandleTimeout(Timestamp now);

  Changes TakeChanges();
  void BuryLeftovers();

  bool HasReady() const;
  bool IsKeptBehindGap(MessageNumber number) const;
  std::optional<Deliver> TakeReady();
  std::optional<Respond> FinalAnswer() const;
  Timestamp NextTimeout() const;

 private:
  // What of the options a session needs; sessions are many, so only that is kept.
  struct Settings {
    explicit Settings(const Options& options);
    std::size_t memory;
    std::size_t window;
    Duration inactivity_timeout;
    bool ordered;
    bool flow_control;
    bool one_turn;  // operations run one after the other
    bool durable;
    bool acknowledges_begun;  // else a message is acknowledged when its operation has answered
  };

  bool one_way() const { return identity_.offered.empty(); }
  bool is_11() const { return identity_.protocol.rm == wire::RmVersion::k11; }
  wire::AcknowledgementHeader Acknowledgement() const;
  Respond AckAlone() const;
  Respond Repeat(const KeptReply& reply) const;
  // Where there is no sequence for replies.
  Respond AnswerOneWay(const QueuedMessage& message, OperationAnswer answer) const;
  // The fault of a violation; ends the session where the table says so.
  Respond Refuse(const wire::Envelope& message, Violation violation);
  void End(Status reason);
  // Acknowledged, and what is before it was begun or is acknowledged: the client may take it for executed.
  bool IsCertain(MessageNumber number) const;

  // ---- every message ----
  Disposition HandleHere(Timestamp now, const wire::Envelope& message, const ExchangeTraits& traits);
  std::optional<SequenceId> WrongIdentifier(const wire::Envelope& message) const;
  Disposition AnswerAfterEnd(const wire::Envelope& message) const;
  std::optional<Respond> HandleAcknowledgement(const wire::Envelope& message);
  Disposition Dispatch(const wire::Envelope& message, const ExchangeTraits& traits);
  Disposition HandleWithoutSequence(const wire::Envelope& message);

  // ---- application messages ----
  Disposition HandleSequenced(const wire::Envelope& message, const wire::PayloadPointer& payload,
                              const ExchangeTraits& traits);
  Disposition HandleNew(const wire::Envelope& message, const wire::PayloadPointer& payload,
                        const ExchangeTraits& traits);
  std::optional<Respond> RefuseNumber(const wire::Envelope& message);
  bool IsCopy(MessageNumber number) const;
  Disposition HandleCopy(MessageNumber number, const ExchangeTraits& traits);
  Disposition Keep(MessageNumber number, QueuedMessage message, const ExchangeTraits& traits);
  Disposition Drop();
  bool RepliesAreFull() const;
  // Nothing before it is missing, and all kept replies are those of later messages.
  bool IsAwaitedBeforeReplies(MessageNumber number) const;
  Deliver Begin(MessageNumber number);
  // Not taken after all, for want of room for one more range.
  bool CanAcknowledge(MessageNumber number) const;

  // ---- control messages ----
  Disposition HandleLastMessage(const wire::Envelope& message);
  bool AllAnsweredBefore(MessageNumber number) const;
  Disposition HandleClose(const wire::Envelope& message, const wire::CloseSequence& close);
  Disposition HandleTerminate(const wire::Envelope& message, const wire::TerminateSequence& terminate);
  std::optional<Respond> RefuseLastMsgNumber(const wire::Envelope& message, const std::optional<MessageNumber>& last);
  void StopTaking();

  // ---- what outlives the process ----
  // Operations that run and are not acknowledged.
  std::size_t Unacknowledged() const;
  // The operation has answered, or never will: a store need not keep the message any longer.
  void Settle(MessageNumber number);
  // Acknowledged messages that will not be run are dead letters now.
  void Bury(MessageNumber number, const QueuedMessage& message);
  void RestoreMessage(const ReceivedMessage& message);
  void BuryStranded(const wire::Envelope& message);
  // Of one that will not run.
  void ReplyFor(const ReceivedMessage& message, const char* reason);
  AcceptorState State() const;

  Settings settings_;
  const Identity identity_;
  DestinationSequence sequence_;
  AckTracker acks_;
  DeliveryQueue queue_;
  ReplyCache replies_;
  AcceptorMetrics metrics_;
  Timestamp last_activity_;
  bool has_received_message_ = false;
  bool ended_ = false;
  std::unique_ptr<const Status> end_reason_;     // only for sessions that ended badly
  std::unique_ptr<const Respond> final_answer_;  // only for sessions that ended in order
  std::unique_ptr<AcceptorJournal> journal_;     // only for durable sessions
};

}  // namespace gsoaprm::engine
