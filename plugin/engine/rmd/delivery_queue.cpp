#include "engine/rmd/delivery_queue.h"

#include <cassert>
#include <utility>

#include "engine/rmd/message_size.h"

namespace gsoaprm::engine {

bool DeliveryQueue::CanStart(MessageNumber number, MessageNumber next) const {
  return (!ordered_ || number == next) && TurnIsFree();
}

bool DeliveryQueue::IsBehindBusy(MessageNumber number, MessageNumber next, bool dispatches_kept) const {
  if (!ordered_) return true;
  if (number < next) return false;
  for (MessageNumber before = next; before < number; before = before.next()) {
    const QueuedMessage* message = Find(before);
    if (message == nullptr) return false;
    if (message->state == MessageState::kWaiting) continue;
    // A kept message has no thread of its own: who waits for it might wait for the peer, with the only thread there is.
    // Unless one is on its way to it, namely that of a message before it.
    const bool thread_comes = dispatches_kept && (before != next || running_ > 0);
    if (!thread_comes) return false;
  }
  return true;
}

bool DeliveryQueue::HasPlaceFor(MessageNumber number, MessageNumber next) const {
  if (!ordered_) return buffered() < window_;
  return number >= next && number.value() - next.value() < window_;
}

std::optional<MessageNumber> DeliveryQueue::Ready(MessageNumber next) const {
  if (!TurnIsFree() || buffered() == 0) return std::nullopt;
  if (ordered_) {
    const QueuedMessage* message = Find(next);
    if (message == nullptr || message->state != MessageState::kKept) return std::nullopt;
    return next;
  }
  for (const auto& [number, message] : messages_) {
    if (message.state == MessageState::kKept) return number;
  }
  return std::nullopt;
}

const QueuedMessage* DeliveryQueue::Find(MessageNumber number) const {
  const auto found = messages_.find(number);
  return found == messages_.end() ? nullptr : &found->second;
}

void DeliveryQueue::Add(MessageNumber number, QueuedMessage message) {
  assert(message.state != MessageState::kRunning);
  const auto [entry, inserted] = messages_.emplace(number, std::move(message));
  assert(inserted);
  if (inserted) Count(entry->second);
}

wire::PayloadPointer DeliveryQueue::Start(MessageNumber number) {
  QueuedMessage& message = messages_.at(number);
  assert(message.state != MessageState::kRunning);
  Uncount(message);
  message.state = MessageState::kRunning;
  wire::PayloadPointer payload = message.payload;
  if (!message.stored) message.payload.reset();
  Count(message);
  return payload;
}

void DeliveryQueue::MarkAnswered(MessageNumber number) {
  QueuedMessage& message = messages_.at(number);
  Uncount(message);
  message.answered = true;
  Count(message);
}

void DeliveryQueue::KeepWaiting() {
  for (const auto& [number, message] : messages_) {
    if (message.state == MessageState::kWaiting) Keep(number);
  }
}

void DeliveryQueue::Unstart(MessageNumber number) {
  QueuedMessage& message = messages_.at(number);
  assert(message.state == MessageState::kRunning && message.stored);
  Uncount(message);
  message.state = MessageState::kKept;
  message.answered = message.detached = message.awaited = false;
  message.undone = true;
  Count(message);
}

void DeliveryQueue::SetState(MessageNumber number, MessageState state) {
  QueuedMessage& message = messages_.at(number);
  Uncount(message);
  message.state = state;
  Count(message);
}

void DeliveryQueue::Remove(MessageNumber number) {
  const auto found = messages_.find(number);
  if (found == messages_.end()) return;
  Uncount(found->second);
  messages_.erase(found);
}

void DeliveryQueue::Count(const QueuedMessage& message) {
  if (message.state == MessageState::kRunning) {
    ++running_;
    if (!message.answered) ++unanswered_;
  } else if (message.state == MessageState::kKept) {
    kept_bytes_ += MessageSize(message.payload.get());
  }
}

void DeliveryQueue::Uncount(const QueuedMessage& message) {
  if (message.state == MessageState::kRunning) {
    --running_;
    if (!message.answered) --unanswered_;
  } else if (message.state == MessageState::kKept) {
    kept_bytes_ -= MessageSize(message.payload.get());
  }
}

bool DeliveryQueue::IsConsistent() const {
  DeliveryQueue recount(ordered_, mode_, window_);
  bool stored = false;
  for (const auto& [number, message] : messages_) {
    stored = stored || message.stored;
    if (!number.valid()) return false;
    const bool has_payload = message.state != MessageState::kRunning || message.stored;
    if (has_payload != (message.payload != nullptr)) return false;
    if (message.detached && message.state != MessageState::kRunning) return false;
    if (message.awaited && !message.detached) return false;
    recount.Count(message);
  }
  if (mode_ == ConcurrencyMode::kSingle && running_ > 1) return false;
  // Messages that a crash or a failed transaction has brought back stand beside those that came meanwhile.
  if (!stored && buffered() > window_) return false;
  return recount.running_ == running_ && recount.unanswered_ == unanswered_ && recount.kept_bytes_ == kept_bytes_;
}

}  // namespace gsoaprm::engine
