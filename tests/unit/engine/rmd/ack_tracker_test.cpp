#include "engine/rmd/ack_tracker.h"

#include <gtest/gtest.h>

namespace gsoaprm::engine {
namespace {

TEST(AckTracker, ContainsWhatWasAcknowledgedAndNothingElse) {
  AckTracker acks(128);
  EXPECT_TRUE(acks.Acknowledge(MessageNumber(1)));
  EXPECT_TRUE(acks.Acknowledge(MessageNumber(3)));
  EXPECT_TRUE(acks.Contains(MessageNumber(1)));
  EXPECT_FALSE(acks.Contains(MessageNumber(2)));
  EXPECT_TRUE(acks.Contains(MessageNumber(3)));
}

TEST(AckTracker, TakesAsManyRangesAsItMay) {
  AckTracker acks(3);
  EXPECT_TRUE(acks.Acknowledge(MessageNumber(1)));
  EXPECT_TRUE(acks.Acknowledge(MessageNumber(3)));  // limit - 1
  EXPECT_TRUE(acks.Acknowledge(MessageNumber(5)));  // limit
  EXPECT_FALSE(acks.HasRoomFor(MessageNumber(7)));
  EXPECT_FALSE(acks.Acknowledge(MessageNumber(7)));  // limit + 1
  EXPECT_FALSE(acks.Contains(MessageNumber(7)));
}

TEST(AckTracker, TakesNumbersThatTouchARangeAlsoWhenFull) {
  AckTracker acks(2);
  acks.Acknowledge(MessageNumber(1));
  acks.Acknowledge(MessageNumber(4));
  EXPECT_TRUE(acks.Acknowledge(MessageNumber(5)));
  EXPECT_TRUE(acks.Acknowledge(MessageNumber(3)));
  EXPECT_TRUE(acks.Acknowledge(MessageNumber(2)));
  EXPECT_TRUE(acks.ranges().IsExactly(MessageNumber(5)));
}

TEST(AckTracker, KeepsTheLastRangeForNumberOne) {
  AckTracker acks(2);
  EXPECT_TRUE(acks.Acknowledge(MessageNumber(5)));
  EXPECT_FALSE(acks.Acknowledge(MessageNumber(8)));
  EXPECT_TRUE(acks.Acknowledge(MessageNumber(6)));
  EXPECT_TRUE(acks.Acknowledge(MessageNumber(1)));
  EXPECT_FALSE(acks.Acknowledge(MessageNumber(8)));
}

TEST(AckTracker, NumberTwoLeavesRoomForNumberOne) {
  AckTracker acks(2);
  EXPECT_TRUE(acks.Acknowledge(MessageNumber(5)));
  EXPECT_TRUE(acks.Acknowledge(MessageNumber(2)));
  EXPECT_TRUE(acks.Acknowledge(MessageNumber(1)));
}

TEST(AckTracker, WritesRoomOnlyAboveZero) {
  const AckTracker acks(128);
  const SequenceId id("urn:s");
  EXPECT_EQ(acks.Header(id, false, 1).buffer_remaining, 1u);
  EXPECT_FALSE(acks.Header(id, false, 0).buffer_remaining);
  EXPECT_FALSE(acks.Header(id, false, std::nullopt).buffer_remaining);
}

TEST(AckTracker, WritesFinalWhenTold) {
  const AckTracker acks(128);
  EXPECT_TRUE(acks.Header(SequenceId("urn:s"), true, std::nullopt).final);
  EXPECT_FALSE(acks.Header(SequenceId("urn:s"), false, std::nullopt).final);
  EXPECT_EQ(acks.Header(SequenceId("urn:s"), false, std::nullopt).id, SequenceId("urn:s"));
}

TEST(AckTracker, KeepsRoomForWhatIsPromised) {
  AckTracker acks(4);
  acks.Acknowledge(MessageNumber(3));
  EXPECT_TRUE(acks.HasRoomFor(MessageNumber(7), 1)) << "one, the promised one, this one, and number 1";
  EXPECT_FALSE(acks.HasRoomFor(MessageNumber(7), 2));
  EXPECT_TRUE(acks.HasRoomFor(MessageNumber(3), 9)) << "it is there already";
}

TEST(AckTracker, KnowsWhatTouchesNoRange) {
  AckTracker acks(128);
  acks.Acknowledge(MessageNumber(5));
  EXPECT_FALSE(acks.IsApart(MessageNumber(4)));
  EXPECT_FALSE(acks.IsApart(MessageNumber(5)));
  EXPECT_FALSE(acks.IsApart(MessageNumber(6)));
  EXPECT_TRUE(acks.IsApart(MessageNumber(3)));
  EXPECT_TRUE(acks.IsApart(MessageNumber(7)));
  EXPECT_FALSE(acks.IsApart(MessageNumber(1))) << "its range is kept";
}

TEST(AckTracker, GoesOnWithWhatAStoreGaveBackAndItsOwnLimit) {
  MessageRanges stored;
  stored.InsertRange(MessageNumber(1), MessageNumber(2));
  stored.Insert(MessageNumber(4));
  AckTracker acks(2);
  acks.Restore(stored);
  EXPECT_EQ(acks.ranges(), stored);
  EXPECT_FALSE(acks.HasRoomFor(MessageNumber(6)));
  acks.TakeBack(MessageNumber(4));
  EXPECT_FALSE(acks.Contains(MessageNumber(4)));
  EXPECT_TRUE(acks.HasRoomFor(MessageNumber(6)));
}

}  // namespace
}  // namespace gsoaprm::engine
