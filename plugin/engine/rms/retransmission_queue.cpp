#include "engine/rms/retransmission_queue.h"

#include <algorithm>
#include <utility>

namespace gsoaprm::engine {

std::size_t RetransmissionQueue::IndexOf(MessageNumber number) const {
  if (messages_.empty() || number < messages_.front().number || number > messages_.back().number) {
    return messages_.size();
  }
  return static_cast<std::size_t>(number.value() - messages_.front().number.value());
}

const OutstandingMessage* RetransmissionQueue::Find(MessageNumber number) const {
  const std::size_t index = IndexOf(number);
  return index < messages_.size() && !messages_[index].settled ? &messages_[index] : nullptr;
}

OutstandingMessage* RetransmissionQueue::Find(MessageNumber number) {
  return const_cast<OutstandingMessage*>(std::as_const(*this).Find(number));
}

OutstandingMessage* RetransmissionQueue::FirstLost(int span) {
  if (lost_ == 0) {
    return nullptr;
  }
  const std::size_t end = std::min(messages_.size(), static_cast<std::size_t>(std::max(span, 0)));
  for (std::size_t i = 0; i < end; ++i) {
    if (messages_[i].lost) {
      return &messages_[i];
    }
  }
  return nullptr;
}

OutstandingMessage* RetransmissionQueue::FirstToCollect(MessageNumber taken) {
  if (told_to_wait_ == 0) {
    return nullptr;
  }
  for (std::size_t i = 0; i < sent_; ++i) {
    OutstandingMessage& message = messages_[i];
    const bool turn_has_come = i == 0 && message.behind_another;
    if (message.told_to_wait && (turn_has_come || message.number <= taken)) {
      return &message;
    }
  }
  return nullptr;
}

const OutstandingMessage* RetransmissionQueue::FirstUnsent(int span) const {
  const bool inside = sent_ < static_cast<std::size_t>(std::max(span, 0)) && sent_ < messages_.size();
  return inside ? &messages_[sent_] : nullptr;
}

OutstandingMessage* RetransmissionQueue::FirstUnsent(int span) {
  return const_cast<OutstandingMessage*>(std::as_const(*this).FirstUnsent(span));
}

void RetransmissionQueue::ForEachUnsettled(const std::function<void(const OutstandingMessage&)>& visit) const {
  for (const OutstandingMessage& message : messages_) {
    if (!message.settled) {
      visit(message);
    }
  }
}

bool RetransmissionQueue::IsConsistent() const {
  std::size_t unsettled = 0, in_flight = 0, lost = 0, told_to_wait = 0;
  for (std::size_t i = 0; i < messages_.size(); ++i) {
    const OutstandingMessage& m = messages_[i];
    unsettled += m.settled ? 0 : 1;
    in_flight += m.sent && !m.settled ? 1 : 0;
    lost += m.lost ? 1 : 0;
    told_to_wait += m.told_to_wait ? 1 : 0;
    const bool in_order = m.number.value() == messages_.front().number.value() + i;
    if (!in_order || m.sent != (i < sent_) || (m.settled && !m.sent) ||
        ((m.lost || m.told_to_wait) && (m.settled || !m.sent))) {
      return false;
    }
  }
  const bool oldest_unsettled = messages_.empty() || !messages_.front().settled;
  return oldest_unsettled && unsettled == unsettled_ && in_flight == in_flight_ && lost == lost_ &&
         told_to_wait == told_to_wait_;
}

void RetransmissionQueue::Add(MessageNumber number, SourceMessage message) {
  OutstandingMessage outstanding;
  outstanding.number = number;
  outstanding.call_open = !message.last_message;
  outstanding.message = std::move(message);
  messages_.push_back(std::move(outstanding));
  ++unsettled_;
}

void RetransmissionQueue::RecordSending(OutstandingMessage* message, Timestamp now) {
  if (message->sent) {
    ++message->resendings;
    message->sending = Sending::kRetransmission;
    ClearLost(message);
    ClearToldToWait(message);
  } else {
    message->sent = true;
    ++sent_;
    ++in_flight_;
  }
  message->behind_another = message != &messages_.front();
  message->last_sent = now;
}

void RetransmissionQueue::RecordCollection(OutstandingMessage* message, Timestamp now) {
  message->collected = true;
  message->sending = Sending::kCollection;
  ClearLost(message);
  ClearToldToWait(message);
  message->last_sent = now;
}

void RetransmissionQueue::MarkToldToWait(OutstandingMessage* message) {
  if (message->sent && !message->collected && !message->told_to_wait) {
    message->told_to_wait = true;
    ++told_to_wait_;
  }
}

void RetransmissionQueue::ClearToldToWait(OutstandingMessage* message) {
  told_to_wait_ -= message->told_to_wait ? 1 : 0;
  message->told_to_wait = false;
}

void RetransmissionQueue::MarkLost(const MessageRanges& acknowledged) {
  for (std::size_t i = 1; i < sent_; ++i) {
    OutstandingMessage& message = messages_[i];
    const bool kept = message.told_to_wait && acknowledged.Contains(message.number);
    if (!message.settled && !message.lost && !kept) {
      message.lost = true;
      ++lost_;
    }
  }
}

void RetransmissionQueue::ClearLost(OutstandingMessage* message) {
  lost_ -= message->lost ? 1 : 0;
  message->lost = false;
}

std::vector<Duration> RetransmissionQueue::Settle(OutstandingMessage* message, Timestamp now) {
  ClearLost(message);
  ClearToldToWait(message);
  message->settled = true;
  message->round_trip = now - message->last_sent;
  message->message = SourceMessage();
  --unsettled_;
  --in_flight_;
  std::vector<Duration> round_trips;
  while (!messages_.empty() && messages_.front().settled) {
    round_trips.push_back(messages_.front().round_trip);
    messages_.pop_front();
    --sent_;
  }
  return round_trips;
}

void RetransmissionQueue::RestoreUnsettled(MessageNumber number, SourceMessage message, Timestamp now) {
  RestoreSettledUpTo(number.previous());
  Add(number, std::move(message));
  OutstandingMessage& restored = messages_.back();
  restored.call_open = false;
  restored.sent = true;
  restored.lost = messages_.size() > 1;
  restored.last_sent = now;
  ++sent_;
  ++in_flight_;
  lost_ += restored.lost ? 1 : 0;
}

void RetransmissionQueue::RestoreSettledUpTo(MessageNumber newest) {
  while (!messages_.empty() && messages_.back().number < newest) {
    OutstandingMessage settled;
    settled.number = messages_.back().number.next();
    settled.call_open = false;
    settled.sent = true;
    settled.settled = true;
    messages_.push_back(std::move(settled));
    ++sent_;
  }
}

void RetransmissionQueue::Clear() {
  messages_.clear();
  unsettled_ = in_flight_ = lost_ = told_to_wait_ = sent_ = 0;
}

}  // namespace gsoaprm::engine
