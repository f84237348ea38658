#include "engine/rms/source_sequence.h"

#include <gtest/gtest.h>

namespace gsoaprm::engine {
namespace {

Timestamp At(std::int64_t milliseconds) { return Timestamp::FromMicroseconds(milliseconds * 1000); }

SourceSequence MakeSequence(Options options, MessageNumber first = MessageNumber(1)) {
  return SourceSequence(options, SequenceId("urn:s"), Duration::Milliseconds(50), first);
}

SourceMessage OneWay() {
  SourceMessage message;
  message.settled_by_acknowledgement = true;
  return message;
}

wire::AcknowledgementHeader Acknowledge(std::uint64_t upper, std::optional<std::uint32_t> buffer = {}) {
  wire::AcknowledgementHeader header;
  header.id = SequenceId("urn:s");
  if (upper > 0) {
    header.ranges.InsertRange(MessageNumber(1), MessageNumber(upper));
  }
  header.buffer_remaining = buffer;
  return header;
}

std::vector<std::uint64_t> TakeAll(SourceSequence* sequence, Timestamp now) {
  std::vector<std::uint64_t> numbers;
  while (const OutstandingMessage* message = sequence->TakeNext(now)) {
    numbers.push_back(message->number.value());
    EXPECT_TRUE(sequence->IsConsistent());
  }
  return numbers;
}

using Numbers = std::vector<std::uint64_t>;

TEST(SourceSequence, NumbersFromOneWithoutAGap) {
  SourceSequence sequence = MakeSequence(Options());
  for (std::uint64_t n = 1; n <= 5; ++n) {
    EXPECT_EQ(MessageNumber(n), sequence.Add(OneWay()));
  }
}

TEST(SourceSequence, LeavesTheLastNumberForLastMessage) {
  EXPECT_FALSE(MakeSequence(Options(), MessageNumber(MessageNumber::kMaximum - 1)).NumbersUsedUp());
  EXPECT_TRUE(MakeSequence(Options(), MessageNumber(MessageNumber::kMaximum)).NumbersUsedUp());
  EXPECT_TRUE(MakeSequence(Options(), MessageNumber(MessageNumber::kMaximum + 1)).NumbersUsedUp());
}

TEST(SourceSequence, IsNotDisturbedByANumberThatItDoesNotHave) {
  SourceSequence sequence = MakeSequence(Options());
  sequence.Add(OneWay());
  EXPECT_EQ(Numbers({1}), TakeAll(&sequence, At(0)));
  const Timestamp due = sequence.NextTimeout();
  for (const std::uint64_t number : {std::uint64_t{0}, std::uint64_t{2}, MessageNumber::kMaximum}) {
    sequence.CloseCall(MessageNumber(number));
    sequence.Settle(At(1), MessageNumber(number));
    sequence.HandleNoAnswerYet(MessageNumber(number));
  }
  EXPECT_EQ(due, sequence.NextTimeout());
  EXPECT_TRUE(sequence.Find(MessageNumber(1))->call_open);
  EXPECT_TRUE(sequence.IsConsistent());
}

TEST(SourceSequence, SettlesNoMessageThatHasNotBeenSent) {
  SourceSequence sequence = MakeSequence(Options());
  sequence.Add(OneWay());
  sequence.Settle(At(1), MessageNumber(1));
  EXPECT_EQ(Numbers({1}), TakeAll(&sequence, At(2)));
}

TEST(SourceSequence, HasNothingToDoBeforeItsDeadline) {
  SourceSequence sequence = MakeSequence(Options());
  EXPECT_EQ(SourceSequence::TimeoutResult::kNothing, sequence.HandleTimeout(At(1000000)));
  sequence.Add(OneWay());
  TakeAll(&sequence, At(0));
  EXPECT_EQ(SourceSequence::TimeoutResult::kNothing,
            sequence.HandleTimeout(Timestamp::FromMicroseconds(sequence.NextTimeout().microseconds() - 1)));
  EXPECT_EQ(SourceSequence::TimeoutResult::kResend, sequence.HandleTimeout(sequence.NextTimeout()));
}

TEST(SourceSequence, SendsAsManyAsTheWindowAllows) {
  SourceSequence sequence = MakeSequence(Options());
  for (int i = 0; i < 8; ++i) {
    sequence.Add(OneWay());
  }
  EXPECT_EQ(Numbers({1}), TakeAll(&sequence, At(0)));
  sequence.HandleAcknowledgement(At(1), Acknowledge(1));
  EXPECT_EQ(Numbers({2, 3}), TakeAll(&sequence, At(1)));
  sequence.HandleAcknowledgement(At(2), Acknowledge(3));
  EXPECT_EQ(Numbers({4, 5, 6, 7}), TakeAll(&sequence, At(2)));
}

TEST(SourceSequence, HasRoomBelowTheMaximumWindowOnly) {
  for (int window : {1, 2, 8}) {
    Options options;
    options.max_transfer_window_size = window;
    SourceSequence sequence = MakeSequence(options);
    for (int i = 0; i < window; ++i) {
      EXPECT_TRUE(sequence.HasRoom());
      sequence.Add(OneWay());
    }
    EXPECT_FALSE(sequence.HasRoom());
    TakeAll(&sequence, At(0));
    sequence.HandleAcknowledgement(At(1), Acknowledge(1));
    EXPECT_TRUE(sequence.HasRoom());
  }
}

TEST(SourceSequence, SendsOnlyTheOldestAgainAtATimeOut) {
  SourceSequence sequence = MakeSequence(Options());
  for (int i = 0; i < 4; ++i) {
    sequence.Add(OneWay());
  }
  TakeAll(&sequence, At(0));
  sequence.HandleAcknowledgement(At(10), Acknowledge(1));
  ASSERT_EQ(Numbers({2, 3}), TakeAll(&sequence, At(10)));
  const Timestamp due = sequence.NextTimeout();
  EXPECT_EQ(SourceSequence::TimeoutResult::kResend, sequence.HandleTimeout(due));
  EXPECT_EQ(Numbers({2}), TakeAll(&sequence, due));
}

TEST(SourceSequence, SendsThoseBehindAgainAsTheWindowReopens) {
  SourceSequence sequence = MakeSequence(Options());
  for (int i = 0; i < 8; ++i) {
    sequence.Add(OneWay());
  }
  TakeAll(&sequence, At(0));
  sequence.HandleAcknowledgement(At(10), Acknowledge(1));
  TakeAll(&sequence, At(10));
  sequence.HandleAcknowledgement(At(20), Acknowledge(3));
  ASSERT_EQ(Numbers({4, 5, 6, 7}), TakeAll(&sequence, At(20)));
  const Timestamp due = sequence.NextTimeout();
  sequence.HandleTimeout(due);
  EXPECT_EQ(Numbers({4}), TakeAll(&sequence, due));
  sequence.HandleAcknowledgement(due, Acknowledge(4));
  EXPECT_EQ(Numbers({5, 6}), TakeAll(&sequence, due));
  sequence.HandleAcknowledgement(due, Acknowledge(5));
  EXPECT_EQ(Numbers({7, 8}), TakeAll(&sequence, due));
}

TEST(SourceSequence, KeepsTheBackOffWhileOnlyYoungerMessagesAreAnswered) {
  SourceSequence sequence = MakeSequence(Options());
  for (int i = 0; i < 3; ++i) {
    sequence.Add(SourceMessage());
  }
  TakeAll(&sequence, At(0));
  sequence.Settle(At(50), MessageNumber(1));
  TakeAll(&sequence, At(50));
  sequence.HandleTimeout(sequence.NextTimeout());
  TakeAll(&sequence, At(500));
  const Timestamp due = sequence.NextTimeout();
  sequence.Settle(At(600), MessageNumber(3));
  EXPECT_EQ(due, sequence.NextTimeout());
}

TEST(SourceSequence, GivesUpAfterTheLastWait) {
  for (int retries : {1, 7, 8, 9}) {
    Options options;
    options.max_retry_count = retries;
    SourceSequence sequence = MakeSequence(options);
    sequence.Add(OneWay());
    TakeAll(&sequence, At(0));
    for (int i = 0; i < retries; ++i) {
      const Timestamp due = sequence.NextTimeout();
      ASSERT_EQ(SourceSequence::TimeoutResult::kResend, sequence.HandleTimeout(due));
      ASSERT_EQ(Numbers({1}), TakeAll(&sequence, due));
    }
    EXPECT_EQ(SourceSequence::TimeoutResult::kExhausted, sequence.HandleTimeout(sequence.NextTimeout()));
  }
}

TEST(SourceSequence, SettlesOneWayMessagesByRangeAndTwoWayOnesNot) {
  SourceSequence sequence = MakeSequence(Options());
  sequence.Add(OneWay());
  sequence.Add(SourceMessage());
  TakeAll(&sequence, At(0));
  auto result = sequence.HandleAcknowledgement(At(1), Acknowledge(1));
  ASSERT_EQ(1u, result.certain.size());
  TakeAll(&sequence, At(1));
  result = sequence.HandleAcknowledgement(At(2), Acknowledge(2));
  EXPECT_TRUE(result.certain.empty());
  EXPECT_EQ(1u, sequence.unsettled());
  sequence.Settle(At(3), MessageNumber(2));
  EXPECT_EQ(0u, sequence.unsettled());
  EXPECT_TRUE(sequence.NextTimeout().never());
}

TEST(SourceSequence, IsSureOfAMessageBeyondAGapOnlyWhenTheSequenceIsUnordered) {
  for (bool ordered : {true, false}) {
    Options options;
    options.ordered = ordered;
    SourceSequence sequence = MakeSequence(options);
    for (int i = 0; i < 3; ++i) {
      sequence.Add(OneWay());
    }
    TakeAll(&sequence, At(0));
    sequence.HandleAcknowledgement(At(1), Acknowledge(1));
    TakeAll(&sequence, At(1));
    wire::AcknowledgementHeader gap = Acknowledge(1);
    gap.ranges.Insert(MessageNumber(3));
    EXPECT_EQ(ordered ? 0u : 1u, sequence.HandleAcknowledgement(At(2), gap).certain.size());
    EXPECT_EQ(1u, sequence.unsettled());  // it is not sent again in either case
    EXPECT_EQ(ordered ? 1u : 0u, sequence.beyond_gap().size());
    EXPECT_EQ(ordered ? 2u : 1u, sequence.HandleAcknowledgement(At(3), Acknowledge(3)).certain.size());
    EXPECT_TRUE(sequence.beyond_gap().empty());
  }
}

TEST(SourceSequence, TakesANumberThatWaitsInTheWindowForNeverSent) {
  SourceSequence sequence = MakeSequence(Options());
  sequence.Add(OneWay());
  sequence.Add(OneWay());
  TakeAll(&sequence, At(0));
  EXPECT_EQ(AcknowledgementVerdict::kNeverSent, sequence.HandleAcknowledgement(At(1), Acknowledge(2)).verdict);
}

TEST(SourceSequence, WaitsForTheReceiverOnlyWhenAMessageIsThere) {
  SourceSequence sequence = MakeSequence(Options());
  sequence.Add(OneWay());
  TakeAll(&sequence, At(0));
  sequence.HandleAcknowledgement(At(1), Acknowledge(1, 0));
  EXPECT_FALSE(sequence.WaitsForReceiver());
  sequence.Add(OneWay());
  EXPECT_TRUE(TakeAll(&sequence, At(2)).empty());
  EXPECT_TRUE(sequence.WaitsForReceiver());
  sequence.HandleAcknowledgement(At(3), Acknowledge(1, 1));
  EXPECT_EQ(Numbers({2}), TakeAll(&sequence, At(3)));
}

TEST(SourceSequence, IgnoresTheReceiversRoomWithoutFlowControl) {
  Options options;
  options.flow_control_enabled = false;
  SourceSequence sequence = MakeSequence(options);
  sequence.Add(OneWay());
  TakeAll(&sequence, At(0));
  sequence.HandleAcknowledgement(At(1), Acknowledge(1, 0));
  sequence.Add(OneWay());
  EXPECT_EQ(Numbers({2}), TakeAll(&sequence, At(2)));
}

// What has arrived and waits for its turn is not lost with the others: a younger message may have used up its
// resendings before the oldest has.
TEST(SourceSequence, SendsNoMessageMoreOftenThanAllowedBehindOneThatIsAllowedMore) {
  Options options;
  options.max_retry_count = 1;
  SourceSequence sequence = MakeSequence(options);
  for (int i = 0; i < 6; ++i) {
    sequence.Add(SourceMessage());
  }
  TakeAll(&sequence, At(0));
  sequence.Settle(At(1), MessageNumber(1));
  TakeAll(&sequence, At(1));
  sequence.Settle(At(2), MessageNumber(2));
  sequence.Settle(At(2), MessageNumber(3));
  EXPECT_EQ(Numbers({4, 5, 6}), TakeAll(&sequence, At(2)));
  wire::AcknowledgementHeader header = Acknowledge(3);
  header.ranges.Insert(MessageNumber(5));
  sequence.HandleAcknowledgement(At(3), header);
  sequence.HandleNoAnswerYet(MessageNumber(5));

  EXPECT_EQ(SourceSequence::TimeoutResult::kResend, sequence.HandleTimeout(sequence.NextTimeout()));
  EXPECT_EQ(Numbers({4}), TakeAll(&sequence, At(1000)));
  sequence.Settle(At(1001), MessageNumber(4));
  EXPECT_EQ(Numbers({5, 6}), TakeAll(&sequence, At(1001)));  // 5 only to collect its answer
  const Timestamp second = sequence.NextTimeout();
  EXPECT_EQ(SourceSequence::TimeoutResult::kResend, sequence.HandleTimeout(second));
  EXPECT_EQ(Numbers({5}), TakeAll(&sequence, second));
  sequence.Settle(second, MessageNumber(5));
  EXPECT_EQ(Numbers(), TakeAll(&sequence, second));
  EXPECT_EQ(SourceSequence::TimeoutResult::kExhausted, sequence.HandleTimeout(sequence.NextTimeout()));
}

TEST(SourceSequence, StartsItsTimerAnewOnlyWhenItAsksForTheAnswerOfTheOldest) {
  SourceSequence sequence = MakeSequence(Options());
  for (int i = 0; i < 3; ++i) sequence.Add(SourceMessage());
  EXPECT_EQ(Numbers({1}), TakeAll(&sequence, At(0)));
  sequence.Settle(At(10), MessageNumber(1));
  EXPECT_EQ(Numbers({2, 3}), TakeAll(&sequence, At(10)));
  const Timestamp deadline = sequence.NextTimeout();
  sequence.HandleNoAnswerYet(MessageNumber(3));
  sequence.HandleAcknowledgement(At(20), Acknowledge(3));
  EXPECT_EQ(Numbers({3}), TakeAll(&sequence, At(20)));
  EXPECT_EQ(deadline, sequence.NextTimeout());
  sequence.HandleNoAnswerYet(MessageNumber(2));
  EXPECT_EQ(Numbers({2}), TakeAll(&sequence, At(30)));
  EXPECT_EQ(deadline + Duration::Milliseconds(20), sequence.NextTimeout());
}

}  // namespace
}  // namespace gsoaprm::engine
