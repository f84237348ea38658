#include "engine/rms/source_sequence.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace gsoaprm::engine {

SourceSequence::SourceSequence(const Options& options, SequenceId id, Duration first_round_trip,
                               MessageNumber first_number)
    : id_(std::move(id)),
      flow_control_(options.flow_control_enabled),
      ordered_(options.ordered),
      window_maximum_(static_cast<std::size_t>(std::max(options.max_transfer_window_size, 1))),
      // A durable message is never given up for want of an answer.
      max_retry_count_(options.durable ? std::numeric_limits<int>::max() : options.max_retry_count),
      round_trip_(first_round_trip, options.retransmission_minimum, options.retransmission_maximum),
      window_(options.max_transfer_window_size),
      next_number_(first_number),
      highest_sent_(first_number.previous()) {}

bool SourceSequence::IsConsistent() const {
  const bool timer_runs = !deadline_.never();
  return queue_.IsConsistent() && timer_runs == (queue_.in_flight() > 0) && highest_sent_ <= newest() &&
         acknowledged_.Highest() <= highest_sent_ && acknowledged_.IsCanonical();
}

MessageNumber SourceSequence::Add(SourceMessage message) {
  const MessageNumber number = next_number_;
  next_number_ = number.next();
  queue_.Add(number, std::move(message));
  return number;
}

void SourceSequence::CloseCall(MessageNumber number) {
  if (OutstandingMessage* message = queue_.Find(number)) {
    message->call_open = false;
  }
}

void SourceSequence::Clear() {
  queue_.Clear();
  beyond_gap_.clear();
  deadline_ = Timestamp::Never();
  oldest_due_ = false;
}

void SourceSequence::Restore(Timestamp now, Restored restored) {
  for (auto& [number, message] : restored.unsettled) {
    queue_.RestoreUnsettled(number, std::move(message), now);
  }
  queue_.RestoreSettledUpTo(restored.newest);
  next_number_ = restored.newest.next();
  // The earlier process may have sent every number that it gave out.
  highest_sent_ = restored.newest;
  acknowledged_ = std::move(restored.acknowledged);
  oldest_due_ = queue_.in_flight() > 0;
  deadline_ = oldest_due_ ? now + round_trip_.timeout() : Timestamp::Never();
}

SourceSequence::AcknowledgementResult SourceSequence::HandleAcknowledgement(
    Timestamp now, const wire::AcknowledgementHeader& acknowledgement) {
  AcknowledgementResult result;
  result.verdict = JudgeAcknowledgement(acknowledgement.ranges, acknowledged_, highest_sent_);
  if (result.verdict != AcknowledgementVerdict::kValid) {
    return result;
  }
  UpdateRoom(acknowledgement);
  acknowledged_ = acknowledgement.ranges;
  SettleNamed(now, acknowledgement.ranges);
  result.certain = TakeCertain();
  return result;
}

void SourceSequence::UpdateRoom(const wire::AcknowledgementHeader& acknowledgement) {
  if (!flow_control_) {
    return;
  }
  const std::uint64_t in_flight = highest_sent_.value() - acknowledgement.ranges.Count();
  window_.OnBufferRemaining(acknowledgement.buffer_remaining, in_flight, acknowledgement.ranges != acknowledged_);
}

void SourceSequence::SettleNamed(Timestamp now, const MessageRanges& ranges) {
  const std::size_t before = beyond_gap_.size();
  queue_.ForEachUnsettled([&](const OutstandingMessage& message) {
    if (message.sent && message.message.settled_by_acknowledgement && ranges.Contains(message.number)) {
      beyond_gap_.push_back(message);
    }
  });
  for (std::size_t i = before; i < beyond_gap_.size(); ++i) {
    beyond_gap_[i].message = SourceMessage();
    Settle(now, beyond_gap_[i].number);
  }
}

std::vector<OutstandingMessage> SourceSequence::TakeCertain() {
  const auto rest = std::stable_partition(beyond_gap_.begin(), beyond_gap_.end(),
                                          [this](const OutstandingMessage& m) { return CertainlyTaken(m.number); });
  std::vector<OutstandingMessage> certain(beyond_gap_.begin(), rest);
  beyond_gap_.erase(beyond_gap_.begin(), rest);
  return certain;
}

void SourceSequence::Settle(Timestamp now, MessageNumber number) {
  OutstandingMessage* message = queue_.Find(number);
  if (message == nullptr || !message->sent) {
    return;
  }
  const std::vector<Duration> round_trips = queue_.Settle(message, now);
  if (round_trips.empty()) {
    return;  // an older one still waits: its timer goes on, backed off as it is
  }
  for (Duration round_trip : round_trips) {
    round_trip_.Measure(round_trip);
  }
  window_.OnSettled(round_trips.size());
  oldest_due_ = false;
  deadline_ = queue_.in_flight() > 0 ? now + round_trip_.timeout() : Timestamp::Never();
}

void SourceSequence::HandleNoAnswerYet(MessageNumber number) {
  OutstandingMessage* message = ordered_ ? queue_.Find(number) : nullptr;
  if (message != nullptr) {
    queue_.MarkToldToWait(message);
  }
}

SourceSequence::TimeoutResult SourceSequence::HandleTimeout(Timestamp now) {
  if (now < deadline_ || deadline_.never()) {
    return TimeoutResult::kNothing;
  }
  if (queue_.oldest().resendings >= max_retry_count_) {
    return TimeoutResult::kExhausted;
  }
  window_.OnLoss();
  round_trip_.BackOff();
  queue_.MarkLost(acknowledged_);
  oldest_due_ = true;
  deadline_ = now + round_trip_.timeout();
  return TimeoutResult::kResend;
}

const OutstandingMessage* SourceSequence::TakeNext(Timestamp now) {
  if (oldest_due_) {
    oldest_due_ = false;
    RecordSending(&queue_.oldest(), now);
    return &queue_.oldest();
  }
  if (OutstandingMessage* waiting = queue_.FirstToCollect(acknowledged_.ContiguousFromOne())) {
    RecordCollection(waiting, now);
    return waiting;
  }
  while (OutstandingMessage* lost = queue_.FirstLost(window_.size())) {
    // One that has used up its resendings waits for its last time-out, or for a late answer.
    if (lost->resendings < max_retry_count_) {
      RecordSending(lost, now);
      return lost;
    }
    queue_.ClearLost(lost);
  }
  OutstandingMessage* unsent = window_.ReceiverHasRoom() ? queue_.FirstUnsent(window_.size()) : nullptr;
  if (unsent != nullptr) {
    RecordSending(unsent, now);
    highest_sent_ = unsent->number;
    window_.OnFirstSending();
  }
  return unsent;
}

void SourceSequence::RecordSending(OutstandingMessage* message, Timestamp now) {
  queue_.RecordSending(message, now);
  if (deadline_.never()) {
    deadline_ = now + round_trip_.timeout();
  }
}

// Neither loss nor time-out: the window, the back-off and the count of resendings stay as they are.
void SourceSequence::RecordCollection(OutstandingMessage* message, Timestamp now) {
  queue_.RecordCollection(message, now);
  if (message == &queue_.oldest()) {
    deadline_ = now + round_trip_.timeout();
  }
}

}  // namespace gsoaprm::engine
