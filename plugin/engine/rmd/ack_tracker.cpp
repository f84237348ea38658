#include "engine/rmd/ack_tracker.h"

namespace gsoaprm::engine {

bool AckTracker::HasRoomFor(MessageNumber number) const {
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
