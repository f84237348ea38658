#include "base/message_ranges.h"

#include <algorithm>
#include <cassert>

namespace gsoaprm {

namespace {

using RangeVector = std::vector<MessageRange>;

// First range that ends at or after `number`.
RangeVector::const_iterator FirstNotBelow(const RangeVector& ranges, MessageNumber number) {
  return std::lower_bound(ranges.begin(), ranges.end(), number,
                          [](const MessageRange& range, MessageNumber n) { return range.upper < n; });
}

}  // namespace

bool MessageRanges::Insert(MessageNumber number) {
  // In-order arrival, the common case: the last range grows.
  if (!ranges_.empty() && ranges_.back().upper.next() == number) {
    ranges_.back().upper = number;
    return true;
  }
  return InsertRange(number, number);
}

bool MessageRanges::InsertRange(MessageNumber lower, MessageNumber upper) {
  assert(lower.valid() && upper.valid() && lower <= upper);
  // [first, last) are the ranges that overlap or touch the new one: they become one range with it.
  const auto first = FirstNotBelow(ranges_, lower.previous());
  auto last = first;
  while (last != ranges_.end() && last->lower <= upper.next()) ++last;

  if (first == last) {
    if (ranges_.size() >= maximum_ranges_) return false;
    ranges_.insert(first, MessageRange{lower, upper});
  } else {
    const MessageRange merged{std::min(lower, first->lower), std::max(upper, std::prev(last)->upper)};
    const auto position = ranges_.erase(first + 1, last) - 1;
    *position = merged;
  }
  assert(IsCanonical());
  return true;
}

bool MessageRanges::Remove(MessageNumber number) {
  const auto found = FirstNotBelow(ranges_, number);
  if (found == ranges_.end() || number < found->lower) return true;
  const auto range = ranges_.begin() + (found - ranges_.cbegin());
  if (range->lower == range->upper) {
    ranges_.erase(range);
  } else if (range->lower == number) {
    range->lower = number.next();
  } else if (range->upper == number) {
    range->upper = number.previous();
  } else {
    if (ranges_.size() >= maximum_ranges_) return false;
    const MessageRange before{range->lower, number.previous()};
    range->lower = number.next();
    ranges_.insert(range, before);
  }
  assert(IsCanonical());
  return true;
}

bool MessageRanges::HasRoomFor(MessageNumber number) const {
  if (ranges_.size() < maximum_ranges_) return true;
  const auto range = FirstNotBelow(ranges_, number.previous());
  return range != ranges_.end() && range->lower <= number.next();
}

bool MessageRanges::Contains(MessageNumber number) const {
  const auto range = FirstNotBelow(ranges_, number);
  return range != ranges_.end() && range->lower <= number;
}

bool MessageRanges::Covers(const MessageRanges& other) const {
  auto range = ranges_.begin();
  for (const MessageRange& wanted : other.ranges_) {
    while (range != ranges_.end() && range->upper < wanted.lower) ++range;
    if (range == ranges_.end() || wanted.lower < range->lower || range->upper < wanted.upper) return false;
  }
  return true;
}

bool MessageRanges::IsExactly(MessageNumber last) const {
  if (last == MessageNumber()) return ranges_.empty();
  return ranges_.size() == 1 && ranges_.front() == MessageRange{MessageNumber(1), last};
}

MessageNumber MessageRanges::ContiguousFromOne() const {
  if (ranges_.empty() || ranges_.front().lower != MessageNumber(1)) return MessageNumber();
  return ranges_.front().upper;
}

MessageNumber MessageRanges::Highest() const { return ranges_.empty() ? MessageNumber() : ranges_.back().upper; }

std::uint64_t MessageRanges::Count() const {
  std::uint64_t count = 0;
  for (const MessageRange& range : ranges_) count += range.upper.value() - range.lower.value() + 1;
  return count;
}

bool MessageRanges::IsCanonical() const {
  if (ranges_.size() > maximum_ranges_) return false;
  for (std::size_t i = 0; i < ranges_.size(); ++i) {
    if (!ranges_[i].lower.valid() || !ranges_[i].upper.valid() || ranges_[i].upper < ranges_[i].lower) return false;
    if (i > 0 && ranges_[i].lower <= ranges_[i - 1].upper.next()) return false;
  }
  return true;
}

}  // namespace gsoaprm
