// LastMessage and TerminateSequence of February 2005; CloseSequence and TerminateSequence of 1.1.
#include "tests/unit/engine/acceptor_client.h"

namespace gsoaprm::acceptor_testing {
namespace {

const wire::Envelope& EnvelopeOf(const engine::Disposition& disposition) {
  return std::get<engine::Respond>(disposition).envelope;
}

// ---- February 2005 ----

class AcceptorClosing2005 : public ::testing::Test {
 protected:
  AcceptorClient client{wire::RmVersion::kFebruary2005};
};

TEST_F(AcceptorClosing2005, LastMessageIsAnsweredWithTheLastMessageOfTheReplies) {
  client.Call(1);
  const engine::Disposition disposition = client.Handle(client.Acking(client.LastMessage(2), {1}));
  ASSERT_EQ(Line(disposition), "200 LastMessage seq=2 last ack=[1-2]");
  const wire::Envelope& answer = EnvelopeOf(disposition);
  EXPECT_EQ(answer.sequence->id, SequenceId("urn:o"));
  EXPECT_EQ(answer.addressing.action, wire::ActionUri(wire::RmVersion::kFebruary2005, wire::RmAction::kLastMessage));
  EXPECT_FALSE(answer.addressing.relates_to);
  EXPECT_TRUE(std::holds_alternative<wire::EmptyBody>(answer.body));
}

TEST_F(AcceptorClosing2005, LastMessageOfAnEmptySessionIsNumberOne) {
  EXPECT_EQ(client.Send(client.LastMessage(1)), "200 LastMessage seq=1 last ack=[1-1]");
}

TEST_F(AcceptorClosing2005, ACopyOfLastMessageGetsTheSameAnswerUntilThatIsAcknowledged) {
  client.Call(1);
  client.Send(client.LastMessage(2));
  EXPECT_EQ(client.Send(client.LastMessage(2)), "200 LastMessage seq=2 last ack=[1-2]");
  client.Send(client.AckAlone({1, 2}));
  EXPECT_EQ(client.Send(client.LastMessage(2)), "200 SequenceAcknowledgement ack=[1-2]");
}

TEST_F(AcceptorClosing2005, LastMessageOfAOneWaySessionIsAcknowledged) {
  client.offer = false;
  client.Note(1);
  EXPECT_EQ(client.Send(client.LastMessage(2)), "200 SequenceAcknowledgement ack=[1-2]");
  EXPECT_EQ(client.Send(client.LastMessage(2)), "200 SequenceAcknowledgement ack=[1-2]");
}

TEST_F(AcceptorClosing2005, LastMessageBehindAHoleOrARunningOperationHasNoAnswerYetButCounts) {
  client.Send(client.Request(1));
  EXPECT_EQ(client.Send(client.LastMessage(3)), "202");
  client.Answer(1);
  client.Return(1);
  EXPECT_EQ(client.Send(client.LastMessage(3)), "202");
  EXPECT_EQ(client.Send(client.Request(2)), "deliver 2");
  EXPECT_EQ(client.Send(client.LastMessage(3)), "202");
  client.Answer(2);
  client.Return(2);
  EXPECT_EQ(client.Send(client.LastMessage(3)), "200 LastMessage seq=3 last ack=[1-3]");
}

TEST_F(AcceptorClosing2005, LastMessageWaitsForKeptMessagesToRun) {
  client.Send(client.Request(2), kIterative);
  client.Call(1);
  EXPECT_EQ(client.Send(client.LastMessage(3)), "202");
  EXPECT_EQ(client.TakeReady(), "deliver 2");
  client.Answer(2);
  client.Return(2);
  EXPECT_EQ(client.Send(client.LastMessage(3)), "200 LastMessage seq=3 last ack=[1-3]");
}

TEST_F(AcceptorClosing2005, InAOneWaySessionLastMessageDoesNotWaitForARunningOperation) {
  client.offer = false;
  client.Send(client.OneWay(1));
  EXPECT_EQ(client.Send(client.LastMessage(2)), "200 SequenceAcknowledgement ack=[1-2]");
}

TEST_F(AcceptorClosing2005, LastMessageBelowANumberAlreadySeenEndsTheSession) {
  client.Call(1);
  client.Send(client.Request(3));
  EXPECT_EQ(client.Send(client.LastMessage(2)), "500 SequenceTerminated");
  EXPECT_TRUE(client.session().ended());
}

TEST_F(AcceptorClosing2005, ANumberAboveLastMessageEndsTheSession) {
  client.Call(1);
  client.Send(client.LastMessage(2));
  const engine::Disposition disposition = client.Handle(client.Request(3));
  ASSERT_EQ(Line(disposition), "500 LastMessageNumberExceeded");
  EXPECT_EQ(EnvelopeOf(disposition).fault()->id, SequenceId("urn:s"));
  EXPECT_TRUE(client.session().ended());
}

TEST_F(AcceptorClosing2005, AnotherLastMessageEndsTheSession) {
  client.Send(client.Request(1));
  client.Send(client.LastMessage(4));
  EXPECT_EQ(client.Send(client.LastMessage(5)), "500 LastMessageNumberExceeded");
  EXPECT_TRUE(client.session().ended());

  AcceptorClient other(wire::RmVersion::kFebruary2005);
  other.Send(other.LastMessage(4));
  EXPECT_EQ(other.Send(other.LastMessage(3)), "500 SequenceTerminated");
}

TEST_F(AcceptorClosing2005, TheLastMessageMayBeOneOfTheApplication) {
  client.Call(1);
  wire::Envelope last = client.Request(2);
  last.sequence->last_message = true;
  EXPECT_EQ(client.Send(last), "deliver 2");
  EXPECT_EQ(client.Answer(2), "200 reply seq=2 last ack=[1-2]");
  client.Return(2);
  EXPECT_EQ(client.Send(last), "200 reply seq=2 last ack=[1-2]");
  EXPECT_EQ(client.Send(client.Terminate()), "200 TerminateSequence ack=[1-2]");
}

TEST_F(AcceptorClosing2005, TheReplyToTheLastMessageIsNotTheLastReplyWhileAnotherIsToCome) {
  client.options.concurrency_mode = engine::ConcurrencyMode::kMultiple;
  client.Send(client.Request(1));
  wire::Envelope last = client.Request(2);
  last.sequence->last_message = true;
  client.Send(last);
  EXPECT_EQ(client.Answer(2), "200 reply seq=1 ack=[1-2]");
}

TEST_F(AcceptorClosing2005, AnApplicationMessageThatIsLastBelowANumberAlreadySeenEndsTheSession) {
  client.Send(client.Request(3));
  wire::Envelope last = client.Request(2);
  last.sequence->last_message = true;
  EXPECT_EQ(client.Send(last), "500 SequenceTerminated");
  EXPECT_EQ(client.session().metrics().delivered, 0u);
}

TEST_F(AcceptorClosing2005, TerminateIsAnsweredWithTerminateOfTheOfferedSequence) {
  client.Call(1);
  client.Send(client.Acking(client.LastMessage(2), {1}));
  const engine::Disposition disposition = client.Handle(client.Acking(client.Terminate(), {1, 2}));
  ASSERT_EQ(Line(disposition), "200 TerminateSequence ack=[1-2]");
  EXPECT_EQ(std::get<wire::TerminateSequence>(EnvelopeOf(disposition).body).id, SequenceId("urn:o"));
  EXPECT_FALSE(EnvelopeOf(disposition).addressing.relates_to);
  EXPECT_TRUE(client.session().ended());
  EXPECT_TRUE(client.session().end_reason().ok());
  ASSERT_TRUE(client.session().FinalAnswer());
  EXPECT_EQ(Line(*client.session().FinalAnswer()), "200 TerminateSequence ack=[1-2]");
  EXPECT_EQ(client.Send(client.Terminate()), "200 TerminateSequence ack=[1-2]");
  EXPECT_EQ(client.Send(client.LastMessage(2)), "500 UnknownSequence");
}

TEST_F(AcceptorClosing2005, TerminateOfAOneWaySessionHasNoAnswer) {
  client.offer = false;
  client.Note(1);
  client.Send(client.LastMessage(2));
  wire::Envelope terminate = client.Terminate();
  terminate.addressing.message_id.reset();
  EXPECT_EQ(client.Send(terminate), "202");
  EXPECT_TRUE(client.session().ended());
  EXPECT_TRUE(client.session().end_reason().ok());
}

TEST_F(AcceptorClosing2005, TerminateWithHolesEndsTheSessionWithAFault) {
  client.Call(1);
  client.Send(client.Request(3));
  EXPECT_EQ(client.Send(client.Terminate()), "500 SequenceTerminated");
  EXPECT_TRUE(client.session().ended());
  EXPECT_EQ(client.session().end_reason().code, "SequenceTerminated");
}

TEST_F(AcceptorClosing2005, TerminateBeforeTheLastMessageIsAnsweredIsTooEarly) {
  client.Call(1);
  client.Send(client.LastMessage(3));
  EXPECT_EQ(client.Send(client.Terminate()), "500 SequenceTerminated");
}

TEST_F(AcceptorClosing2005, TerminateWithoutLastMessageIsAcceptedWhenNothingIsMissing) {
  client.Call(1);
  EXPECT_EQ(client.Send(client.Terminate()), "200 TerminateSequence ack=[1-1]");
}

TEST_F(AcceptorClosing2005, TerminateWaitsForAcknowledgedMessagesToRun) {
  client.Send(client.Request(2), kIterative);
  client.Call(1);
  EXPECT_EQ(client.Send(client.Terminate()), "202");
  EXPECT_FALSE(client.session().ended());
  EXPECT_EQ(client.TakeReady(), "deliver 2");
  client.Answer(2);
  client.Return(2);
  EXPECT_EQ(client.Send(client.Terminate()), "200 TerminateSequence ack=[1-2]");
}

// ---- 1.1 ----

class AcceptorClosing11 : public ::testing::TestWithParam<bool> {
 protected:
  AcceptorClosing11() { client.offer = GetParam(); }
  void Say(std::uint64_t number) {
    if (client.offer) {
      client.Call(number);
    } else {
      client.Note(number);
    }
  }
  AcceptorClient client{wire::RmVersion::k11};
};
INSTANTIATE_TEST_SUITE_P(Shape, AcceptorClosing11, ::testing::Bool(),
                         [](const auto& shape) { return shape.param ? "RequestReply" : "OneWay"; });

TEST_P(AcceptorClosing11, CloseIsAnsweredWithTheFinalAcknowledgement) {
  Say(1);
  Say(2);
  const engine::Disposition disposition = client.Handle(client.Close(2));
  ASSERT_EQ(Line(disposition), "200 CloseSequenceResponse ack=[1-2] final");
  EXPECT_EQ(EnvelopeOf(disposition).addressing.relates_to, MessageId("urn:close"));
  EXPECT_EQ(std::get<wire::CloseSequenceResponse>(EnvelopeOf(disposition).body).id, SequenceId("urn:s"));
  EXPECT_FALSE(client.session().ended());
}

TEST_P(AcceptorClosing11, CloseComesAgainAndGetsTheSameAnswer) {
  Say(1);
  client.Send(client.Close(1));
  EXPECT_EQ(client.Send(client.Close(1)), "200 CloseSequenceResponse ack=[1-1] final");
}

TEST_P(AcceptorClosing11, CloseOfAnEmptySequenceHasNoLastMsgNumber) {
  EXPECT_EQ(client.Send(client.Close(std::nullopt)), "200 CloseSequenceResponse ack=none final");
  EXPECT_EQ(client.Send(client.Terminate()), "200 TerminateSequenceResponse ack=none final");
}

TEST_P(AcceptorClosing11, CloseCarriesBufferRemainingLikeAnyAcknowledgement) {
  client.options.flow_control_enabled = true;
  Say(1);
  EXPECT_EQ(client.Send(client.Close(1)), "200 CloseSequenceResponse ack=[1-1] final buf=8");
}

TEST_P(AcceptorClosing11, CloseAndTerminateNeedAMessageId) {
  Say(1);
  for (wire::Envelope message : {client.Close(1), client.Terminate(1)}) {
    message.addressing.message_id.reset();
    const engine::Disposition disposition = client.Handle(message);
    ASSERT_EQ(Line(disposition), "500 MessageAddressingHeaderRequired");
    EXPECT_EQ(EnvelopeOf(disposition).fault()->problem_header, "{http://www.w3.org/2005/08/addressing}MessageID");
  }
  EXPECT_EQ(client.Send(client.Request(2)), "deliver 2");
}

TEST_P(AcceptorClosing11, AfterCloseANewNumberIsRefusedAndTheSessionLives) {
  Say(1);
  client.Send(client.Close(1));
  const engine::Disposition disposition = client.Handle(client.Request(2));
  ASSERT_EQ(Line(disposition), "500 SequenceClosed ack=[1-1] final");
  EXPECT_EQ(EnvelopeOf(disposition).fault()->id, SequenceId("urn:s"));
  EXPECT_EQ(client.session().metrics().delivered, 1u);
  EXPECT_EQ(client.Send(client.Terminate(1)), "200 TerminateSequenceResponse ack=[1-1] final");
}

TEST_P(AcceptorClosing11, AfterCloseACopyIsStillAnswered) {
  Say(1);
  client.Send(client.Close(1));
  EXPECT_EQ(client.Send(client.Request(1)),
            client.offer ? "200 reply seq=1 ack=[1-1] final" : "200 SequenceAcknowledgement ack=[1-1] final");
}

TEST_P(AcceptorClosing11, LastMsgNumberMayNotBeBelowTheHighestNumberSeen) {
  Say(1);
  Say(2);
  EXPECT_EQ(client.Send(client.Close(1)), "500 SequenceTerminated");
  EXPECT_TRUE(client.session().ended());
}

TEST_P(AcceptorClosing11, CloseMayComeWhileMessagesAreMissing) {
  Say(1);
  EXPECT_EQ(client.Send(client.Close(3)), "200 CloseSequenceResponse ack=[1-1] final");
  EXPECT_EQ(client.Send(client.OneWay(2)), "500 SequenceClosed ack=[1-1] final");
  EXPECT_EQ(client.Send(client.Terminate(3)), "500 SequenceTerminated");
  EXPECT_TRUE(client.session().ended());
}

TEST_P(AcceptorClosing11, WhatIsNotAcknowledgedAtCloseNeverRuns) {
  client.Send(client.OneWay(1));
  EXPECT_EQ(client.Send(client.OneWay(2)), "wait 2");
  client.Send(client.OneWay(4), kByHand);
  EXPECT_EQ(client.Send(client.Close(4)), "200 CloseSequenceResponse ack=[1-1] final");
  client.Return(1);
  EXPECT_EQ(client.TryBegin(2), "202");
  EXPECT_EQ(client.TakeReady(), "nothing");
  EXPECT_TRUE(client.session().idle());
}

TEST_P(AcceptorClosing11, WhatIsAcknowledgedAtCloseRunsBeforeTerminateIsAnswered) {
  client.Send(client.OneWay(2), kIterative);
  Say(1);
  EXPECT_EQ(client.Send(client.Close(2)), "200 CloseSequenceResponse ack=[1-2] final");
  EXPECT_EQ(client.Send(client.Terminate(2)), "202");
  EXPECT_EQ(client.TakeReady(), "deliver 2");
  client.Return(2);
  EXPECT_EQ(client.Send(client.Terminate(2)), "200 TerminateSequenceResponse ack=[1-2] final");
}

TEST_P(AcceptorClosing11, WhileTerminateWaitsANumberAboveLastMsgNumberIsRefused) {
  client.Send(client.OneWay(2), kIterative);
  Say(1);
  EXPECT_EQ(client.Send(client.Terminate(2)), "202");
  EXPECT_EQ(client.Send(client.Request(3)), "500 SequenceClosed ack=[1-2]");
  EXPECT_FALSE(client.session().ended());
  EXPECT_EQ(client.TakeReady(), "deliver 2");
}

TEST_P(AcceptorClosing11, TerminateIsAnsweredWithTheFinalAcknowledgementAndEndsTheSession) {
  Say(1);
  client.Send(client.Close(1));
  const engine::Disposition disposition = client.Handle(client.Terminate(1));
  ASSERT_EQ(Line(disposition), "200 TerminateSequenceResponse ack=[1-1] final");
  EXPECT_EQ(EnvelopeOf(disposition).addressing.relates_to, MessageId("urn:terminate"));
  EXPECT_TRUE(client.session().ended());
  EXPECT_TRUE(client.session().end_reason().ok());
  ASSERT_TRUE(client.session().FinalAnswer());
}

TEST_P(AcceptorClosing11, CopiesOfTerminateAndCloseAreAnsweredAfterTheEnd) {
  Say(1);
  client.Send(client.Close(1));
  client.Send(client.Terminate(1));
  EXPECT_EQ(client.Send(client.Terminate(1)), "200 TerminateSequenceResponse ack=[1-1] final");
  const engine::Disposition close = client.Handle(client.Close(1));
  EXPECT_EQ(Line(close), "200 CloseSequenceResponse ack=[1-1] final");
  EXPECT_EQ(EnvelopeOf(close).addressing.relates_to, MessageId("urn:close"));
  EXPECT_EQ(client.Send(client.AckRequested()), "500 UnknownSequence");
}

TEST_P(AcceptorClosing11, TerminateWithoutCloseIsAcceptedWhenNothingIsMissing) {
  Say(1);
  EXPECT_EQ(client.Send(client.Terminate(1)), "200 TerminateSequenceResponse ack=[1-1] final");
}

TEST_P(AcceptorClosing11, CloseAndTerminateMustAgreeOnLastMsgNumber) {
  Say(1);
  client.Send(client.Close(1));
  EXPECT_EQ(client.Send(client.Terminate(2)), "500 SequenceTerminated");
  EXPECT_TRUE(client.session().ended());
}

TEST_P(AcceptorClosing11, TwoDifferentClosesEndTheSession) {
  Say(1);
  client.Send(client.Close(1));
  EXPECT_EQ(client.Send(client.Close(2)), "500 SequenceTerminated");
}

TEST_P(AcceptorClosing11, TerminateWithHolesBelowLastMsgNumberEndsTheSessionWithAFault) {
  Say(1);
  EXPECT_EQ(client.Send(client.Terminate(2)), "500 SequenceTerminated");
  EXPECT_TRUE(client.session().ended());
  EXPECT_FALSE(client.session().FinalAnswer());
}

TEST_P(AcceptorClosing11, TheIdentifierInTheBodyMustBeTheSequence) {
  wire::Envelope close = client.Close(std::nullopt);
  std::get<wire::CloseSequence>(close.body).id = SequenceId("urn:other");
  EXPECT_EQ(client.Send(close), "500 UnknownSequence");
  wire::Envelope terminate = client.Terminate();
  std::get<wire::TerminateSequence>(terminate.body).id = SequenceId("urn:other");
  EXPECT_EQ(client.Send(terminate), "500 UnknownSequence");
  EXPECT_FALSE(client.session().ended());
}

}  // namespace
}  // namespace gsoaprm::acceptor_testing
