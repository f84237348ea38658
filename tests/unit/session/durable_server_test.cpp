// Durable sessions of a server: the process is killed at each boundary, the store fails, stalls and is full. Nothing is
// seen that a crash could take back.
#include "tests/unit/session/durable_server.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

namespace gsoaprm::session {
namespace {

using acceptor_testing::Line;
using engine::Delivery;

constexpr Duration kPatience = Duration::Seconds(10);

class DurableServer : public DurableServerTest {
 protected:
  // One call on a thread of its own, as a client that sends it again until it is answered.
  void Carry(const std::shared_ptr<ServerSession>& session, std::uint64_t number, Delivery delivery) {
    const wire::Envelope request = Request(number);
    for (;;) {
      engine::Disposition answer = session->Receive(request, {true, false}, kPatience);
      if (std::holds_alternative<engine::Deliver>(answer)) answer = Run(session, number, delivery);
      if (std::holds_alternative<engine::Respond>(answer)) return;
    }
  }
  engine::Disposition Run(const std::shared_ptr<ServerSession>& session, std::uint64_t number, Delivery delivery) {
    engine::OperationAnswer answer;
    answer.reply = acceptor_testing::MakePayload("reply");
    std::unique_ptr<store::Transaction> transaction;
    if (delivery == Delivery::kExactlyOnce) {
      transaction = store->Begin(kPatience);
      if (!transaction) {
        session->Undone(MessageNumber(number));
        return engine::RespondEmpty{};
      }
      (*static_cast<testing::FakeStore::Application*>(transaction->handle()))[std::to_string(number)] = "done";
    }
    return session->Answer(MessageNumber(number), answer, transaction.get());
  }
};
INSTANTIATE_TEST_SUITE_P(Rm, DurableServer, acceptor_testing::BothVersions(), acceptor_testing::VersionName);

// ---- the door ----

TEST_P(DurableServer, ASessionIsOnTheDiskBeforeItsCreateSequenceIsAnswered) {
  EXPECT_EQ(Open(), "200 CreateSequenceResponse");
  ASSERT_NE(Row(), nullptr);
  const SequenceId first = sequence;
  Crash();
  EXPECT_EQ(Open(), "200 CreateSequenceResponse");
  EXPECT_EQ(sequence, first);
  EXPECT_EQ(Call(1), "200 reply seq=1 ack=[1-1]");
}

TEST_P(DurableServer, RefusesASessionThatCannotBeWritten) {
  store->Stall(true);
  EXPECT_EQ(Open(), "500 ConnectionLimitReached");
  EXPECT_EQ(Open(), "500 ConnectionLimitReached") << "a repeat is not answered either";
  store->Stall(false);
  EXPECT_EQ(Open(), "200 CreateSequenceResponse");
  EXPECT_EQ(sessions->metrics().opened, 1u);
}

TEST_P(DurableServer, InSoap11AnOfferThatCannotBeWrittenIsNotAnswered) {
  options.protocol.soap = wire::SoapVersion::k11;
  Start();
  store->Stall(true);
  EXPECT_EQ(Open(), "202") << "CreateSequenceRefused would be taken for a refusal of the Offer";
  store->Stall(false);
  store->SetRoom(false);
  EXPECT_EQ(Open(), "200 CreateSequenceResponse") << "that one is there";
  wire::Envelope other = Create();
  other.addressing.message_id = MessageId("urn:create:other");
  std::get<wire::CreateSequence>(other.body).offer->id = SequenceId("urn:offer:other");
  EXPECT_EQ(Send(other), "202");
  other.addressing.message_id = MessageId("urn:create:one-way");
  std::get<wire::CreateSequence>(other.body).offer.reset();
  EXPECT_EQ(Send(other), "500 ConnectionLimitReached");
  store->SetRoom(true);
  EXPECT_EQ(Send(other), "200 CreateSequenceResponse");
}

TEST_P(DurableServer, RefusesNewSessionsWhileTheStoreIsFullAndServesThoseItHas) {
  Open();
  store->SetRoom(false);
  wire::Envelope other = Create();
  other.addressing.message_id = MessageId("urn:create:other");
  std::get<wire::CreateSequence>(other.body).offer->id = SequenceId("urn:offer:other");
  EXPECT_EQ(Send(other), "500 ConnectionLimitReached") << "CreateSequenceRefused might make it do without its Offer";
  EXPECT_EQ(Open(), "200 CreateSequenceResponse");
  EXPECT_EQ(Send(Request(1)), "202") << "a new message is not taken";
  EXPECT_EQ(Send(AckRequested()), "200 SequenceAcknowledgement ack=none");
  store->SetRoom(true);
  EXPECT_EQ(Call(1), "200 reply seq=1 ack=[1-1]");
}

// ---- at least once ----

TEST_P(DurableServer, NothingWaitsForTheStoreBeforeTheOperationRuns) {
  Open();
  const int before = store->waits();
  EXPECT_EQ(Send(Request(1)), "deliver 1");
  EXPECT_EQ(store->waits(), before);
  EXPECT_EQ(store->enqueued(), 0u) << "nothing of it is worth keeping yet";
}

TEST_P(DurableServer, ACallCostsOneCommit) {
  Open();
  const std::uint64_t before = store->metrics().commits;
  for (std::uint64_t number = 1; number <= 10; ++number) {
    wire::Envelope request = Request(number);
    if (number > 1) {
      request.acknowledgement = wire::AcknowledgementHeader();
      request.acknowledgement->id = SequenceId("urn:offer");
      request.acknowledgement->ranges.InsertRange(MessageNumber(1), MessageNumber(number - 1));
    }
    EXPECT_EQ(Send(request), "deliver " + std::to_string(number));
    Reply(number);
  }
  EXPECT_EQ(store->metrics().commits, before + 10);
  EXPECT_EQ(Row()->replies.size(), 1u);
}

TEST_P(DurableServer, AnAcknowledgementOfRepliesAloneWaitsForNoCommit) {
  Open();
  Call(1);
  const std::uint64_t before = store->metrics().commits;
  wire::Envelope question = AckRequested();
  question.acknowledgement = wire::AcknowledgementHeader();
  question.acknowledgement->id = SequenceId("urn:offer");
  question.acknowledgement->ranges.Insert(MessageNumber(1));
  EXPECT_EQ(Send(question), "200 SequenceAcknowledgement ack=[1-1]");
  EXPECT_EQ(store->metrics().commits, before);
  EXPECT_EQ(store->enqueued(), 1u) << "it rides on the next one";
}

TEST_P(DurableServer, KilledWhileTheOperationRunsItRunsAgain) {
  Open();
  EXPECT_EQ(Send(Request(1)), "deliver 1");
  Crash();
  EXPECT_EQ(Send(AckRequested()), "200 SequenceAcknowledgement ack=none");
  EXPECT_EQ(Send(Request(1)), "deliver 1");
}

TEST_P(DurableServer, KilledAfterTheMarkBeforeTheAnswerLeavesTheCopyGetsTheSameAnswer) {
  Open();
  EXPECT_EQ(Send(Request(1)), "deliver 1");
  EXPECT_EQ(Reply(1), "200 reply seq=1 ack=[1-1]");
  Crash();
  EXPECT_EQ(Send(Request(1)), "200 reply seq=1 ack=[1-1]");
  EXPECT_EQ(sessions->metrics().messages.delivered, 0u);
}

TEST_P(DurableServer, AnAnswerThatCannotBeWrittenDoesNotLeaveAndDoesLater) {
  Open();
  EXPECT_EQ(Send(Request(1)), "deliver 1");
  store->Stall(true);
  EXPECT_EQ(Reply(1), "202");
  EXPECT_EQ(Send(Request(1)), "202");
  EXPECT_EQ(Send(AckRequested()), "202");
  store->Stall(false);
  EXPECT_EQ(Send(Request(1)), "200 reply seq=1 ack=[1-1]");
  EXPECT_EQ(sessions->metrics().messages.delivered, 1u);
}

TEST_P(DurableServer, AnAnswerThatWasNeverWrittenWasNeverSeen) {
  Open();
  EXPECT_EQ(Send(Request(1)), "deliver 1");
  store->FailCommits(1000);
  EXPECT_EQ(Reply(1), "202");
  Crash();
  EXPECT_EQ(Send(AckRequested()), "200 SequenceAcknowledgement ack=none");
  EXPECT_EQ(Send(Request(1)), "deliver 1");
}

TEST_P(DurableServer, ACommitWhoseOutcomeIsNotKnownIsWrittenAgain) {
  Open();
  EXPECT_EQ(Send(Request(1)), "deliver 1");
  store->FailCommits(1, true);
  EXPECT_EQ(Reply(1), "202");
  const std::string first = disk.Text();
  EXPECT_EQ(Send(Request(1)), "200 reply seq=1 ack=[1-1]");
  EXPECT_EQ(disk.Text(), first);
}

TEST_P(DurableServer, AnEarlyMessageIsAcknowledgedWhenItIsOnTheDisk) {
  Open();
  EXPECT_EQ(Send(Request(2, "early")), "202");
  EXPECT_EQ(store->enqueued(), 1u) << "nobody was told, so nobody waited";
  EXPECT_EQ(Send(AckRequested()), "200 SequenceAcknowledgement ack=[2-2]");
  EXPECT_EQ(Row()->messages.size(), 1u);
  Crash();
  EXPECT_EQ(Call(1), "200 reply seq=1 ack=[1-2]");
  Crash();
  EXPECT_EQ(TakeReady(), "deliver 2");
  Crash();
  EXPECT_EQ(TakeReady(), "deliver 2");
  Reply(2);
  Crash();
  EXPECT_EQ(TakeReady(), "nothing");
  EXPECT_EQ(Send(Request(2)), "200 reply seq=2 ack=[1-2]");
  EXPECT_TRUE(Row()->messages.empty());
}

TEST_P(DurableServer, AnEarlyMessageThatWasNotWrittenWasNotAcknowledged) {
  Open();
  EXPECT_EQ(Send(Request(2)), "202");
  store->Stall(true);
  EXPECT_EQ(Send(AckRequested()), "202");
  Crash();
  EXPECT_EQ(Send(AckRequested()), "200 SequenceAcknowledgement ack=none");
}

TEST_P(DurableServer, TheAnswerOfAOneWayOperationWaitsToo) {
  Open();
  EXPECT_EQ(Send(OneWay(1)), "deliver 1");
  store->Stall(true);
  EXPECT_EQ(Line(Session()->Answer(MessageNumber(1), engine::OperationAnswer())), "202");
  Session()->Returned(MessageNumber(1));
  store->Stall(false);
  EXPECT_EQ(Send(OneWay(1)), "200 SequenceAcknowledgement ack=[1-1]");
}

TEST_P(DurableServer, TheStoreIsWaitedForWithoutTheSessionsLock) {
  Open();
  EXPECT_EQ(Send(Request(1)), "deliver 1");
  const std::shared_ptr<ServerSession> session = Session();
  store->Hold(true);
  engine::OperationAnswer answer;
  answer.reply = acceptor_testing::MakePayload("reply");
  auto answered = std::async(std::launch::async, [&] { return Line(session->Answer(MessageNumber(1), answer)); });
  EXPECT_TRUE(store->AwaitWaiters(1));
  EXPECT_EQ(Send(Request(2)), "deliver 2") << "the next operation runs meanwhile";
  store->Hold(false);
  EXPECT_EQ(answered.get(), "200 reply seq=1 ack=[1-1]");
}

TEST_P(DurableServer, AThreadThatWaitsForItsTurnHasRecordedWhatItsMessageBrought) {
  Open();
  EXPECT_EQ(Call(1), "200 reply seq=1 ack=[1-1]");
  EXPECT_EQ(Send(Request(2)), "deliver 2");
  wire::Envelope third = Request(3);
  third.acknowledgement = wire::AcknowledgementHeader();
  third.acknowledgement->id = SequenceId("urn:offer");
  third.acknowledgement->ranges.Insert(MessageNumber(1));
  auto waiting = std::async(std::launch::async, [&] { return Send(third, acceptor_testing::kThreaded); });
  while (store->enqueued() == 0) std::this_thread::yield();
  EXPECT_EQ(Reply(2), "200 reply seq=2 ack=[1-2]");
  EXPECT_EQ(waiting.get(), "deliver 3");
}

// ---- at most once ----

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

// ---- exactly once ----

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

// ---- the end ----

TEST_P(DurableServer, ATerminatedSequenceIsRememberedWithItsAnswer) {
  Open();
  Call(1);
  const std::string answer = Send(Terminate());
  EXPECT_EQ(answer.substr(0, 3), "200");
  EXPECT_TRUE(Row()->ended);
  EXPECT_TRUE(Row()->replies.empty());
  Crash();
  EXPECT_EQ(Send(Terminate()), answer);
  EXPECT_EQ(Send(Request(1)), "500 UnknownSequence");
  EXPECT_EQ(sessions->metrics().open, 0u);
}

TEST_P(DurableServer, TheFinalAnswerDoesNotLeaveBeforeTheEndIsWritten) {
  Open();
  Call(1);
  store->Stall(true);
  EXPECT_EQ(Send(Terminate()), "202");
  EXPECT_EQ(Send(Terminate()), "202") << "nor its repeat";
  testing::FakeDisk before = disk;
  store->Stall(false);
  EXPECT_EQ(Send(Terminate()).substr(0, 3), "200");
  disk = before;  // as if it had been killed before that
  Crash();
  EXPECT_EQ(Send(Terminate()).substr(0, 3), "200");
}

TEST_P(DurableServer, NothingIsLeftOfAnEndedSequenceWhenItsTimeIsOver) {
  Open();
  Call(1);
  Send(Terminate());
  Crash();
  clock.Advance(options.tombstone_lifetime);
  sessions->HandleDeadline(clock.Now());
  store->Commit();
  EXPECT_EQ(disk.Text(), "");
}

TEST_P(DurableServer, AnInactiveSessionIsEndedOnTheDiskToo) {
  Open();
  Call(1);
  clock.Advance(options.inactivity_timeout);
  Session()->HandleDeadline(clock.Now());
  store->Commit();
  EXPECT_TRUE(Row()->ended);
  EXPECT_EQ(Row()->final_answer, "");
}

TEST_P(DurableServer, APendingSessionThatIsGivenUpIsEndedOnTheDiskToo) {
  Open();
  options.max_pending_channels = 0;
  Crash();
  ASSERT_NE(Row(), nullptr);
  clock.Advance(options.pending_timeout);
  sessions->HandleDeadline(clock.Now());
  store->Commit();
  EXPECT_TRUE(Row()->ended);
  EXPECT_EQ(Send(Request(1)), "500 UnknownSequence");
}

TEST_P(DurableServer, WhatWasKeptInAnEndedSequenceIsADeadLetterAfterARestart) {
  Open();
  EXPECT_EQ(Send(Request(2, "early")), "202");
  EXPECT_EQ(Send(Request(1)), "deliver 1");
  std::shared_ptr<ServerSession> session = Session();
  Send(Gone());
  store->Commit();
  EXPECT_EQ(Row()->messages.size(), 1u) << "it is still to run";
  store->Crash();
  session.reset();
  Crash();
  store->Commit();
  ASSERT_EQ(disk.dead_letters.size(), 1u);
  EXPECT_EQ(disk.dead_letters[0].payload->entity, "early");
}

TEST_P(DurableServer, ALiveSessionIsNotBuriedWhenTheProgramStops) {
  Open();
  EXPECT_EQ(Send(Request(2)), "202");
  store->Commit();
  Start();  // in order, without a crash
  EXPECT_EQ(Row()->messages.size(), 1u);
  EXPECT_TRUE(disk.dead_letters.empty());
  EXPECT_EQ(Call(1), "200 reply seq=1 ack=[1-2]");
}

// ---- restarts ----

TEST_P(DurableServer, RestartingTwiceGivesTheSame) {
  for (const Delivery delivery : {Delivery::kAtLeastOnce, Delivery::kAtMostOnce, Delivery::kExactlyOnce}) {
    disk = testing::FakeDisk();
    Use(delivery);
    Open();
    Call(1);
    Send(Request(4));
    Send(Request(2));
    store->Commit();
    Crash();
    store->Commit();
    const std::string once = disk.Text();
    Crash();
    store->Commit();
    EXPECT_EQ(disk.Text(), once);
  }
}

TEST_P(DurableServer, ARestoredSessionIsWatchedAndCounted) {
  Open();
  Call(1);
  clock.Advance(options.inactivity_timeout * 3);
  Crash();
  EXPECT_EQ(sessions->metrics().open, 1u);
  EXPECT_EQ(timer.DeadlineOf(*Session()), clock.Now() + options.inactivity_timeout);
  EXPECT_EQ(Session()->user().get(), nullptr);
  EXPECT_NE(timer.DeadlineOf(*sessions), Timestamp::Never());
}

TEST_P(DurableServer, KilledBetweenAnyTwoCommitsNothingAcknowledgedIsLost) {
  // What was seen with the first commits only, and what the restarted server says then.
  for (std::size_t commits = 0; commits <= 4; ++commits) {
    disk = testing::FakeDisk();
    Start();
    Open();
    store->Stall(true);
    Send(Request(2));
    Send(Request(1));
    Reply(1);
    if (Session()->TakeReady()) Reply(2);
    store->CommitFirst(commits);
    const std::string acknowledged = testing::Text(Row()->state.acknowledged);
    const std::size_t kept = Row()->messages.size();
    const std::size_t replies = Row()->replies.size();
    Crash();
    EXPECT_EQ(Send(AckRequested()), "200 SequenceAcknowledgement ack=" + acknowledged);
    const std::size_t done = Row()->state.acknowledged.Count() - kept;
    EXPECT_EQ(replies, done) << "a mark without its reply, or a reply without its mark";
  }
}

// ---- many threads ----

TEST_P(DurableServer, ThreadsBesideEachOtherShareTheStore) {
  constexpr std::uint64_t kCalls = 40;
  for (const Delivery delivery : {Delivery::kAtLeastOnce, Delivery::kAtMostOnce, Delivery::kExactlyOnce}) {
    disk = testing::FakeDisk();
    options.concurrency_mode = engine::ConcurrencyMode::kMultiple;
    options.max_transfer_window_size = static_cast<int>(kCalls);
    Use(delivery);
    Open();
    const std::shared_ptr<ServerSession> session = Session();
    std::vector<std::thread> threads;
    for (std::uint64_t first = 1; first <= 4; ++first) {
      threads.emplace_back([&, first] {
        for (std::uint64_t number = first; number <= kCalls; number += 4) Carry(session, number, delivery);
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(testing::Text(Row()->state.acknowledged), "[1-40]");
    EXPECT_EQ(Row()->replies.size(), kCalls);
    EXPECT_TRUE(Row()->messages.empty());
    EXPECT_EQ(disk.application.size(), delivery == Delivery::kExactlyOnce ? kCalls : 0);
  }
}

// ---- without a store ----

TEST_P(DurableServer, WithoutAStoreNothingIsDurable) {
  options.durable = true;  // by mistake
  sessions = std::make_shared<ServerSessions>(options, &ids, &clock, &timer);
  Open();
  EXPECT_EQ(Send(Request(1)), "deliver 1");
  EXPECT_EQ(Send(AckRequested()), "200 SequenceAcknowledgement ack=[1-1]") << "acknowledged when begun, as ever";
  EXPECT_EQ(Reply(1), "200 reply seq=1 ack=[1-1]");
  EXPECT_EQ(store->newest(), 0u);
}

}  // namespace
}  // namespace gsoaprm::session
