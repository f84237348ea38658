// A set of message numbers as acknowledgement ranges: sorted, disjoint, never adjacent, bounded in number.
#pragma once

#include <cstddef>
#include <vector>

#include "base/types.h"

namespace gsoaprm {

struct MessageRange {
  MessageNumber lower;
  MessageNumber upper;
  friend bool operator==(const MessageRange& a, const MessageRange& b) {
    return a.lower == b.lower && a.upper == b.upper;
  }
};

class MessageRanges {
 public:
  // WCF keeps at most 128 ranges and drops a message that would make a 129th.
  static constexpr std::size_t kDefaultMaximumRanges = 128;

  MessageRanges() = default;
  explicit MessageRanges(std::size_t maximum_ranges) : maximum_ranges_(maximum_ranges) {}

  // False, and nothing changed, when the number would make one range too many.
  bool Insert(MessageNumber number);
  // As Insert for every number of [lower, upper]; lower <= upper.
  bool InsertRange(MessageNumber lower, MessageNumber upper);
  // False, and nothing changed, when what is left would be one range too many.
  bool Remove(MessageNumber number);
  // Whether Insert(number) would succeed.
  bool HasRoomFor(MessageNumber number) const;

  bool Contains(MessageNumber number) const;
  bool Covers(const MessageRanges& other) const;
  bool empty() const { return ranges_.empty(); }
  // Exactly 1..last, or empty when last is 0.
  bool IsExactly(MessageNumber last) const;
  // Greatest n such that 1..n are all in the set; 0 when 1 is missing.
  MessageNumber ContiguousFromOne() const;
  MessageNumber Highest() const;
  // How many numbers are in the set.
  std::uint64_t Count() const;

  const std::vector<MessageRange>& ranges() const { return ranges_; }
  // The class invariant; asserted after each change and by tests.
  bool IsCanonical() const;

  friend bool operator==(const MessageRanges& a, const MessageRanges& b) { return a.ranges_ == b.ranges_; }
  friend bool operator!=(const MessageRanges& a, const MessageRanges& b) { return !(a == b); }

 private:
  std::vector<MessageRange> ranges_;
  std::size_t maximum_ranges_ = kDefaultMaximumRanges;
};

}  // namespace gsoaprm
