// What of a session outlives its process, and how it goes on after a restart.
#include <algorithm>
#include <utility>
#include <vector>

#include "engine/acceptor_answers.h"
#include "engine/acceptor_impl.h"
#include "wire/envelope_reader.h"
#include "wire/envelope_writer.h"

namespace gsoaprm::engine {

namespace {

constexpr char kStopped[] = "The server stopped while the operation ran; its outcome is unknown.";
constexpr char kNotBegun[] = "The store did not take the message in time; its operation was not run.";
constexpr char kEnded[] = "The session ended before the operation ran.";

// What an operation that fails would have answered, of the session's SOAP version.
wire::PayloadPointer FaultOfNoOperation(const wire::Protocol& protocol, const char* reason) {
  wire::Envelope envelope;
  envelope.protocol = protocol;
  wire::Fault fault;
  fault.sender = false;
  fault.reason = reason;
  envelope.body = std::move(fault);
  wire::WrittenMessage written = wire::WriteEnvelope(envelope);
  const wire::ReadResult own = wire::ReadOwnEnvelope(std::move(written.entity), written.content_type);
  const wire::PayloadPointer* payload = own.envelope.payload();
  return payload != nullptr ? *payload : nullptr;
}

// More may have been taken than the options allow now.
Options WithRoomFor(Options options, const RecoveredAcceptor& recovered) {
  options.max_transfer_window_size =
      std::max(options.max_transfer_window_size, static_cast<int>(recovered.messages.size()));
  // One for number 1, as ever, unless it touches that of number 2.
  const MessageRanges& acknowledged = recovered.state.acknowledged;
  const bool has_place = acknowledged.Contains(MessageNumber(1)) || acknowledged.Contains(MessageNumber(2));
  const std::size_t ranges = acknowledged.ranges().size() + (has_place ? 0 : 1);
  options.acknowledgement_ranges = std::max(options.acknowledgement_ranges, ranges);
  return options;
}

}  // namespace

AcceptorSession::Impl::Impl(const Options& options, const RecoveredAcceptor& recovered, Timestamp now)
    : Impl(WithRoomFor(options, recovered), recovered.created.identity, now) {
  const AcceptorState& state = recovered.state;
  if (journal_) journal_ = std::make_unique<AcceptorJournal>(identity_.sequence, state);
  acks_.Restore(state.acknowledged);
  MessageRanges started(state.acknowledged.ranges().size() + recovered.messages.size());
  for (const MessageRange& range : state.acknowledged.ranges()) started.InsertRange(range.lower, range.upper);
  for (const ReceivedMessage& message : recovered.messages) {
    if (!message.begun) started.Remove(message.number);
  }
  sequence_.Restore(started, std::max(state.highest, state.acknowledged.Highest()), state.last, state.closed);
  has_received_message_ = state.used();
  for (const RecoveredAcceptor::Reply& kept : recovered.replies) replies_.Restore(kept.request, kept.reply);
  replies_.RestoreLastNumber(state.last_reply);
  for (const ReceivedMessage& message : recovered.messages) RestoreMessage(message);
}

void AcceptorSession::Impl::RestoreMessage(const ReceivedMessage& message) {
  if (message.begun) {
    // At most once: it is not run again, and its client is told so.
    if (journal_) journal_->Buried(message.number, kStopped);
    ReplyFor(message, kStopped);
    return;
  }
  QueuedMessage queued;
  queued.one_way = message.one_way;
  queued.stored = true;
  queued.payload = message.payload;
  queued.action = message.action;
  queued.message_id = message.message_id;
  queue_.Add(message.number, std::move(queued));
}

void AcceptorSession::Impl::ReplyFor(const ReceivedMessage& message, const char* reason) {
  // Without MessageID nobody waits for a reply, since none could relate to it.
  if (one_way() || message.one_way || !message.message_id || replies_.Find(message.number) != nullptr) return;
  KeptReply reply;
  reply.payload = FaultOfNoOperation(identity_.protocol, reason);
  reply.action = wire::SoapFaultAction(identity_.protocol.addressing);
  reply.relates_to = message.message_id;
  reply.http_status = 500;
  const KeptReply& kept = replies_.Add(message.number, std::move(reply));
  if (journal_) journal_->ReplyMade(message.number, kept);
}

AcceptorState AcceptorSession::Impl::State() const {
  AcceptorState state;
  state.acknowledged = acks_.ranges();
  // What is not acknowledged counts as never received, should the process end.
  state.highest = acks_.ranges().Highest();
  state.last = sequence_.last();
  state.closed = sequence_.closed();
  state.last_reply = replies_.last_number();
  return state;
}

Changes AcceptorSession::Impl::TakeChanges() { return journal_ ? journal_->Take(State()) : Changes(); }

std::size_t AcceptorSession::Impl::Unacknowledged() const {
  return queue_.CountRunning([this](MessageNumber number) { return !acks_.Contains(number); });
}

void AcceptorSession::Impl::Settle(MessageNumber number) {
  const QueuedMessage* message = queue_.Find(number);
  if (message == nullptr || message->state != MessageState::kRunning || message->answered) return;
  queue_.MarkAnswered(number);
  if (!settings_.acknowledges_begun && !ended_) acks_.Acknowledge(number);
  if (journal_ && message->stored) journal_->Done(number);
}

void AcceptorSession::Impl::OperationUndone(Timestamp now, MessageNumber number) {
  const QueuedMessage* message = queue_.Find(number);
  if (message == nullptr || message->state != MessageState::kRunning) return;
  last_activity_ = now;
  if (message->answered) {
    replies_.TakeBack(number);
    if (journal_) journal_->TakenInVain();
  }
  sequence_.Undo(number);
  if (message->stored) {
    queue_.Unstart(number);
  } else {
    acks_.TakeBack(number);
    queue_.Remove(number);
  }
}

// It was acknowledged with its beginning, which was not durable in time; now it is, and the client may never send it
// again. Where nobody comes round for kept messages only a copy could run it: what comes instead of that tells that
// none may come.
void AcceptorSession::Impl::BuryStranded(const wire::Envelope& message) {
  std::vector<MessageNumber> stranded;
  for (const auto& [number, queued] : queue_.messages()) {
    const bool is_copy = message.sequence && message.sequence->number == number;
    if (queued.state == MessageState::kKept && queued.undone && acks_.Contains(number) && !is_copy)
      stranded.push_back(number);
  }
  for (const MessageNumber number : stranded) {
    const QueuedMessage& queued = *queue_.Find(number);
    ReceivedMessage buried;
    buried.number = number;
    buried.one_way = queued.one_way;
    buried.message_id = queued.message_id;
    journal_->Buried(number, kNotBegun);
    sequence_.Start(number);
    ReplyFor(buried, kNotBegun);
    queue_.Remove(number);
  }
}

void AcceptorSession::Impl::Bury(MessageNumber number, const QueuedMessage& message) {
  if (journal_ && message.stored) journal_->Buried(number, kEnded);
}

void AcceptorSession::Impl::BuryLeftovers() {
  for (const auto& [number, message] : queue_.messages()) {
    if (!message.answered) Bury(number, message);
  }
  queue_.RemoveUnstarted([](MessageNumber) { return true; });
}

Changes BuryLeftovers(const RecoveredAcceptor& ended) {
  Changes changes;
  for (const ReceivedMessage& message : ended.messages) {
    changes.push_back(
        MessageBuried{ended.created.identity.sequence, message.number, message.begun ? kStopped : kEnded});
  }
  return changes;
}

}  // namespace gsoaprm::engine
