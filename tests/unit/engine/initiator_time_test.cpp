#include "tests/unit/engine/initiator_driver.h"

namespace gsoaprm::engine {
namespace {

using wire::RmAction;

std::vector<std::int64_t> TimesOfPolls(const InitiatorDriver& driver) {
  std::vector<std::int64_t> times;
  for (std::size_t i = 0; i < driver.sent.size(); ++i) {
    if (driver.sent[i].envelope.rm_action == RmAction::kAckRequested) {
      times.push_back(driver.sent_at[i] - 100);  // the last receipt was at 100 ms
    }
  }
  return times;
}

Options WithInactivity(std::int64_t seconds) {
  Options options = Options2005();
  options.inactivity_timeout = Duration::Seconds(seconds);
  return options;
}

TEST(InitiatorKeepAlive, AsksAfterHalfTheInactivityTimeoutAndThenMoreOften) {
  InitiatorDriver driver(WithInactivity(16));
  driver.OpenCleanly();
  driver.CallCleanly();
  driver.RunUntil(100 + 15999);
  EXPECT_EQ((std::vector<std::int64_t>{8000, 9000, 10000, 11000, 12000, 13000, 14000, 15000}), TimesOfPolls(driver));
  EXPECT_EQ(SessionState::kOpened, driver.session.state());
}

TEST(InitiatorKeepAlive, AsksOnceWhereAMessageIsSentAgainOnce) {
  Options options = WithInactivity(16);
  options.max_retry_count = 1;
  InitiatorDriver driver(options);
  driver.OpenCleanly();
  driver.CallCleanly();
  driver.RunUntil(100 + 15999);
  EXPECT_EQ((std::vector<std::int64_t>{8000}), TimesOfPolls(driver));
}

TEST(InitiatorKeepAlive, CarriesTheAcknowledgementOfTheReplies) {
  InitiatorDriver driver(WithInactivity(10));
  driver.OpenCleanly();
  driver.CallCleanly();
  driver.Expire();
  EXPECT_EQ(RmAction::kAckRequested, driver.last().envelope.rm_action);
  EXPECT_TRUE(driver.last().envelope.acknowledgement->ranges.IsExactly(MessageNumber(1)));
  EXPECT_FALSE(driver.last().number.valid());
}

TEST(InitiatorKeepAlive, GoesBackToHalfTheTimeoutWhenAnswered) {
  InitiatorDriver driver(WithInactivity(10));
  driver.OpenCleanly();
  driver.CallCleanly();
  for (int i = 0; i < 4; ++i) {
    driver.Expire();
    driver.Answer(driver.last().exchange, driver.AckOnly(1));
  }
  EXPECT_EQ((std::vector<std::int64_t>{5000, 10000, 15000, 20000}), TimesOfPolls(driver));
  EXPECT_EQ(4u, driver.session.metrics().keep_alives);
}

TEST(InitiatorKeepAlive, IsNotSentWhileTheSessionTalks) {
  InitiatorDriver driver(WithInactivity(10));
  driver.OpenCleanly();
  for (int i = 0; i < 10; ++i) {
    driver.CallCleanly();
    driver.RunUntil(driver.milliseconds() + 4000);
  }
  EXPECT_EQ(0u, driver.session.metrics().keep_alives);
}

TEST(InitiatorInactivity, FaultsExactlyWhenNothingWasHeardForTheTimeout) {
  InitiatorDriver driver(WithInactivity(10));
  driver.OpenCleanly();
  driver.CallCleanly();
  driver.RunUntil(100 + 9999);
  EXPECT_EQ(SessionState::kOpened, driver.session.state());
  driver.RunUntil(100 + 10000);
  EXPECT_EQ(SessionState::kFaulted, driver.session.state());
  EXPECT_EQ("InactivityTimeout", driver.session.fault().code);
  EXPECT_EQ(wire::FaultCode::kSequenceTerminated, driver.last_fault().code);
  EXPECT_EQ(1u, driver.Count(RmAction::kFault));
}

TEST(InitiatorInactivity, IsNotEndedByAnEmptyAnswer) {
  InitiatorDriver driver(WithInactivity(10));
  driver.OpenCleanly();
  driver.CallCleanly();
  driver.Expire();
  driver.NoAnswer(driver.last().exchange, 202);
  driver.RunUntil(100 + 10000);
  EXPECT_EQ("InactivityTimeout", driver.session.fault().code);
}

TEST(InitiatorTime, ToleratesTimeoutsThatAreNotDue) {
  InitiatorDriver driver(Options2005());
  driver.session.HandleTimeout(driver.now());
  driver.OpenCleanly();
  driver.Submit();
  for (int i = 0; i < 100; ++i) {
    driver.session.HandleTimeout(driver.now());
  }
  EXPECT_FALSE(driver.session.PollOutput().has_value());
}

TEST(InitiatorTime, HandlesADeadlineThatIsLongPast) {
  InitiatorDriver driver(Options2005());
  driver.OpenCleanly();
  driver.Submit();
  driver.Advance(5000);
  driver.Expire();
  EXPECT_EQ(2u, driver.TimesOf(1).size());
  EXPECT_GT(driver.session.NextTimeout(), driver.now());
}

TEST(InitiatorTime, NeverStandsStillHoweverSmallTheOptions) {
  Options options = Options2005();
  options.inactivity_timeout = Duration::Milliseconds(1);
  InitiatorDriver driver(options);
  driver.OpenCleanly();
  driver.RunUntil(1000);
  EXPECT_EQ(SessionState::kFaulted, driver.session.state());
}

}  // namespace
}  // namespace gsoaprm::engine
