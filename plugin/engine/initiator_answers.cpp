// What comes back on the exchanges of an open session.
#include <algorithm>
#include <utility>

#include "engine/initiator_impl.h"
#include "engine/initiator_peer_faults.h"

namespace gsoaprm::engine {
namespace {

constexpr char kCheckPeer[] = "Check that the service and everything before it keep to WS-ReliableMessaging.";

constexpr char kStillBeingSent[] =
    "The message is still being sent: the operation may run; do not repeat the call blindly.";

constexpr int kAccepted = 202;

bool IsFault(const wire::Envelope& answer) {
  const wire::PayloadPointer* payload = answer.payload();
  return answer.fault() != nullptr || (payload != nullptr && *payload && (*payload)->is_fault);
}

}  // namespace

void InitiatorSession::Impl::HandleExchange(Timestamp now, ExchangeId id, ExchangeResult&& result) {
  const auto found = exchanges_.find(id);
  if (found == exchanges_.end()) {
    return;
  }
  const Exchange exchange = std::move(found->second);
  exchanges_.erase(found);
  if (ended()) {
    return;
  }
  if (result.kind == ExchangeResult::Kind::kHopeless) {
    EndHopeless(now, exchange, result);
    Pump(now);
    return;
  }
  if (result.kind == ExchangeResult::Kind::kEnvelope && source_) {
    NoteReceipt(now);
  }
  switch (exchange.purpose) {
    case Purpose::kCreate:
      HandleCreateAnswer(now, exchange, result);
      break;
    case Purpose::kClose:
      HandleCloseAnswer(now, result);
      break;
    case Purpose::kTerminate:
      HandleTerminateAnswer(now, result);
      break;
    case Purpose::kFault:
      break;
    case Purpose::kMessage:
    case Purpose::kAckRequested:
    case Purpose::kAcknowledgement:
      HandleSessionAnswer(now, exchange, result);
      break;
  }
  Pump(now);
}

void InitiatorSession::Impl::HandleSessionAnswer(Timestamp now, const Exchange& exchange,
                                                 const ExchangeResult& result) {
  if (result.kind != ExchangeResult::Kind::kEnvelope) {
    FailCall(exchange, result);
    if (IsNoAnswerYet(exchange, result)) {
      source_->HandleNoAnswerYet(exchange.number);
    }
    return;
  }
  const wire::Envelope& answer = result.envelope;
  if (IsFault(answer) && !answer.sequence) {
    // As in WCF: such a fault ends the session, whatever its code. But when the sequence is being closed every message
    // is settled, and late copies of them may find it gone.
    if (!closing()) {
      FaultQuietly(PeerFault(answer));
    }
    return;
  }
  if (IsForeign(exchange, answer)) {
    ++metrics_.stale_replies;
    return;
  }
  if (!CheckIdentifiers(now, answer) || !TakeAcknowledgement(now, answer)) {
    return;
  }
  if (answer.sequence) {
    TakeReply(now, exchange, result);
  } else {
    TakeAnswerWithoutReply(now, exchange, answer);
  }
}

void InitiatorSession::Impl::EndHopeless(Timestamp now, const Exchange& exchange, const ExchangeResult& result) {
  const OutstandingMessage* message = source_ ? source_->Find(exchange.number) : nullptr;
  const bool answered_otherwise = (exchange.purpose == Purpose::kMessage && message == nullptr) ||
                                  (exchange.purpose == Purpose::kCreate && state_ != SessionState::kOpening);
  if (answered_otherwise) {
    return;
  }
  const bool answered = result.http_status != 0;
  if (options_.durable && source_ && !answered) {
    // Nothing has left. What is kept waits until somebody has put it right; whoever waits is told.
    if (message != nullptr && message->call_open) {
      FailOpenCall(exchange.number, 0, result.problem);
    }
    return;
  }
  if (answered && message != nullptr) {
    if (message->call_open) {
      CompleteCall failed;
      failed.number = exchange.number;
      failed.http_status = result.http_status;
      failed.status = result.problem;
      failed.outcome = Outcome::kExecuted;
      Emit(std::move(failed));
    }
    journal_.Settle(exchange.number);
    source_->Settle(now, exchange.number);
  }
  if (answered && source_) {
    FaultAndTerminate(now, result.problem, false, NamedWhenAborting());
  } else {
    FaultQuietly(result.problem);
  }
}

bool InitiatorSession::Impl::IsNoAnswerYet(const Exchange& exchange, const ExchangeResult& result) const {
  // WCF's service, too, answers 202 to a request that comes before its turn. While another exchange of the message is
  // open, that one will bring the answer.
  return exchange.purpose == Purpose::kMessage && result.kind == ExchangeResult::Kind::kNoAnswer &&
         result.http_status == kAccepted && std::none_of(exchanges_.begin(), exchanges_.end(), [&](const auto& open) {
           return open.second.number == exchange.number;
         });
}

void InitiatorSession::Impl::FailCall(const Exchange& exchange, const ExchangeResult& result) {
  const OutstandingMessage* message = source_->Find(exchange.number);
  if (result.kind != ExchangeResult::Kind::kHttpError || message == nullptr || !message->call_open) {
    return;
  }
  // WCF: the call throws at once, while the message stays in the window and is sent again all the same.
  FailOpenCall(exchange.number, result.http_status,
               Status::Error(ErrorClass::kTryAgain, "HTTP " + std::to_string(result.http_status), result.reason,
                             kStillBeingSent));
}

void InitiatorSession::Impl::FailOpenCall(MessageNumber number, int http_status, Status status) {
  source_->CloseCall(number);
  CompleteCall failed;
  failed.number = number;
  failed.http_status = http_status;
  failed.status = std::move(status);
  Emit(std::move(failed));
}

bool InitiatorSession::Impl::IsForeign(const Exchange& exchange, const wire::Envelope& answer) const {
  // An intermediary has mixed up responses. To take it would give a caller another's reply.
  const auto& relates_to = answer.addressing.relates_to;
  // So would one on the exchange of a message without MessageID, to which nothing can relate.
  const bool mixed_up = answer.sequence && relates_to && relates_to != exchange.message_id;
  const OutstandingMessage* message = source_->Find(exchange.number);
  const bool taken_before = answer.sequence && message != nullptr && replies_.Contains(answer.sequence->number);
  return mixed_up || (taken_before && answer.sequence->id == offered_);
}

bool InitiatorSession::Impl::IsUnexpected(const wire::Envelope& answer) const {
  switch (answer.rm_action) {
    case wire::RmAction::kNone:
    case wire::RmAction::kSequenceAcknowledgement:
    case wire::RmAction::kLastMessage:
    case wire::RmAction::kFault:
    case wire::RmAction::kAckRequested:
      return false;
    default:
      return true;
  }
}

bool InitiatorSession::Impl::CheckIdentifiers(Timestamp now, const wire::Envelope& answer) {
  if (IsUnexpected(answer)) {
    // WCF: only the client ends a session; a Close or Terminate from the other side would lose messages.
    FaultForViolation(now, wire::FaultCode::kSequenceTerminated, "The answer is a protocol message out of place.",
                      kCheckPeer);
    return false;
  }
  const bool known = (!answer.sequence || (request_reply() && answer.sequence->id == offered_)) &&
                     (!answer.ack_requested || (request_reply() && answer.ack_requested->id == offered_)) &&
                     (!answer.acknowledgement || answer.acknowledgement->id == source_->id());
  if (!known) {
    FaultForViolation(now, wire::FaultCode::kUnknownSequence,
                      "The answer names a sequence that this session does not have.", kCheckPeer);
    return false;
  }
  acknowledgement_asked_ = acknowledgement_asked_ || answer.ack_requested.has_value();
  return true;
}

bool InitiatorSession::Impl::TakeAcknowledgement(Timestamp now, const wire::Envelope& answer) {
  if (!answer.acknowledgement) {
    return true;  // WCF faults when a reply has none; the reply itself says enough
  }
  if (answer.acknowledgement->final && !february2005() && !closing()) {
    FaultForViolation(now, wire::FaultCode::kSequenceTerminated,
                      "The peer sent a final acknowledgement before the sequence was closed.", kCheckPeer);
    return false;
  }
  SourceSequence::AcknowledgementResult result = source_->HandleAcknowledgement(now, *answer.acknowledgement);
  if (result.verdict == AcknowledgementVerdict::kNeverSent) {
    wire::Fault fault;
    fault.code = wire::FaultCode::kInvalidAcknowledgement;
    fault.reason = "The acknowledgement names messages that were not sent.";
    fault.acknowledgement = answer.acknowledgement;
    const Status status = Status::Error(ErrorClass::kSequenceDead, "InvalidAcknowledgement", fault.reason, kCheckPeer);
    FaultAndPost(now, status, std::move(fault));
    return false;
  }
  journal_.Advance();
  journal_.SettleCertain(*source_);
  for (const OutstandingMessage& message : result.certain) {
    journal_.Settle(message.number);
    CompleteAcknowledged(message);
  }
  return true;
}

void InitiatorSession::Impl::TakeReply(Timestamp now, const Exchange& exchange, const ExchangeResult& result) {
  const MessageNumber reply = result.envelope.sequence->number;
  const bool awaited = source_->Find(exchange.number) != nullptr;
  // A late copy is told to be here only when it surely answers this request: its number might be another's reply.
  const bool certain = awaited || (exchange.message_id && result.envelope.addressing.relates_to == exchange.message_id);
  if (!certain || (!replies_.Contains(reply) && !replies_.Insert(reply))) {
    ++metrics_.stale_replies;
    return;
  }
  journal_.Advance();
  last_reply_ = now;
  if (!awaited) {
    ++metrics_.stale_replies;
    return;
  }
  CompleteWithReply(exchange.number, result);
  journal_.Settle(exchange.number);
  source_->Settle(now, exchange.number);
}

void InitiatorSession::Impl::TakeAnswerWithoutReply(Timestamp now, const Exchange& exchange,
                                                    const wire::Envelope& answer) {
  const auto& acknowledgement = answer.acknowledgement;
  if (!acknowledgement && answer.payload() != nullptr) {
    FaultForViolation(now, wire::FaultCode::kSequenceTerminated, "The answer carries no header of the session.",
                      "Check that the service has its reliable session switched on for this operation.");
    return;
  }
  // WCF: an acknowledgement on an exchange of the message itself is its answer, namely none.
  const OutstandingMessage* message = source_->Find(exchange.number);
  if (message != nullptr && acknowledgement && acknowledgement->ranges.Contains(exchange.number)) {
    CompleteAcknowledged(*message);
    journal_.SettleWhenCertain(exchange.number, *source_);
    source_->Settle(now, exchange.number);
  }
}

void InitiatorSession::Impl::CompleteWithReply(MessageNumber number, const ExchangeResult& result) {
  const OutstandingMessage* message = source_->Find(number);
  if (!message->call_open) {
    return;
  }
  CompleteCall complete;
  complete.number = number;
  complete.kind = CompleteCall::Kind::kReply;
  complete.http_status = result.http_status;
  complete.reply_action = result.envelope.addressing.action;
  complete.outcome = Outcome::kExecuted;
  if (const wire::PayloadPointer* payload = result.envelope.payload()) {
    complete.reply = *payload;
  }
  Emit(std::move(complete));
}

void InitiatorSession::Impl::CompleteAcknowledged(const OutstandingMessage& message) {
  if (!message.call_open) {
    return;
  }
  CompleteCall complete;
  complete.number = message.number;
  complete.kind = CompleteCall::Kind::kAcknowledged;
  complete.outcome = Outcome::kExecuted;
  Emit(std::move(complete));
}

}  // namespace gsoaprm::engine
