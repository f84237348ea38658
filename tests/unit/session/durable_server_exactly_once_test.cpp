// Durable sessions of a server, exactly once: what an operation writes and what is known of its message are one commit.
#include <gtest/gtest.h>

#include "tests/unit/session/durable_server.h"

namespace gsoaprm::session {
namespace {

using acceptor_testing::Line;
using engine::Delivery;

TEST_P(DurableServer, ExactlyOnceTheOperationsWritesAndItsMarkAreOneCommit) {
  Use(Delivery::kExactlyOnce);
  Open();
  EXPECT_EQ(Send(Request(1)), "deliver 1");
  auto transaction = store->Begin(kPatience);
  (*static_cast<testing::FakeStore::Application*>(transaction->handle()))["1"] = "booked";
  EXPECT_EQ(Reply(1, transaction.get()), "200 reply seq=1 ack=[1-1]");
  EXPECT_EQ(disk.application.at("1"), "booked");
  Crash();
  EXPECT_EQ(Send(Request(1)), "200 reply seq=1 ack=[1-1]");
}

TEST_P(DurableServer, ExactlyOnceKilledBeforeTheCommitNothingHasHappened) {
  Use(Delivery::kExactlyOnce);
  Open();
  EXPECT_EQ(Send(Request(1)), "deliver 1");
  auto transaction = store->Begin(kPatience);
  (*static_cast<testing::FakeStore::Application*>(transaction->handle()))["1"] = "booked";
  store->Crash();
  EXPECT_EQ(Reply(1, transaction.get()), "202");
  transaction.reset();
  Crash();
  EXPECT_TRUE(disk.application.empty());
  EXPECT_EQ(Send(Request(1)), "deliver 1");
}

TEST_P(DurableServer, ExactlyOnceAFailedCommitRunsTheCopyAgain) {
  Use(Delivery::kExactlyOnce);
  Open();
  EXPECT_EQ(Send(Request(1)), "deliver 1");
  auto transaction = store->Begin(kPatience);
  store->FailCommits(1);
  EXPECT_EQ(Reply(1, transaction.get()), "202");
  transaction.reset();
  EXPECT_EQ(Send(AckRequested()), "200 SequenceAcknowledgement ack=none");
  EXPECT_EQ(Send(Request(1)), "deliver 1");
  transaction = store->Begin(kPatience);
  EXPECT_EQ(Reply(1, transaction.get()), "200 reply seq=1 ack=[1-1]");
  EXPECT_EQ(Call(2), "200 reply seq=2 ack=[1-2]");
}

TEST_P(DurableServer, ExactlyOnceAKeptMessageWhoseCommitFailsIsKeptAndTriedWithTheNextExchange) {
  Use(Delivery::kExactlyOnce);
  Open();
  EXPECT_EQ(Send(Request(2)), "202");
  Call(1);
  EXPECT_EQ(TakeReady(), "deliver 2");
  auto transaction = store->Begin(kPatience);
  store->FailCommits(1);
  EXPECT_EQ(Reply(2, transaction.get()), "202");
  EXPECT_FALSE(Session()->HasReady()) << "a serve loop would spin";
  Crash();
  EXPECT_EQ(TakeReady(), "deliver 2");
}

TEST_P(DurableServer, ExactlyOnceWithoutATransactionTheMessageCountsAsNotBegun) {
  Use(Delivery::kExactlyOnce);
  Open();
  EXPECT_EQ(Send(Request(1)), "deliver 1");
  store->Stall(true);
  EXPECT_EQ(store->Begin(kPatience), nullptr);
  Session()->Undone(MessageNumber(1));
  store->Stall(false);
  EXPECT_EQ(Send(Request(1)), "deliver 1");
  EXPECT_TRUE(Session()->IsConsistent());
}

TEST_P(DurableServer, ExactlyOnceWhatCameDuringTheOperationDoesNotTakeBackItsMark) {
  Use(Delivery::kExactlyOnce);
  Open();
  EXPECT_EQ(Send(Request(1)), "deliver 1");
  auto transaction = store->Begin(kPatience);
  EXPECT_EQ(Send(Request(3)), "202") << "kept and acknowledged, in memory";
  EXPECT_EQ(Send(AckRequested()), "202") << "but nobody is told: the transaction holds the store";
  EXPECT_EQ(Reply(1, transaction.get()), "200 reply seq=1 ack=[1-1][3-3]");
  store->Commit();
  EXPECT_EQ(testing::Text(Row()->state.acknowledged), "[1-1][3-3]");
  Crash();
  EXPECT_EQ(Send(AckRequested()), "200 SequenceAcknowledgement ack=[1-1][3-3]");
}

TEST_P(DurableServer, ExactlyOnceAFailedCommitLosesNothingOfWhatCameMeanwhile) {
  Use(Delivery::kExactlyOnce);
  Open();
  EXPECT_EQ(Send(Request(1)), "deliver 1");
  auto transaction = store->Begin(kPatience);
  EXPECT_EQ(Send(Request(3)), "202");
  store->FailCommits(1);
  EXPECT_EQ(Reply(1, transaction.get()), "202");
  transaction.reset();
  EXPECT_EQ(Send(AckRequested()), "200 SequenceAcknowledgement ack=[3-3]");
  Crash();
  EXPECT_EQ(Send(AckRequested()), "200 SequenceAcknowledgement ack=[3-3]");
  EXPECT_EQ(Row()->messages.size(), 1u);
}

TEST_P(DurableServer, ExactlyOnceTheWritesOfAnOperationStandThoughTheClientHasGivenUp) {
  Use(Delivery::kExactlyOnce);
  Open();
  EXPECT_EQ(Send(Request(1)), "deliver 1");
  const std::shared_ptr<ServerSession> session = Session();
  auto transaction = store->Begin(kPatience);
  (*static_cast<testing::FakeStore::Application*>(transaction->handle()))["1"] = "booked";
  Send(Gone());
  EXPECT_EQ(Line(session->Answer(MessageNumber(1), engine::OperationAnswer(), transaction.get())), "202");
  EXPECT_EQ(disk.application.at("1"), "booked");
}

}  // namespace
}  // namespace gsoaprm::session
