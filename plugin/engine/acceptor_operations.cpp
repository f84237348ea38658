// Turns, operations and their answers.
#include <utility>

#include "engine/acceptor_answers.h"
#include "engine/acceptor_impl.h"

namespace gsoaprm::engine {

Deliver AcceptorSession::Impl::Begin(MessageNumber number) {
  const bool mark = settings_.durable && settings_.acknowledges_begun;
  if (mark) queue_.SetStored(number);
  Deliver deliver;
  deliver.number = number;
  deliver.payload = queue_.Start(number);
  const QueuedMessage& message = *queue_.Find(number);
  deliver.action = message.action;
  deliver.message_id = message.message_id;
  sequence_.Start(number);
  // At the latest with its answer: a reply's acknowledgement has to contain its own request.
  if (settings_.acknowledges_begun) acks_.Acknowledge(number);
  if (mark) journal_->Taken(number, message, true);
  ++metrics_.delivered;
  return deliver;
}

Disposition AcceptorSession::Impl::TryBegin(MessageNumber number) {
  if (ended_) return RespondEmpty{};
  const QueuedMessage* message = queue_.Find(number);
  if (message == nullptr || message->state != MessageState::kWaiting) {
    if (message != nullptr && message->awaited && !message->answered) return WaitTurn{number};
    if (const KeptReply* reply = replies_.Find(number)) {
      ++metrics_.replies_repeated;
      return Repeat(*reply);
    }
    const bool executed = message == nullptr && sequence_.started().Contains(number);
    if (executed || (message != nullptr && message->answered)) return AckAlone();
    return RespondEmpty{};
  }
  if (!queue_.CanStart(number, sequence_.next())) return WaitTurn{number};
  if (!CanAcknowledge(number)) {
    // Ranges that came meanwhile took the last place; the peer sends it again.
    queue_.Remove(number);
    return Drop();
  }
  return Begin(number);
}

void AcceptorSession::Impl::StopWaiting(MessageNumber number) {
  const QueuedMessage* message = queue_.Find(number);
  if (message == nullptr) return;
  if (message->awaited) queue_.SetAwaited(number, false);
  if (message->state != MessageState::kWaiting) return;
  // Waiting messages are not acknowledged; should one be, it must not get lost.
  if (acks_.Contains(number)) {
    queue_.Keep(number);
  } else {
    queue_.Remove(number);
  }
}

Disposition AcceptorSession::Impl::OperationAnswered(Timestamp now, MessageNumber number, OperationAnswer answer) {
  if (ended_) {
    Settle(number);
    return RespondEmpty{};
  }
  const QueuedMessage* message = queue_.Find(number);
  if (message == nullptr || message->state != MessageState::kRunning || message->answered) {
    if (const KeptReply* reply = replies_.Find(number)) return Repeat(*reply);
    if (sequence_.started().Contains(number)) return AckAlone();
    return RespondEmpty{};
  }
  last_activity_ = now;
  Settle(number);
  // Without an Offer there is no sequence for replies (WS-RM 1.1 section 3.4): WCF faults on any Sequence in answers.
  if (!answer.reply) return AckAlone();
  if (one_way()) return AnswerOneWay(*message, std::move(answer));

  KeptReply reply;
  reply.action = answer.action.empty() ? ReplyAction(identity_.protocol, message->action, *answer.reply)
                                       : std::move(answer.action);
  reply.relates_to = message->message_id;
  reply.http_status = answer.http_status;
  // 2005: the reply to the last message is the last reply, if no other is to come.
  reply.last_message = sequence_.last() == number && !is_11() && AllAnsweredBefore(number);
  reply.payload = std::move(answer.reply);
  const KeptReply& kept = replies_.Add(number, std::move(reply));
  if (journal_) journal_->ReplyMade(number, kept);
  return Repeat(kept);
}

// WS-RM has no promise for a reply without a sequence. Where it can be posted it is, once, with the acknowledgement of
// its request: either both arrive or none, and then the client's copy of the request brings the acknowledgement.
Respond AcceptorSession::Impl::AnswerOneWay(const QueuedMessage& message, OperationAnswer answer) const {
  const ReturnPath& path = message.return_path;
  const bool posted = answer.reply->is_fault ? path.fault_posted : path.reply_posted;
  Respond response = AckAlone();
  if (!posted || !message.message_id) return response;
  wire::Envelope& envelope = response.envelope;
  envelope.rm_action = wire::RmAction::kNone;
  envelope.addressing.action =
      answer.action.empty() ? ReplyAction(identity_.protocol, message.action, *answer.reply) : std::move(answer.action);
  envelope.addressing.relates_to = message.message_id;
  envelope.body = std::move(answer.reply);
  return response;
}

void AcceptorSession::Impl::OperationReturned(Timestamp now, MessageNumber number) {
  const QueuedMessage* message = queue_.Find(number);
  if (message == nullptr || message->state != MessageState::kRunning) return;
  // The time of an operation is not the client's silence.
  last_activity_ = now;
  Settle(number);
  queue_.Remove(number);
}

bool AcceptorSession::Impl::HasReady() const {
  const auto ready = queue_.Ready(sequence_.next());
  return ready && CanAcknowledge(*ready);
}

bool AcceptorSession::Impl::IsKeptBehindGap(MessageNumber number) const {
  const QueuedMessage* message = queue_.Find(number);
  const MessageNumber next = sequence_.next();
  return message != nullptr && message->state == MessageState::kKept && !queue_.CanStart(number, next) &&
         !queue_.IsBehindBusy(number, next, true);
}

std::optional<Deliver> AcceptorSession::Impl::TakeReady() {
  if (!HasReady()) return std::nullopt;
  Deliver deliver = Begin(*queue_.Ready(sequence_.next()));
  queue_.SetDetached(deliver.number);
  return deliver;
}

}  // namespace gsoaprm::engine
