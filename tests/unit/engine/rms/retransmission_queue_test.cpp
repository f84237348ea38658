#include "engine/rms/retransmission_queue.h"

#include <gtest/gtest.h>

namespace gsoaprm::engine {
namespace {

Timestamp At(std::int64_t milliseconds) { return Timestamp::FromMicroseconds(milliseconds * 1000); }

class RetransmissionQueueTest : public ::testing::Test {
 protected:
  void AddAndSend(std::uint64_t upper) {
    for (std::uint64_t n = 1; n <= upper; ++n) {
      queue_.Add(MessageNumber(n), SourceMessage());
      queue_.RecordSending(Message(n), At(static_cast<std::int64_t>(n)));
    }
  }
  OutstandingMessage* Message(std::uint64_t number) { return queue_.Find(MessageNumber(number)); }
  ~RetransmissionQueueTest() override { EXPECT_TRUE(queue_.IsConsistent()); }

  RetransmissionQueue queue_;
};

TEST_F(RetransmissionQueueTest, FindsOnlyUnsettledMessagesThatItHolds) {
  AddAndSend(3);
  EXPECT_EQ(nullptr, Message(0));
  EXPECT_NE(nullptr, Message(1));
  EXPECT_NE(nullptr, Message(3));
  EXPECT_EQ(nullptr, Message(4));
  queue_.Settle(Message(2), At(10));
  EXPECT_EQ(nullptr, Message(2));
}

TEST_F(RetransmissionQueueTest, MovesOnOnlyWhenTheOldestIsSettled) {
  AddAndSend(3);
  EXPECT_TRUE(queue_.Settle(Message(2), At(12)).empty());
  EXPECT_EQ(MessageNumber(1), queue_.oldest().number);
  const std::vector<Duration> round_trips = queue_.Settle(Message(1), At(21));
  ASSERT_EQ(2u, round_trips.size());
  EXPECT_EQ(20, round_trips[0].milliseconds());
  EXPECT_EQ(10, round_trips[1].milliseconds());
  EXPECT_EQ(MessageNumber(3), queue_.oldest().number);
}

TEST_F(RetransmissionQueueTest, DoesNotSendWhatItHasJustCollectedForLostAsWell) {
  AddAndSend(2);
  queue_.MarkToldToWait(Message(2));
  queue_.MarkLost(MessageRanges());
  ASSERT_NE(nullptr, queue_.FirstLost(2));
  queue_.RecordCollection(Message(2), At(20));
  EXPECT_EQ(nullptr, queue_.FirstLost(2));
  EXPECT_EQ(0u, queue_.lost());
}

TEST_F(RetransmissionQueueTest, HasNothingWithinASpanOfNothing) {
  queue_.Add(MessageNumber(1), SourceMessage());
  for (const int span : {-1, 0}) EXPECT_EQ(nullptr, queue_.FirstUnsent(span));
  EXPECT_NE(nullptr, queue_.FirstUnsent(1));
}

TEST_F(RetransmissionQueueTest, CountsResendingsButNotTheFirstSending) {
  AddAndSend(1);
  EXPECT_EQ(0, Message(1)->resendings);
  queue_.RecordSending(Message(1), At(5));
  EXPECT_EQ(1, Message(1)->resendings);
  EXPECT_EQ(At(5), Message(1)->last_sent);
}

TEST_F(RetransmissionQueueTest, TakesEverythingBehindTheOldestForLost) {
  AddAndSend(3);
  queue_.Add(MessageNumber(4), SourceMessage());
  queue_.MarkLost(MessageRanges());
  EXPECT_EQ(2u, queue_.lost());
  EXPECT_EQ(nullptr, queue_.FirstLost(1));
  ASSERT_NE(nullptr, queue_.FirstLost(2));
  EXPECT_EQ(MessageNumber(2), queue_.FirstLost(2)->number);
  queue_.RecordSending(queue_.FirstLost(2), At(9));
  EXPECT_EQ(MessageNumber(3), queue_.FirstLost(3)->number);
  queue_.Settle(Message(3), At(10));
  EXPECT_EQ(0u, queue_.lost());
}

TEST_F(RetransmissionQueueTest, OffersUnsentMessagesWithinTheSpanOnly) {
  AddAndSend(2);
  queue_.Add(MessageNumber(3), SourceMessage());
  EXPECT_EQ(nullptr, queue_.FirstUnsent(2));
  ASSERT_NE(nullptr, queue_.FirstUnsent(3));
  EXPECT_EQ(MessageNumber(3), queue_.FirstUnsent(3)->number);
}

TEST_F(RetransmissionQueueTest, CountsASettledMessageAgainstTheSpanUntilTheOldestIsSettled) {
  AddAndSend(2);
  queue_.Add(MessageNumber(3), SourceMessage());
  queue_.Settle(Message(2), At(10));
  EXPECT_EQ(nullptr, queue_.FirstUnsent(2));
  queue_.Settle(Message(1), At(11));
  ASSERT_NE(nullptr, queue_.FirstUnsent(1));
}

TEST_F(RetransmissionQueueTest, LetsGoOfThePayloadWhenSettled) {
  SourceMessage message;
  auto payload = std::make_shared<const wire::Payload>();
  message.payload = payload;
  queue_.Add(MessageNumber(1), SourceMessage());
  queue_.Add(MessageNumber(2), std::move(message));
  queue_.RecordSending(Message(1), At(1));
  queue_.RecordSending(Message(2), At(1));
  queue_.Settle(Message(2), At(2));
  EXPECT_EQ(1, payload.use_count());
}

}  // namespace
}  // namespace gsoaprm::engine
