#include "tests/unit/engine/initiator_driver.h"

namespace gsoaprm::engine {
namespace {

using Times = std::vector<std::int64_t>;

TEST(InitiatorRetransmission, KeepsToWcfsScheduleAtARoundTripOfFiftyMilliseconds) {
  Options options = Options2005();
  options.retransmission_maximum = Duration::Seconds(3600);
  InitiatorDriver driver(options);
  driver.OpenCleanly();
  driver.Submit();
  const std::int64_t start = driver.milliseconds();
  driver.RunUntil(start + 229949);
  EXPECT_EQ((Times{0, 450, 1350, 3150, 6750, 13950, 28350, 57150, 114750}), driver.TimesOf(1));
  EXPECT_EQ(SessionState::kOpened, driver.session.state());
  driver.RunUntil(start + 229950);
  EXPECT_EQ(SessionState::kFaulted, driver.session.state());
  EXPECT_EQ("MaxRetryCount", driver.session.fault().code);
}

TEST(InitiatorRetransmission, WaitsNoLongerThanTheMaximum) {
  Options options = Options2005();
  options.retransmission_maximum = Duration::Milliseconds(1000);
  options.max_retry_count = 4;
  InitiatorDriver driver(options);
  driver.OpenCleanly();
  driver.Submit();
  driver.RunUntil(100000);
  EXPECT_EQ((Times{0, 450, 1350, 2350, 3350}), driver.TimesOf(1));
}

TEST(InitiatorRetransmission, ResendsExactlyTheMaximumRetryCount) {
  for (int retries : {1, 2, 7, 8, 9}) {
    Options options = Options2005();
    options.max_retry_count = retries;
    InitiatorDriver driver(options);
    driver.OpenCleanly();
    driver.Submit();
    while (driver.session.state() == SessionState::kOpened) {
      driver.Expire();
    }
    EXPECT_EQ(static_cast<std::size_t>(retries) + 1, driver.TimesOf(1).size());
    EXPECT_EQ(static_cast<std::uint64_t>(retries), driver.session.metrics().retransmissions);
  }
}

TEST(InitiatorRetransmission, AcceptsAnAnswerInTheLastWait) {
  Options options = Options2005();
  options.max_retry_count = 2;
  InitiatorDriver driver(options);
  driver.OpenCleanly();
  driver.Submit();
  driver.Expire();
  driver.Expire();
  driver.Answer(driver.last().exchange, driver.Reply(driver.last(), 1, 1));
  EXPECT_EQ(SessionState::kOpened, driver.session.state());
  EXPECT_EQ(CompleteCall::Kind::kReply, driver.last_call().kind);
}

TEST(InitiatorRetransmission, RepeatsNumberMessageIdAndPayloadOnAnotherExchange) {
  InitiatorDriver driver(Options2005());
  driver.OpenCleanly();
  driver.Submit();
  driver.Expire();
  const Transmit& first = driver.sent[1];
  const Transmit& copy = driver.sent[2];
  EXPECT_EQ(first.number, copy.number);
  EXPECT_EQ(first.envelope.sequence->number, copy.envelope.sequence->number);
  EXPECT_EQ(first.envelope.addressing.message_id, copy.envelope.addressing.message_id);
  EXPECT_EQ(*first.envelope.payload(), *copy.envelope.payload());
  EXPECT_NE(first.exchange, copy.exchange);
  EXPECT_FALSE(copy.first);
  EXPECT_TRUE(copy.retransmission);
}

TEST(InitiatorRetransmission, CarriesAFreshAcknowledgement) {
  InitiatorDriver driver(Options2005());
  driver.OpenCleanly();
  driver.CallCleanly();
  driver.Submit();
  driver.Submit();
  driver.Answer(driver.sent[3].exchange, driver.Reply(driver.sent[3], 2, 3));
  EXPECT_TRUE(driver.sent[2].envelope.acknowledgement->ranges.IsExactly(MessageNumber(1)));
  driver.Expire();
  EXPECT_EQ(MessageNumber(2), driver.last().number);
  EXPECT_TRUE(driver.last().envelope.acknowledgement->ranges.IsExactly(MessageNumber(2)));
}

TEST(InitiatorRetransmission, StartsAfreshForEachMessage) {
  InitiatorDriver driver(Options2005());
  driver.OpenCleanly();
  driver.Submit();
  driver.Expire();
  driver.Expire();
  driver.Advance(50);
  driver.Answer(driver.last().exchange, driver.Reply(driver.last(), 1, 1));
  driver.Submit();
  driver.Expire();
  EXPECT_EQ(450, driver.TimesOf(2).back());
}

TEST(InitiatorRetransmission, SendsNothingAgainWhenNothingIsLost) {
  InitiatorDriver driver(Options11());
  driver.OpenCleanly();
  for (int i = 0; i < 1000; ++i) {
    driver.CallCleanly();
  }
  EXPECT_EQ(0u, driver.session.metrics().retransmissions);
  EXPECT_EQ(1000u, driver.session.metrics().messages);
}

TEST(InitiatorRetransmission, NamesWhatIsNotAcknowledgedWhenItGivesUp) {
  Options options = Options2005();
  options.max_retry_count = 1;
  InitiatorDriver driver(options);
  driver.OpenCleanly();
  driver.CallCleanly();
  driver.Submit();  // 2: sent, never answered
  driver.Submit();  // 3: answered by an acknowledgement elsewhere only
  driver.Submit();  // 4: waits in the window
  while (driver.session.state() == SessionState::kOpened) {
    driver.Expire();
  }
  EXPECT_EQ((std::vector<MessageNumber>{MessageNumber(2), MessageNumber(3)}), driver.last_change().unacknowledged);
  ASSERT_EQ(4u, driver.calls.size());
  EXPECT_EQ(Outcome::kUnknown, driver.calls[1].outcome);
  EXPECT_EQ(Outcome::kUnknown, driver.calls[2].outcome);
  EXPECT_EQ(Outcome::kNotSent, driver.calls[3].outcome);
  EXPECT_EQ("MaxRetryCount", driver.calls[3].status.code);
}

TEST(InitiatorRetransmission, PostsSequenceTerminatedOnceWhenItGivesUp) {
  Options options = Options11();
  options.max_retry_count = 1;
  InitiatorDriver driver(options);
  driver.OpenCleanly();
  driver.Submit();
  driver.RunUntil(100000);
  EXPECT_EQ(1u, driver.Count(wire::RmAction::kFault));
  EXPECT_EQ(wire::FaultCode::kSequenceTerminated, driver.last_fault().code);
  EXPECT_FALSE(driver.last_fault().sender);
  EXPECT_EQ(InitiatorDriver::kSequence, driver.last_fault().id);
  EXPECT_EQ("http://docs.oasis-open.org/ws-rx/wsrm/200702/fault", driver.last().envelope.addressing.action);
  EXPECT_EQ(InitiatorDriver::kTo, driver.last().envelope.addressing.to);
  EXPECT_FALSE(driver.last().envelope.addressing.message_id.has_value());
}

}  // namespace
}  // namespace gsoaprm::engine
