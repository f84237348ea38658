// The messages that are not settled, oldest first, with what is needed to send each again.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/message_ranges.h"
#include "base/time.h"
#include "base/types.h"
#include "wire/envelope.h"

namespace gsoaprm::engine {

// What does not change between the sendings of a message.
struct SourceMessage {
  wire::PayloadPointer payload;  // null: LastMessage of February 2005
  std::string action;
  std::optional<MessageId> message_id;
  bool wants_reply_to = false;
  bool settled_by_acknowledgement = false;  // one-way: any acknowledgement of the number is enough
  bool last_message = false;
};

// Why a message goes out.
enum class Sending {
  kFirst,
  kRetransmission,
  kCollection,  // the peer has said that the answer is still to come, and now it should be there
};

struct OutstandingMessage {
  MessageNumber number;
  SourceMessage message;
  bool call_open = true;  // its CompleteCall is still to come
  bool sent = false;
  bool settled = false;
  bool lost = false;            // under way when a time-out struck: to be sent again when the window reopens
  bool behind_another = false;  // an older message was unsettled when it was last sent
  bool told_to_wait = false;    // its exchange ended without the answer; to be collected
  bool collected = false;       // that was done, which happens once
  Sending sending = Sending::kFirst;
  int resendings = 0;
  Timestamp last_sent;
  Duration round_trip;  // of a settled one
};

class RetransmissionQueue {
 public:
  // ---- getters ----
  bool empty() const { return messages_.empty(); }
  std::size_t unsettled() const { return unsettled_; }
  std::size_t in_flight() const { return in_flight_; }
  std::size_t lost() const { return lost_; }
  OutstandingMessage& oldest() { return messages_.front(); }
  const OutstandingMessage& oldest() const { return messages_.front(); }
  // The unsettled message of this number; null when there is none.
  OutstandingMessage* Find(MessageNumber number);
  const OutstandingMessage* Find(MessageNumber number) const;
  // The first one marked lost among the `span` oldest numbers, and the first never sent.
  OutstandingMessage* FirstLost(int span);
  OutstandingMessage* FirstUnsent(int span);
  const OutstandingMessage* FirstUnsent(int span) const;
  // One to be collected: the oldest, if it was sent behind another, whose place it had to wait for; or any up to
  // `taken`, of which the peer has surely everything that it could wait for.
  OutstandingMessage* FirstToCollect(MessageNumber taken);
  void ForEachUnsettled(const std::function<void(const OutstandingMessage&)>& visit) const;
  bool IsConsistent() const;

  // ---- changes ----
  // The number must be the next after the newest.
  void Add(MessageNumber number, SourceMessage message);
  void RecordSending(OutstandingMessage* message, Timestamp now);
  void RecordCollection(OutstandingMessage* message, Timestamp now);
  void MarkToldToWait(OutstandingMessage* message);
  // Everything under way but the oldest is taken for lost, unless the peer has it and only the answer is missing.
  void MarkLost(const MessageRanges& acknowledged);
  void ClearLost(OutstandingMessage* message);
  // Lets go of the payload. Round trips of the numbers that left the queue, oldest first: none while an older message
  // is unsettled.
  std::vector<Duration> Settle(OutstandingMessage* message, Timestamp now);
  void Clear();
  // After a restart, by number: sent by the process before, and lost unless it is the oldest. What is skipped is
  // settled.
  void RestoreUnsettled(MessageNumber number, SourceMessage message, Timestamp now);
  void RestoreSettledUpTo(MessageNumber newest);

 private:
  std::size_t IndexOf(MessageNumber number) const;
  void ClearToldToWait(OutstandingMessage* message);

  std::deque<OutstandingMessage> messages_;
  std::size_t unsettled_ = 0;
  std::size_t in_flight_ = 0;  // sent and unsettled
  std::size_t lost_ = 0;
  std::size_t told_to_wait_ = 0;
  std::size_t sent_ = 0;  // how many of messages_ were sent: always the oldest ones
};

}  // namespace gsoaprm::engine
