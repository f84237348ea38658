// The client's half of a session that has a store: it has no limit of patience, tells what changed, and goes on after a
// restart.
#include "tests/unit/engine/initiator_driver.h"

namespace gsoaprm::engine {
namespace {

constexpr std::int64_t kHour = 3600 * 1000;

Options Durable(Options options = Options11()) {
  options.durable = true;
  return options;
}

using Numbers = std::vector<std::uint64_t>;

Numbers Values(const std::vector<MessageNumber>& numbers) {
  Numbers values;
  for (MessageNumber number : numbers) values.push_back(number.value());
  return values;
}

Numbers SentNumbers(const InitiatorDriver& driver, std::size_t from = 0) {
  Numbers numbers;
  for (std::size_t i = from; i < driver.sent.size(); ++i)
    if (driver.sent[i].number.valid()) numbers.push_back(driver.sent[i].number.value());
  return numbers;
}

OutgoingRecord Kept(std::uint64_t number, bool one_way = false) {
  OutgoingRecord record;
  record.id = static_cast<OutgoingId>(number);
  record.endpoint = InitiatorDriver::kTo;
  record.sequence = InitiatorDriver::kSequence;
  record.number = MessageNumber(number);
  record.one_way = one_way;
  record.payload = Text("kept " + std::to_string(number));
  record.action = "urn:calc/Add";
  if (!one_way) record.message_id = MessageId("urn:kept:" + std::to_string(number));
  return record;
}

RecoveredInitiator Left(std::uint64_t newest, std::vector<OutgoingRecord> messages, std::uint64_t acknowledged = 0,
                        std::uint64_t replies = 0) {
  RecoveredInitiator left;
  left.record.sequence = InitiatorDriver::kSequence;
  left.record.offered = SequenceId("urn:offered");
  left.record.endpoint = InitiatorDriver::kTo;
  left.record.protocol = Durable().protocol;
  left.record.newest = MessageNumber(newest);
  if (acknowledged > 0) left.record.acknowledged.InsertRange(MessageNumber(1), MessageNumber(acknowledged));
  if (replies > 0) left.record.replies.InsertRange(MessageNumber(1), MessageNumber(replies));
  left.messages = std::move(messages);
  return left;
}

constexpr Timestamp kRestart = Timestamp::FromMicroseconds(5000000);

// ---- patience ----

TEST(DurableInitiator, SendsAMessageAgainForHoursAtTheLongestInterval) {
  InitiatorDriver driver(Durable());
  driver.OpenCleanly();
  driver.Submit();
  driver.RunUntil(5 * kHour);
  EXPECT_EQ(SessionState::kOpened, driver.session.state());
  const std::vector<std::int64_t> times = driver.TimesOf(1);
  ASSERT_GT(times.size(), 250u);
  EXPECT_EQ(60 * 1000, times.back() - times[times.size() - 2]);
  driver.Answer(driver.last().exchange, driver.Reply(driver.sent[1], 1, 1));
  ASSERT_EQ(1u, driver.calls.size());
  EXPECT_EQ(CompleteCall::Kind::kReply, driver.calls[0].kind);
}

TEST(DurableInitiator, SendsWhatWasLostBehindTheOldestAgainHoweverOften) {
  InitiatorDriver driver(Durable());
  driver.OpenCleanly();
  driver.CallCleanly();
  for (int i = 0; i < 2; ++i) driver.Submit();
  driver.RunUntil(kHour);
  // The oldest alone, while nothing comes back; when it is answered, those behind it, for the 60th time as for the
  // first.
  driver.Answer(driver.last().exchange, driver.Reply(driver.last(), 2, 2));
  EXPECT_EQ(MessageNumber(3), driver.last().number);
  EXPECT_TRUE(driver.last().retransmission);
}

TEST(DurableInitiator, AsksForSignsOfLifeInAnIdleSessionAndNeverGivesItUp) {
  InitiatorDriver driver(Durable());
  driver.OpenCleanly();
  driver.RunUntil(kHour);
  EXPECT_EQ(SessionState::kOpened, driver.session.state());
  EXPECT_GT(driver.Count(wire::RmAction::kAckRequested), 50u);
}

TEST(DurableInitiator, TriesToOpenForHoursWithOneCreateSequence) {
  InitiatorDriver driver(Durable());
  driver.Open();
  driver.RunUntil(2 * kHour);
  EXPECT_EQ(SessionState::kOpening, driver.session.state());
  EXPECT_EQ(721u, driver.Count(wire::RmAction::kCreateSequence));
  EXPECT_EQ(driver.sent.front().envelope.addressing.message_id, driver.last().envelope.addressing.message_id);
  driver.Answer(driver.last().exchange, driver.CreateResponse());
  EXPECT_EQ(SessionState::kOpened, driver.session.state());
}

// Its peer may have made the sequence long ago, forgotten the request, and take a copy for somebody who wants the
// Offer.
TEST(DurableInitiator, DoesNotLearnFromTheRefusalOfAnOldOffer) {
  for (const bool old : {false, true}) {
    Options options = Durable();
    options.shape = SessionShape::kLearn;
    InitiatorDriver driver(options);
    driver.Open();
    driver.RunUntil(driver.milliseconds() + options.create_memory.milliseconds() / 2 - (old ? 0 : 1));
    driver.Answer(driver.last().exchange, driver.Fault(wire::FaultCode::kCreateSequenceRefused, "the Offer is taken"));
    EXPECT_EQ(old ? SessionState::kFaulted : SessionState::kOpening, driver.session.state());
    EXPECT_EQ(old ? "the Offer is taken" : "", driver.session.fault().reason);
  }
}

TEST(DurableInitiator, LetsTheMessageGoOnWhenItsCallerHasGivenUp) {
  InitiatorDriver driver(Durable());
  driver.OpenCleanly();
  driver.Submit();
  driver.GiveUp(1);
  EXPECT_EQ(SessionState::kOpened, driver.session.state());
  ASSERT_EQ(1u, driver.calls.size());
  EXPECT_EQ(CompleteCall::Kind::kFailed, driver.last_call().kind);
  EXPECT_EQ("SendTimeout", driver.last_call().status.code);
  EXPECT_EQ(0, driver.last_call().http_status);
  EXPECT_EQ(ErrorClass::kTryAgain, driver.last_call().status.error);
  EXPECT_EQ(Outcome::kUnknown, driver.last_call().outcome);
  driver.Expire();
  ASSERT_EQ(3u, driver.sent.size());
  driver.Answer(driver.last().exchange, driver.Reply(driver.last(), 1, 1));
  EXPECT_EQ(1u, driver.calls.size()) << "nobody is told of the late reply";
  EXPECT_EQ(Numbers({1}), Values(driver.session.TakeChanges().settled));
  driver.Submit();
  EXPECT_TRUE(driver.last().envelope.acknowledgement->ranges.IsExactly(MessageNumber(1))) << "which is acknowledged";
}

TEST(DurableInitiator, GivesUpNoCallThatItDoesNotHave) {
  InitiatorDriver driver(Durable());
  driver.GiveUp(1);
  driver.OpenCleanly();
  driver.GiveUp(1);
  driver.Submit();
  driver.GiveUp(2);
  EXPECT_EQ(SessionState::kOpened, driver.session.state());
  EXPECT_TRUE(driver.calls.empty());
}

TEST(DurableInitiator, GivesUpACallOnce) {
  InitiatorDriver driver(Durable());
  driver.OpenCleanly();
  driver.Submit();
  driver.GiveUp(1);
  driver.GiveUp(1);
  EXPECT_EQ(1u, driver.calls.size());
}

TEST(DurableInitiator, FailsTheCallAndKeepsTheMessageWhenItsRequestCannotLeave) {
  InitiatorDriver driver(Durable());
  driver.OpenCleanly();
  driver.Submit();
  driver.Hopeless(driver.last().exchange, 0);
  ASSERT_EQ(1u, driver.calls.size());
  EXPECT_EQ("AnswerTooLarge", driver.last_call().status.code);
  EXPECT_EQ(SessionState::kOpened, driver.session.state());
  driver.Expire();
  EXPECT_EQ(MessageNumber(1), driver.last().number);
  driver.Hopeless(driver.last().exchange, 0);
  EXPECT_EQ(1u, driver.calls.size());
  EXPECT_EQ(SessionState::kOpened, driver.session.state());
}

TEST(DurableInitiator, EndsWhenAnAnswerCannotBeRead) {
  InitiatorDriver driver(Durable());
  driver.OpenCleanly();
  driver.Submit();
  driver.session.TakeChanges();
  driver.Hopeless(driver.last().exchange, 200);
  EXPECT_EQ(SessionState::kFaulted, driver.session.state());
  const InitiatorChanges changes = driver.session.TakeChanges();
  EXPECT_EQ(Numbers({1}), Values(changes.settled)) << "it has run";
  EXPECT_TRUE(changes.ended);
}

TEST(DurableInitiator, IsBoundedByTheCloseTimeOut) {
  InitiatorDriver driver(Durable());
  driver.OpenCleanly();
  driver.Submit(CallKind::kOneWay);
  driver.Close();
  driver.RunUntil(driver.milliseconds() + 60 * 1000 - 1);
  EXPECT_EQ(SessionState::kClosing, driver.session.state());
  driver.RunUntil(driver.milliseconds() + 1);
  EXPECT_EQ(SessionState::kFaulted, driver.session.state());
}

// ---- what changed ----

TEST(DurableInitiator, TellsNothingWhenItIsNotDurable) {
  InitiatorDriver driver(Options11());
  driver.OpenCleanly();
  driver.CallCleanly();
  driver.Submit(CallKind::kUnknown);
  driver.Answer(driver.last().exchange, driver.AckOnly(2));
  const InitiatorChanges changes = driver.session.TakeChanges();
  EXPECT_FALSE(changes.advanced);
  EXPECT_FALSE(changes.ended);
  EXPECT_TRUE(changes.settled.empty());
}

TEST(DurableInitiator, TellsEachChangeOnce) {
  InitiatorDriver driver(Durable());
  EXPECT_FALSE(driver.session.TakeChanges().advanced);
  driver.OpenCleanly();
  EXPECT_TRUE(driver.session.TakeChanges().advanced);
  EXPECT_FALSE(driver.session.TakeChanges().advanced);
  driver.Submit();
  EXPECT_FALSE(driver.session.TakeChanges().advanced) << "the message itself says its number";
  driver.NoAnswer(driver.last().exchange);
  EXPECT_FALSE(driver.session.TakeChanges().advanced);
  driver.Expire();
  EXPECT_FALSE(driver.session.TakeChanges().advanced);
  driver.Answer(driver.last().exchange, driver.Reply(driver.last(), 1, 1));
  const InitiatorChanges changes = driver.session.TakeChanges();
  EXPECT_TRUE(changes.advanced);
  EXPECT_FALSE(changes.ended);
  EXPECT_EQ(Numbers({1}), Values(changes.settled));
  EXPECT_TRUE(driver.session.TakeChanges().settled.empty());
}

TEST(DurableInitiator, RecordsWhatANewProcessNeedsToGoOn) {
  InitiatorDriver driver(Durable());
  EXPECT_TRUE(driver.session.record().sequence.empty());
  driver.OpenCleanly();
  driver.CallCleanly();
  driver.Submit(CallKind::kOneWay);
  const InitiatorRecord record = driver.session.record();
  EXPECT_EQ(InitiatorDriver::kSequence, record.sequence);
  EXPECT_EQ(driver.session.offered_sequence(), record.offered);
  EXPECT_EQ(InitiatorDriver::kTo, record.endpoint);
  EXPECT_EQ(wire::RmVersion::k11, record.protocol.rm);
  EXPECT_EQ(MessageNumber(2), record.newest);
  EXPECT_TRUE(record.acknowledged.IsExactly(MessageNumber(1)));
  EXPECT_TRUE(record.replies.IsExactly(MessageNumber(1)));
}

TEST(DurableInitiator, ListsWhatIsUncertainAndWhatWasNotSentWhenThePeerHasForgotten) {
  InitiatorDriver driver(Durable());
  driver.OpenCleanly();
  driver.CallCleanly();
  for (int i = 2; i <= 5; ++i) driver.Submit(i == 3 ? CallKind::kTwoWay : CallKind::kOneWay);
  driver.GiveUp(3);
  driver.session.TakeChanges();
  ASSERT_EQ(Numbers({1, 2, 3}), SentNumbers(driver));
  driver.Answer(driver.sent[2].exchange, driver.Fault(wire::FaultCode::kUnknownSequence));
  EXPECT_EQ(SessionState::kFaulted, driver.session.state());
  EXPECT_EQ(Numbers({2, 3}), Values(driver.last_change().unacknowledged)) << "also the one whose caller has left";
  EXPECT_EQ(Numbers({4, 5}), Values(driver.last_change().not_sent));
  const InitiatorChanges changes = driver.session.TakeChanges();
  EXPECT_TRUE(changes.ended);
  EXPECT_TRUE(changes.settled.empty());
}

TEST(DurableInitiator, CountsWhatWasTakenAsDoneWhenItsReplyWillNotCome) {
  InitiatorDriver driver(Durable());
  driver.OpenCleanly();
  driver.Submit();
  driver.RunUntil(310 * 1000);
  driver.session.TakeChanges();
  const auto asked = std::find_if(driver.sent.begin(), driver.sent.end(), [](const Transmit& transmit) {
    return transmit.envelope.rm_action == wire::RmAction::kAckRequested;
  });
  ASSERT_NE(asked, driver.sent.end());
  driver.Answer(asked->exchange, driver.AckOnly(1));
  EXPECT_TRUE(driver.session.TakeChanges().settled.empty()) << "its reply may come";
  driver.Answer(driver.sent[1].exchange, driver.Fault(wire::FaultCode::kSequenceTerminated));
  ASSERT_EQ(1u, driver.calls.size());
  EXPECT_EQ(Outcome::kExecuted, driver.last_call().outcome);
  EXPECT_EQ(Numbers({1}), Values(driver.session.TakeChanges().settled));
  EXPECT_TRUE(driver.last_change().unacknowledged.empty());
}

TEST(DurableInitiator, HasEndedForItsStoreBeforeItAsksThePeerToEnd) {
  for (const Options& options : {Durable(Options11()), Durable(Options2005())}) {
    InitiatorDriver driver(options);
    driver.OpenCleanly();
    const MessageNumber number = driver.Submit();
    driver.Close();
    EXPECT_FALSE(driver.session.TakeChanges().ended) << "a message is not settled";
    driver.Answer(driver.last().exchange, driver.Reply(driver.last(), number.value(), 1));
    EXPECT_TRUE(driver.session.TakeChanges().ended);
    EXPECT_EQ(SessionState::kClosing, driver.session.state());
  }
}

// ---- after a restart ----

TEST(DurableInitiator, GoesOnWithTheSameSequenceAfterARestart) {
  InitiatorDriver driver(Durable(), Left(7, {}), kRestart);
  EXPECT_EQ(SessionState::kOpened, driver.session.state());
  EXPECT_EQ(InitiatorDriver::kSequence, driver.session.sequence());
  EXPECT_EQ(SequenceId("urn:offered"), driver.session.offered_sequence());
  EXPECT_EQ(SessionShape::kRequestReply, driver.session.shape());
  ASSERT_EQ(1u, driver.changes.size());
  EXPECT_EQ(SessionState::kOpened, driver.changes[0].state);
  EXPECT_TRUE(driver.sent.empty());
  EXPECT_EQ(MessageNumber(8), driver.Submit());
  EXPECT_TRUE(driver.last().first);
}

TEST(DurableInitiator, IsAOneWaySessionAgainWithoutAnOfferedSequence) {
  RecoveredInitiator left = Left(1, {Kept(1)});
  left.record.offered = SequenceId();
  InitiatorDriver driver(Durable(), left, kRestart);
  EXPECT_EQ(SessionShape::kOneWay, driver.session.shape());
  ASSERT_EQ(1u, driver.sent.size());
  driver.Answer(driver.last().exchange, driver.AckOnly(1));
  EXPECT_EQ(Numbers({1}), Values(driver.session.TakeChanges().settled));
}

TEST(DurableInitiator, SpeaksTheProtocolThatTheSessionWasOpenedWith) {
  RecoveredInitiator left = Left(1, {Kept(1)});
  left.record.protocol.rm = wire::RmVersion::kFebruary2005;
  InitiatorDriver driver(Durable(Options11()), left, kRestart);
  EXPECT_EQ(wire::RmVersion::kFebruary2005, driver.last().envelope.protocol.rm);
}

TEST(DurableInitiator, NeverUsesANumberTwice) {
  // The record may be older than the messages, and the messages than what was acknowledged.
  EXPECT_EQ(MessageNumber(6), InitiatorDriver(Durable(), Left(3, {Kept(5)}), kRestart).Submit());
  EXPECT_EQ(MessageNumber(6), InitiatorDriver(Durable(), Left(5, {Kept(4)}), kRestart).Submit());
  EXPECT_EQ(MessageNumber(6), InitiatorDriver(Durable(), Left(0, {}, 5), kRestart).Submit());
}

TEST(DurableInitiator, HasNoCallOfTheEarlierProcessToGiveUp) {
  InitiatorDriver driver(Durable(), Left(6, {Kept(3), Kept(5)}, 2), kRestart);
  for (std::uint64_t number = 1; number <= 7; ++number) driver.GiveUp(number);
  EXPECT_TRUE(driver.calls.empty());
  EXPECT_EQ(SessionState::kOpened, driver.session.state());
}

// WS-RM 1.1 section 4.4; the last number is LastMessage's (2005).
TEST(DurableInitiator, EndsTheSessionThatHasUsedUpItsNumbers) {
  InitiatorDriver driver(Durable(), Left(MessageNumber::kMaximum - 2, {}, MessageNumber::kMaximum - 2), kRestart);
  EXPECT_EQ(MessageNumber(MessageNumber::kMaximum - 1), driver.Submit());
  EXPECT_EQ(SessionState::kOpened, driver.session.state());
  EXPECT_FALSE(driver.Submit().valid());
  EXPECT_EQ(SessionState::kFaulted, driver.session.state());
  EXPECT_EQ("MessageNumberRollover", driver.session.fault().code);
  EXPECT_EQ(ErrorClass::kSequenceDead, driver.session.fault().error);
  EXPECT_EQ(Numbers({MessageNumber::kMaximum - 1}), Values(driver.last_change().unacknowledged));
  ASSERT_EQ(1u, driver.calls.size());
  EXPECT_EQ(Outcome::kUnknown, driver.last_call().outcome);
}

TEST(DurableInitiator, SendsWhatIsUnsettledAgainWithinTheWindow) {
  InitiatorDriver driver(Durable(), Left(6, {Kept(2), Kept(3, true), Kept(5)}, 1), kRestart);
  EXPECT_EQ(3u, driver.session.UnsettledCount());
  EXPECT_EQ(Numbers({2}), SentNumbers(driver)) << "the window starts small";
  EXPECT_TRUE(driver.last().retransmission);
  EXPECT_EQ(MessageId("urn:kept:2"), driver.last().envelope.addressing.message_id);
  EXPECT_EQ("kept 2", (*driver.last().envelope.payload())->entity);
  driver.Answer(driver.last().exchange, driver.Reply(driver.last(), 1, 2));
  EXPECT_EQ(Numbers({2, 3}), SentNumbers(driver));
  EXPECT_FALSE(driver.last().envelope.addressing.message_id.has_value());
  driver.Answer(driver.last().exchange, driver.AckOnly(4));
  EXPECT_EQ(Numbers({2, 3, 5}), SentNumbers(driver));
  driver.Answer(driver.last().exchange, driver.Reply(driver.last(), 2, 6));
  EXPECT_EQ(0u, driver.session.UnsettledCount());
  EXPECT_EQ(Numbers({2, 3, 5}), Values(driver.session.TakeChanges().settled));
  EXPECT_TRUE(driver.calls.empty()) << "nobody waits";
  EXPECT_EQ(MessageNumber(7), driver.Submit());
}

TEST(DurableInitiator, RetransmitsTheOldestWhenTheRestartedProcessHearsNothing) {
  InitiatorDriver driver(Durable(), Left(4, {Kept(3), Kept(4)}, 2), kRestart);
  driver.Expire();
  driver.Expire();
  EXPECT_EQ(Numbers({3, 3, 3}), SentNumbers(driver));
  EXPECT_EQ(std::vector<std::int64_t>({0, 400, 1200}), driver.TimesOf(3));
}

TEST(DurableInitiator, SendsNewMessagesBehindTheOldOnes) {
  InitiatorDriver driver(Durable(), Left(2, {Kept(1, true), Kept(2, true)}), kRestart);
  driver.Submit(CallKind::kOneWay);
  EXPECT_EQ(Numbers({1}), SentNumbers(driver));
  driver.Answer(driver.last().exchange, driver.AckOnly(1));
  EXPECT_EQ(Numbers({1, 2, 3}), SentNumbers(driver));
}

TEST(DurableInitiator, TakesAnAcknowledgementOfEveryNumberThatWasGivenOut) {
  for (std::uint64_t upto : {5u, 6u, 7u}) {
    InitiatorDriver driver(Durable(), Left(6, {Kept(5, true)}, 4), kRestart);
    driver.Answer(driver.last().exchange, driver.AckOnly(upto));
    EXPECT_EQ(upto <= 6, driver.session.state() == SessionState::kOpened) << upto;
  }
}

TEST(DurableInitiator, KeepsAcknowledgementsGrowingOverARestart) {
  InitiatorDriver driver(Durable(), Left(6, {Kept(5, true), Kept(6, true)}, 4), kRestart);
  driver.Answer(driver.last().exchange, driver.AckOnly(3));
  EXPECT_EQ(SessionState::kOpened, driver.session.state()) << "an old one came late";
  EXPECT_TRUE(driver.session.record().acknowledged.IsExactly(MessageNumber(4)));
  driver.Expire();
  driver.Answer(driver.last().exchange, driver.AckOnly(6));
  EXPECT_TRUE(driver.session.record().acknowledged.IsExactly(MessageNumber(6)));
}

TEST(DurableInitiator, AcknowledgesEarlierRepliesWithTheNextMessageAndNotByItself) {
  InitiatorDriver driver(Durable(), Left(20, {}, 20, 20), kRestart);
  driver.RunUntil(driver.milliseconds() + 5000);
  EXPECT_TRUE(driver.sent.empty());
  driver.Submit();
  ASSERT_TRUE(driver.last().envelope.acknowledgement.has_value());
  EXPECT_EQ(SequenceId("urn:offered"), driver.last().envelope.acknowledgement->id);
  EXPECT_TRUE(driver.last().envelope.acknowledgement->ranges.IsExactly(MessageNumber(20)));
}

TEST(DurableInitiator, TakesTheReplyOfAMessageOfTheEarlierProcess) {
  InitiatorDriver driver(Durable(), Left(3, {Kept(3)}, 2, 2), kRestart);
  driver.Answer(driver.last().exchange, driver.Reply(driver.last(), 3, 3));
  EXPECT_EQ(0u, driver.session.UnsettledCount());
  EXPECT_TRUE(driver.session.record().replies.IsExactly(MessageNumber(3)));
}

TEST(DurableInitiator, GoesOnAfterASecondRestartAsAfterTheFirst) {
  RecoveredInitiator left = Left(3, {Kept(2, true), Kept(3, true)}, 1);
  {
    InitiatorDriver first(Durable(), left, kRestart);
    first.Answer(first.last().exchange, first.AckOnly(2));
    left.record = first.session.record();
    left.messages.erase(left.messages.begin());
  }
  InitiatorDriver second(Durable(), left, kRestart);
  EXPECT_EQ(Numbers({3}), SentNumbers(second));
  second.Answer(second.last().exchange, second.AckOnly(3));
  EXPECT_EQ(0u, second.session.UnsettledCount());
}

TEST(DurableInitiator, TellsWhatIsUncertainWhenThePeerHasForgottenTheRestoredSession) {
  InitiatorDriver driver(Durable(), Left(4, {Kept(2, true), Kept(4)}, 1), kRestart);
  driver.Answer(driver.last().exchange, driver.Fault(wire::FaultCode::kUnknownSequence));
  EXPECT_EQ(Numbers({2, 4}), Values(driver.last_change().unacknowledged));
  EXPECT_TRUE(driver.last_change().not_sent.empty()) << "the earlier process may have sent everything";
  EXPECT_TRUE(driver.calls.empty());
}

TEST(DurableInitiator, ClosesARestoredSessionInGoodOrder) {
  InitiatorDriver driver(Durable(), Left(4, {Kept(4)}, 3, 3), kRestart);
  driver.Close();
  driver.Answer(driver.last().exchange, driver.Reply(driver.last(), 4, 4));
  ASSERT_EQ(wire::RmAction::kCloseSequence, driver.last().envelope.rm_action);
  EXPECT_EQ(MessageNumber(4), std::get<wire::CloseSequence>(driver.last().envelope.body).last_message_number);
  driver.Answer(driver.last().exchange, driver.FinalAnswer(wire::RmAction::kCloseSequenceResponse, 4));
  driver.Answer(driver.last().exchange, driver.FinalAnswer(wire::RmAction::kTerminateSequenceResponse, 4));
  EXPECT_EQ(SessionState::kClosed, driver.session.state());
}

}  // namespace
}  // namespace gsoaprm::engine
