#include "engine/initiator_peer_faults.h"
#include "tests/unit/engine/initiator_driver.h"

namespace gsoaprm::engine {
namespace {

using wire::FaultCode;

class InitiatorFaults : public ::testing::TestWithParam<FaultCode> {};

TEST_P(InitiatorFaults, WithoutSequenceEndTheSessionWithThePeersReasonAndAreNotAnsweredByAFault) {
  InitiatorDriver driver(Options11());
  driver.OpenCleanly();
  driver.Submit();
  const std::size_t sent = driver.sent.size();
  driver.Answer(driver.last().exchange, driver.Fault(GetParam()), 500);
  EXPECT_EQ(SessionState::kFaulted, driver.session.state());
  EXPECT_EQ(ErrorClass::kSequenceDead, driver.session.fault().error);
  EXPECT_EQ("the peer's reason", driver.session.fault().reason);
  EXPECT_FALSE(driver.session.fault().code.empty());
  EXPECT_FALSE(driver.session.fault().advice.empty());
  EXPECT_EQ(sent, driver.sent.size());
  ASSERT_EQ(1u, driver.calls.size());
  EXPECT_EQ(Outcome::kUnknown, driver.last_call().outcome);
  EXPECT_EQ(driver.session.fault().code, driver.last_call().status.code);
}

INSTANTIATE_TEST_SUITE_P(All, InitiatorFaults,
                         ::testing::Values(FaultCode::kSequenceTerminated, FaultCode::kUnknownSequence,
                                           FaultCode::kInvalidAcknowledgement, FaultCode::kMessageNumberRollover,
                                           FaultCode::kLastMessageNumberExceeded, FaultCode::kSequenceClosed,
                                           FaultCode::kWsrmRequired, FaultCode::kEndpointUnavailable,
                                           FaultCode::kMessageAddressingHeaderRequired, FaultCode::kActionNotSupported,
                                           FaultCode::kMustUnderstand, FaultCode::kOther));

TEST(InitiatorFaultsOfTheApplication, EndTheSessionWithoutSequence) {
  InitiatorDriver driver(Options11());
  driver.OpenCleanly();
  driver.Submit();
  auto payload = std::make_shared<wire::Payload>();
  payload->is_fault = true;
  wire::Envelope fault = driver.Blank(wire::RmAction::kNone);
  fault.body = wire::PayloadPointer(payload);
  driver.Answer(driver.last().exchange, fault, 500);
  EXPECT_EQ(SessionState::kFaulted, driver.session.state());
}

TEST(InitiatorPeerFaults, NameACodeTheyDoNotKnow) {
  wire::Envelope answer;
  wire::Fault fault;
  fault.other_code = "{urn:x}Odd";
  answer.body = fault;
  EXPECT_EQ("{urn:x}Odd", PeerFault(answer).code);
}

TEST(InitiatorOutcome, IsExecutedWhenAcknowledgedWithoutReplyAndNotSentWhenItWaited) {
  InitiatorDriver driver(Options11());
  driver.OpenCleanly();
  driver.CallCleanly();
  driver.Submit();                                                             // 2
  driver.Submit();                                                             // 3
  driver.Submit();                                                             // 4: outside the window
  driver.Answer(driver.sent[3].exchange, driver.Reply(driver.sent[3], 2, 3));  // answers 3, acknowledges 2 as well
  driver.Abort();
  ASSERT_EQ(4u, driver.calls.size());
  EXPECT_EQ(MessageNumber(2), driver.calls[2].number);
  EXPECT_EQ(Outcome::kExecuted, driver.calls[2].outcome);
  EXPECT_EQ(MessageNumber(4), driver.calls[3].number);
  EXPECT_EQ(Outcome::kNotSent, driver.calls[3].outcome);
  EXPECT_TRUE(driver.last_change().unacknowledged.empty());
}

TEST(InitiatorOutcome, IsUnknownBeyondAGapOfAnOrderedSession) {
  for (bool ordered : {true, false}) {
    Options options = Options2005(SessionShape::kOneWay);
    options.ordered = ordered;
    InitiatorDriver driver(options);
    driver.OpenCleanly();
    driver.Submit(CallKind::kOneWay);
    driver.Answer(driver.last().exchange, driver.AckOnly(1));
    driver.Submit(CallKind::kOneWay);
    driver.Submit(CallKind::kOneWay);
    wire::Envelope gap = driver.AckOnly(1);
    gap.acknowledgement->ranges.Insert(MessageNumber(3));
    driver.Answer(driver.last().exchange, gap);
    EXPECT_EQ(ordered ? 1u : 2u, driver.calls.size());
    EXPECT_EQ(1u, driver.session.UnsettledCount());
    driver.Abort();
    EXPECT_EQ(3u, driver.calls.size());
    EXPECT_EQ(ordered ? 2u : 1u, driver.last_change().unacknowledged.size());
  }
}

TEST(InitiatorAbort, TellsThePeerAndFailsOpenCalls) {
  InitiatorDriver driver(Options2005());
  driver.OpenCleanly();
  driver.Submit();
  driver.Abort();
  EXPECT_EQ(SessionState::kClosed, driver.session.state());
  EXPECT_EQ("Aborted", driver.last_change().reason.code);
  EXPECT_EQ(FaultCode::kSequenceTerminated, driver.last_fault().code);
  EXPECT_FALSE(driver.last_fault().sender);
  EXPECT_EQ(driver.session.offered_sequence(), driver.last_fault().id);
  EXPECT_EQ("http://www.w3.org/2005/08/addressing/soap/fault", driver.last().envelope.addressing.action);
  EXPECT_EQ(CompleteCall::Kind::kFailed, driver.last_call().kind);
  driver.NoAnswer(driver.last().exchange, 202);
  EXPECT_EQ(1u, driver.calls.size());
}

TEST(InitiatorAbort, NamesTheCreatedSequenceWhenNoneWasOffered) {
  InitiatorDriver driver(Options2005(SessionShape::kOneWay));
  driver.OpenCleanly();
  driver.Abort();
  EXPECT_EQ(InitiatorDriver::kSequence, driver.last_fault().id);
}

TEST(InitiatorAbort, SaysNothingBeforeThereIsASequence) {
  InitiatorDriver driver(Options2005());
  driver.Open();
  driver.Abort();
  EXPECT_EQ(SessionState::kClosed, driver.session.state());
  EXPECT_EQ(1u, driver.sent.size());
  driver.Answer(driver.last().exchange, driver.CreateResponse());
  EXPECT_EQ(SessionState::kClosed, driver.session.state());
}

TEST(InitiatorGiveUp, FaultsTheSessionAsWcfDoes) {
  InitiatorDriver driver(Options2005());
  driver.OpenCleanly();
  driver.Submit();
  driver.GiveUp(1);
  EXPECT_EQ(SessionState::kFaulted, driver.session.state());
  EXPECT_EQ("SendTimeout", driver.session.fault().code);
  EXPECT_EQ(1u, driver.Count(wire::RmAction::kFault));
  driver.GiveUp(1);
  EXPECT_EQ(1u, driver.Count(wire::RmAction::kFault));
}

TEST(InitiatorGiveUp, DoesNothingForACallThatIsAnswered) {
  InitiatorDriver driver(Options2005());
  driver.OpenCleanly();
  driver.CallCleanly();
  driver.GiveUp(1);
  driver.GiveUp(2);
  EXPECT_EQ(SessionState::kOpened, driver.session.state());
}

TEST(InitiatorEnd, AnswersEveryCallOnceAndIgnoresWhatComesLater) {
  InitiatorDriver driver(Options2005());
  driver.OpenCleanly();
  driver.Submit();
  const Transmit request = driver.last();
  driver.GiveUp(1);
  driver.Answer(request.exchange, driver.Reply(request, 1, 1));
  EXPECT_EQ(1u, driver.calls.size());
  EXPECT_TRUE(driver.session.NextTimeout().never());
  EXPECT_FALSE(driver.Submit().valid());
}

TEST(InitiatorEnd, IsNotAbortedOrClosedOnceMore) {
  InitiatorDriver driver(Options11());
  driver.OpenCleanly();
  driver.Abort();
  const std::size_t sent = driver.sent.size();
  driver.Abort();
  driver.Close();
  EXPECT_EQ(SessionState::kClosed, driver.session.state());
  EXPECT_EQ("Aborted", driver.session.fault().code);
  EXPECT_EQ(sent, driver.sent.size());
}

TEST(InitiatorFaults, ReportsACallOnceThoughItsMessageIsStillUnderWayWhenTheSessionDies) {
  InitiatorDriver driver(Options11());
  driver.OpenCleanly();
  driver.Submit();
  driver.HttpError(driver.last().exchange, 400);
  ASSERT_EQ(1u, driver.calls.size());
  driver.Abort();
  EXPECT_EQ(1u, driver.calls.size());
}

TEST(InitiatorFaults, NamesTheUnacknowledgedInTheOrderOfTheirNumbers) {
  InitiatorDriver driver(Options11());
  driver.OpenCleanly();
  driver.CallCleanly();  // the window opens
  const Transmit second = (driver.Submit(), driver.last());
  driver.Submit(CallKind::kOneWay);
  wire::Envelope gap = driver.AckOnly(1);
  gap.acknowledgement->ranges.Insert(MessageNumber(3));
  driver.Answer(driver.last().exchange, gap);
  driver.Answer(second.exchange, driver.Fault(wire::FaultCode::kSequenceTerminated));
  EXPECT_EQ((std::vector<MessageNumber>{MessageNumber(2), MessageNumber(3)}), driver.last_change().unacknowledged);
}

}  // namespace
}  // namespace gsoaprm::engine
