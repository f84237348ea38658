#include "engine/rmd/ack_tracker.h"

namespace gsoaprm::engine {

void AckTracker::Restore(const MessageRanges& acknowledged) {
  ranges_ = MessageRanges(maximum_ranges_);
  for (const MessageRange& range : acknowledged.ranges()) ranges_.InsertRange(range.lower, range.upper);
}

bool AckTracker::IsApart(MessageNumber number) const {
  return number > MessageNumber(1) && !ranges_.Contains(number) && !ranges_.Contains(number.previous()) &&
         !ranges_.Contains(number.next());
}

bool AckTracker::HasRoomFor(MessageNumber number, std::size_t reserved) const {
  if (ranges_.Contains(number)) return true;
  // A range for each of those, one for this number, one for number 1: more than needed where some of them touch.
  if (reserved > 0 && ranges_.ranges().size() + reserved + 2 > maximum_ranges_) return false;
  if (!ranges_.HasRoomFor(number)) return false;
  if (number == MessageNumber(1) || ranges_.Contains(MessageNumber(1))) return true;
  if (ranges_.ranges().size() + 1 < maximum_ranges_) return true;
  MessageRanges after = ranges_;
  after.Insert(number);
  return after.HasRoomFor(MessageNumber(1));
}

bool AckTracker::Acknowledge(MessageNumber number) { return HasRoomFor(number) && ranges_.Insert(number); }

wire::AcknowledgementHeader AckTracker::Header(const SequenceId& sequence, bool final_ack,
                                               std::optional<std::uint32_t> room) const {
  wire::AcknowledgementHeader header;
  header.id = sequence;
  header.ranges = ranges_;
  header.final = final_ack;
  if (room && *room > 0) header.buffer_remaining = room;
  return header;
}

}  // namespace gsoaprm::engine
