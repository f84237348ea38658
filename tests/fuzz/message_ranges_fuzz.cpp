// MessageRanges against the plainest set of numbers there is: every operation, in every order, beside the smallest
// number, in the middle and beside the greatest. (All that can be asked is asked at the end; shorter inputs ask
// earlier.)
#include <bitset>
#include <cstddef>
#include <cstdint>

#include "base/message_ranges.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/require.h"

namespace gsoaprm {
namespace {

constexpr std::size_t kNumbers = 64;

class Model {
 public:
  Model(std::uint64_t first, std::size_t maximum_ranges)
      : first_(first), maximum_ranges_(maximum_ranges), tested_(maximum_ranges) {}

  MessageNumber Number(std::size_t place) const { return MessageNumber(first_ + place); }
  const MessageRanges& tested() const { return tested_; }

  void Insert(std::size_t lower, std::size_t upper) {
    std::bitset<kNumbers> after = set_;
    for (std::size_t place = lower; place <= upper; ++place) after.set(place);
    const bool room = Ranges(after) <= maximum_ranges_;
    // Asked first: it must not depend on the insertion.
    if (lower == upper) REQUIRE(tested_.HasRoomFor(Number(lower)) == room);
    const MessageRanges before = tested_;
    const bool inserted =
        lower == upper ? tested_.Insert(Number(lower)) : tested_.InsertRange(Number(lower), Number(upper));
    // A number that is there already, or a range that joins others, is never refused.
    REQUIRE(inserted == room);
    if (!inserted) REQUIRE(tested_ == before);
    if (inserted) set_ = after;
  }

  void Check() const {
    REQUIRE(tested_.IsCanonical());
    REQUIRE(tested_.empty() == set_.none());
    REQUIRE(tested_.Count() == set_.count());
    REQUIRE(tested_.ranges().size() == Ranges(set_));
    std::uint64_t highest = 0;
    std::size_t contiguous = 0;
    for (std::size_t place = 0; place < kNumbers; ++place) {
      REQUIRE(tested_.Contains(Number(place)) == set_.test(place));
      if (set_.test(place)) highest = first_ + place;
      if (set_.test(place) && contiguous == place) ++contiguous;
    }
    REQUIRE(tested_.Highest() == MessageNumber(highest));
    const MessageNumber from_one(first_ == 1 ? contiguous : 0);
    REQUIRE(tested_.ContiguousFromOne() == from_one);
    for (std::size_t place = 0; place < kNumbers; place += 7) {
      const bool exactly = first_ == 1 && contiguous == place + 1 && set_.count() == contiguous;
      REQUIRE(tested_.IsExactly(Number(place)) == exactly);
    }
    REQUIRE(tested_.IsExactly(MessageNumber()) == set_.none());
  }

  void Compare(const Model& other) const {
    REQUIRE(tested_.Covers(other.tested_) == ((set_ | other.set_) == set_));
    REQUIRE((tested_ == other.tested_) == (set_ == other.set_));
  }

 private:
  static std::size_t Ranges(const std::bitset<kNumbers>& set) { return (set & ~(set << 1)).count(); }

  const std::uint64_t first_;
  const std::size_t maximum_ranges_;
  std::bitset<kNumbers> set_;
  MessageRanges tested_;
};

}  // namespace
}  // namespace gsoaprm

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using gsoaprm::kNumbers;
  using gsoaprm::MessageNumber;
  gsoaprm::fuzz::Input input(data, size);
  constexpr std::uint64_t kFirsts[] = {1, 2, 1000000, MessageNumber::kMaximum - kNumbers + 1};
  const std::uint64_t first = input.OneOf(kFirsts);
  gsoaprm::Model models[] = {{first, input.Below(8)}, {first, 128}};
  while (!input.empty()) {
    const std::size_t choice = input.Below(4);
    gsoaprm::Model& model = models[choice % 2];
    const std::size_t lower = input.Below(kNumbers);
    const std::size_t upper = choice / 2 == 0 ? lower : lower + input.Below(kNumbers - lower);
    model.Insert(lower, upper);
    models[0].Compare(models[1]);
    models[1].Compare(models[0]);
  }
  for (const gsoaprm::Model& model : models) model.Check();
  return 0;
}
