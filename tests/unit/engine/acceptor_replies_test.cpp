// Replies: numbers, contents, repetition; copies; what ends a session without a farewell.
#include "tests/unit/engine/acceptor_client.h"

namespace gsoaprm::acceptor_testing {
namespace {

class AcceptorReplies : public AcceptorTest {};
INSTANTIATE_TEST_SUITE_P(Rm, AcceptorReplies, BothVersions(), VersionName);

const wire::Envelope& EnvelopeOf(const engine::Disposition& disposition) {
  return std::get<engine::Respond>(disposition).envelope;
}

TEST_P(AcceptorReplies, AReplyCarriesItsNumberTheAcknowledgementOfItsRequestAndRelatesTo) {
  client.Send(client.Request(1));
  engine::OperationAnswer answer;
  answer.reply = MakePayload("four");
  const engine::Disposition disposition = client.AnswerOf(1, answer);
  ASSERT_EQ(Line(disposition), "200 reply seq=1 ack=[1-1]");
  const wire::Envelope& reply = EnvelopeOf(disposition);
  EXPECT_EQ(reply.sequence->id, SequenceId("urn:o"));
  EXPECT_EQ(reply.acknowledgement->id, SequenceId("urn:s"));
  EXPECT_EQ(reply.addressing.relates_to, MessageId("urn:m1"));
  EXPECT_EQ(reply.addressing.action, "urn:calculator/AddResponse");
  EXPECT_FALSE(reply.addressing.message_id);
  EXPECT_EQ((*reply.payload())->entity, "four");
  EXPECT_EQ(reply.protocol, client.options.protocol);
}

TEST_P(AcceptorReplies, TheApplicationMayNameTheActionOfItsReply) {
  client.Send(client.Request(1));
  engine::OperationAnswer answer;
  answer.reply = MakePayload("four");
  answer.action = "urn:calculator/Sum";
  EXPECT_EQ(EnvelopeOf(client.AnswerOf(1, answer)).addressing.action, "urn:calculator/Sum");
}

TEST_P(AcceptorReplies, AFaultOfTheApplicationIsAReplyLikeAnyOther) {
  client.Send(client.Request(1));
  engine::OperationAnswer answer;
  answer.reply = MakePayload("division by zero", true);
  answer.http_status = 500;
  const engine::Disposition disposition = client.AnswerOf(1, answer);
  EXPECT_EQ(Line(disposition), "500 reply seq=1 ack=[1-1]");
  EXPECT_EQ(EnvelopeOf(disposition).addressing.action, wire::SoapFaultAction(client.options.protocol.addressing));
  client.Return(1);
  EXPECT_EQ(client.Send(client.Request(1)), "500 reply seq=1 ack=[1-1]");
  EXPECT_FALSE(client.session().ended());
}

TEST_P(AcceptorReplies, AreNumberedAsTheyBecomeReadyAndNotAsTheirRequests) {
  client.options.ordered = false;
  client.options.concurrency_mode = engine::ConcurrencyMode::kMultiple;
  client.Send(client.Request(1));
  client.Send(client.Request(2));
  client.Send(client.Request(3));
  EXPECT_EQ(client.Answer(3), "200 reply seq=1 ack=[1-3]");
  EXPECT_EQ(client.AnswerNothing(1), "200 SequenceAcknowledgement ack=[1-3]");
  EXPECT_EQ(client.Answer(2), "200 reply seq=2 ack=[1-3]");
}

TEST_P(AcceptorReplies, AOneWayOperationUsesNoReplyNumber) {
  EXPECT_EQ(client.Note(1), "200 SequenceAcknowledgement ack=[1-1]");
  EXPECT_EQ(client.Call(2), "200 reply seq=1 ack=[1-2]");
}

TEST_P(AcceptorReplies, ACopyGetsTheSameReplyUntilItIsAcknowledged) {
  client.Send(client.Request(1));
  client.Answer(1, "four");
  client.Return(1);
  const engine::Disposition again = client.Handle(client.Request(1));
  EXPECT_EQ(Line(again), "200 reply seq=1 ack=[1-1]");
  EXPECT_EQ((*EnvelopeOf(again).payload())->entity, "four");
  EXPECT_EQ(EnvelopeOf(again).addressing.relates_to, MessageId("urn:m1"));
  EXPECT_EQ(client.session().metrics().replies_repeated, 1u);

  client.Send(client.Acking(client.Request(2), {1}));
  EXPECT_EQ(client.Send(client.Request(1)), "200 SequenceAcknowledgement ack=[1-2]");
  EXPECT_EQ(client.session().metrics().delivered, 2u);
}

TEST_P(AcceptorReplies, ACopyCarriesTheAcknowledgementAsItIsNow) {
  client.Call(1);
  client.Call(2);
  EXPECT_EQ(client.Send(client.Request(1)), "200 reply seq=1 ack=[1-2]");
}

TEST_P(AcceptorReplies, ACopyOfARunningRequestHasNoAnswerYet) {
  client.Send(client.Request(1));
  EXPECT_EQ(client.Send(client.Request(1)), "202");
  EXPECT_EQ(client.Send(client.Request(1)), "202");
  EXPECT_EQ(client.session().metrics().duplicates_suppressed, 2u);
  EXPECT_EQ(client.session().metrics().delivered, 1u);
}

TEST_P(AcceptorReplies, ACopyAfterTheAnswerAndBeforeTheReturnGetsTheReply) {
  client.Send(client.Request(1));
  client.Answer(1);
  EXPECT_EQ(client.Send(client.Request(1)), "200 reply seq=1 ack=[1-1]");
  client.Send(client.AckAlone({1}));
  EXPECT_EQ(client.Send(client.Request(1)), "200 SequenceAcknowledgement ack=[1-1]");
}

TEST_P(AcceptorReplies, AnotherMessageWithTheSameNumberIsNeverExecuted) {
  client.Send(client.Request(1, "first"));
  client.Answer(1, "to the first");
  client.Return(1);
  const engine::Disposition disposition = client.Handle(client.Request(1, "second"));
  EXPECT_EQ((*EnvelopeOf(disposition).payload())->entity, "to the first");
  EXPECT_EQ(client.session().metrics().delivered, 1u);
}

TEST_P(AcceptorReplies, ASecondAnswerOfTheSameOperationIsTheFirstOne) {
  client.Send(client.Request(1));
  EXPECT_EQ(client.Answer(1, "first"), "200 reply seq=1 ack=[1-1]");
  engine::OperationAnswer second;
  second.reply = MakePayload("second");
  const engine::Disposition disposition = client.AnswerOf(1, second);
  EXPECT_EQ((*EnvelopeOf(disposition).payload())->entity, "first");
}

TEST_P(AcceptorReplies, WithoutAnOfferAReplyIsDroppedAndTheMessageAcknowledged) {
  client.offer = false;
  client.Send(client.Request(1));
  const engine::Disposition disposition = client.AnswerOf(1, {MakePayload("four"), 200, ""});
  EXPECT_EQ(Line(disposition), "200 SequenceAcknowledgement ack=[1-1]");
  EXPECT_FALSE(EnvelopeOf(disposition).sequence);
  client.Return(1);
  client.Send(client.Request(2));
  EXPECT_EQ(Line(client.AnswerOf(2, {MakePayload("fault", true), 500, ""})), "200 SequenceAcknowledgement ack=[1-2]");
  client.Return(2);
  EXPECT_EQ(client.Send(client.Request(2)), "200 SequenceAcknowledgement ack=[1-2]");
}

// ---- identifiers and versions ----

TEST_P(AcceptorReplies, AWrongIdentifierIsNamedInTheFaultAndTheSessionLives) {
  wire::Envelope message = client.Acking(client.Request(1), {});
  message.acknowledgement->id = SequenceId("urn:other");
  const engine::Disposition disposition = client.Handle(message);
  ASSERT_EQ(Line(disposition), "500 UnknownSequence");
  EXPECT_EQ(EnvelopeOf(disposition).fault()->id, SequenceId("urn:other"));
  EXPECT_EQ(EnvelopeOf(client.Handle(client.AckRequested("urn:third"))).fault()->id, SequenceId("urn:third"));
  EXPECT_EQ(client.session().metrics().delivered, 0u);
  EXPECT_FALSE(client.session().ended());
  EXPECT_EQ(client.Send(client.Request(1)), "deliver 1");
}

TEST_P(AcceptorReplies, AWrongAckRequestedIsFoundBeforeTheMessageRuns) {
  wire::Envelope message = client.Request(1);
  message.ack_requested = wire::AckRequestedHeader{SequenceId("urn:other")};
  EXPECT_EQ(client.Send(message), "500 UnknownSequence");
  EXPECT_EQ(client.session().metrics().delivered, 0u);
}

TEST_P(AcceptorReplies, AMessageOfAnotherProtocolVersionIsOfNoSequenceHere) {
  wire::Envelope message = client.Request(1);
  message.protocol.soap = wire::SoapVersion::k11;
  const engine::Disposition disposition = client.Handle(message);
  EXPECT_EQ(Line(disposition), "500 UnknownSequence");
  EXPECT_EQ(EnvelopeOf(disposition).protocol.soap, wire::SoapVersion::k11);
  EXPECT_FALSE(client.session().has_received_message());
}

TEST_P(AcceptorReplies, AnApplicationMessageWithoutANumberIsNotRun) {
  wire::Envelope message = client.Request(1);
  message.sequence.reset();
  message.ack_requested = wire::AckRequestedHeader{SequenceId("urn:s")};
  EXPECT_EQ(client.Send(message), client.is_11() ? "500 WsrmRequired" : "500 ActionNotSupported");
  EXPECT_FALSE(client.session().ended());
}

TEST_P(AcceptorReplies, AnAckRequestedOnAMessageWhoseOperationAnswersChangesNothing) {
  wire::Envelope message = client.Request(1);
  message.ack_requested = wire::AckRequestedHeader{SequenceId("urn:s")};
  EXPECT_EQ(client.Send(message), "deliver 1");
  EXPECT_EQ(client.Send(message), "202");
}

// ---- the end without a farewell ----

TEST_P(AcceptorReplies, AFaultOfTheClientEndsTheSessionWhicheverSequenceItNames) {
  for (const char* id : {"urn:s", "urn:o"}) {
    AcceptorClient fresh(GetParam());
    fresh.Send(fresh.Request(1));
    fresh.Send(fresh.Request(2));
    EXPECT_EQ(fresh.Send(fresh.Fault(wire::FaultCode::kSequenceTerminated, id)), "202");
    EXPECT_TRUE(fresh.session().ended());
    EXPECT_EQ(fresh.session().end_reason().error, ErrorClass::kSequenceDead);
    EXPECT_EQ(fresh.session().end_reason().code, "SequenceTerminated");
    EXPECT_EQ(fresh.session().end_reason().reason, "The client has its reasons.");
    // The waiting thread goes home, the running operation runs out.
    EXPECT_EQ(fresh.TryBegin(2), "202");
    EXPECT_EQ(fresh.Answer(1), "202");
    EXPECT_FALSE(fresh.session().idle());
    fresh.Return(1);
    EXPECT_TRUE(fresh.session().idle());
    EXPECT_FALSE(fresh.session().FinalAnswer());
  }
}

TEST_P(AcceptorReplies, WhatTheClientTakesForDoneRunsAlsoAfterItsFault) {
  EXPECT_EQ(client.Send(client.OneWay(2), kIterative), "200 SequenceAcknowledgement ack=[2-2]");
  EXPECT_EQ(client.Send(client.OneWay(4), kIterative), "200 SequenceAcknowledgement ack=[2-2][4-4]");
  EXPECT_EQ(client.Send(client.OneWay(1)), "deliver 1");
  EXPECT_EQ(client.AnswerNothing(1), "200 SequenceAcknowledgement ack=[1-2][4-4]");
  EXPECT_EQ(client.Send(client.Fault(wire::FaultCode::kSequenceTerminated, "urn:s")), "202");
  EXPECT_TRUE(client.session().ended());
  EXPECT_EQ(client.TakeReady(), "nothing");  // the first one still runs
  client.Return(1);
  EXPECT_EQ(client.TakeReady(), "deliver 2");
  client.Return(2);
  EXPECT_EQ(client.TakeReady(), "nothing");  // the third one is missing, and so the client is told that 4 is uncertain
  EXPECT_TRUE(client.session().idle());
}

TEST_P(AcceptorReplies, OfAnUnorderedSessionAllThatIsAcknowledgedRunsAlsoAfterTheClientsFault) {
  client.options.ordered = false;
  EXPECT_EQ(client.Send(client.OneWay(1), kIterative), "deliver 1");
  EXPECT_EQ(client.Send(client.OneWay(4), kIterative), "200 SequenceAcknowledgement ack=[1-1][4-4]");
  EXPECT_EQ(client.Send(client.Fault(wire::FaultCode::kSequenceTerminated, "urn:s")), "202");
  client.Return(1);
  EXPECT_EQ(client.TakeReady(), "deliver 4");
}

TEST_P(AcceptorReplies, AFaultThatNamesAnotherSequenceChangesNothing) {
  EXPECT_EQ(client.Send(client.Fault(wire::FaultCode::kSequenceTerminated, "urn:other")), "500 UnknownSequence");
  EXPECT_FALSE(client.session().ended());

  AcceptorClient one_way(GetParam());
  one_way.offer = false;
  EXPECT_EQ(one_way.Send(one_way.Fault(wire::FaultCode::kSequenceTerminated, "urn:o")), "500 UnknownSequence");
  EXPECT_FALSE(one_way.session().ended());
}

TEST_P(AcceptorReplies, ToARequestWithoutActionHaveNone) {
  wire::Envelope request = client.Request(1);
  request.addressing.action.clear();
  EXPECT_EQ(client.Send(request), "deliver 1");
  engine::OperationAnswer answer;
  answer.reply = MakePayload("reply");
  const engine::Disposition disposition = client.AnswerOf(1, answer);
  EXPECT_EQ(Line(disposition), "200 reply seq=1 ack=[1-1]");
  EXPECT_EQ(std::get<engine::Respond>(disposition).envelope.addressing.action, "");
}

TEST_P(AcceptorReplies, AfterTheEndEverythingIsUnknown) {
  client.Send(client.Fault(wire::FaultCode::kSequenceTerminated, "urn:s"));
  EXPECT_EQ(client.Send(client.Request(1)), "500 UnknownSequence");
  EXPECT_EQ(client.Send(client.Terminate()), "500 UnknownSequence");
  EXPECT_EQ(client.Send(client.Fault(wire::FaultCode::kSequenceTerminated, "urn:s")), "202");
  EXPECT_EQ(client.TakeReady(), "nothing");
}

TEST_P(AcceptorReplies, SilenceForTheInactivityTimeoutEndsTheSession) {
  client.options.inactivity_timeout = Duration::Seconds(10);
  const Timestamp start = client.now;
  EXPECT_EQ(client.session().NextTimeout(), start + Duration::Seconds(10));
  client.now = start + Duration::Microseconds(9999999);
  client.session().HandleTimeout(client.now);
  EXPECT_FALSE(client.session().ended());
  client.now = start + Duration::Seconds(10);
  client.session().HandleTimeout(client.now);
  EXPECT_TRUE(client.session().ended());
  EXPECT_EQ(client.session().end_reason().code, "InactivityTimeout");
  EXPECT_TRUE(client.session().NextTimeout().never());
}

TEST_P(AcceptorReplies, EveryMessageOfTheSessionKeepsItAliveAndOthersDoNot) {
  client.options.inactivity_timeout = Duration::Seconds(10);
  client.Call(1);
  for (const wire::Envelope& message : {client.AckRequested(), client.AckAlone({1}), client.Request(1)}) {
    client.now = client.now + Duration::Seconds(9);
    client.Send(message);
    EXPECT_EQ(client.session().NextTimeout(), client.now + Duration::Seconds(10));
  }
  const Timestamp before = client.session().NextTimeout();
  client.now = client.now + Duration::Seconds(9);
  client.Send(client.AckRequested("urn:other"));
  EXPECT_EQ(client.session().NextTimeout(), before);
}

TEST_P(AcceptorReplies, ALongOperationIsNotSilence) {
  client.options.inactivity_timeout = Duration::Seconds(10);
  client.Send(client.Request(1));
  EXPECT_TRUE(client.session().NextTimeout().never());
  client.now = client.now + Duration::Seconds(60);
  client.session().HandleTimeout(client.now);
  EXPECT_FALSE(client.session().ended());
  client.Answer(1);
  client.Return(1);
  EXPECT_EQ(client.session().NextTimeout(), client.now + Duration::Seconds(10));
}

TEST_P(AcceptorReplies, AnEndlessInactivityTimeoutIsNone) {
  client.options.inactivity_timeout = Duration::Microseconds(INT64_MAX);
  EXPECT_TRUE(client.session().NextTimeout().never());
}

TEST_P(AcceptorReplies, AnOperationThatAnswersTwiceHasAnsweredOnce) {
  client.Send(client.Request(1));
  client.Answer(1, "first");
  const auto again = client.AnswerOf(1, engine::OperationAnswer{MakePayload("second"), 200, ""});
  EXPECT_EQ(Line(again), "200 reply seq=1 ack=[1-1]");
  EXPECT_EQ((*std::get<engine::Respond>(again).envelope.payload())->entity, "first");
  client.Return(1);
  EXPECT_EQ(client.Answer(1, "third"), "200 reply seq=1 ack=[1-1]");
  EXPECT_EQ(client.Call(2), "200 reply seq=2 ack=[1-2]");
}

TEST_P(AcceptorReplies, AnOperationThatAnsweredNothingHasNoReplyLater) {
  client.Send(client.Request(1));
  EXPECT_EQ(client.AnswerNothing(1), "200 SequenceAcknowledgement ack=[1-1]");
  EXPECT_EQ(client.Answer(1), "200 SequenceAcknowledgement ack=[1-1]");
  client.Return(1);
  EXPECT_EQ(client.Answer(1), "200 SequenceAcknowledgement ack=[1-1]");
  EXPECT_EQ(client.Call(2), "200 reply seq=1 ack=[1-2]");
}

}  // namespace
}  // namespace gsoaprm::acceptor_testing
