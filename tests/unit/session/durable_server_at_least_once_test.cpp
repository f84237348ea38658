// Durable sessions of a server, at least once: the process is killed at each boundary, the store fails and stalls.
// Nothing is seen that a crash could take back.
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "tests/unit/session/durable_server.h"

namespace gsoaprm::session {
namespace {

using acceptor_testing::Line;

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

}  // namespace
}  // namespace gsoaprm::session
