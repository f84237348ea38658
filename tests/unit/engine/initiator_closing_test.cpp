#include "tests/unit/engine/initiator_driver.h"

namespace gsoaprm::engine {
namespace {

using wire::RmAction;

TEST(InitiatorClosing, IsClosedAtOnceWhenItWasNeverOpened) {
  InitiatorDriver driver(Options2005());
  driver.Close();
  EXPECT_EQ(SessionState::kClosed, driver.session.state());
  EXPECT_TRUE(driver.last_change().reason.ok());
  EXPECT_TRUE(driver.sent.empty());
}

TEST(InitiatorClosing, WaitsForTheOpening) {
  InitiatorDriver driver(Options11());
  driver.Open();
  driver.Close();
  EXPECT_EQ(SessionState::kOpening, driver.session.state());
  driver.Answer(driver.last().exchange, driver.CreateResponse());
  EXPECT_EQ(SessionState::kClosing, driver.session.state());
  EXPECT_EQ(RmAction::kCloseSequence, driver.last().envelope.rm_action);
}

TEST(InitiatorClosing, GivesUpAnOpeningThatTakesLongerThanTheCloseTimeout) {
  Options options = Options11();
  options.close_timeout = Duration::Seconds(5);
  InitiatorDriver driver(options);
  driver.Open();
  driver.Close();
  driver.RunUntil(5000);
  EXPECT_EQ("CloseTimeout", driver.session.fault().code);
}

TEST(InitiatorClosing, EndsARequestReplySessionOf2005) {
  InitiatorDriver driver(Options2005());
  driver.OpenCleanly();
  driver.CallCleanly();
  driver.Close();
  EXPECT_FALSE(driver.session.CanSubmit());
  const wire::Envelope last_message = driver.last().envelope;
  EXPECT_EQ(RmAction::kLastMessage, last_message.rm_action);
  EXPECT_EQ("http://schemas.xmlsoap.org/ws/2005/02/rm/LastMessage", last_message.addressing.action);
  EXPECT_TRUE(last_message.sequence->last_message);
  EXPECT_EQ(MessageNumber(2), last_message.sequence->number);
  EXPECT_FALSE(last_message.addressing.message_id.has_value());
  EXPECT_TRUE(last_message.acknowledgement->ranges.IsExactly(MessageNumber(1)));
  driver.Answer(driver.last().exchange, driver.LastMessageReply(2, 2));

  const wire::Envelope terminate = driver.last().envelope;
  EXPECT_EQ(RmAction::kTerminateSequence, terminate.rm_action);
  EXPECT_TRUE(terminate.addressing.message_id.has_value());
  EXPECT_EQ(InitiatorDriver::kSequence, std::get<wire::TerminateSequence>(terminate.body).id);
  EXPECT_FALSE(std::get<wire::TerminateSequence>(terminate.body).last_message_number.has_value());
  EXPECT_TRUE(terminate.acknowledgement->ranges.IsExactly(MessageNumber(2)));
  EXPECT_FALSE(terminate.acknowledgement->final);
  EXPECT_EQ(SessionState::kClosing, driver.session.state());
  driver.Answer(driver.last().exchange, driver.Blank(RmAction::kTerminateSequence));
  EXPECT_EQ(SessionState::kClosed, driver.session.state());
  EXPECT_EQ(1u, driver.calls.size());
  EXPECT_TRUE(driver.session.NextTimeout().never());
}

TEST(InitiatorClosing, NumbersTheLastMessageOfAnEmptySessionOne) {
  InitiatorDriver driver(Options2005());
  driver.OpenCleanly();
  driver.Close();
  EXPECT_EQ(MessageNumber(1), driver.last().envelope.sequence->number);
  EXPECT_FALSE(driver.last().envelope.acknowledgement.has_value());
}

TEST(InitiatorClosing, ListsNoLastMessageAmongWhatTheApplicationHasNotSent) {
  InitiatorDriver driver(Options2005());
  driver.OpenCleanly();
  driver.Submit();
  wire::Envelope reply = driver.Reply(driver.last(), 1, 1);
  reply.acknowledgement->buffer_remaining = 0;
  driver.Answer(driver.last().exchange, reply);
  driver.Close();
  EXPECT_EQ(0u, driver.Count(RmAction::kLastMessage)) << "there is no room for it";
  driver.Abort();
  EXPECT_TRUE(driver.last_change().not_sent.empty());
  EXPECT_TRUE(driver.last_change().unacknowledged.empty());
}

TEST(InitiatorClosing, SendsLastMessageAgainOnTheRetransmissionTimer) {
  InitiatorDriver driver(Options2005());
  driver.OpenCleanly();
  driver.Close();
  driver.NoAnswer(driver.last().exchange);
  driver.Expire();
  EXPECT_EQ(450, driver.TimesOf(1).back());
  EXPECT_EQ(2u, driver.Count(RmAction::kLastMessage));
}

TEST(InitiatorClosing, EndsAOneWaySessionOf2005) {
  InitiatorDriver driver(Options2005(SessionShape::kOneWay));
  driver.OpenCleanly();
  driver.Submit(CallKind::kOneWay);
  driver.Answer(driver.last().exchange, driver.AckOnly(1));
  driver.Close();
  EXPECT_EQ(RmAction::kLastMessage, driver.last().envelope.rm_action);
  EXPECT_FALSE(driver.last().envelope.acknowledgement.has_value());
  driver.Answer(driver.last().exchange, driver.AckOnly(2));
  EXPECT_EQ(RmAction::kTerminateSequence, driver.last().envelope.rm_action);
  EXPECT_FALSE(driver.last().envelope.addressing.message_id.has_value());
  EXPECT_FALSE(driver.last().envelope.acknowledgement.has_value());
  driver.NoAnswer(driver.last().exchange, 202);
  EXPECT_EQ(SessionState::kClosed, driver.session.state());
}

TEST(InitiatorClosing, RepeatsATerminateOf2005OneWayThatDidNotArriveAFewTimesOnly) {
  InitiatorDriver driver(Options2005(SessionShape::kOneWay));
  driver.OpenCleanly();
  driver.Close();
  driver.Answer(driver.last().exchange, driver.AckOnly(1));
  while (driver.session.state() == SessionState::kClosing) {
    driver.NoAnswer(driver.last().exchange, 0);
    if (driver.session.state() == SessionState::kClosing) {
      driver.Expire();
    }
  }
  EXPECT_EQ(SessionState::kClosed, driver.session.state());
  EXPECT_EQ(3u, driver.Count(RmAction::kTerminateSequence));
}

TEST(InitiatorClosing, RepeatsATerminateOf2005OneWayThatHangsAFewTimesAndIsClosedThen) {
  InitiatorDriver driver(Options2005(SessionShape::kOneWay));
  driver.OpenCleanly();
  driver.Close();
  driver.Answer(driver.last().exchange, driver.AckOnly(1));
  const auto start = driver.milliseconds();
  driver.RunUntil(start + 29999);
  EXPECT_EQ(3u, driver.Count(RmAction::kTerminateSequence));
  EXPECT_EQ(SessionState::kClosing, driver.session.state());
  driver.RunUntil(start + 30000);
  EXPECT_EQ(3u, driver.Count(RmAction::kTerminateSequence));
  EXPECT_EQ(SessionState::kClosed, driver.session.state());
  EXPECT_TRUE(driver.session.fault().ok());
}

class InitiatorClosing11 : public ::testing::Test {
 protected:
  void SetUp() override {
    driver.OpenCleanly();
    driver.CallCleanly();
    driver.CallCleanly();
    driver.Close();
  }
  InitiatorDriver driver{Options11()};
};

TEST_F(InitiatorClosing11, SendsCloseThenTerminateWithFinalAcknowledgements) {
  const wire::Envelope close = driver.last().envelope;
  EXPECT_EQ(RmAction::kCloseSequence, close.rm_action);
  EXPECT_TRUE(close.addressing.message_id.has_value());
  EXPECT_FALSE(close.addressing.reply_to.has_value());
  EXPECT_EQ(MessageNumber(2), std::get<wire::CloseSequence>(close.body).last_message_number);
  EXPECT_TRUE(close.acknowledgement->final);
  EXPECT_TRUE(close.acknowledgement->ranges.IsExactly(MessageNumber(2)));
  driver.Answer(driver.last().exchange, driver.FinalAnswer(RmAction::kCloseSequenceResponse, 2));

  const wire::Envelope terminate = driver.last().envelope;
  EXPECT_EQ(RmAction::kTerminateSequence, terminate.rm_action);
  EXPECT_NE(close.addressing.message_id, terminate.addressing.message_id);
  EXPECT_EQ(MessageNumber(2), std::get<wire::TerminateSequence>(terminate.body).last_message_number);
  EXPECT_TRUE(terminate.acknowledgement->final);
  driver.Answer(driver.last().exchange, driver.FinalAnswer(RmAction::kTerminateSequenceResponse, 2));
  EXPECT_EQ(SessionState::kClosed, driver.session.state());
}

TEST_F(InitiatorClosing11, RepeatsTheSameCloseEveryTenSeconds) {
  const std::int64_t start = driver.milliseconds();
  const auto id = driver.last().envelope.addressing.message_id;
  driver.NoAnswer(driver.last().exchange);
  driver.Expire();
  EXPECT_EQ(10000, driver.milliseconds() - start);
  EXPECT_EQ(2u, driver.Count(RmAction::kCloseSequence));
  EXPECT_EQ(id, driver.last().envelope.addressing.message_id);
}

TEST_F(InitiatorClosing11, TakesNoOtherAnswerForTheEndThoughAllElseIsRight) {
  wire::Envelope other = driver.FinalAnswer(RmAction::kCloseSequenceResponse, 2);
  other.rm_action = RmAction::kTerminateSequenceResponse;
  driver.Answer(driver.last().exchange, other);
  EXPECT_EQ(SessionState::kFaulted, driver.session.state());
  EXPECT_EQ("SequenceTerminated", driver.session.fault().code);
}

TEST(InitiatorClosing, TakesForDoneWhatWasAcknowledgedBehindAGapThatOnlyAReplyHasClosed) {
  InitiatorDriver driver(Options11());
  driver.OpenCleanly();
  driver.CallCleanly();  // the window opens
  const Transmit second = (driver.Submit(), driver.last());
  driver.Submit(CallKind::kOneWay);
  wire::Envelope gap = driver.AckOnly(1);
  gap.acknowledgement->ranges.Insert(MessageNumber(3));
  driver.Answer(driver.last().exchange, gap);
  wire::Envelope reply = driver.Reply(second, 2, 1);
  reply.acknowledgement.reset();
  driver.Answer(second.exchange, reply);
  ASSERT_EQ(2u, driver.calls.size());
  driver.Close();
  driver.Answer(driver.last().exchange, driver.FinalAnswer(RmAction::kCloseSequenceResponse, 3));
  driver.Answer(driver.last().exchange, driver.FinalAnswer(RmAction::kTerminateSequenceResponse, 3));
  EXPECT_EQ(SessionState::kClosed, driver.session.state());
  ASSERT_EQ(3u, driver.calls.size());
  EXPECT_EQ(MessageNumber(3), driver.last_call().number);
  EXPECT_EQ(CompleteCall::Kind::kAcknowledged, driver.last_call().kind);
}

TEST_F(InitiatorClosing11, RepeatsTheSameTerminateEveryTenSeconds) {
  driver.Answer(driver.last().exchange, driver.FinalAnswer(RmAction::kCloseSequenceResponse, 2));
  const auto id = driver.last().envelope.addressing.message_id;
  driver.NoAnswer(driver.last().exchange);
  driver.Expire();
  EXPECT_EQ(2u, driver.Count(RmAction::kTerminateSequence));
  EXPECT_EQ(id, driver.last().envelope.addressing.message_id);
}

TEST_F(InitiatorClosing11, RepeatsCloseAndTerminateBesideExchangesThatHang) {
  const std::int64_t start = driver.milliseconds();
  driver.RunUntil(start + 9999);
  EXPECT_EQ(1u, driver.Count(RmAction::kCloseSequence));
  driver.RunUntil(start + 25000);
  EXPECT_EQ(3u, driver.Count(RmAction::kCloseSequence));
  driver.Answer(driver.last().exchange, driver.FinalAnswer(RmAction::kCloseSequenceResponse, 2));
  driver.RunUntil(start + 34999);
  EXPECT_EQ(1u, driver.Count(RmAction::kTerminateSequence));
  driver.RunUntil(start + 45000);
  EXPECT_EQ(3u, driver.Count(RmAction::kTerminateSequence));
  EXPECT_EQ(3u, driver.Count(RmAction::kCloseSequence)) << "it has been answered";
  driver.Answer(driver.last().exchange, driver.FinalAnswer(RmAction::kTerminateSequenceResponse, 2));
  EXPECT_EQ(SessionState::kClosed, driver.session.state());
}

TEST_F(InitiatorClosing11, FaultsWhenTheCloseTimeoutIsOver) {
  const std::int64_t start = driver.milliseconds();
  driver.RunUntil(start + 59999);
  EXPECT_EQ(SessionState::kClosing, driver.session.state());
  driver.RunUntil(start + 60000);
  EXPECT_EQ(SessionState::kFaulted, driver.session.state());
  EXPECT_EQ("CloseTimeout", driver.session.fault().code);
}

TEST_F(InitiatorClosing11, FaultsOnAnAnswerThatSendingAgainWouldBringAgain) {
  driver.Hopeless(driver.last().exchange, 200);
  EXPECT_EQ("AnswerTooLarge", driver.session.fault().code);
}

TEST_F(InitiatorClosing11, TakesUnknownSequenceAfterTerminateForDone) {
  driver.Answer(driver.last().exchange, driver.FinalAnswer(RmAction::kCloseSequenceResponse, 2));
  driver.Answer(driver.last().exchange, driver.Fault(wire::FaultCode::kUnknownSequence), 500);
  EXPECT_EQ(SessionState::kClosed, driver.session.state());
}

TEST_F(InitiatorClosing11, FaultsOnAnotherFaultAfterTerminate) {
  driver.Answer(driver.last().exchange, driver.FinalAnswer(RmAction::kCloseSequenceResponse, 2));
  driver.Answer(driver.last().exchange, driver.Fault(wire::FaultCode::kSequenceTerminated), 500);
  EXPECT_EQ(SessionState::kFaulted, driver.session.state());
}

TEST_F(InitiatorClosing11, DemandsRelatesTo) {
  wire::Envelope response = driver.FinalAnswer(RmAction::kCloseSequenceResponse, 2);
  response.addressing.relates_to = MessageId("urn:another");
  driver.Answer(driver.last().exchange, response);
  EXPECT_EQ("SequenceTerminated", driver.session.fault().code);
}

TEST_F(InitiatorClosing11, DemandsAFinalAcknowledgement) {
  wire::Envelope response = driver.FinalAnswer(RmAction::kCloseSequenceResponse, 2);
  response.acknowledgement->final = false;
  driver.Answer(driver.last().exchange, response);
  EXPECT_EQ("SequenceTerminated", driver.session.fault().code);
  EXPECT_EQ(wire::FaultCode::kSequenceTerminated, driver.last_fault().code);
}

TEST_F(InitiatorClosing11, DemandsAnAcknowledgement) {
  wire::Envelope response = driver.FinalAnswer(RmAction::kCloseSequenceResponse, 2);
  response.acknowledgement.reset();
  driver.Answer(driver.last().exchange, response);
  EXPECT_EQ("SequenceTerminated", driver.session.fault().code);
}

TEST_F(InitiatorClosing11, DemandsTheRangeOfExactlyTheMessagesSent) {
  for (std::uint64_t upper : {0u, 1u, 3u}) {
    InitiatorDriver fresh(Options11());
    fresh.OpenCleanly();
    fresh.CallCleanly();
    fresh.CallCleanly();
    fresh.Close();
    fresh.Answer(fresh.last().exchange, fresh.FinalAnswer(RmAction::kCloseSequenceResponse, upper));
    EXPECT_EQ("InvalidAcknowledgement", fresh.session.fault().code) << upper;
    EXPECT_EQ(wire::FaultCode::kInvalidAcknowledgement, fresh.last_fault().code);
  }
}

TEST_F(InitiatorClosing11, IgnoresFaultsOnLateCopiesOfMessages) {
  InitiatorDriver fresh(Options11());
  fresh.OpenCleanly();
  fresh.Submit();
  fresh.Expire();
  const Transmit late = fresh.sent[1];
  fresh.Answer(fresh.last().exchange, fresh.Reply(fresh.last(), 1, 1));
  fresh.Close();
  fresh.Answer(fresh.last().exchange, fresh.FinalAnswer(RmAction::kCloseSequenceResponse, 1));
  fresh.Answer(late.exchange, fresh.Fault(wire::FaultCode::kUnknownSequence), 500);
  EXPECT_EQ(SessionState::kClosing, fresh.session.state());
}

TEST(InitiatorClosing, LeavesLastMsgNumberOutWhenNothingWasSent) {
  for (SessionShape shape : {SessionShape::kRequestReply, SessionShape::kOneWay}) {
    InitiatorDriver driver(Options11(shape));
    driver.OpenCleanly();
    driver.Close();
    EXPECT_FALSE(std::get<wire::CloseSequence>(driver.last().envelope.body).last_message_number.has_value());
    EXPECT_EQ(shape == SessionShape::kRequestReply, driver.last().envelope.acknowledgement.has_value());
    driver.Answer(driver.last().exchange, driver.FinalAnswer(RmAction::kCloseSequenceResponse, 0));
    driver.Answer(driver.last().exchange, driver.FinalAnswer(RmAction::kTerminateSequenceResponse, 0));
    EXPECT_EQ(SessionState::kClosed, driver.session.state());
  }
}

TEST(InitiatorClosing, WaitsUntilEverythingIsSettled) {
  InitiatorDriver driver(Options11());
  driver.OpenCleanly();
  driver.CallCleanly();
  driver.Submit();
  driver.Submit();
  const Transmit second = driver.sent[2], third = driver.sent[3];
  driver.Close();
  EXPECT_EQ(0u, driver.Count(RmAction::kCloseSequence));
  driver.Answer(third.exchange, driver.Reply(third, 2, 3));
  EXPECT_EQ(0u, driver.Count(RmAction::kCloseSequence));
  driver.Answer(second.exchange, driver.Reply(second, 3, 3));
  EXPECT_EQ(1u, driver.Count(RmAction::kCloseSequence));
}

TEST(InitiatorClosing, FaultsWithOpenCallsWhenTheyAreNotSettledInTime) {
  InitiatorDriver driver(Options11());
  driver.OpenCleanly();
  driver.Submit();
  driver.Close();
  driver.RunUntil(driver.milliseconds() + 60000);
  EXPECT_EQ("CloseTimeout", driver.session.fault().code);
  EXPECT_EQ(CompleteCall::Kind::kFailed, driver.last_call().kind);
}

}  // namespace
}  // namespace gsoaprm::engine
