// What goes out: the messages of the sequence and the outputs in their order.
#include <algorithm>
#include <utility>

#include "engine/initiator_impl.h"

namespace gsoaprm::engine {

MessageNumber InitiatorSession::Impl::Submit(Timestamp now, OutgoingMessage outgoing) {
  if (!CanSubmit()) {
    return MessageNumber();
  }
  if (source_->NumbersUsedUp()) {
    // WS-RM 1.1 section 4.4; as in WCF the source faults by itself and need not ask the peer.
    FaultQuietly(Status::Error(ErrorClass::kSequenceDead, "MessageNumberRollover",
                               "The sequence has used up its message numbers.", "Open a new session."));
    return MessageNumber();
  }
  const MessageNumber number = source_->Add(MakeMessage(std::move(outgoing)));
  ++metrics_.messages;
  ++unsettled_before_;
  Pump(now);
  return number;
}

SourceMessage InitiatorSession::Impl::MakeMessage(OutgoingMessage&& outgoing) const {
  SourceMessage message;
  message.payload = std::move(outgoing.payload);
  message.action = std::move(outgoing.action);
  const bool may_be_answered = WantsReplyAddress(outgoing.kind);
  // Absent means anonymous in WS-Addressing 1.0 (section 3.2); said only while it is not known whether the operation
  // answers, where it tells the peer that it may. WCF's client says it every time.
  message.wants_reply_to = may_be_answered && (outgoing.kind == CallKind::kUnknown ||
                                               options_.protocol.addressing == wire::AddressingVersion::kAugust2004);
  message.settled_by_acknowledgement = !may_be_answered;
  message.message_id = std::move(outgoing.message_id);
  if (!message.message_id && may_be_answered) {
    message.message_id = MessageId(ids_->NewUuid());
  }
  return message;
}

void InitiatorSession::Impl::Emit(InitiatorOutput output, Stamp stamp) {
  outputs_.push_back(Queued{std::move(output), stamp});
}

void InitiatorSession::Impl::Send(Timestamp now, Purpose purpose, wire::Envelope envelope, Stamp stamp) {
  Transmit transmit;
  transmit.exchange = ExchangeId(next_exchange_++);
  transmit.envelope = std::move(envelope);
  exchanges_.emplace(transmit.exchange, Exchange{purpose, MessageNumber(), std::nullopt, now});
  last_sent_ = now;
  Emit(std::move(transmit), stamp);
}

void InitiatorSession::Impl::SendMessage(Timestamp now, const OutstandingMessage& message) {
  Transmit transmit;
  transmit.exchange = ExchangeId(next_exchange_++);
  transmit.envelope = requests_.Message(source_->id(), message);
  transmit.number = message.number;
  transmit.first = message.sending == Sending::kFirst;
  transmit.retransmission = !transmit.first;
  metrics_.retransmissions += message.sending == Sending::kRetransmission ? 1 : 0;
  metrics_.collections += message.sending == Sending::kCollection ? 1 : 0;
  exchanges_.emplace(transmit.exchange, Exchange{Purpose::kMessage, message.number, message.message.message_id, now});
  last_sent_ = now;
  Emit(std::move(transmit), Stamp::kIfReceived);
}

void InitiatorSession::Impl::SendAckRequested(Timestamp now) {
  Send(now, Purpose::kAckRequested, requests_.AckRequested(source_->id()), Stamp::kIfReceived);
}

std::optional<InitiatorOutput> InitiatorSession::Impl::PollOutput() {
  if (outputs_.empty()) {
    return std::nullopt;
  }
  Queued next = std::move(outputs_.front());
  outputs_.pop_front();
  // WCF: a session without Offer must not acknowledge anything, and before the first reply there is nothing to say.
  const bool stamped =
      request_reply() && (next.stamp == Stamp::kFinal || (next.stamp == Stamp::kIfReceived && !replies_.empty()));
  if (Transmit* transmit = stamped ? std::get_if<Transmit>(&next.output) : nullptr) {
    acknowledgement_asked_ = false;
    // Final does not exist in February 2005.
    transmit->envelope.acknowledgement = replies_.Tell(offered_, next.stamp == Stamp::kFinal && !february2005());
  }
  return std::move(next.output);
}

void InitiatorSession::Impl::Pump(Timestamp now) {
  if (ended() || !source_) {
    return;
  }
  AdvanceEnding(now);
  while (const OutstandingMessage* message = source_->TakeNext(now)) {
    SendMessage(now, *message);
  }
  UpdateTimers(now);
  const bool freed = source_->unsettled() < unsettled_before_;
  unsettled_before_ = source_->unsettled();
  if (freed && CanSubmit()) {
    Emit(WindowChanged{});
  }
}

void InitiatorSession::Impl::UpdateTimers(Timestamp now) {
  if (!source_->WaitsForReceiver()) {
    timers_.Clear(Timer::kReceiverPoll);
    receiver_poll_ = kFirstReceiverPoll;
  } else if (!timers_.IsSet(Timer::kReceiverPoll)) {
    SetReceiverPoll(now);
  }
  // The peer keeps replies until they are acknowledged and takes no more requests when it has a window full of them.
  // Normally the next request says it; this is for the time when there is none.
  if (!WantsAcknowledgement()) {
    timers_.Clear(Timer::kAcknowledgement);
  } else {
    timers_.Set(Timer::kAcknowledgement, std::max(last_sent_, last_reply_) + options_.acknowledgement_interval);
  }
}

}  // namespace gsoaprm::engine
