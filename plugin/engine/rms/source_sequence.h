// The outbound sequence (the RMS of WS-RM 1.1 section 2): numbers, acknowledgements in, which message goes out when.
#pragma once

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "base/message_ranges.h"
#include "base/time.h"
#include "base/types.h"
#include "engine/options.h"
#include "engine/rms/ack_validator.h"
#include "engine/rms/retransmission_queue.h"
#include "engine/rms/round_trip.h"
#include "engine/rms/transfer_window.h"
#include "wire/header_blocks.h"

namespace gsoaprm::engine {

class SourceSequence {
 public:
  SourceSequence(const Options& options, SequenceId id, Duration first_round_trip,
                 MessageNumber first_number = MessageNumber(1));

  // ---- getters ----
  const SequenceId& id() const { return id_; }
  std::size_t unsettled() const { return queue_.unsettled(); }
  MessageNumber highest_sent() const { return highest_sent_; }
  // The last number given out; 0 when there was none.
  MessageNumber newest() const { return next_number_.previous(); }
  const MessageRanges& acknowledged() const { return acknowledged_; }
  // Whether the peer has taken the message and nothing keeps it from running it. In an ordered sequence what is
  // acknowledged beyond a gap runs only when the gap is filled.
  bool CertainlyTaken(MessageNumber number) const {
    return ordered_ ? number <= acknowledged_.ContiguousFromOne() : acknowledged_.Contains(number);
  }
  // Settled messages whose call is still open, since they were acknowledged beyond a gap.
  const std::vector<OutstandingMessage>& beyond_gap() const { return beyond_gap_; }
  // WCF gives out no number 2^63-1; here it is kept for LastMessage.
  bool NumbersUsedUp() const { return next_number_.value() >= MessageNumber::kMaximum; }
  // Fewer than MaxTransferWindowSize messages are unsettled.
  bool HasRoom() const { return queue_.unsettled() < window_maximum_; }
  // A message waits that the window would let go, but the receiver's buffer is full.
  bool WaitsForReceiver() const { return !window_.ReceiverHasRoom() && queue_.FirstUnsent(window_.size()) != nullptr; }
  const OutstandingMessage* Find(MessageNumber number) const { return queue_.Find(number); }
  void ForEachUnsettled(const std::function<void(const OutstandingMessage&)>& visit) const {
    queue_.ForEachUnsettled(visit);
  }
  const TransferWindow& window() const { return window_; }
  Duration retransmission_timeout() const { return round_trip_.timeout(); }
  bool IsConsistent() const;

  // ---- commands ----
  MessageNumber Add(SourceMessage message);
  // The call of this message is answered for; the message itself stays.
  void CloseCall(MessageNumber number);
  void Clear();
  // What an earlier process has left; of a new sequence. The numbers between that are not named are settled.
  struct Restored {
    MessageNumber newest;
    MessageRanges acknowledged;
    std::vector<std::pair<MessageNumber, SourceMessage>> unsettled;  // by number
  };
  void Restore(Timestamp now, Restored restored);

  // ---- events ----
  struct AcknowledgementResult {
    AcknowledgementVerdict verdict = AcknowledgementVerdict::kValid;
    std::vector<OutstandingMessage> certain;  // one-way messages that it has made sure of
  };
  AcknowledgementResult HandleAcknowledgement(Timestamp now, const wire::AcknowledgementHeader& acknowledgement);
  // The answer of this message is there.
  void Settle(Timestamp now, MessageNumber number);
  // An exchange of this message ended with "no answer yet" (202). A peer that keeps order says so when it is still busy
  // with those before, so an ordered sequence asks again when that is over, long before a time-out: once per message.
  void HandleNoAnswerYet(MessageNumber number);
  enum class TimeoutResult { kNothing, kResend, kExhausted };
  // kResend: the oldest unsettled message, and it alone, is returned by the next TakeNext. kExhausted: it was sent
  // again max_retry_count times and the last wait is over.
  TimeoutResult HandleTimeout(Timestamp now);

  // ---- polls ----
  // The next message that may go out now. It counts as sent from now on; valid until the next change.
  const OutstandingMessage* TakeNext(Timestamp now);
  Timestamp NextTimeout() const { return deadline_; }

 private:
  void RecordSending(OutstandingMessage* message, Timestamp now);
  void RecordCollection(OutstandingMessage* message, Timestamp now);
  void UpdateRoom(const wire::AcknowledgementHeader& acknowledgement);
  void SettleNamed(Timestamp now, const MessageRanges& ranges);
  std::vector<OutstandingMessage> TakeCertain();

  SequenceId id_;
  bool flow_control_;
  bool ordered_;
  std::size_t window_maximum_;
  int max_retry_count_;
  RoundTrip round_trip_;
  TransferWindow window_;
  RetransmissionQueue queue_;
  MessageNumber next_number_;
  MessageNumber highest_sent_;
  MessageRanges acknowledged_;
  std::vector<OutstandingMessage> beyond_gap_;  // by number
  Timestamp deadline_ = Timestamp::Never();
  bool oldest_due_ = false;
};

}  // namespace gsoaprm::engine
