// Acknowledged beyond a gap of an ordered sequence, a message may still never run: its store keeps it until that is
// certain.
#include "tests/unit/engine/initiator_driver.h"

namespace gsoaprm::engine {
namespace {

using Numbers = std::vector<std::uint64_t>;

Options Durable() {
  Options options = Options11();
  options.durable = true;
  return options;
}

class DurableInitiatorGap : public ::testing::Test {
 protected:
  // After a call, two messages; the second of them is acknowledged, and all changes are told.
  void AcknowledgeBeyondAGap(CallKind second, CallKind third) {
    driver.OpenCleanly();
    driver.CallCleanly();
    driver.Submit(second);
    driver.Submit(third);
    driver.session.TakeChanges();
    wire::Envelope gap = driver.AckOnly(1);
    gap.acknowledgement->ranges.Insert(MessageNumber(3));
    driver.Answer(driver.last().exchange, gap);
    EXPECT_EQ(Numbers(), Settled());
  }
  const Transmit& Second() const { return driver.sent[2]; }
  Numbers Settled() {
    Numbers numbers;
    for (MessageNumber number : driver.session.TakeChanges().settled) numbers.push_back(number.value());
    return numbers;
  }
  InitiatorDriver driver{Durable()};
};

TEST_F(DurableInitiatorGap, OfOneWayMessagesIsFilledByTheNextAcknowledgement) {
  AcknowledgeBeyondAGap(CallKind::kOneWay, CallKind::kOneWay);
  driver.Answer(Second().exchange, driver.AckOnly(3));
  EXPECT_EQ((Numbers{3, 2}), Settled());
}

TEST_F(DurableInitiatorGap, OfCallsThatTurnOutToBeOneWayIsFilledSoAsWell) {
  AcknowledgeBeyondAGap(CallKind::kUnknown, CallKind::kUnknown);
  driver.Answer(Second().exchange, driver.AckOnly(3));
  EXPECT_EQ((Numbers{3, 2}), Settled());
}

TEST_F(DurableInitiatorGap, IsFilledByTheAcknowledgementOfAReply) {
  AcknowledgeBeyondAGap(CallKind::kUnknown, CallKind::kUnknown);
  driver.Answer(Second().exchange, driver.Reply(Second(), 2, 3));
  EXPECT_EQ((Numbers{3, 2}), Settled());
}

TEST_F(DurableInitiatorGap, ThatOnlyAReplyHasFilledIsSettledWithTheClose) {
  AcknowledgeBeyondAGap(CallKind::kTwoWay, CallKind::kOneWay);
  wire::Envelope reply = driver.Reply(Second(), 2, 1);
  reply.acknowledgement.reset();
  driver.Answer(Second().exchange, reply);
  EXPECT_EQ((Numbers{2}), Settled());
  driver.Close();
  driver.Answer(driver.last().exchange, driver.FinalAnswer(wire::RmAction::kCloseSequenceResponse, 3));
  driver.Answer(driver.last().exchange, driver.FinalAnswer(wire::RmAction::kTerminateSequenceResponse, 3));
  EXPECT_EQ(SessionState::kClosed, driver.session.state());
  EXPECT_EQ((Numbers{3}), Settled());
}

TEST_F(DurableInitiatorGap, LeavesBothUncertainAtTheEnd) {
  AcknowledgeBeyondAGap(CallKind::kUnknown, CallKind::kUnknown);
  driver.Abort();
  EXPECT_EQ((std::vector<MessageNumber>{MessageNumber(2), MessageNumber(3)}), driver.last_change().unacknowledged);
  EXPECT_EQ(Numbers(), Settled());
}

}  // namespace
}  // namespace gsoaprm::engine
