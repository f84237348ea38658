// What comes with Sequence: new messages, copies, messages that cannot be taken. The checks that every message passes.
#include <utility>
#include <variant>
#include <vector>

#include "engine/acceptor_answers.h"
#include "engine/acceptor_impl.h"
#include "engine/header_checks.h"
#include "engine/listener.h"
#include "engine/response_address.h"
#include "engine/rmd/message_size.h"

namespace gsoaprm::engine {

namespace {

// A fault of the client, about the session as a whole. With Sequence it would be a message of the application.
bool IsPeerFault(const wire::Envelope& message) { return message.fault() != nullptr && !message.sequence; }

wire::PayloadPointer ApplicationPayload(const wire::Envelope& message) {
  if (const wire::PayloadPointer* payload = message.payload()) return *payload;
  if (const wire::Fault* fault = message.fault()) return fault->payload;
  return nullptr;
}

// WCF's one-way messages carry neither MessageID nor ReplyTo (WS-Addressing 1.0); what carries either may want a reply.
bool HasNoReturnAddress(const wire::Envelope& message) {
  return message.protocol.addressing == wire::AddressingVersion::k10 && !message.addressing.message_id &&
         !message.addressing.reply_to;
}

}  // namespace

Disposition AcceptorSession::Impl::HandleMessage(Timestamp now, const wire::Envelope& message,
                                                 const ExchangeTraits& traits) {
  Disposition disposition = HandleHere(now, message, traits);
  if (auto* respond = std::get_if<Respond>(&disposition)) Direct(respond, identity_.acks_to, message);
  return disposition;
}

Disposition AcceptorSession::Impl::HandleHere(Timestamp now, const wire::Envelope& message,
                                              const ExchangeTraits& traits) {
  if (message.protocol != identity_.protocol) {
    return FaultResponse(message, MakeFault(Violation::kUnknownSequence, ConcernedSequence(message)));
  }
  if (ended_) return AnswerAfterEnd(message);
  if (const auto wrong = WrongIdentifier(message)) {
    return FaultResponse(message, MakeFault(Violation::kUnknownSequence, *wrong));
  }
  last_activity_ = now;
  has_received_message_ = true;
  if (IsPeerFault(message)) {
    // The client gave up: there is nothing to answer (WCF: 202).
    End(EndedByPeer(*message.fault()));
    return RespondEmpty{};
  }
  // Nothing of such a message counts, not even its acknowledgement.
  if (auto fault = NotUnderstoodFault(message)) return FaultResponse(message, *std::move(fault));
  if (auto fault = ReturnAddressFault(message, identity_.acks_to)) return FaultResponse(message, *std::move(fault));
  if (auto refusal = HandleAcknowledgement(message)) return *std::move(refusal);
  if (journal_ && settings_.acknowledges_begun && !traits.dispatches_kept) BuryStranded(message);
  return Dispatch(message, traits);
}

std::optional<SequenceId> AcceptorSession::Impl::WrongIdentifier(const wire::Envelope& message) const {
  if (message.acknowledgement && !one_way() && message.acknowledgement->id != identity_.offered) {
    return message.acknowledgement->id;
  }
  if (message.sequence && message.sequence->id != identity_.sequence) return message.sequence->id;
  if (message.ack_requested && message.ack_requested->id != identity_.sequence) return message.ack_requested->id;
  if (const auto* close = std::get_if<wire::CloseSequence>(&message.body)) {
    if (close->id != identity_.sequence) return close->id;
  }
  if (const auto* terminate = std::get_if<wire::TerminateSequence>(&message.body)) {
    if (terminate->id != identity_.sequence) return terminate->id;
  }
  const wire::Fault* fault = message.fault();
  // WCF's client names its offered sequence in faults where there is one, otherwise ours.
  if (fault && fault->id && *fault->id != identity_.sequence && (one_way() || *fault->id != identity_.offered)) {
    return *fault->id;
  }
  return std::nullopt;
}

Disposition AcceptorSession::Impl::AnswerAfterEnd(const wire::Envelope& message) const {
  if (IsPeerFault(message)) return RespondEmpty{};
  if (final_answer_) {
    if (auto repeated = RepeatFinalAnswer(*final_answer_, message)) return *std::move(repeated);
  }
  return FaultResponse(message, MakeFault(Violation::kUnknownSequence, ConcernedSequence(message)));
}

std::optional<Respond> AcceptorSession::Impl::HandleAcknowledgement(const wire::Envelope& message) {
  if (!message.acknowledgement) return std::nullopt;
  if (one_way()) return Refuse(message, Violation::kUnexpectedAcknowledgement);
  const MessageRanges& ranges = message.acknowledgement->ranges;
  if (!replies_.CanAcknowledge(ranges)) return Refuse(message, Violation::kInvalidAcknowledgement);
  // A stale acknowledgement releases nothing and harms nothing. Final says that the client will close.
  std::vector<MessageNumber> released;
  replies_.Release(ranges, journal_ ? &released : nullptr);
  for (const MessageNumber request : released) journal_->ReplyReleased(request);
  return std::nullopt;
}

Disposition AcceptorSession::Impl::Dispatch(const wire::Envelope& message, const ExchangeTraits& traits) {
  if (const auto* close = std::get_if<wire::CloseSequence>(&message.body)) return HandleClose(message, *close);
  if (const auto* terminate = std::get_if<wire::TerminateSequence>(&message.body)) {
    return HandleTerminate(message, *terminate);
  }
  if (!message.sequence) return HandleWithoutSequence(message);
  if (message.rm_action == wire::RmAction::kLastMessage && !is_11()) return HandleLastMessage(message);
  if (const wire::PayloadPointer payload = ApplicationPayload(message)) {
    return HandleSequenced(message, payload, traits);
  }
  return HandleWithoutSequence(message);
}

Disposition AcceptorSession::Impl::HandleWithoutSequence(const wire::Envelope& message) {
  // What has no number could run twice: it is not run at all.
  if (message.payload()) return Refuse(message, is_11() ? Violation::kNotReliable : Violation::kActionNotSupported);
  if (message.ack_requested) return AckAlone();
  return RespondEmpty{};
}

Disposition AcceptorSession::Impl::HandleSequenced(const wire::Envelope& message, const wire::PayloadPointer& payload,
                                                   const ExchangeTraits& traits) {
  const MessageNumber number = message.sequence->number;
  if (IsCopy(number)) return HandleCopy(number, traits);
  if (auto refusal = RefuseNumber(message)) return *std::move(refusal);
  return HandleNew(message, payload, traits);
}

std::optional<Respond> AcceptorSession::Impl::RefuseNumber(const wire::Envelope& message) {
  const MessageNumber number = message.sequence->number;
  switch (sequence_.Classify(number)) {
    case DestinationSequence::Verdict::kClosed:
      return Refuse(message, Violation::kSequenceClosed);
    case DestinationSequence::Verdict::kBeyondLast:
      return Refuse(message, is_11() ? Violation::kSequenceClosed : Violation::kLastMessageNumberExceeded);
    case DestinationSequence::Verdict::kStarted:
    case DestinationSequence::Verdict::kNew:
      break;
  }
  // 2005: a message of the application may be the last one, too.
  if (message.sequence->last_message && !is_11() &&
      sequence_.AnnounceLast(number) != DestinationSequence::LastNumber::kAccepted) {
    return Refuse(message, Violation::kLastMessageTooLow);
  }
  return std::nullopt;
}

Disposition AcceptorSession::Impl::HandleNew(const wire::Envelope& message, const wire::PayloadPointer& payload,
                                             const ExchangeTraits& traits) {
  const MessageNumber number = message.sequence->number;
  const MessageNumber next = sequence_.next();
  const bool full = RepliesAreFull() || (traits.memory_left == 0 && replies_.bytes() >= kGuaranteedMemory);
  const bool stopped = full && !IsAwaitedBeforeReplies(number);
  if (!traits.store_has_room || stopped || !CanAcknowledge(number) || !queue_.HasPlaceFor(number, next)) return Drop();

  QueuedMessage queued;
  queued.one_way = one_way() || HasNoReturnAddress(message);
  queued.payload = payload;
  queued.action = message.addressing.action;
  queued.message_id = message.addressing.message_id;
  queued.return_path = ReturnPathOf(message, identity_.acks_to);

  const bool can_start = queue_.CanStart(number, next);
  if (!can_start && !(traits.may_wait && queue_.IsBehindBusy(number, next, traits.dispatches_kept))) {
    return Keep(number, std::move(queued), traits);
  }
  queued.state = MessageState::kWaiting;
  queue_.Add(number, std::move(queued));
  sequence_.Take(number);
  if (can_start) return Begin(number);
  return WaitTurn{number};
}

Disposition AcceptorSession::Impl::Keep(MessageNumber number, QueuedMessage message, const ExchangeTraits& traits) {
  const std::size_t used = kept_bytes();
  const std::size_t size = MessageSize(message.payload.get());
  if (used > settings_.memory || size > settings_.memory - used) return Drop();
  if (used + size > kGuaranteedMemory && size > traits.memory_left) return Drop();

  const bool certainly_one_way = message.one_way;
  queue_.Add(number, std::move(message));
  sequence_.Take(number);
  ++metrics_.early_kept;
  // Acknowledged only where it will certainly run: elsewhere the peer's copy has to run it.
  if (traits.dispatches_kept && acks_.Acknowledge(number) && journal_) {
    queue_.SetStored(number);
    journal_->Taken(number, *queue_.Find(number), false);
  }
  // An acknowledgement alone would end a two-way call (WCF); "no answer yet" is 202.
  if (one_way() || (certainly_one_way && acks_.Contains(number))) return AckAlone();
  return RespondEmpty{};
}

Disposition AcceptorSession::Impl::Drop() {
  ++metrics_.dropped;
  if (one_way()) return AckAlone();
  return RespondEmpty{};
}

bool AcceptorSession::Impl::RepliesAreFull() const {
  // WCF: a window's worth of replies that the client has not acknowledged stops the session until it does.
  return replies_.size() >= settings_.window || replies_.bytes() >= settings_.memory;
}

bool AcceptorSession::Impl::IsAwaitedBeforeReplies(MessageNumber number) const {
  // Its client sends the oldest message again until that is answered, and collects later replies only then: were it not
  // taken, both would wait for ever. At most one message at a time gets in like this.
  const MessageNumber first = replies_.first_request();
  return number == sequence_.next() && number < first;
}

bool AcceptorSession::Impl::IsCopy(MessageNumber number) const {
  return queue_.Find(number) != nullptr || sequence_.Classify(number) == DestinationSequence::Verdict::kStarted;
}

Disposition AcceptorSession::Impl::HandleCopy(MessageNumber number, const ExchangeTraits& traits) {
  const QueuedMessage* message = queue_.Find(number);
  if (message != nullptr && message->state == MessageState::kKept && CanAcknowledge(number)) {
    // Nobody has claimed it, as in programs without a serve loop: this exchange does.
    if (queue_.CanStart(number, sequence_.next())) return Begin(number);
    const bool settled = message->one_way && acks_.Contains(number);
    if (!settled && traits.may_wait && queue_.IsBehindBusy(number, sequence_.next(), traits.dispatches_kept)) {
      queue_.Wait(number);
      return WaitTurn{number};
    }
  }
  ++metrics_.duplicates_suppressed;
  if (const KeptReply* reply = replies_.Find(number)) {
    ++metrics_.replies_repeated;
    return Repeat(*reply);
  }
  if (message == nullptr || message->answered) return AckAlone();
  if (message->one_way && acks_.Contains(number)) return AckAlone();
  if (one_way() && !settings_.acknowledges_begun) return AckAlone();
  if (traits.may_wait && message->detached && !message->awaited) {
    // As in WCF a copy is held until the answer is there. One is enough, and none where the first exchange is open.
    queue_.SetAwaited(number, true);
    return WaitTurn{number};
  }
  // Its first exchange, or the next copy, brings the answer.
  return RespondEmpty{};
}

}  // namespace gsoaprm::engine
