// Durable sessions of a server, at most once: the beginning of an operation is on the disk before it runs.
#include <gtest/gtest.h>

#include "tests/unit/session/durable_server.h"

namespace gsoaprm::session {
namespace {

using engine::Delivery;

TEST_P(DurableServer, AtMostOnceTheBeginningIsOnTheDiskBeforeTheOperationRuns) {
  Use(Delivery::kAtMostOnce);
  Open();
  EXPECT_EQ(Send(Request(1, "the order")), "deliver 1");
  EXPECT_TRUE(Row()->messages.at(MessageNumber(1)).begun);
  Crash();
  EXPECT_EQ(Send(Request(1)), "500 reply seq=1 ack=[1-1]");
  EXPECT_EQ(disk.dead_letters.at(0).payload->entity, "the order");
  Crash();
  EXPECT_EQ(Send(Request(1)), "500 reply seq=1 ack=[1-1]");
  EXPECT_EQ(disk.dead_letters.size(), 1u);
}

TEST_P(DurableServer, AtMostOnceAMessageWhoseBeginningCannotBeWrittenRunsWhenItCan) {
  Use(Delivery::kAtMostOnce);
  Open();
  store->Stall(true);
  EXPECT_EQ(Send(Request(1)), "202");
  EXPECT_EQ(Send(Request(1)), "202");
  EXPECT_EQ(Send(AckRequested()), "202");
  store->Stall(false);
  EXPECT_EQ(Send(Request(1)), "deliver 1");
  EXPECT_EQ(Reply(1), "200 reply seq=1 ack=[1-1]");
  EXPECT_TRUE(Session()->IsConsistent());
}

TEST_P(DurableServer, AtMostOnceAnotherExchangeMayFindItKept) {
  Use(Delivery::kAtMostOnce);
  Open();
  store->Stall(true);
  EXPECT_EQ(Send(Request(1)), "202");
  EXPECT_FALSE(Session()->HasReady()) << "a serve loop would spin";
  EXPECT_EQ(TakeReady(), "nothing");
  store->Stall(false);
  EXPECT_EQ(Send(AckRequested()), "200 SequenceAcknowledgement ack=[1-1]");
  EXPECT_TRUE(Session()->HasReady());
  EXPECT_EQ(TakeReady(), "deliver 1");
}

TEST_P(DurableServer, AtMostOnceWithoutAServeLoopWhatWasNotBegunInTimeIsADeadLetterWhenOthersFollow) {
  Use(Delivery::kAtMostOnce);
  Open();
  store->Stall(true);
  EXPECT_EQ(Send(Request(1, "the order"), acceptor_testing::kByHand), "202");
  store->Stall(false);
  EXPECT_EQ(Send(Request(2), acceptor_testing::kByHand), "deliver 2") << "1 is acknowledged, so no copy of it may come";
  EXPECT_EQ(disk.dead_letters.at(0).payload->entity, "the order");
  EXPECT_EQ(Reply(2), "200 reply seq=2 ack=[1-2]");
  EXPECT_EQ(Send(Request(1), acceptor_testing::kByHand), "500 reply seq=1 ack=[1-2]");
  EXPECT_TRUE(Session()->IsConsistent());
  Crash();
  EXPECT_EQ(Send(Request(1), acceptor_testing::kByHand), "500 reply seq=1 ack=[1-2]");
  EXPECT_EQ(disk.dead_letters.size(), 1u);
}

TEST_P(DurableServer, AtMostOnceWithoutAServeLoopACopyThatComesFirstRuns) {
  Use(Delivery::kAtMostOnce);
  Open();
  store->Stall(true);
  EXPECT_EQ(Send(Request(1), acceptor_testing::kByHand), "202");
  store->Stall(false);
  EXPECT_EQ(Send(Request(1), acceptor_testing::kByHand), "deliver 1");
  EXPECT_EQ(Reply(1), "200 reply seq=1 ack=[1-1]");
  EXPECT_TRUE(disk.dead_letters.empty());
}

TEST_P(DurableServer, AtMostOnceAKeptMessageWaitsForItsMarkToo) {
  Use(Delivery::kAtMostOnce);
  Open();
  EXPECT_EQ(Send(Request(2)), "202");
  Call(1);
  store->Stall(true);
  EXPECT_EQ(TakeReady(), "nothing");
  store->Stall(false);
  EXPECT_EQ(Send(Request(2)), "deliver 2");
  EXPECT_TRUE(Row()->messages.at(MessageNumber(2)).begun);
}

TEST_P(DurableServer, AtMostOnceWhatTheStoreHeldUpAndTheEndStrandedIsADeadLetter) {
  Use(Delivery::kAtMostOnce);
  Open();
  store->Stall(true);
  EXPECT_EQ(Send(Request(1)), "202");
  EXPECT_EQ(Send(Gone()), "202");
  store->Stall(false);
  store->Commit();
  EXPECT_EQ(disk.dead_letters.size(), 1u);
  EXPECT_TRUE(Row()->messages.empty());
}

}  // namespace
}  // namespace gsoaprm::session
