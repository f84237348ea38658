#include "base/message_ranges.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <set>
#include <string>
#include <vector>

namespace gsoaprm {
namespace {

MessageNumber N(std::uint64_t value) { return MessageNumber(value); }

MessageRanges Of(std::initializer_list<std::uint64_t> numbers) {
  MessageRanges ranges;
  for (const std::uint64_t number : numbers) EXPECT_TRUE(ranges.Insert(N(number)));
  return ranges;
}

std::string Text(const MessageRanges& ranges) {
  std::string text;
  for (const MessageRange& range : ranges.ranges()) {
    text += "[" + std::to_string(range.lower.value()) + "-" + std::to_string(range.upper.value()) + "]";
  }
  return text;
}

TEST(MessageRanges, AreEmptyAtFirst) {
  const MessageRanges ranges;
  EXPECT_TRUE(ranges.empty());
  EXPECT_EQ(ranges.Count(), 0u);
  EXPECT_EQ(ranges.Highest(), MessageNumber());
  EXPECT_EQ(ranges.ContiguousFromOne(), MessageNumber());
  EXPECT_FALSE(ranges.Contains(N(1)));
  EXPECT_TRUE(ranges.IsExactly(MessageNumber()));
  EXPECT_FALSE(ranges.IsExactly(N(1)));
}

TEST(MessageRanges, GrowAtTheEndWithNumbersInOrder) { EXPECT_EQ(Text(Of({1, 2, 3, 4})), "[1-4]"); }

TEST(MessageRanges, GrowAtTheBeginningWithNumbersInReverse) { EXPECT_EQ(Text(Of({4, 3, 2, 1})), "[1-4]"); }

TEST(MessageRanges, KeepAGap) { EXPECT_EQ(Text(Of({1, 3})), "[1-1][3-3]"); }

TEST(MessageRanges, MergeANumberThatClosesAGap) { EXPECT_EQ(Text(Of({1, 3, 2})), "[1-3]"); }

// A defect of gSOAP's own plugin: these arrivals left three ranges there.
TEST(MessageRanges, MergeArrivalsOneFiveFourThreeTwoIntoOneRange) { EXPECT_EQ(Text(Of({1, 5, 4, 3, 2})), "[1-5]"); }

TEST(MessageRanges, IgnoreANumberThatIsThere) {
  EXPECT_EQ(Text(Of({1, 1, 1})), "[1-1]");
  EXPECT_EQ(Text(Of({1, 2, 3, 2, 1, 3})), "[1-3]");
}

TEST(MessageRanges, SortRangesThatArriveUnsorted) { EXPECT_EQ(Text(Of({9, 1, 5})), "[1-1][5-5][9-9]"); }

TEST(MessageRanges, ExtendARangeInTheMiddleToTheLeft) { EXPECT_EQ(Text(Of({1, 5, 9, 4})), "[1-1][4-5][9-9]"); }

TEST(MessageRanges, ExtendARangeInTheMiddleToTheRight) { EXPECT_EQ(Text(Of({1, 5, 9, 6})), "[1-1][5-6][9-9]"); }

TEST(MessageRanges, InsertBeforeTheFirstRange) { EXPECT_EQ(Text(Of({5, 6, 2})), "[2-2][5-6]"); }

TEST(MessageRanges, InsertARangeIntoAnEmptySet) {
  MessageRanges ranges;
  EXPECT_TRUE(ranges.InsertRange(N(3), N(7)));
  EXPECT_EQ(Text(ranges), "[3-7]");
}

struct RangeCase {
  std::uint64_t lower;
  std::uint64_t upper;
  const char* result;
};

// Every position of a new range relative to [10-20][30-40].
class InsertRange : public testing::TestWithParam<RangeCase> {};

TEST_P(InsertRange, MergesWhatOverlapsOrTouches) {
  MessageRanges ranges;
  ASSERT_TRUE(ranges.InsertRange(N(10), N(20)));
  ASSERT_TRUE(ranges.InsertRange(N(30), N(40)));
  EXPECT_TRUE(ranges.InsertRange(N(GetParam().lower), N(GetParam().upper)));
  EXPECT_EQ(Text(ranges), GetParam().result);
  EXPECT_TRUE(ranges.IsCanonical());
}

INSTANTIATE_TEST_SUITE_P(Positions, InsertRange,
                         testing::Values(RangeCase{1, 8, "[1-8][10-20][30-40]"}, RangeCase{1, 9, "[1-20][30-40]"},
                                         RangeCase{1, 10, "[1-20][30-40]"}, RangeCase{5, 15, "[5-20][30-40]"},
                                         RangeCase{10, 20, "[10-20][30-40]"}, RangeCase{12, 13, "[10-20][30-40]"},
                                         RangeCase{15, 25, "[10-25][30-40]"}, RangeCase{21, 22, "[10-22][30-40]"},
                                         RangeCase{22, 22, "[10-20][22-22][30-40]"},
                                         RangeCase{22, 28, "[10-20][22-28][30-40]"}, RangeCase{21, 29, "[10-40]"},
                                         RangeCase{20, 30, "[10-40]"}, RangeCase{25, 29, "[10-20][25-40]"},
                                         RangeCase{25, 45, "[10-20][25-45]"}, RangeCase{1, 50, "[1-50]"},
                                         RangeCase{10, 40, "[10-40]"}, RangeCase{41, 41, "[10-20][30-41]"},
                                         RangeCase{42, 43, "[10-20][30-40][42-43]"}));

TEST(MessageRanges, TakeTheGreatestMessageNumber) {
  MessageRanges ranges;
  EXPECT_TRUE(ranges.Insert(N(MessageNumber::kMaximum)));
  EXPECT_TRUE(ranges.Insert(N(MessageNumber::kMaximum - 1)));
  EXPECT_TRUE(ranges.Contains(N(MessageNumber::kMaximum)));
  EXPECT_EQ(ranges.Count(), 2u);
  EXPECT_TRUE(ranges.InsertRange(N(1), N(MessageNumber::kMaximum)));
  EXPECT_EQ(ranges.Count(), MessageNumber::kMaximum);
  EXPECT_EQ(ranges.ContiguousFromOne(), N(MessageNumber::kMaximum));
}

TEST(MessageRanges, ContainWhatLiesWithinARange) {
  const MessageRanges ranges = Of({2, 3, 4, 8});
  for (const std::uint64_t number : {2, 3, 4, 8}) EXPECT_TRUE(ranges.Contains(N(number))) << number;
  for (const std::uint64_t number : {1, 5, 7, 9}) EXPECT_FALSE(ranges.Contains(N(number))) << number;
}

TEST(MessageRanges, CoverASubset) {
  const MessageRanges all = Of({1, 2, 3, 6, 7, 8});
  EXPECT_TRUE(all.Covers(MessageRanges()));
  EXPECT_TRUE(all.Covers(all));
  EXPECT_TRUE(all.Covers(Of({1, 3, 7})));
  EXPECT_TRUE(all.Covers(Of({2, 6})));
  EXPECT_FALSE(all.Covers(Of({4})));
  EXPECT_FALSE(all.Covers(Of({1, 9})));
  EXPECT_FALSE(all.Covers(Of({3, 4})));
  EXPECT_FALSE(MessageRanges().Covers(Of({1})));
}

TEST(MessageRanges, AreExactlyOneToLastOnlyWithoutGap) {
  EXPECT_TRUE(Of({1, 2, 3}).IsExactly(N(3)));
  EXPECT_FALSE(Of({1, 2, 3}).IsExactly(N(2)));
  EXPECT_FALSE(Of({1, 2, 3}).IsExactly(N(4)));
  EXPECT_FALSE(Of({1, 3}).IsExactly(N(3)));
  EXPECT_FALSE(Of({2, 3}).IsExactly(N(3)));
  EXPECT_FALSE(Of({1}).IsExactly(MessageNumber()));
}

TEST(MessageRanges, CountContiguousNumbersFromOneOnly) {
  EXPECT_EQ(Of({1, 2, 4}).ContiguousFromOne(), N(2));
  EXPECT_EQ(Of({2, 3}).ContiguousFromOne(), MessageNumber());
  EXPECT_EQ(Of({2, 3}).Highest(), N(3));
}

TEST(MessageRanges, CompareByContent) {
  EXPECT_EQ(Of({1, 2, 3}), Of({3, 2, 1}));
  EXPECT_NE(Of({1, 2, 3}), Of({1, 3}));
}

TEST(MessageRanges, AcceptRangesUpToTheLimitAndNotOneMore) {
  MessageRanges ranges(3);
  EXPECT_TRUE(ranges.Insert(N(1)));
  EXPECT_TRUE(ranges.Insert(N(3)));  // limit - 1
  EXPECT_TRUE(ranges.HasRoomFor(N(5)));
  EXPECT_TRUE(ranges.Insert(N(5)));  // limit
  EXPECT_FALSE(ranges.HasRoomFor(N(7)));
  EXPECT_FALSE(ranges.Insert(N(7)));  // limit + 1
  EXPECT_EQ(Text(ranges), "[1-1][3-3][5-5]");
}

TEST(MessageRanges, HaveRoomWhenFullForWhatMerges) {
  MessageRanges ranges(2);
  ASSERT_TRUE(ranges.Insert(N(3)));
  ASSERT_TRUE(ranges.Insert(N(7)));
  for (const std::uint64_t number : {2, 3, 4, 6, 7, 8}) EXPECT_TRUE(ranges.HasRoomFor(N(number))) << number;
  for (const std::uint64_t number : {1, 5, 9}) EXPECT_FALSE(ranges.HasRoomFor(N(number))) << number;
  EXPECT_FALSE(ranges.InsertRange(N(9), N(12)));
  EXPECT_TRUE(ranges.InsertRange(N(4), N(6)));
  EXPECT_EQ(Text(ranges), "[3-7]");
}

TEST(MessageRanges, HoldNothingWithALimitOfZero) {
  MessageRanges ranges(0);
  EXPECT_FALSE(ranges.HasRoomFor(N(1)));
  EXPECT_FALSE(ranges.Insert(N(1)));
  EXPECT_TRUE(ranges.empty());
}

TEST(MessageRanges, KeepWcfsHundredAndTwentyEightByDefault) {
  MessageRanges ranges;
  for (std::uint64_t i = 1; i <= 128; ++i) EXPECT_TRUE(ranges.Insert(N(2 * i)));
  EXPECT_FALSE(ranges.Insert(N(300)));
  EXPECT_TRUE(ranges.Insert(N(3)));
  EXPECT_EQ(ranges.ranges().size(), 127u);
  EXPECT_TRUE(ranges.Insert(N(300)));
}

// Against a set that cannot be wrong, over every order of seven numbers.
TEST(MessageRanges, AgreeWithASetWhateverTheOrderOfArrival) {
  std::vector<std::uint64_t> numbers = {1, 2, 3, 5, 6, 8, 9};
  do {
    MessageRanges ranges;
    std::set<std::uint64_t> model;
    for (const std::uint64_t number : numbers) {
      ASSERT_TRUE(ranges.Insert(N(number)));
      model.insert(number);
      ASSERT_TRUE(ranges.IsCanonical());
      for (std::uint64_t i = 1; i <= 10; ++i) ASSERT_EQ(ranges.Contains(N(i)), model.count(i) == 1);
    }
    ASSERT_EQ(Text(ranges), "[1-3][5-6][8-9]");
    ASSERT_EQ(ranges.Count(), model.size());
  } while (std::next_permutation(numbers.begin(), numbers.end()));
}

TEST(MessageRanges, LoseANumberAtAnEndOrInTheMiddle) {
  MessageRanges ranges = Of({1, 2, 3, 5, 7, 8, 9});
  EXPECT_TRUE(ranges.Remove(N(5)));
  EXPECT_TRUE(ranges.Remove(N(1)));
  EXPECT_TRUE(ranges.Remove(N(9)));
  EXPECT_EQ(Text(ranges), "[2-3][7-8]");
  EXPECT_TRUE(ranges.Insert(N(9)));
  EXPECT_TRUE(ranges.Remove(N(8)));
  EXPECT_EQ(Text(ranges), "[2-3][7-7][9-9]");
}

TEST(MessageRanges, AreAsTheyWereWithoutANumberThatIsNotThere) {
  MessageRanges ranges = Of({2, 3, 6});
  for (const std::uint64_t number : {1, 4, 5, 7}) EXPECT_TRUE(ranges.Remove(N(number)));
  EXPECT_EQ(Text(ranges), "[2-3][6-6]");
}

TEST(MessageRanges, AreNotSplitBeyondTheirLimit) {
  for (const std::size_t limit : {1, 2, 3}) {
    MessageRanges ranges(limit);
    ranges.InsertRange(N(1), N(3));
    if (limit > 1) ranges.Insert(N(9));
    EXPECT_EQ(ranges.Remove(N(2)), limit == 3) << limit;
    EXPECT_EQ(ranges.Contains(N(2)), limit != 3) << limit;
  }
}

// Against a set that cannot be wrong.
TEST(MessageRanges, AgreeWithASetWhateverIsRemoved) {
  for (unsigned removed = 0; removed < 256; ++removed) {
    MessageRanges ranges;
    ranges.InsertRange(N(1), N(8));
    for (std::uint64_t i = 1; i <= 8; ++i) {
      if (removed >> (i - 1) & 1) ranges.Remove(N(i));
    }
    ASSERT_TRUE(ranges.IsCanonical());
    for (std::uint64_t i = 1; i <= 8; ++i) ASSERT_EQ(ranges.Contains(N(i)), (removed >> (i - 1) & 1) == 0);
  }
}

}  // namespace
}  // namespace gsoaprm
