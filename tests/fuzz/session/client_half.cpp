#include "tests/fuzz/session/client_half.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "tests/fuzz/require.h"

namespace gsoaprm::fuzz {

using engine::SessionState;

ClientHalf::ClientHalf(const engine::Options& options, Input* input)
    : options_(options),
      input_(*input),
      session_(std::make_unique<engine::InitiatorSession>(options, Uri("http://here.test/"), &ids_)) {}

bool ClientHalf::ended() const {
  return session_->state() == SessionState::kClosed || session_->state() == SessionState::kFaulted;
}

// ---- the application ----

void ClientHalf::Call(Timestamp now) {
  if (!session_->CanSubmit()) return;
  constexpr engine::CallKind kKinds[] = {engine::CallKind::kTwoWay, engine::CallKind::kOneWay,
                                         engine::CallKind::kUnknown};
  engine::OutgoingMessage message;
  message.kind = session_->shape() == engine::SessionShape::kOneWay ? engine::CallKind::kOneWay : input_.OneOf(kKinds);
  message.action = "urn:a";
  message.payload = MakePayload(options_.protocol, TextOf(MessageNumber(messages_.size() + 1)));
  // As the session layer does, so that the next process can go on.
  if (options_.durable && message.kind != engine::CallKind::kOneWay) message.message_id = MessageId(ids_.NewUuid());
  const wire::PayloadPointer payload = message.payload;
  const std::optional<MessageId> message_id = message.message_id;
  const engine::CallKind kind = message.kind;
  const MessageNumber number = session_->Submit(now, std::move(message));
  // Its numbers are never used up here.
  REQUIRE(number == MessageNumber(messages_.size() + 1));
  Message& kept = messages_[number];
  kept.payload = payload;
  kept.kind = kind;
  if (options_.durable) kept.message_id = message_id;
  Drain(now);
}

void ClientHalf::GiveUp(Timestamp now) {
  if (messages_.empty()) return;
  const MessageNumber number(1 + input_.Below(std::min<std::size_t>(messages_.size(), 256)));
  session_->GiveUp(now, number);
  Drain(now);
}

void ClientHalf::Open(Timestamp now) {
  if (session_->state() != SessionState::kCreated) return;
  session_->Open(now);
  Drain(now);
}

void ClientHalf::Close(Timestamp now) {
  session_->Close(now);
  Drain(now);
}

void ClientHalf::Abort(Timestamp now) {
  session_->Abort(now);
  Drain(now);
}

// ---- the network ----

void ClientHalf::Receive(Timestamp now, ExchangeId exchange, engine::ExchangeResult result) {
  const auto found =
      std::find_if(exchanges_.begin(), exchanges_.end(), [&](const Exchange& each) { return each.id == exchange; });
  if (found != exchanges_.end()) {
    const wire::Envelope& answer = result.envelope;
    const auto message = messages_.find(found->number);
    if (message != messages_.end() && answer.payload()) message->second.replies.push_back(*answer.payload());
    if (answer.sequence) ++replies_[answer.sequence->number.value()];
    exchanges_.erase(found);
  }
  session_->HandleExchange(now, exchange, std::move(result));
  Drain(now);
}

void ClientHalf::HandleTimeout(Timestamp now) {
  // It may take a few, but not many.
  for (int i = 0; session_->NextTimeout() <= now; ++i) {
    REQUIRE(i < 100);
    session_->HandleTimeout(now);
    Drain(now);
  }
  session_->HandleTimeout(now);
  Drain(now);
}

void ClientHalf::Restart(Timestamp now) {
  if (!options_.durable || session_->state() != SessionState::kOpened) return;
  engine::RecoveredInitiator recovered;
  recovered.record = session_->record();
  for (auto& [number, message] : messages_) {
    // Nobody waits any more.
    message.completed = true;
    if (message.settled) continue;
    message.sent = true;
    engine::OutgoingRecord record;
    record.id = static_cast<engine::OutgoingId>(number.value());
    record.endpoint = recovered.record.endpoint;
    record.sequence = recovered.record.sequence;
    record.number = number;
    record.one_way = message.kind == engine::CallKind::kOneWay;
    record.payload = message.payload;
    record.action = "urn:a";
    record.message_id = message.message_id;
    recovered.messages.push_back(std::move(record));
  }
  restored_ = recovered.messages.size();
  exchanges_.clear();
  last_exchange_ = 0;
  state_ = SessionState::kCreated;
  session_ = std::make_unique<engine::InitiatorSession>(options_, recovered, &ids_, now);
  Drain(now);
}

// ---- what it wants done ----

void ClientHalf::Drain(Timestamp) {
  while (auto output = session_->PollOutput()) {
    std::visit([&](auto& what) { Take(std::move(what)); }, *output);
  }
  if (options_.durable) {
    for (const MessageNumber number : session_->TakeChanges().settled) {
      const auto found = messages_.find(number);  // LastMessage is none of the application's
      if (found != messages_.end()) REQUIRE(!std::exchange(found->second.settled, true));
    }
  }
  silent_ = ended();
}

void ClientHalf::Take(engine::Transmit transmit) {
  // What its end still says follows the end at once.
  REQUIRE(!silent_);
  REQUIRE(transmit.exchange.value() > last_exchange_);
  last_exchange_ = transmit.exchange.value();
  const wire::Envelope& envelope = transmit.envelope;
  REQUIRE(envelope.protocol == options_.protocol);
  if (envelope.acknowledgement) {
    const MessageRanges& ranges = envelope.acknowledgement->ranges;
    REQUIRE(ranges.IsCanonical() && ranges.Covers(acknowledged_));
    std::uint64_t received = 0;
    for (const auto& entry : replies_) received += ranges.Contains(MessageNumber(entry.first)) ? 1 : 0;
    REQUIRE(received == ranges.Count());
    acknowledged_ = ranges;
  }
  const auto found = messages_.find(transmit.number);
  if (found != messages_.end()) {
    Message& message = found->second;
    REQUIRE(envelope.sequence && envelope.sequence->number == transmit.number);
    REQUIRE(envelope.payload() && *envelope.payload() == message.payload);
    REQUIRE(transmit.first == !message.sent);
    if (message.sent) REQUIRE(envelope.addressing.message_id == message.message_id);
    message.sent = true;
    message.message_id = envelope.addressing.message_id;
  }
  exchanges_.push_back(Exchange{transmit.exchange, std::move(transmit.envelope), transmit.number});
}

void ClientHalf::Take(const engine::CompleteCall& completion) {
  const auto found = messages_.find(completion.number);
  REQUIRE(found != messages_.end());
  Message& message = found->second;
  REQUIRE(!message.completed);
  message.completed = true;
  switch (completion.kind) {
    case engine::CompleteCall::Kind::kReply:
      REQUIRE(completion.reply == nullptr ||
              std::find(message.replies.begin(), message.replies.end(), completion.reply) != message.replies.end());
      if (on_reply && completion.reply) on_reply(completion.number, *completion.reply);
      break;
    case engine::CompleteCall::Kind::kAcknowledged:
      REQUIRE(message.sent);
      if (on_acknowledged) on_acknowledged(completion.number);
      break;
    case engine::CompleteCall::Kind::kFailed:
      REQUIRE(!completion.status.ok() && !completion.status.code.empty());
      // What was sent may have been executed.
      REQUIRE(completion.outcome != Outcome::kNotSent || !message.sent);
      break;
  }
}

void ClientHalf::Take(const engine::StateChanged& change) {
  REQUIRE(state_ != SessionState::kClosed && state_ != SessionState::kFaulted);
  REQUIRE(change.state > state_);
  // Aborted is closed, for a reason.
  if (change.state == SessionState::kFaulted) REQUIRE(!change.reason.ok());
  if (!change.reason.ok()) REQUIRE(change.state >= SessionState::kClosed);
  state_ = change.state;
}

void ClientHalf::Check() const {
  REQUIRE(session_->IsConsistent());
  REQUIRE(session_->state() == state_);
  // LastMessage has a place of its own. After a restart messages count again that had been acknowledged beyond a gap.
  const std::size_t window = static_cast<std::size_t>(options_.max_transfer_window_size) + 1;
  REQUIRE(session_->UnsettledCount() <= std::max(window, restored_));
  if (!ended()) return;
  REQUIRE(session_->NextTimeout().never());
  for (const auto& entry : messages_) REQUIRE(entry.second.completed);
}

}  // namespace gsoaprm::fuzz
