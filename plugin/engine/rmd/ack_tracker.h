// What was and will be acknowledged. It only ever grows: an acknowledgement that was told is never taken back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/message_ranges.h"
#include "wire/header_blocks.h"

namespace gsoaprm::engine {

class AckTracker {
 public:
  explicit AckTracker(std::size_t maximum_ranges) : ranges_(maximum_ranges), maximum_ranges_(maximum_ranges) {}

  // What a store gave back.
  void Restore(const MessageRanges& acknowledged);

  // Whether the number can be acknowledged without making one range too many. The last free range is kept for number 1:
  // without it the sequence could never become whole. `reserved`: that many ranges are promised to others.
  bool HasRoomFor(MessageNumber number, std::size_t reserved = 0) const;
  // Whether it may need a range of its own when it is acknowledged; the one for number 1 is kept anyway.
  bool IsApart(MessageNumber number) const;
  // False, and nothing changed, when there is no room.
  bool Acknowledge(MessageNumber number);
  // Of one that nobody has been told of.
  void TakeBack(MessageNumber number) { ranges_.Remove(number); }
  bool Contains(MessageNumber number) const { return ranges_.Contains(number); }
  const MessageRanges& ranges() const { return ranges_; }

  // The header block for messages to the peer. `final_ack`: 1.1, after CloseSequence. `room`: how many further messages
  // can be kept; never written as 0, which stops a WCF client for 30 s.
  wire::AcknowledgementHeader Header(const SequenceId& sequence, bool final_ack,
                                     std::optional<std::uint32_t> room) const;

 private:
  MessageRanges ranges_;
  std::size_t maximum_ranges_;
};

}  // namespace gsoaprm::engine
