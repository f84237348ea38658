#include "engine/rmd/destination_sequence.h"

#include <gtest/gtest.h>

namespace gsoaprm::engine {
namespace {

using LastNumber = DestinationSequence::LastNumber;
using Verdict = DestinationSequence::Verdict;

TEST(DestinationSequence, StartsWithNumberOne) {
  const DestinationSequence sequence(128);
  EXPECT_EQ(sequence.next(), MessageNumber(1));
  EXPECT_EQ(sequence.Classify(MessageNumber(1)), Verdict::kNew);
  EXPECT_TRUE(sequence.AllStarted());
}

TEST(DestinationSequence, GoesOnWithTheFirstNumberThatWasNotStarted) {
  DestinationSequence sequence(128);
  sequence.Start(MessageNumber(1));
  sequence.Start(MessageNumber(3));
  EXPECT_EQ(sequence.next(), MessageNumber(2));
  EXPECT_EQ(sequence.Classify(MessageNumber(3)), Verdict::kStarted);
  EXPECT_FALSE(sequence.AllStarted());
  sequence.Start(MessageNumber(2));
  EXPECT_EQ(sequence.next(), MessageNumber(4));
  EXPECT_TRUE(sequence.AllStarted());
}

TEST(DestinationSequence, AMessageThatWasTakenButNotStartedCountsForTheEnd) {
  DestinationSequence sequence(128);
  sequence.Take(MessageNumber(2));
  EXPECT_EQ(sequence.highest(), MessageNumber(2));
  EXPECT_EQ(sequence.end(), MessageNumber(2));
  EXPECT_FALSE(sequence.AllStarted());
}

TEST(DestinationSequence, TheLastNumberMayBeTheHighestSeenOrAboveButNotBelow) {
  for (const std::uint64_t number : {2u, 3u, 4u}) {
    DestinationSequence sequence(128);
    sequence.Take(MessageNumber(3));
    EXPECT_EQ(sequence.AnnounceLast(MessageNumber(number)), number < 3 ? LastNumber::kTooSmall : LastNumber::kAccepted);
    EXPECT_EQ(sequence.last().has_value(), number >= 3);
  }
}

TEST(DestinationSequence, TheLastNumberIsAnnouncedOnce) {
  DestinationSequence sequence(128);
  EXPECT_EQ(sequence.AnnounceLast(MessageNumber(2)), LastNumber::kAccepted);
  EXPECT_EQ(sequence.AnnounceLast(MessageNumber(2)), LastNumber::kAccepted);
  EXPECT_EQ(sequence.AnnounceLast(MessageNumber(3)), LastNumber::kDiffers);
  EXPECT_EQ(sequence.last(), MessageNumber(2));
}

TEST(DestinationSequence, NumbersUpToTheLastAreNewAndAboveItAreNot) {
  DestinationSequence sequence(128);
  sequence.AnnounceLast(MessageNumber(2));
  EXPECT_EQ(sequence.Classify(MessageNumber(1)), Verdict::kNew);
  EXPECT_EQ(sequence.Classify(MessageNumber(2)), Verdict::kNew);
  EXPECT_EQ(sequence.Classify(MessageNumber(3)), Verdict::kBeyondLast);
}

TEST(DestinationSequence, AClosedSequenceTakesNothingNew) {
  DestinationSequence sequence(128);
  sequence.Start(MessageNumber(1));
  sequence.Close();
  EXPECT_EQ(sequence.Classify(MessageNumber(1)), Verdict::kStarted);
  EXPECT_EQ(sequence.Classify(MessageNumber(2)), Verdict::kClosed);
}

TEST(DestinationSequence, AnnouncedNumbersThatAreMissingAreHoles) {
  DestinationSequence sequence(128);
  sequence.Start(MessageNumber(1));
  sequence.AnnounceLast(MessageNumber(2));
  EXPECT_FALSE(sequence.AllStarted());
}

TEST(DestinationSequence, AnUndoneNumberIsNewAgainAndTheNext) {
  DestinationSequence sequence(128);
  for (const std::uint64_t number : {1, 2, 3}) sequence.Start(MessageNumber(number));
  sequence.Undo(MessageNumber(2));
  EXPECT_EQ(sequence.Classify(MessageNumber(2)), Verdict::kNew);
  EXPECT_EQ(sequence.next(), MessageNumber(2));
  EXPECT_EQ(sequence.highest(), MessageNumber(3));
  sequence.Start(MessageNumber(2));
  EXPECT_EQ(sequence.next(), MessageNumber(4));
}

TEST(DestinationSequence, GoesOnWithWhatAStoreGaveBack) {
  DestinationSequence sequence(128);
  MessageRanges started;
  started.InsertRange(MessageNumber(1), MessageNumber(3));
  sequence.Restore(started, MessageNumber(5), MessageNumber(6), true);
  EXPECT_EQ(sequence.next(), MessageNumber(4));
  EXPECT_EQ(sequence.highest(), MessageNumber(5));
  EXPECT_EQ(sequence.end(), MessageNumber(6));
  EXPECT_EQ(sequence.Classify(MessageNumber(4)), Verdict::kClosed);
  EXPECT_EQ(sequence.Classify(MessageNumber(3)), Verdict::kStarted);
}

}  // namespace
}  // namespace gsoaprm::engine
