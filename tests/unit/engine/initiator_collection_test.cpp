// Messages that the peer has told to wait (202): when they are sent again, and what that does not count as.
#include "tests/unit/engine/initiator_driver.h"

namespace gsoaprm::engine {
namespace {

// A session whose window has grown, with `count` messages under way: driver.sent[From(i)] is the i-th of them.
class InitiatorCollection : public ::testing::Test {
 protected:
  void Start(int count, bool ordered = true) {
    Options options = Options11();
    options.ordered = ordered;
    driver_ = std::make_unique<InitiatorDriver>(options);
    driver().OpenCleanly();
    for (int i = 0; i < kBefore; ++i) {
      driver().CallCleanly();
    }
    for (int i = 0; i < count; ++i) {
      requests_.push_back(driver().Submit().value());
      ASSERT_EQ(requests_.back(), driver().last().number.value());
      exchanges_.push_back(driver().last());
    }
    sent_before_ = driver().sent.size();
  }
  InitiatorDriver& driver() { return *driver_; }
  // The i-th message under way gets its reply, which acknowledges the first `acknowledged` of them.
  void Reply(std::size_t i, std::size_t acknowledged) {
    ++replies_;
    driver().Answer(exchanges_[i].exchange, driver().Reply(exchanges_[i], kBefore + replies_, kBefore + acknowledged));
  }
  void TellToWait(std::size_t i, int http_status = 202) { driver().NoAnswer(exchanges_[i].exchange, http_status); }
  // The numbers that went out since, counted from the first under way.
  std::vector<std::uint64_t> Sent() {
    std::vector<std::uint64_t> numbers;
    for (std::size_t i = sent_before_; i < driver().sent.size(); ++i) {
      numbers.push_back(driver().sent[i].number.value() - kBefore);
    }
    return numbers;
  }
  using Numbers = std::vector<std::uint64_t>;

  static constexpr int kBefore = 10;
  std::unique_ptr<InitiatorDriver> driver_;
  std::vector<std::uint64_t> requests_;
  std::vector<Transmit> exchanges_;
  std::size_t sent_before_ = 0;
  std::size_t replies_ = 0;
};

TEST_F(InitiatorCollection, AsksAgainAsSoonAsTheOneBeforeIsAnswered) {
  Start(2);
  TellToWait(1);
  EXPECT_EQ(Numbers{}, Sent());
  Reply(0, 1);
  ASSERT_EQ(Numbers{2}, Sent());
  const Transmit& copy = driver().last();
  EXPECT_FALSE(copy.first);
  EXPECT_TRUE(copy.retransmission);
  EXPECT_EQ(exchanges_[1].envelope.addressing.message_id, copy.envelope.addressing.message_id);
  EXPECT_EQ(exchanges_[1].envelope.sequence->number, copy.envelope.sequence->number);
  EXPECT_TRUE(copy.envelope.acknowledgement->ranges.Contains(MessageNumber(kBefore + 1)));
}

TEST_F(InitiatorCollection, AsksAtOnceWhenTheOneBeforeWasAnsweredFirst) {
  Start(2);
  Reply(0, 1);
  TellToWait(1);
  EXPECT_EQ(Numbers{2}, Sent());
}

TEST_F(InitiatorCollection, IsNeitherARetransmissionNorALoss) {
  Start(3);
  TellToWait(1);
  Reply(0, 1);
  EXPECT_EQ(0u, driver().session.metrics().retransmissions);
  EXPECT_EQ(1u, driver().session.metrics().collections);
  // The window still lets a further message go beside the two under way.
  driver().Submit();
  EXPECT_EQ((Numbers{2, 4}), Sent());
}

TEST_F(InitiatorCollection, RestartsTheTimerAndLeavesEveryResendingToIt) {
  Options options = Options11();
  for (int retries : {1, 2, 3}) {
    options.max_retry_count = retries;
    InitiatorDriver driver(options);
    driver.OpenCleanly();
    driver.CallCleanly();
    driver.Submit();
    driver.Submit();
    const Transmit first = driver.sent[2], second = driver.sent[3];
    driver.NoAnswer(second.exchange, 202);
    driver.Advance(100);
    driver.Answer(first.exchange, driver.Reply(first, 2, 2));
    ASSERT_EQ(MessageNumber(3), driver.last().number);
    const Timestamp due = driver.session.NextTimeout();
    EXPECT_GT(due - driver.now(), Duration::Milliseconds(400));
    EXPECT_LT(due - driver.now(), Duration::Milliseconds(600));
    while (driver.session.state() == SessionState::kOpened) {
      driver.Expire();
    }
    EXPECT_EQ(static_cast<std::size_t>(retries) + 2, driver.TimesOf(3).size());
    EXPECT_EQ(static_cast<std::uint64_t>(retries), driver.session.metrics().retransmissions);
  }
}

TEST_F(InitiatorCollection, HappensOncePerMessage) {
  Start(2);
  TellToWait(1);
  Reply(0, 1);
  driver().NoAnswer(driver().last().exchange, 202);
  EXPECT_EQ(Numbers{2}, Sent());
  EXPECT_EQ(1u, driver().session.metrics().collections);
  driver().Expire();
  EXPECT_EQ((Numbers{2, 2}), Sent());
  EXPECT_EQ(1u, driver().session.metrics().retransmissions);
}

TEST_F(InitiatorCollection, LeavesOtherFailuresToTheTimer) {
  for (int http_status : {0, 200, 404, 500, 503, 504}) {
    requests_.clear();
    exchanges_.clear();
    replies_ = 0;
    Start(2);
    TellToWait(1, http_status);
    Reply(0, 2);
    EXPECT_EQ(Numbers{}, Sent()) << http_status;
  }
}

TEST_F(InitiatorCollection, LeavesAMessageThatWasBehindNoOtherToTheTimer) {
  Start(1);
  TellToWait(0);
  EXPECT_EQ(Numbers{}, Sent());
}

TEST_F(InitiatorCollection, ChangesNothingInAnUnorderedSession) {
  Start(3, false);
  TellToWait(1);
  Reply(0, 3);
  EXPECT_EQ(Numbers{}, Sent());
}

TEST_F(InitiatorCollection, WaitsForAllThatAreOlder) {
  Start(3);
  TellToWait(2);
  Reply(1, 2);
  EXPECT_EQ(Numbers{}, Sent());
  Reply(0, 2);
  EXPECT_EQ(Numbers{3}, Sent());
}

// The peer has dropped them, as WCF's service does: together they might overtake one another again.
TEST_F(InitiatorCollection, AsksForOneAfterTheOtherWhatIsNotAcknowledged) {
  Start(3);
  TellToWait(1);
  TellToWait(2);
  Reply(0, 1);
  EXPECT_EQ(Numbers{2}, Sent());
  exchanges_[1] = driver().last();
  Reply(1, 2);
  EXPECT_EQ((Numbers{2, 3}), Sent());
}

TEST_F(InitiatorCollection, AsksTogetherForAllThatThePeerHasWithNoGapBefore) {
  Start(4);
  TellToWait(1);
  TellToWait(2);
  TellToWait(3);
  Reply(0, 3);
  EXPECT_EQ((Numbers{2, 3}), Sent());
}

TEST_F(InitiatorCollection, AsksWhenTheAcknowledgementComesOnAnotherExchange) {
  Start(2);
  TellToWait(0);
  EXPECT_EQ(Numbers{}, Sent());
  // The second is answered before the first, by an acknowledgement that has the first.
  Reply(1, 2);
  EXPECT_EQ(Numbers{1}, Sent());
}

TEST_F(InitiatorCollection, TrustsAnotherOpenExchangeOfTheMessage) {
  Start(2);
  driver().Expire();  // the first again
  ASSERT_EQ(Numbers{1}, Sent());
  driver().NoAnswer(driver().last().exchange, 202);
  Reply(1, 2);
  EXPECT_EQ(Numbers{1}, Sent());
  Reply(0, 2);
  EXPECT_EQ(0u, driver().session.UnsettledCount());
}

// After a time-out what was told to wait counts as lost like the others, unless the peer has it.
TEST_F(InitiatorCollection, DoesNotTakeForLostWhatThePeerKeeps) {
  Start(4);
  TellToWait(2);
  wire::Envelope kept = driver().AckOnly(kBefore);
  kept.acknowledgement->ranges.Insert(MessageNumber(kBefore + 3));
  driver().Answer(exchanges_[3].exchange, kept);
  driver().Expire();
  ASSERT_EQ(Numbers{1}, Sent());
  exchanges_[0] = driver().last();
  Reply(0, 1);
  EXPECT_EQ((Numbers{1, 2}), Sent());
}

}  // namespace
}  // namespace gsoaprm::engine
