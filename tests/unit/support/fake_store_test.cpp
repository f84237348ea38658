// The fake is what the tests of durable sessions believe: it loses what it should lose, and nothing else.
#include "tests/support/fake_store.h"

#include <gtest/gtest.h>

#include <future>

namespace gsoaprm::testing {
namespace {

constexpr Duration kPatience = Duration::Seconds(10);

engine::SequenceCreated Created(const std::string& sequence) {
  engine::SequenceCreated created;
  created.identity.sequence = SequenceId(sequence);
  return created;
}

engine::OutgoingPut Put(engine::OutgoingId id, const std::string& endpoint) {
  engine::OutgoingPut put;
  put.message.id = id;
  put.message.endpoint = Uri(endpoint);
  return put;
}

class FakeStoreTest : public ::testing::Test {
 protected:
  std::size_t OnDisk() const { return disk.acceptors.size(); }
  FakeDisk disk;
  FakeStore store{&disk};
};

TEST_F(FakeStoreTest, LosesInACrashWhatNobodyHasWaitedFor) {
  const store::Ticket first = store.Enqueue({Created("urn:a")});
  EXPECT_FALSE(store.IsDurable(first));
  EXPECT_TRUE(store.WaitDurable(first, kPatience));
  EXPECT_TRUE(store.IsDurable(first));
  const store::Ticket second = store.Enqueue({Created("urn:b")});
  store.Crash();
  EXPECT_FALSE(store.WaitDurable(second, kPatience));
  EXPECT_FALSE(store.Commit());
  EXPECT_EQ(store.Begin(kPatience), nullptr);
  EXPECT_EQ(disk.RecoveredAcceptors().size(), 1u);
}

TEST_F(FakeStoreTest, WritesAgainWhatHasFailed) {
  store.FailCommits(1);
  const store::Ticket ticket = store.Enqueue({Created("urn:a")});
  EXPECT_FALSE(store.WaitDurable(ticket, kPatience));
  EXPECT_EQ(OnDisk(), 0u);
  EXPECT_TRUE(store.WaitDurable(ticket, kPatience));
  EXPECT_EQ(OnDisk(), 1u);
  EXPECT_EQ(store.metrics().failed_commits, 1u);
}

TEST_F(FakeStoreTest, AFailedCommitMayHaveReachedTheDisk) {
  store.FailCommits(1, true);
  const store::Ticket ticket = store.Enqueue({Created("urn:a")});
  EXPECT_FALSE(store.WaitDurable(ticket, kPatience));
  EXPECT_EQ(OnDisk(), 1u);
}

TEST_F(FakeStoreTest, MakesNothingDurableWhileStalled) {
  store.Stall(true);
  const store::Ticket ticket = store.Enqueue({Created("urn:a")});
  EXPECT_FALSE(store.WaitDurable(ticket, kPatience));
  EXPECT_EQ(store.Begin(kPatience), nullptr);
  store.Stall(false);
  EXPECT_TRUE(store.WaitDurable(ticket, kPatience));
}

TEST_F(FakeStoreTest, CanStopBetweenTwoLists) {
  store.Enqueue({Created("urn:a")});
  const store::Ticket second = store.Enqueue({Created("urn:b")});
  store.CommitFirst(1);
  EXPECT_EQ(OnDisk(), 1u);
  EXPECT_FALSE(store.IsDurable(second));
  EXPECT_EQ(store.enqueued(), 1u);
}

TEST_F(FakeStoreTest, ATransactionCommitsItsWritesWithItsChanges) {
  store.Enqueue({Created("urn:a")});
  auto transaction = store.Begin(kPatience);
  ASSERT_NE(transaction, nullptr);
  EXPECT_EQ(OnDisk(), 1u) << "what was enqueued before";
  auto& rows = *static_cast<FakeStore::Application*>(transaction->handle());
  rows["booked"] = "1";
  EXPECT_TRUE(disk.application.empty());
  const store::Ticket beside = store.Enqueue({Created("urn:b")});
  EXPECT_FALSE(store.WaitDurable(beside, kPatience)) << "its own thread holds it up";
  EXPECT_TRUE(transaction->Commit({Created("urn:c")}));
  EXPECT_EQ(disk.application.at("booked"), "1");
  EXPECT_TRUE(store.IsDurable(beside)) << "what was enqueued before comes before it, in the same commit";
  EXPECT_EQ(disk.in_order_of_creation.at(1), SequenceId("urn:b"));
  EXPECT_EQ(OnDisk(), 3u);
}

TEST_F(FakeStoreTest, ATransactionThatFailsOrIsLeftLeavesNothing) {
  store.FailCommits(1);
  auto transaction = store.Begin(kPatience);
  (*static_cast<FakeStore::Application*>(transaction->handle()))["booked"] = "1";
  EXPECT_FALSE(transaction->Commit({Created("urn:a")}));
  EXPECT_FALSE(transaction->Commit({Created("urn:a")}));
  transaction = store.Begin(kPatience);
  ASSERT_NE(transaction, nullptr);
  (*static_cast<FakeStore::Application*>(transaction->handle()))["booked"] = "2";
  transaction.reset();
  EXPECT_EQ(disk.Text(), "");
}

TEST_F(FakeStoreTest, AnOperationsWritesCanBeUndoneAndItsMarkCommitted) {
  auto transaction = store.Begin(kPatience);
  auto& rows = *static_cast<FakeStore::Application*>(transaction->handle());
  rows["booked"] = "1";
  EXPECT_TRUE(transaction->Undo());
  EXPECT_TRUE(transaction->Commit({Created("urn:a")}));
  EXPECT_TRUE(disk.application.empty());
  EXPECT_EQ(OnDisk(), 1u);
}

TEST_F(FakeStoreTest, AnotherThreadWaitsForTheEndOfATransaction) {
  auto transaction = store.Begin(kPatience);
  const store::Ticket ticket = store.Enqueue({Created("urn:a")});
  auto waited = std::async(std::launch::async, [&] { return store.WaitDurable(ticket, kPatience); });
  EXPECT_TRUE(store.AwaitWaiters(1));
  EXPECT_EQ(OnDisk(), 0u);
  transaction.reset();
  EXPECT_TRUE(waited.get());
}

TEST_F(FakeStoreTest, HoldsThoseWhoWait) {
  store.Hold(true);
  const store::Ticket ticket = store.Enqueue({Created("urn:a")});
  auto waited = std::async(std::launch::async, [&] { return store.WaitDurable(ticket, kPatience); });
  EXPECT_TRUE(store.AwaitWaiters(1));
  EXPECT_FALSE(store.IsDurable(ticket));
  store.Hold(false);
  EXPECT_TRUE(waited.get());
}

TEST_F(FakeStoreTest, GivesWaitingMessagesByEndpointInOrder) {
  const engine::OutgoingId first = store.NextOutgoingId();
  const engine::OutgoingId second = store.NextOutgoingId();
  const engine::OutgoingId third = store.NextOutgoingId();
  store.Enqueue({Put(first, "urn:x"), Put(second, "urn:y"), Put(third, "urn:x")});
  EXPECT_TRUE(store.Waiting(Uri("urn:x"), 0, 10).empty()) << "not committed";
  store.Commit();
  EXPECT_EQ(store.Waiting(Uri("urn:x"), 0, 10).size(), 2u);
  EXPECT_EQ(store.Waiting(Uri("urn:x"), 0, 1).size(), 1u);
  EXPECT_EQ(store.Waiting(Uri("urn:x"), first, 10).at(0).id, third);
  EXPECT_EQ(store.WaitingEndpoints().size(), 2u);
  store.Enqueue({engine::OutgoingAssigned{third, SequenceId("urn:s"), MessageNumber(1)}});
  store.Commit();
  EXPECT_EQ(store.Waiting(Uri("urn:x"), 0, 10).size(), 1u);
  EXPECT_EQ(FakeStore(&disk).NextOutgoingId(), third + 1);
}

TEST_F(FakeStoreTest, ADeadLetterThatIsRedrivenWaitsAgain) {
  store.Enqueue({Put(7, "urn:x"), engine::OutgoingAssigned{7, SequenceId("urn:s"), MessageNumber(1)}});
  store.Enqueue({engine::OutgoingBuried{7, "its session is gone"}});
  store.Commit();
  ASSERT_EQ(disk.dead_letters.size(), 1u);
  EXPECT_TRUE(disk.outgoing.empty());
  EXPECT_TRUE(disk.Redrive(7));
  EXPECT_FALSE(disk.Redrive(7));
  EXPECT_TRUE(disk.dead_letters.empty());
  EXPECT_EQ(store.Waiting(Uri("urn:x"), 0, 10).size(), 1u);
}

TEST_F(FakeStoreTest, KeepsOfAnEndedSequenceItsAnswerAndOfAForgottenOneNothing) {
  engine::MessageTaken taken;
  taken.sequence = SequenceId("urn:a");
  taken.message.number = MessageNumber(2);
  engine::ReplyKept reply;
  reply.sequence = taken.sequence;
  reply.request = MessageNumber(1);
  store.Enqueue({Created("urn:a"), taken, reply, engine::SequenceEnded{taken.sequence, "<final/>"}});
  store.Commit();
  const engine::RecoveredAcceptor ended = disk.RecoveredAcceptors().at(0);
  EXPECT_TRUE(ended.ended);
  EXPECT_EQ(ended.final_answer, "<final/>");
  EXPECT_TRUE(ended.replies.empty());
  EXPECT_EQ(ended.messages.size(), 1u);
  store.Enqueue(
      {engine::MessageBuried{taken.sequence, MessageNumber(2), "ended"}, engine::SequenceForgotten{taken.sequence}});
  store.Commit();
  EXPECT_TRUE(disk.RecoveredAcceptors().empty());
  EXPECT_EQ(disk.dead_letters.size(), 1u);
}

TEST_F(FakeStoreTest, WritingAListOfChangesAgainChangesNothing) {
  const engine::Changes changes = {Created("urn:a"),
                                   engine::SequenceAdvanced{SequenceId("urn:a"), engine::AcceptorState()},
                                   Created("urn:b"), engine::SequenceForgotten{SequenceId("urn:b")}, Put(1, "urn:x")};
  disk.Apply(changes);
  const std::string once = disk.Text();
  disk.Apply(changes);
  EXPECT_EQ(disk.Text(), once);
}

}  // namespace
}  // namespace gsoaprm::testing
