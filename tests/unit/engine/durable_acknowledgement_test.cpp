// When a durable session acknowledges a message, and what that means for the end of its sequence.
#include <gtest/gtest.h>

#include "tests/unit/engine/durable_acceptor.h"

namespace gsoaprm::acceptor_testing {
namespace {

using engine::Delivery;

class DurableAcknowledgement : public DurableAcceptorTest {};
INSTANTIATE_TEST_SUITE_P(Rm, DurableAcknowledgement, BothVersions(), VersionName);

TEST_P(DurableAcknowledgement, ComesWithTheAnswerAndNotBefore) {
  for (const Delivery delivery : {Delivery::kAtLeastOnce, Delivery::kExactlyOnce}) {
    AcceptorClient other(GetParam());
    other.options.durable = true;
    other.options.delivery = delivery;
    EXPECT_EQ(other.Send(other.Request(1)), "deliver 1");
    EXPECT_EQ(other.Send(other.AckRequested()), "200 SequenceAcknowledgement ack=none");
    EXPECT_EQ(other.Answer(1), "200 reply seq=1 ack=[1-1]");
  }
}

TEST_P(DurableAcknowledgement, ComesWithTheBeginningWhereAMessageRunsAtMostOnce) {
  Use(Delivery::kAtMostOnce);
  EXPECT_EQ(client.Send(client.Request(1)), "deliver 1");
  EXPECT_EQ(client.Send(client.AckRequested()), "200 SequenceAcknowledgement ack=[1-1]");
}

TEST_P(DurableAcknowledgement, ComesWithTheReturnOfAnOperationWithoutAnswer) {
  EXPECT_EQ(client.Send(client.OneWay(1)), "deliver 1");
  client.Return(1);
  EXPECT_EQ(client.Send(client.OneWay(1)), "200 SequenceAcknowledgement ack=[1-1]");
}

TEST_P(DurableAcknowledgement, OfAnEarlyMessageComesAtOnce) {
  EXPECT_EQ(client.Send(client.Request(2), kIterative), "202");
  Save();
  EXPECT_EQ(Acked(), "[2-2]");
  EXPECT_EQ(KeptRows(), 1u);
}

TEST_P(DurableAcknowledgement, ACopyOfARunningMessageIsNotAcknowledged) {
  EXPECT_EQ(client.Send(client.OneWay(1)), "deliver 1");
  EXPECT_EQ(client.Send(client.OneWay(1)), "202");
  EXPECT_EQ(client.AnswerNothing(1), "200 SequenceAcknowledgement ack=[1-1]");
  EXPECT_EQ(client.Send(client.OneWay(1)), "200 SequenceAcknowledgement ack=[1-1]");
}

TEST_P(DurableAcknowledgement, ACopyInAOneWaySessionLearnsWhatElseHasCome) {
  client.offer = false;
  EXPECT_EQ(client.Note(1), "200 SequenceAcknowledgement ack=[1-1]");
  EXPECT_EQ(client.Send(client.OneWay(2)), "deliver 2");
  EXPECT_EQ(client.Send(client.OneWay(2)), "200 SequenceAcknowledgement ack=[1-1]");
}

TEST_P(DurableAcknowledgement, OperationsBesideEachOtherAreAcknowledgedAsTheyAnswer) {
  client.options.concurrency_mode = engine::ConcurrencyMode::kMultiple;
  for (std::uint64_t number = 1; number <= 3; ++number) {
    EXPECT_EQ(client.Send(client.Request(number)), "deliver " + std::to_string(number));
  }
  EXPECT_EQ(client.Answer(2), "200 reply seq=1 ack=[2-2]");
  EXPECT_EQ(client.Answer(3), "200 reply seq=2 ack=[2-3]");
  EXPECT_EQ(client.Answer(1), "200 reply seq=3 ack=[1-3]");
}

TEST_P(DurableAcknowledgement, WhatRunsFindsRoomForItsRange) {
  // Room for three ranges, of which one is number 1's.
  client.options.concurrency_mode = engine::ConcurrencyMode::kMultiple;
  client.options.ordered = false;
  client.options.acknowledgement_ranges = 3;
  EXPECT_EQ(client.Send(client.Request(3)), "deliver 3");
  EXPECT_EQ(client.Send(client.Request(5)), "deliver 5") << "limit: two ranges beside number 1's";
  EXPECT_EQ(client.Send(client.Request(7)), "202") << "one more";
  EXPECT_EQ(client.Answer(5), "200 reply seq=1 ack=[5-5]");
  EXPECT_EQ(client.Send(client.Request(7)), "202") << "the room is promised to number 3";
  EXPECT_EQ(client.Answer(3), "200 reply seq=2 ack=[3-3][5-5]");
  EXPECT_EQ(client.Send(client.Request(7)), "202");
  EXPECT_EQ(client.Send(client.Request(4)), "deliver 4") << "it closes a gap";
  EXPECT_EQ(client.Answer(4), "200 reply seq=3 ack=[3-5]");
  EXPECT_EQ(client.Send(client.Request(1)), "deliver 1");
  EXPECT_EQ(client.Answer(1), "200 reply seq=4 ack=[1-1][3-5]");
}

TEST_P(DurableAcknowledgement, TheNextMessageOfAnOrderedSessionNeedsNoRoomOfItsOwn) {
  client.options.acknowledgement_ranges = 1;
  EXPECT_EQ(client.Call(1), "200 reply seq=1 ack=[1-1]");
  EXPECT_EQ(client.Send(client.Request(2)), "deliver 2");
  EXPECT_EQ(client.Send(client.Request(3)), "wait 3");
  EXPECT_EQ(client.Answer(2), "200 reply seq=2 ack=[1-2]");
}

// ---- the end ----

TEST_P(DurableAcknowledgement, TheFinalOneWaitsForWhatRuns) {
  if (!client.is_11()) return;  // 2005 has no CloseSequence
  EXPECT_EQ(client.Call(1), "200 reply seq=1 ack=[1-1]");
  EXPECT_EQ(client.Send(client.Request(2)), "deliver 2");
  EXPECT_EQ(client.Send(client.Close(2)), "202");
  EXPECT_EQ(client.Answer(2), "200 reply seq=2 ack=[1-2]");
  EXPECT_EQ(client.Send(client.Close(2)), "200 CloseSequenceResponse ack=[1-2] final");
}

TEST_P(DurableAcknowledgement, TheSequenceIsNotTerminatedWhileAMessageRuns) {
  EXPECT_EQ(client.Send(client.Request(1)), "deliver 1");
  EXPECT_EQ(Terminate(1), "202");
  EXPECT_FALSE(client.session().ended());
  client.Answer(1);
  client.Return(1);
  EXPECT_EQ(Terminate(1).substr(0, 3), "200");
  EXPECT_TRUE(client.session().ended());
}

TEST_P(DurableAcknowledgement, TheSequenceIsNotTerminatedWhileAKeptMessageRuns) {
  EXPECT_EQ(client.Send(client.Request(2), kIterative), "202");
  EXPECT_EQ(client.Call(1), "200 reply seq=1 ack=[1-2]");
  EXPECT_EQ(client.TakeReady(), "deliver 2");
  EXPECT_EQ(Terminate(2), "202") << "a crash would make it a dead letter";
  client.Answer(2);
  EXPECT_EQ(Terminate(2).substr(0, 3), "200");
}

TEST_P(DurableAcknowledgement, AnEarlyTerminateIsRefusedOnceNothingRuns) {
  EXPECT_EQ(client.Send(client.Request(2), kIterative), "202");
  EXPECT_EQ(client.Send(client.Terminate()), "500 SequenceTerminated");
}

TEST_P(DurableAcknowledgement, LastMessageWaitsForWhatRuns) {
  if (client.is_11()) return;  // 1.1 has no LastMessage
  for (const bool offer : {true, false}) {
    AcceptorClient other(GetParam());
    other.options.durable = true;
    other.offer = offer;
    EXPECT_EQ(other.Send(other.OneWay(1)), "deliver 1");
    EXPECT_EQ(other.Send(other.LastMessage(2)), "202");
    other.AnswerNothing(1);
    EXPECT_EQ(other.Send(other.LastMessage(2)),
              offer ? "200 LastMessage seq=1 last ack=[1-2]" : "200 SequenceAcknowledgement ack=[1-2]");
  }
}

TEST_P(DurableAcknowledgement, WhatRunsWhenTheClientGivesUpIsNotAcknowledged) {
  EXPECT_EQ(client.Send(client.Request(2), kIterative), "202");
  EXPECT_EQ(client.Send(client.Request(1)), "deliver 1");
  client.Send(client.Fault(wire::FaultCode::kSequenceTerminated, "urn:s"));
  EXPECT_EQ(client.Answer(1), "202");
  client.Return(1);
  EXPECT_EQ(client.TakeReady(), "deliver 2") << "the client may take it for done";
  client.Answer(2);
  client.Return(2);
  EXPECT_TRUE(client.session().idle());
  Save();
  EXPECT_EQ(KeptRows(), 0u);
  EXPECT_TRUE(disk.dead_letters.empty());
}

TEST_P(DurableAcknowledgement, AKeptMessageWhoseThreadWaitsAtTheEndIsRunAllTheSame) {
  for (const bool durable : {true, false}) {
    AcceptorClient other(GetParam());
    other.options.durable = durable;
    EXPECT_EQ(other.Send(other.Request(2), kIterative), "202");
    EXPECT_EQ(other.Send(other.Request(1)), "deliver 1");
    EXPECT_EQ(other.Send(other.Request(2)), "wait 2");
    other.Send(other.Fault(wire::FaultCode::kSequenceTerminated, "urn:s"));
    EXPECT_EQ(other.TryBegin(2), "202");
    other.Return(1);
    EXPECT_EQ(other.TakeReady(), "deliver 2");
  }
}

// ---- no room in the store ----

TEST_P(DurableAcknowledgement, NothingNewIsTakenWhileTheStoreHasNoRoom) {
  EXPECT_EQ(client.Call(1), "200 reply seq=1 ack=[1-1]");
  engine::ExchangeTraits traits = kThreaded;
  traits.store_has_room = false;
  EXPECT_EQ(client.Send(client.Request(2), traits), "202");
  EXPECT_EQ(client.session().metrics().dropped, 1u);
  EXPECT_EQ(client.Send(client.Request(1), traits), "200 reply seq=1 ack=[1-1]") << "what is here stays here";
  traits.store_has_room = true;
  EXPECT_EQ(client.Send(client.Request(2), traits), "deliver 2");
}

// ---- no cost without a store ----

TEST_P(DurableAcknowledgement, ASessionWithoutStoreHasNothingToWrite) {
  client.options.durable = false;
  client.Call(1);
  client.Send(client.Request(3), kIterative);
  EXPECT_TRUE(client.session().TakeChanges().empty());
}

}  // namespace
}  // namespace gsoaprm::acceptor_testing
