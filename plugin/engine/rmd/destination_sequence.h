// The numbers of the sequence that this side receives: which were started, how far it goes, where it ends.
#pragma once

#include <cstddef>
#include <optional>

#include "base/message_ranges.h"

namespace gsoaprm::engine {

class DestinationSequence {
 public:
  explicit DestinationSequence(std::size_t maximum_ranges) : started_(maximum_ranges) {}

  enum class Verdict {
    kNew,
    kStarted,     // its operation was begun, or it was the LastMessage and is settled
    kBeyondLast,  // above the number that was announced as the last
    kClosed,      // new, but the sequence takes nothing new any more
  };
  Verdict Classify(MessageNumber number) const;

  // A message with this number was taken, to be started at some time.
  void Take(MessageNumber number);
  void Start(MessageNumber number);
  // As if it had never been started.
  void Undo(MessageNumber number) { started_.Remove(number); }
  // What a store gave back.
  void Restore(const MessageRanges& started, MessageNumber highest, std::optional<MessageNumber> last, bool closed);
  // The number that an ordered sequence starts next.
  MessageNumber next() const { return started_.ContiguousFromOne().next(); }
  MessageNumber highest() const { return highest_; }

  enum class LastNumber { kAccepted, kTooSmall, kDiffers };
  // LastMessage, or LastMsgNumber of CloseSequence and TerminateSequence. Nothing changes unless it is accepted.
  LastNumber AnnounceLast(MessageNumber number);
  const std::optional<MessageNumber>& last() const { return last_; }
  // The announced end or else the highest number seen.
  MessageNumber end() const { return last_.value_or(highest_); }

  // CloseSequence (WS-RM 1.1 section 3.5): no new message from now on.
  void Close() { closed_ = true; }
  bool closed() const { return closed_; }

  // Everything up to end() was started.
  bool AllStarted() const { return started_.IsExactly(end()); }
  const MessageRanges& started() const { return started_; }

 private:
  MessageRanges started_;
  MessageNumber highest_;
  std::optional<MessageNumber> last_;
  bool closed_ = false;
};

}  // namespace gsoaprm::engine
