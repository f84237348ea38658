#include "tests/unit/engine/initiator_driver.h"

namespace gsoaprm::engine {
namespace {

class InitiatorAnswers : public ::testing::Test {
 protected:
  void SetUp() override { driver.OpenCleanly(); }
  InitiatorDriver driver{Options11()};
};

TEST_F(InitiatorAnswers, CompletesACallWithItsReply) {
  const MessageNumber number = driver.Submit();
  driver.Answer(driver.last().exchange, driver.Reply(driver.last(), 1, 1, "five"), 200);
  ASSERT_EQ(1u, driver.calls.size());
  EXPECT_EQ(number, driver.last_call().number);
  EXPECT_EQ(CompleteCall::Kind::kReply, driver.last_call().kind);
  EXPECT_EQ("five", driver.last_call().reply->entity);
  EXPECT_EQ(200, driver.last_call().http_status);
  EXPECT_EQ("urn:calc/AddResponse", driver.last_call().reply_action);
  EXPECT_EQ(0u, driver.session.UnsettledCount());
}

TEST_F(InitiatorAnswers, TakesAnApplicationFaultWithSequenceForAReply) {
  driver.Submit();
  wire::Envelope reply = driver.Reply(driver.last(), 1, 1);
  auto fault = std::make_shared<wire::Payload>();
  fault->is_fault = true;
  reply.body = wire::PayloadPointer(fault);
  driver.Answer(driver.last().exchange, reply, 500);
  EXPECT_EQ(CompleteCall::Kind::kReply, driver.last_call().kind);
  EXPECT_TRUE(driver.last_call().reply->is_fault);
  EXPECT_EQ(500, driver.last_call().http_status);
  EXPECT_EQ(SessionState::kOpened, driver.session.state());
}

TEST_F(InitiatorAnswers, AcceptsAReplyWithoutAcknowledgement) {
  driver.Submit();
  wire::Envelope reply = driver.Reply(driver.last(), 1, 1);
  reply.acknowledgement.reset();
  driver.Answer(driver.last().exchange, reply);
  EXPECT_EQ(CompleteCall::Kind::kReply, driver.last_call().kind);
}

TEST_F(InitiatorAnswers, AcceptsAReplyThatRelatesToNothing) {
  driver.Submit();
  wire::Envelope reply = driver.Reply(driver.last(), 1, 1);
  reply.addressing.relates_to.reset();
  driver.Answer(driver.last().exchange, reply);
  EXPECT_EQ(CompleteCall::Kind::kReply, driver.last_call().kind);
}

TEST_F(InitiatorAnswers, AcceptsTheReplyOnAnyExchangeOfTheMessage) {
  driver.Submit();
  driver.Expire();
  ASSERT_EQ(3u, driver.sent.size());
  driver.Answer(driver.sent[2].exchange, driver.Reply(driver.sent[2], 1, 1));
  EXPECT_EQ(1u, driver.calls.size());
  driver.Answer(driver.sent[1].exchange, driver.Reply(driver.sent[1], 1, 1));
  EXPECT_EQ(1u, driver.calls.size());
  EXPECT_EQ(1u, driver.session.metrics().stale_replies);
}

TEST_F(InitiatorAnswers, IgnoresSwappedResponses) {
  driver.CallCleanly();
  driver.Submit();
  driver.Submit();
  const Transmit first = driver.sent[2], second = driver.sent[3];
  driver.Answer(first.exchange, driver.Reply(second, 3, 3));
  driver.Answer(second.exchange, driver.Reply(first, 2, 3));
  EXPECT_EQ(1u, driver.calls.size());
  EXPECT_EQ(2u, driver.session.UnsettledCount());
  driver.Submit();
  driver.Expire();
  for (std::size_t i = 4; i < driver.sent.size(); ++i) {
    EXPECT_TRUE(driver.sent[i].envelope.acknowledgement->ranges.IsExactly(MessageNumber(1)));
  }
}

TEST_F(InitiatorAnswers, IgnoresAReplyThatWasGivenToAnotherRequest) {
  driver.CallCleanly();
  driver.Submit();
  wire::Envelope reply = driver.Reply(driver.last(), 1, 2);
  reply.addressing.relates_to.reset();
  driver.Answer(driver.last().exchange, reply);
  EXPECT_EQ(1u, driver.calls.size());
  EXPECT_EQ(1u, driver.session.UnsettledCount());
}

TEST_F(InitiatorAnswers, DoesNotCountAnUncertainLateReplyAsReceived) {
  driver.CallCleanly();
  driver.Submit();
  driver.Expire();
  const Transmit first = driver.sent[2], copy = driver.sent[3];
  driver.Answer(first.exchange, driver.Reply(first, 2, 2));
  driver.Submit();
  wire::Envelope stray = driver.Reply(copy, 3, 3);  // really the reply to message 3
  stray.addressing.relates_to.reset();
  driver.Answer(copy.exchange, stray);
  driver.Answer(driver.sent[4].exchange, driver.Reply(driver.sent[4], 3, 3));
  EXPECT_EQ(3u, driver.calls.size());
  EXPECT_EQ(MessageNumber(3), driver.last_call().number);
}

TEST_F(InitiatorAnswers, DoesNotTakeAnAcknowledgementSeenElsewhereForTheReply) {
  driver.CallCleanly();
  driver.Submit();
  driver.Submit();
  driver.Answer(driver.sent[3].exchange, driver.Reply(driver.sent[3], 2, 3));  // acknowledges both
  EXPECT_EQ(2u, driver.calls.size());
  EXPECT_EQ(1u, driver.session.UnsettledCount());
  driver.Expire();
  EXPECT_EQ(MessageNumber(2), driver.last().number);
  EXPECT_TRUE(driver.last().retransmission);
}

TEST_F(InitiatorAnswers, EndsATwoWayCallWithAnAcknowledgementAloneOnItsOwnExchange) {
  for (CallKind kind : {CallKind::kTwoWay, CallKind::kUnknown}) {
    const MessageNumber number = driver.Submit(kind);
    driver.Answer(driver.last().exchange, driver.AckOnly(number.value()));
    EXPECT_EQ(number, driver.last_call().number);
    EXPECT_EQ(CompleteCall::Kind::kAcknowledged, driver.last_call().kind);
  }
}

TEST_F(InitiatorAnswers, DoesNotEndACallWithAnAcknowledgementThatLacksItsNumber) {
  driver.CallCleanly();
  driver.Submit();
  driver.Answer(driver.last().exchange, driver.AckOnly(1));
  EXPECT_EQ(1u, driver.calls.size());
  EXPECT_EQ(1u, driver.session.UnsettledCount());
}

TEST_F(InitiatorAnswers, AcknowledgesALateReplyToACallThatWasAcknowledgedAlone) {
  driver.Submit();
  driver.Expire();
  const Transmit first = driver.sent[1], copy = driver.sent[2];
  driver.Answer(first.exchange, driver.AckOnly(1));
  driver.Answer(copy.exchange, driver.Reply(copy, 1, 1));
  EXPECT_EQ(1u, driver.calls.size());
  driver.Submit();
  EXPECT_TRUE(driver.last().envelope.acknowledgement->ranges.IsExactly(MessageNumber(1)));
}

TEST_F(InitiatorAnswers, SettlesOneWayMessagesByRangeOnAnyExchange) {
  driver.CallCleanly();
  driver.Submit(CallKind::kOneWay);
  driver.Submit(CallKind::kTwoWay);
  driver.Answer(driver.last().exchange, driver.Reply(driver.last(), 2, 3));
  ASSERT_EQ(3u, driver.calls.size());
  EXPECT_EQ(MessageNumber(2), driver.calls[1].number);
  EXPECT_EQ(CompleteCall::Kind::kAcknowledged, driver.calls[1].kind);
  EXPECT_EQ(0u, driver.session.UnsettledCount());
}

TEST_F(InitiatorAnswers, IgnoresAStaleAcknowledgement) {
  driver.CallCleanly();
  driver.CallCleanly();
  driver.Submit(CallKind::kOneWay);
  driver.Answer(driver.last().exchange, driver.AckOnly(1));
  EXPECT_EQ(SessionState::kOpened, driver.session.state());
  EXPECT_EQ(1u, driver.session.UnsettledCount());
}

TEST_F(InitiatorAnswers, FaultsOnAnAcknowledgementOfWhatWasNeverSent) {
  driver.Submit();
  driver.Answer(driver.last().exchange, driver.Reply(driver.last(), 1, 2));
  EXPECT_EQ(SessionState::kFaulted, driver.session.state());
  EXPECT_EQ("InvalidAcknowledgement", driver.session.fault().code);
  EXPECT_EQ(wire::FaultCode::kInvalidAcknowledgement, driver.last_fault().code);
  EXPECT_EQ(MessageNumber(2), driver.last_fault().acknowledgement->ranges.Highest());
  EXPECT_EQ(CompleteCall::Kind::kFailed, driver.last_call().kind);
}

TEST_F(InitiatorAnswers, FaultsOnAReplyOfAnotherSequence) {
  driver.Submit();
  wire::Envelope reply = driver.Reply(driver.last(), 1, 1);
  reply.sequence->id = SequenceId("urn:another");
  driver.Answer(driver.last().exchange, reply);
  EXPECT_EQ("UnknownSequence", driver.session.fault().code);
  EXPECT_EQ(wire::FaultCode::kUnknownSequence, driver.last_fault().code);
}

// Also where the number has been taken: only in the own sequence is it the copy of a reply that is here.
TEST_F(InitiatorAnswers, FaultsOnAReplyOfAnotherSequenceWithANumberThatIsTaken) {
  driver.CallCleanly();
  driver.Submit();
  wire::Envelope reply = driver.Reply(driver.last(), 1, 2);
  reply.sequence->id = SequenceId("urn:another");
  driver.Answer(driver.last().exchange, reply);
  EXPECT_EQ("UnknownSequence", driver.session.fault().code);
}

TEST_F(InitiatorAnswers, FaultsOnAnAcknowledgementOfAnotherSequence) {
  driver.Submit();
  wire::Envelope reply = driver.Reply(driver.last(), 1, 1);
  reply.acknowledgement->id = SequenceId("urn:another");
  driver.Answer(driver.last().exchange, reply);
  EXPECT_EQ("UnknownSequence", driver.session.fault().code);
}

TEST_F(InitiatorAnswers, FaultsOnAFinalAcknowledgementBeforeTheClose) {
  driver.Submit();
  wire::Envelope reply = driver.Reply(driver.last(), 1, 1);
  reply.acknowledgement->final = true;
  driver.Answer(driver.last().exchange, reply);
  EXPECT_EQ(SessionState::kFaulted, driver.session.state());
  EXPECT_EQ(wire::FaultCode::kSequenceTerminated, driver.last_fault().code);
  EXPECT_EQ(0u, driver.session.metrics().stale_replies);  // what came with it is not even looked at
}

TEST_F(InitiatorAnswers, FaultsWhenTheServiceTriesToEndTheSession) {
  for (wire::RmAction action : {wire::RmAction::kCloseSequence, wire::RmAction::kTerminateSequence}) {
    InitiatorDriver fresh(Options11());
    fresh.OpenCleanly();
    fresh.Submit();
    fresh.Answer(fresh.last().exchange, fresh.Blank(action));
    EXPECT_EQ(SessionState::kFaulted, fresh.session.state());
  }
}

TEST_F(InitiatorAnswers, FaultsOnAnAnswerWithoutAnyHeaderOfTheSession) {
  driver.Submit();
  wire::Envelope plain = driver.Blank(wire::RmAction::kNone);
  plain.body = Text("not reliable");
  driver.Answer(driver.last().exchange, plain);
  EXPECT_EQ(SessionState::kFaulted, driver.session.state());
}

TEST_F(InitiatorAnswers, WaitsOnAfterNoAnswer) {
  driver.Submit();
  driver.NoAnswer(driver.last().exchange, 202);
  EXPECT_TRUE(driver.calls.empty());
  driver.Expire();
  EXPECT_EQ(450, driver.TimesOf(1).back());
}

TEST_F(InitiatorAnswers, FailsTheCallOnAnHttpErrorButKeepsSendingTheMessage) {
  driver.Submit();
  driver.HttpError(driver.last().exchange, 400);
  ASSERT_EQ(1u, driver.calls.size());
  EXPECT_EQ(CompleteCall::Kind::kFailed, driver.last_call().kind);
  EXPECT_EQ(ErrorClass::kTryAgain, driver.last_call().status.error);
  EXPECT_EQ(Outcome::kUnknown, driver.last_call().outcome);
  EXPECT_EQ(1u, driver.session.UnsettledCount());
  driver.Expire();
  EXPECT_TRUE(driver.last().retransmission);
  driver.HttpError(driver.last().exchange, 400);
  driver.Expire();
  driver.Answer(driver.last().exchange, driver.Reply(driver.last(), 1, 1));
  EXPECT_EQ(1u, driver.calls.size());
  EXPECT_EQ(0u, driver.session.UnsettledCount());
}

TEST_F(InitiatorAnswers, EndsTheSessionOnAnAnswerThatSendingAgainWouldBringAgain) {
  driver.Submit();
  driver.Hopeless(driver.last().exchange, 200);
  EXPECT_EQ(SessionState::kFaulted, driver.session.state());
  EXPECT_EQ("AnswerTooLarge", driver.session.fault().code);
  EXPECT_EQ(wire::FaultCode::kSequenceTerminated, driver.last_fault().code);
  EXPECT_FALSE(driver.last_fault().sender);
  ASSERT_EQ(1u, driver.calls.size());
  EXPECT_EQ("AnswerTooLarge", driver.last_call().status.code);
  EXPECT_EQ("Allow more.", driver.last_call().status.advice);
  EXPECT_EQ(Outcome::kExecuted, driver.last_call().outcome) << "it was answered";
  EXPECT_TRUE(driver.last_change().unacknowledged.empty());
  EXPECT_TRUE(driver.session.NextTimeout().never()) << "nothing is sent again";
}

TEST_F(InitiatorAnswers, EndsTheOtherCallsWithTheSession) {
  driver.CallCleanly();
  driver.Submit();
  driver.Submit();
  driver.Hopeless(driver.sent[2].exchange, 200);
  ASSERT_EQ(3u, driver.calls.size());
  EXPECT_EQ(MessageNumber(2), driver.calls[1].number);
  EXPECT_EQ(MessageNumber(3), driver.calls[2].number);
  EXPECT_EQ(Outcome::kUnknown, driver.calls[2].outcome);
  EXPECT_EQ((std::vector<MessageNumber>{MessageNumber(3)}), driver.last_change().unacknowledged);
}

TEST_F(InitiatorAnswers, TellsNobodyWhenThePeerCannotBeTalkedToAtAll) {
  driver.Submit();
  const std::size_t sent = driver.sent.size();
  driver.Hopeless(driver.last().exchange, 0);
  EXPECT_EQ(SessionState::kFaulted, driver.session.state());
  EXPECT_EQ(sent, driver.sent.size());
  EXPECT_EQ(Outcome::kUnknown, driver.last_call().outcome);
  EXPECT_EQ((std::vector<MessageNumber>{MessageNumber(1)}), driver.last_change().unacknowledged);
}

TEST_F(InitiatorAnswers, IgnoresAHopelessCopyOfAMessageThatIsSettled) {
  driver.Submit();
  driver.Expire();
  const Transmit first = driver.sent[1];
  driver.Answer(driver.last().exchange, driver.Reply(driver.last(), 1, 1));
  driver.Hopeless(first.exchange, 200);
  EXPECT_EQ(SessionState::kOpened, driver.session.state());
}

TEST_F(InitiatorAnswers, IgnoresAnExchangeItDidNotStart) {
  driver.Submit();
  driver.Answer(ExchangeId(999), driver.Reply(driver.last(), 1, 1));
  EXPECT_TRUE(driver.calls.empty());
}

TEST(InitiatorOneWayAnswers, SettleByRangeOnALaterExchange) {
  InitiatorDriver driver(Options2005(SessionShape::kOneWay));
  driver.OpenCleanly();
  driver.Submit(CallKind::kOneWay);
  driver.Answer(driver.last().exchange, driver.AckOnly(1));
  driver.Submit(CallKind::kUnknown);
  driver.Submit(CallKind::kTwoWay);
  driver.NoAnswer(driver.sent[2].exchange);
  driver.Answer(driver.sent[3].exchange, driver.AckOnly(3));
  ASSERT_EQ(3u, driver.calls.size());
  for (const CompleteCall& call : driver.calls) {
    EXPECT_EQ(CompleteCall::Kind::kAcknowledged, call.kind);
  }
}

TEST(InitiatorOneWayAnswers, WithASequenceOrAnAckRequestedAreRefused) {
  for (bool sequence : {true, false}) {
    InitiatorDriver driver(Options2005(SessionShape::kOneWay));
    driver.OpenCleanly();
    driver.Submit(CallKind::kOneWay);
    wire::Envelope answer = driver.AckOnly(1);
    if (sequence) {
      answer.sequence = wire::SequenceHeader{SequenceId("urn:another"), MessageNumber(1), false};
    } else {
      answer.ack_requested = wire::AckRequestedHeader{SequenceId("urn:another")};
    }
    driver.Answer(driver.last().exchange, answer);
    EXPECT_EQ("UnknownSequence", driver.session.fault().code);
  }
}

TEST(InitiatorOneWayAnswers, WithoutAcknowledgementSettleNothing) {
  InitiatorDriver driver(Options2005(SessionShape::kOneWay));
  driver.OpenCleanly();
  driver.Submit(CallKind::kOneWay);
  driver.Answer(driver.last().exchange, driver.Blank(wire::RmAction::kSequenceAcknowledgement));
  EXPECT_EQ(1u, driver.session.UnsettledCount());
  EXPECT_EQ(SessionState::kOpened, driver.session.state());
}

TEST_F(InitiatorAnswers, TakesAReplyWithoutAPayloadForAnEmptyOne) {
  driver.Submit();
  wire::Envelope reply = driver.Reply(driver.last(), 1, 1);
  reply.body = wire::PayloadPointer();
  driver.Answer(driver.last().exchange, reply);
  EXPECT_EQ(CompleteCall::Kind::kReply, driver.last_call().kind);
  EXPECT_EQ(nullptr, driver.last_call().reply);
}

TEST_F(InitiatorAnswers, FaultsOnAnAnswerWithoutSessionAndWithoutAPayload) {
  driver.Submit();
  wire::Envelope answer = driver.Blank(wire::RmAction::kNone);
  answer.body = wire::PayloadPointer();
  driver.Answer(driver.last().exchange, answer);
  EXPECT_EQ("SequenceTerminated", driver.session.fault().code);
}

TEST_F(InitiatorAnswers, TellsACallerOnceThatItsCallFailed) {
  driver.Submit();
  driver.Expire();
  ASSERT_EQ(3u, driver.sent.size());
  driver.HttpError(driver.sent[1].exchange, 400);
  ASSERT_EQ(1u, driver.calls.size());
  EXPECT_EQ("HTTP 400", driver.last_call().status.code);
  driver.HttpError(driver.sent[2].exchange, 401);
  EXPECT_EQ(1u, driver.calls.size());
  driver.Expire();
  driver.Answer(driver.last().exchange, driver.Reply(driver.last(), 1, 1));
  EXPECT_EQ(1u, driver.calls.size());
  EXPECT_EQ(0u, driver.session.UnsettledCount());
  EXPECT_EQ(SessionState::kOpened, driver.session.state());
}

TEST_F(InitiatorAnswers, TellsACallerNothingMoreWhenTheSessionEndsAfterItsCallFailed) {
  driver.Submit();
  driver.HttpError(driver.last().exchange, 400);
  ASSERT_EQ(1u, driver.calls.size());
  EXPECT_EQ(1u, driver.session.UnsettledCount());
  driver.Expire();
  driver.Hopeless(driver.last().exchange, 200);
  EXPECT_EQ(1u, driver.calls.size());
  EXPECT_EQ("AnswerTooLarge", driver.session.fault().code);
}

TEST_F(InitiatorAnswers, TakesAQuestionForAnAcknowledgementOfItsOwnReplies) {
  driver.CallCleanly();
  driver.Submit();
  wire::Envelope reply = driver.Reply(driver.last(), 2, 2);
  reply.ack_requested = wire::AckRequestedHeader{driver.session.offered_sequence()};
  driver.Answer(driver.last().exchange, reply);
  EXPECT_EQ(SessionState::kOpened, driver.session.state());
  EXPECT_EQ(2u, driver.calls.size());
}

TEST_F(InitiatorAnswers, AcknowledgesOnceWhatItIsAskedTwice) {
  driver.CallCleanly();
  driver.Submit();
  driver.Submit();
  const Transmit first = driver.sent[2], second = driver.sent[3];
  for (const Transmit& request : {first, second}) {
    wire::Envelope reply = driver.Reply(request, request.number.value(), 3);
    reply.ack_requested = wire::AckRequestedHeader{driver.session.offered_sequence()};
    driver.Answer(request.exchange, reply);
  }
  EXPECT_EQ(3u, driver.calls.size());
  driver.RunUntil(driver.milliseconds() + 1000);
  EXPECT_TRUE(driver.last().envelope.acknowledgement->ranges.IsExactly(MessageNumber(3)));
}

TEST_F(InitiatorAnswers, FaultsOnAQuestionAboutAnotherSequence) {
  driver.Submit();
  wire::Envelope reply = driver.Reply(driver.last(), 1, 1);
  reply.ack_requested = wire::AckRequestedHeader{SequenceId("urn:another")};
  driver.Answer(driver.last().exchange, reply);
  EXPECT_EQ("UnknownSequence", driver.session.fault().code);
}

TEST(InitiatorHopelessAnswers, EndAnOpeningAtOnceAndSaySo) {
  InitiatorDriver driver{Options11()};
  driver.Open();
  driver.Hopeless(driver.last().exchange, 200);
  EXPECT_EQ(SessionState::kFaulted, driver.session.state());
  EXPECT_EQ("AnswerTooLarge", driver.session.fault().code);
  EXPECT_EQ(0u, driver.Count(wire::RmAction::kFault));  // there is no sequence to end
}

TEST(InitiatorHopelessAnswers, EndNothingWhenAnotherCopyHasOpenedTheSession) {
  InitiatorDriver driver{Options11()};
  driver.Open();
  driver.Expire();
  ASSERT_EQ(2u, driver.Count(wire::RmAction::kCreateSequence));
  driver.Answer(driver.sent[1].exchange, driver.CreateResponse());
  ASSERT_EQ(SessionState::kOpened, driver.session.state());
  driver.Hopeless(driver.sent[0].exchange, 200);
  EXPECT_EQ(SessionState::kOpened, driver.session.state());
}

TEST(InitiatorHopelessAnswers, EndNothingWhenAnotherCopyWasAnswered) {
  InitiatorDriver driver{Options11()};
  driver.OpenCleanly();
  driver.Submit();
  driver.Expire();
  driver.Answer(driver.sent[2].exchange, driver.Reply(driver.sent[2], 1, 1));
  driver.Hopeless(driver.sent[1].exchange, 200);
  EXPECT_EQ(SessionState::kOpened, driver.session.state());
}

TEST(InitiatorOneWayQuestions, AreFaultedWithoutAnOfferedSequence) {
  InitiatorDriver driver{Options11(SessionShape::kOneWay)};
  driver.OpenCleanly();
  driver.Submit(CallKind::kOneWay);
  wire::Envelope answer = driver.AckOnly(1);
  answer.ack_requested = wire::AckRequestedHeader{SequenceId()};
  driver.Answer(driver.last().exchange, answer);
  EXPECT_EQ("UnknownSequence", driver.session.fault().code);
}

}  // namespace
}  // namespace gsoaprm::engine
