#include "engine/rmd/destination_sequence.h"

#include <algorithm>

namespace gsoaprm::engine {

DestinationSequence::Verdict DestinationSequence::Classify(MessageNumber number) const {
  if (started_.Contains(number)) return Verdict::kStarted;
  if (closed_) return Verdict::kClosed;
  if (last_ && number > *last_) return Verdict::kBeyondLast;
  return Verdict::kNew;
}

void DestinationSequence::Take(MessageNumber number) { highest_ = std::max(highest_, number); }

void DestinationSequence::Start(MessageNumber number) {
  Take(number);
  started_.Insert(number);
}

void DestinationSequence::Restore(const MessageRanges& started, MessageNumber highest,
                                  std::optional<MessageNumber> last, bool closed) {
  for (const MessageRange& range : started.ranges()) started_.InsertRange(range.lower, range.upper);
  highest_ = highest;
  last_ = last;
  closed_ = closed;
}

DestinationSequence::LastNumber DestinationSequence::AnnounceLast(MessageNumber number) {
  // WCF compares the values of Close and Terminate, too: two different ones end the session.
  if (last_ && *last_ != number) return LastNumber::kDiffers;
  if (number < highest_) return LastNumber::kTooSmall;
  last_ = number;
  return LastNumber::kAccepted;
}

}  // namespace gsoaprm::engine
