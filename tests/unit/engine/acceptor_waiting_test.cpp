// Copies that wait: for the answer of an operation without an exchange, for the turn of a message that was kept.
#include "tests/unit/engine/acceptor_client.h"

namespace gsoaprm::acceptor_testing {
namespace {

class AcceptorWaiting : public AcceptorTest {
 protected:
  // Message 2 came early and runs without an exchange of its own.
  void RunSecondDetached() {
    EXPECT_EQ(client.Send(client.Request(2)), "202");
    client.Call(1);
    EXPECT_EQ(client.TakeReady(), "deliver 2");
  }
};
INSTANTIATE_TEST_SUITE_P(Rm, AcceptorWaiting, BothVersions(), VersionName);

TEST_P(AcceptorWaiting, ACopyOfAMessageThatRunsWithoutAnExchangeGetsItsReply) {
  RunSecondDetached();
  EXPECT_EQ(client.Send(client.Request(2)), "wait 2");
  EXPECT_EQ(client.TryBegin(2), "wait 2");
  client.Answer(2);
  EXPECT_EQ(client.TryBegin(2), "200 reply seq=2 ack=[1-2]");
  client.Return(2);
  EXPECT_EQ(client.Send(client.Request(2)), "200 reply seq=2 ack=[1-2]");
}

TEST_P(AcceptorWaiting, ThatAnswersNothingGivesItsCopyTheAcknowledgement) {
  RunSecondDetached();
  client.Send(client.Request(2));
  client.AnswerNothing(2);
  EXPECT_EQ(client.TryBegin(2), "200 SequenceAcknowledgement ack=[1-2]");
}

TEST_P(AcceptorWaiting, ThatReturnsWithoutAnAnswerGivesItsCopyTheAcknowledgement) {
  RunSecondDetached();
  client.Send(client.Request(2));
  client.Return(2);
  EXPECT_EQ(client.TryBegin(2), "200 SequenceAcknowledgement ack=[1-2]");
}

TEST_P(AcceptorWaiting, TheEndOfTheSessionLetsTheCopyGoEmpty) {
  RunSecondDetached();
  client.Send(client.Request(2));
  client.Send(client.Fault(wire::FaultCode::kSequenceTerminated, "urn:s"));
  EXPECT_EQ(client.TryBegin(2), "202");
}

TEST_P(AcceptorWaiting, OnlyOneCopyWaits) {
  RunSecondDetached();
  EXPECT_EQ(client.Send(client.Request(2)), "wait 2");
  EXPECT_EQ(client.Send(client.Request(2)), "202");
  client.StopWaiting(2);
  EXPECT_EQ(client.Send(client.Request(2)), "wait 2");
}

TEST_P(AcceptorWaiting, ACopyBesideTheFirstExchangeGoesEmpty) {
  client.Send(client.Request(1));
  EXPECT_EQ(client.Send(client.Request(1)), "202");
  EXPECT_EQ(client.Send(client.Request(2)), "wait 2");
  EXPECT_EQ(client.Send(client.Request(2)), "202");
}

TEST_P(AcceptorWaiting, ACopyOnTheOnlyThreadNeverWaits) {
  RunSecondDetached();
  EXPECT_EQ(client.Send(client.Request(2), kIterative), "202");
  EXPECT_EQ(client.Send(client.Request(4), kIterative), "202");
  EXPECT_EQ(client.Send(client.Request(3), kIterative), "202");
  EXPECT_EQ(client.Send(client.Request(3), kIterative), "202");
}

TEST_P(AcceptorWaiting, ACopyOfAKeptMessageTakesItsTurnWhenNoneIsMissingBefore) {
  client.Send(client.Request(3));
  client.Send(client.Request(2));
  client.Send(client.Request(1));
  EXPECT_EQ(client.Send(client.Request(3)), "wait 3");  // behind 1, which runs, and 2, which is kept
  EXPECT_EQ(client.TryBegin(3), "wait 3");
  client.Answer(1);
  client.Return(1);
  EXPECT_EQ(client.TryBegin(3), "wait 3");
  EXPECT_EQ(client.TakeReady(), "deliver 2");
  client.Return(2);
  EXPECT_EQ(client.TakeReady(), "nothing");
  EXPECT_EQ(client.TryBegin(3), "deliver 3");
  EXPECT_EQ(client.Answer(3), "200 reply seq=2 ack=[1-3]");
}

TEST_P(AcceptorWaiting, ACopyOfAKeptMessageNeverWaitsAcrossAGap) {
  client.Send(client.Request(1));
  client.Send(client.Request(3));
  EXPECT_EQ(client.Send(client.Request(3)), "202");
  EXPECT_EQ(client.Send(client.Request(2)), "wait 2");
  EXPECT_EQ(client.Send(client.Request(3)), "wait 3");
}

TEST_P(AcceptorWaiting, ACopyThatGivesUpLeavesTheAcknowledgedMessageToTheLoop) {
  client.Send(client.Request(2));
  client.Send(client.Request(1));
  EXPECT_EQ(client.Send(client.Request(2)), "wait 2");
  client.StopWaiting(2);
  client.Return(1);
  EXPECT_EQ(client.TakeReady(), "deliver 2");
}

TEST_P(AcceptorWaiting, ANewMessageWaitsBehindAKeptOneThatAThreadIsOnItsWayTo) {
  client.Send(client.Request(2));
  client.Send(client.Request(1));
  EXPECT_EQ(client.Send(client.Request(3)), "wait 3");
  client.Return(1);
  EXPECT_EQ(client.TakeReady(), "deliver 2");
  client.Return(2);
  EXPECT_EQ(client.TryBegin(3), "deliver 3");
}

TEST_P(AcceptorWaiting, NothingWaitsBehindAKeptMessageWhereOnlyItsCopyCanRunIt) {
  client.Send(client.Request(2), kThreadsByHand);
  client.Send(client.Request(1), kThreadsByHand);
  EXPECT_EQ(client.Send(client.Request(3), kThreadsByHand), "202");
  client.Return(1);
  EXPECT_EQ(client.Send(client.Request(3), kThreadsByHand), "202");
  EXPECT_EQ(client.Send(client.Request(2), kThreadsByHand), "deliver 2");
  EXPECT_EQ(client.Send(client.Request(3), kThreadsByHand), "wait 3");
}

TEST_P(AcceptorWaiting, NothingWaitsBehindAKeptMessageThatNobodyIsBusyBefore) {
  client.Send(client.Request(2));
  client.Call(1);
  EXPECT_EQ(client.Send(client.Request(3)), "202");
}

TEST_P(AcceptorWaiting, ACopyOfAOneWayMessageIsAcknowledgedWithoutWaiting) {
  client.options.protocol.addressing = wire::AddressingVersion::k10;
  EXPECT_EQ(client.Send(client.OneWay(2)), "200 SequenceAcknowledgement ack=[2-2]");
  client.Send(client.Request(1));
  EXPECT_EQ(client.Send(client.OneWay(2)), "200 SequenceAcknowledgement ack=[1-2]");
  client.Return(1);
  EXPECT_EQ(client.TakeReady(), "deliver 2");
  EXPECT_EQ(client.Send(client.OneWay(2)), "200 SequenceAcknowledgement ack=[1-2]");
}

TEST_P(AcceptorWaiting, AKeptMessageIsBehindAGapUntilAThreadComesFromBefore) {
  const auto behind_gap = [this](std::uint64_t number) {
    return client.session().IsKeptBehindGap(MessageNumber(number));
  };
  EXPECT_FALSE(behind_gap(3));  // not here
  client.Send(client.Request(3));
  client.Send(client.Request(2));
  EXPECT_TRUE(behind_gap(2));
  EXPECT_TRUE(behind_gap(3));
  client.Send(client.Request(1));
  EXPECT_FALSE(behind_gap(1));  // runs
  EXPECT_FALSE(behind_gap(2));
  EXPECT_FALSE(behind_gap(3));
  client.Answer(1);
  client.Return(1);
  EXPECT_FALSE(behind_gap(2));  // its turn has come
  EXPECT_EQ(client.Send(client.Request(2)), "deliver 2");
  EXPECT_FALSE(behind_gap(3));
}

TEST_P(AcceptorWaiting, WhatNeverCameHasNoTurn) {
  EXPECT_EQ(client.TryBegin(1), "202");
  client.StopWaiting(1);
  client.Return(1);
  EXPECT_EQ(client.Answer(1), "202");
  EXPECT_EQ(client.Call(1), "200 reply seq=1 ack=[1-1]");
}

TEST_P(AcceptorWaiting, WhatRunsHasHadItsTurn) {
  client.Send(client.Request(1));
  EXPECT_EQ(client.TryBegin(1), "202");
  client.StopWaiting(1);
  EXPECT_EQ(client.Answer(1), "200 reply seq=1 ack=[1-1]");
}

TEST_P(AcceptorWaiting, WhatIsKeptHasNoReturnYet) {
  client.Send(client.Request(2));
  EXPECT_EQ(client.Answer(2), "202");
  client.Return(2);
  client.Call(1);
  EXPECT_EQ(client.TakeReady(), "deliver 2");
}

}  // namespace
}  // namespace gsoaprm::acceptor_testing
