#include "tests/unit/engine/initiator_driver.h"

namespace gsoaprm::engine {
namespace {

TEST(InitiatorSending, RefusesMessagesBeforeItIsOpen) {
  InitiatorDriver driver(Options2005());
  EXPECT_FALSE(driver.Submit().valid());
  driver.Open();
  EXPECT_FALSE(driver.Submit().valid());
}

TEST(InitiatorSending, WritesMessageIdForTwoWayAndUnknownCallsAndReplyToWhileItIsUnknown) {
  for (CallKind kind : {CallKind::kTwoWay, CallKind::kUnknown}) {
    InitiatorDriver driver(Options2005());
    driver.OpenCleanly();
    driver.Submit(kind);
    const wire::Envelope& envelope = driver.last().envelope;
    EXPECT_TRUE(envelope.addressing.message_id.has_value());
    EXPECT_EQ(kind == CallKind::kUnknown, envelope.addressing.reply_to.has_value());
    EXPECT_EQ("urn:calc/Add", envelope.addressing.action);
    EXPECT_EQ(InitiatorDriver::kSequence, envelope.sequence->id);
    EXPECT_EQ(MessageNumber(1), envelope.sequence->number);
    EXPECT_TRUE(driver.last().first);
    EXPECT_FALSE(driver.last().retransmission);
  }
}

TEST(InitiatorSending, WritesReplyToOfEveryTwoWayCallIn2004WhereItMustNotBeMissing) {
  Options options = Options2005();
  options.protocol.addressing = wire::AddressingVersion::kAugust2004;
  InitiatorDriver driver(options);
  driver.OpenCleanly();
  driver.Submit(CallKind::kTwoWay);
  ASSERT_TRUE(driver.last().envelope.addressing.reply_to.has_value());
  EXPECT_EQ(wire::AnonymousAddress(wire::AddressingVersion::kAugust2004),
            driver.last().envelope.addressing.reply_to->text());
}

TEST(InitiatorSending, WritesNeitherMessageIdNorReplyToForOneWayMessages) {
  for (SessionShape shape : {SessionShape::kRequestReply, SessionShape::kOneWay}) {
    InitiatorDriver driver(Options11(shape));
    driver.OpenCleanly();
    driver.Submit(CallKind::kOneWay);
    EXPECT_FALSE(driver.last().envelope.addressing.message_id.has_value());
    EXPECT_FALSE(driver.last().envelope.addressing.reply_to.has_value());
  }
}

TEST(InitiatorSending, TakesTheApplicationsOwnMessageId) {
  InitiatorDriver driver(Options2005());
  driver.OpenCleanly();
  OutgoingMessage message;
  message.payload = Text("request");
  message.message_id = MessageId("urn:mine");
  driver.session.Submit(driver.now(), message);
  const auto output = driver.session.PollOutput();
  EXPECT_EQ(MessageId("urn:mine"), std::get<Transmit>(*output).envelope.addressing.message_id);
}

TEST(InitiatorSending, AcknowledgesRepliesInTheNextRequestAndNothingBeforeTheFirst) {
  InitiatorDriver driver(Options2005());
  driver.OpenCleanly();
  driver.CallCleanly();
  EXPECT_FALSE(driver.sent[1].envelope.acknowledgement.has_value());
  driver.CallCleanly();
  ASSERT_TRUE(driver.sent[2].envelope.acknowledgement.has_value());
  EXPECT_EQ(driver.session.offered_sequence(), driver.sent[2].envelope.acknowledgement->id);
  EXPECT_TRUE(driver.sent[2].envelope.acknowledgement->ranges.IsExactly(MessageNumber(1)));
  EXPECT_FALSE(driver.sent[2].envelope.acknowledgement->buffer_remaining.has_value());
}

TEST(InitiatorSending, AcknowledgesNothingInAOneWaySession) {
  InitiatorDriver driver(Options2005(SessionShape::kOneWay));
  driver.OpenCleanly();
  for (int i = 1; i <= 3; ++i) {
    driver.Submit(CallKind::kOneWay);
    driver.Answer(driver.last().exchange, driver.AckOnly(static_cast<std::uint64_t>(i)));
  }
  for (const Transmit& transmit : driver.sent) {
    EXPECT_FALSE(transmit.envelope.acknowledgement.has_value());
  }
}

TEST(InitiatorSending, StampsTheAcknowledgementWhenTheMessageLeaves) {
  InitiatorDriver driver(Options2005());
  driver.OpenCleanly();
  driver.CallCleanly();
  driver.Submit();
  const Transmit first = driver.last();
  OutgoingMessage message;
  message.payload = Text("waits in the queue of outputs");
  driver.session.Submit(driver.now(), message);  // not drained: the window of 2 lets it go
  ExchangeResult result;
  result.kind = ExchangeResult::Kind::kEnvelope;
  result.envelope = driver.Reply(first, 2, 2);
  driver.session.HandleExchange(driver.now(), first.exchange, result);
  const auto output = driver.session.PollOutput();
  EXPECT_TRUE(std::get<Transmit>(*output).envelope.acknowledgement->ranges.IsExactly(MessageNumber(2)));
}

TEST(InitiatorSending, OpensItsWindowOneByOne) {
  InitiatorDriver driver(Options2005());
  driver.OpenCleanly();
  for (int i = 0; i < 8; ++i) {
    driver.Submit();
  }
  ASSERT_EQ(2u, driver.sent.size());  // CreateSequence and message 1
  driver.Answer(driver.sent[1].exchange, driver.Reply(driver.sent[1], 1, 1));
  ASSERT_EQ(4u, driver.sent.size());
  driver.Answer(driver.sent[2].exchange, driver.Reply(driver.sent[2], 2, 2));
  ASSERT_EQ(6u, driver.sent.size());
  driver.Answer(driver.sent[3].exchange, driver.Reply(driver.sent[3], 3, 3));
  EXPECT_EQ(8u, driver.sent.size());
}

TEST(InitiatorSending, AcceptsAsManyMessagesAsTheWindowHolds) {
  for (int window : {1, 2, 8, 9}) {
    Options options = Options2005();
    options.max_transfer_window_size = window;
    InitiatorDriver driver(options);
    driver.OpenCleanly();
    for (int i = 0; i < window; ++i) {
      EXPECT_TRUE(driver.session.CanSubmit());
      driver.Submit();
    }
    EXPECT_FALSE(driver.session.CanSubmit());
    EXPECT_FALSE(driver.Submit().valid());
    const int before = driver.window_changes;
    driver.Answer(driver.sent[1].exchange, driver.Reply(driver.sent[1], 1, 1));
    EXPECT_TRUE(driver.session.CanSubmit());
    EXPECT_EQ(before + 1, driver.window_changes);
  }
}

TEST(InitiatorSending, SendsNoMoreThanTheReceiverHasRoomFor) {
  for (std::uint32_t room : {1u, 2u, 3u}) {
    InitiatorDriver driver(Options2005(SessionShape::kOneWay));
    driver.OpenCleanly();
    for (int i = 0; i < 8; ++i) {
      driver.Submit(CallKind::kOneWay);
    }
    driver.Answer(driver.last().exchange, driver.AckOnly(1, room));
    EXPECT_EQ(2u + std::min(room, 2u), driver.sent.size());  // the window lets go two
    driver.Answer(driver.last().exchange, driver.AckOnly(1 + std::min(room, 2u)));
    EXPECT_GT(driver.sent.size(), 5u);  // no BufferRemaining: no limit
  }
}

TEST(InitiatorSending, PollsAReceiverWithoutRoomAndGoesOnWhenThereIsSome) {
  InitiatorDriver driver(Options2005(SessionShape::kOneWay));
  driver.OpenCleanly();
  driver.Submit(CallKind::kOneWay);
  driver.Answer(driver.last().exchange, driver.AckOnly(1, 0));
  driver.Submit(CallKind::kOneWay);
  ASSERT_EQ(2u, driver.sent.size());
  const std::int64_t start = driver.milliseconds();
  driver.Expire();
  EXPECT_EQ(10, driver.milliseconds() - start);
  EXPECT_EQ(wire::RmAction::kAckRequested, driver.last().envelope.rm_action);
  EXPECT_EQ(InitiatorDriver::kSequence, driver.last().envelope.ack_requested->id);
  EXPECT_FALSE(driver.last().envelope.addressing.message_id.has_value());
  driver.Answer(driver.last().exchange, driver.AckOnly(1, 0));
  driver.Expire();
  EXPECT_EQ(30, driver.milliseconds() - start);
  driver.Answer(driver.last().exchange, driver.AckOnly(1, 1));
  EXPECT_EQ(MessageNumber(2), driver.last().number);
}

// Intervals between questions to a receiver that never has room, up to the one that repeats.
std::vector<std::int64_t> PollIntervals(const Options& options) {
  InitiatorDriver driver(options);
  driver.OpenCleanly();
  driver.Submit(CallKind::kOneWay);
  driver.Answer(driver.last().exchange, driver.AckOnly(1, 0));
  driver.Submit(CallKind::kOneWay);
  std::vector<std::int64_t> intervals;
  std::int64_t before = driver.milliseconds();
  do {
    driver.Expire();
    intervals.push_back(driver.milliseconds() - before);
    before = driver.milliseconds();
    driver.Answer(driver.last().exchange, driver.AckOnly(1, 0));
  } while (intervals.size() < 2 || intervals.back() != intervals[intervals.size() - 2]);
  return intervals;
}

TEST(InitiatorSending, PollsLessAndLessOftenUpToHalfTheSendTimeout) {
  EXPECT_EQ((std::vector<std::int64_t>{10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 10240, 20480, 30000, 30000}),
            PollIntervals(Options2005(SessionShape::kOneWay)));
}

TEST(InitiatorSending, PollsUpToTheKeepAliveIntervalWhenThatIsShorter) {
  Options options = Options2005(SessionShape::kOneWay);
  options.inactivity_timeout = Duration::Seconds(160);
  EXPECT_EQ(10000, PollIntervals(options).back());
}

TEST(InitiatorSending, AcknowledgesByItselfWhenHalfAWindowOfRepliesIsUnacknowledged) {
  InitiatorDriver driver(Options2005());
  driver.OpenCleanly();
  driver.CallCleanly();
  driver.CallCleanly();
  driver.CallCleanly();
  for (int i = 0; i < 4; ++i) {
    driver.Submit();
  }
  const std::vector<Transmit> sent(driver.sent.end() - 4, driver.sent.end());
  for (std::uint64_t i = 0; i < 3; ++i) {
    driver.Answer(sent[i].exchange, driver.Reply(sent[i], 4 + i, 4 + i));
  }
  const std::int64_t quiet = driver.milliseconds();
  EXPECT_EQ(0u, driver.Count(wire::RmAction::kSequenceAcknowledgement));
  driver.Answer(sent[3].exchange, driver.Reply(sent[3], 7, 7));
  driver.Expire();
  EXPECT_EQ(200, driver.milliseconds() - quiet);
  EXPECT_EQ(wire::RmAction::kSequenceAcknowledgement, driver.last().envelope.rm_action);
  EXPECT_TRUE(driver.last().envelope.acknowledgement->ranges.IsExactly(MessageNumber(7)));
  driver.NoAnswer(driver.last().exchange, 202);
  driver.RunUntil(quiet + 10000);
  EXPECT_EQ(1u, driver.Count(wire::RmAction::kSequenceAcknowledgement));
}

TEST(InitiatorSending, DoesSoWhileItWaitsForTheLastRepliesBeforeItCloses) {
  InitiatorDriver driver(Options11());
  driver.OpenCleanly();
  for (int i = 0; i < 3; ++i) driver.CallCleanly();
  for (int i = 0; i < 4; ++i) driver.Submit();
  const std::vector<Transmit> sent(driver.sent.end() - 4, driver.sent.end());
  driver.Close();
  for (std::uint64_t i = 0; i < 3; ++i) driver.Answer(sent[i].exchange, driver.Reply(sent[i], 4 + i, 4 + i));
  EXPECT_EQ(SessionState::kClosing, driver.session.state());
  wire::Envelope asking = driver.AckOnly(6);
  asking.ack_requested = wire::AckRequestedHeader{driver.session.offered_sequence()};
  driver.Answer(sent[2].exchange, asking);
  driver.Answer(sent[3].exchange, asking);
  driver.RunUntil(driver.milliseconds() + 300);
  EXPECT_EQ(1u, driver.Count(wire::RmAction::kSequenceAcknowledgement));
}

TEST(InitiatorSending, AcknowledgesNothingByItselfBelowHalfAWindowOfReplies) {
  for (const int window : {2, 3, 8}) {
    Options options = Options2005();
    options.max_transfer_window_size = window;
    InitiatorDriver driver(options);
    driver.OpenCleanly();
    const std::uint64_t half = window / 2 < 2 ? 2 : window / 2;
    for (std::uint64_t number = 1; number <= 4; ++number) driver.CallCleanly();  // so that the window is open
    std::uint64_t next = 5;
    while (next < 5 + half - 1) driver.Submit(), ++next;
    const std::vector<Transmit> sent(driver.sent.end() - static_cast<std::ptrdiff_t>(half - 1), driver.sent.end());
    for (std::uint64_t i = 0; i < half - 1; ++i) {
      driver.Answer(sent[i].exchange, driver.Reply(sent[i], 5 + i, 5 + i));
    }
    driver.RunUntil(driver.milliseconds() + 10000);
    EXPECT_EQ(0u, driver.Count(wire::RmAction::kSequenceAcknowledgement)) << window;
  }
}

TEST(InitiatorSending, DoesNotAcknowledgeByItselfWhenTheNextRequestDoesIt) {
  InitiatorDriver driver(Options2005());
  driver.OpenCleanly();
  for (int i = 0; i < 50; ++i) {
    driver.CallCleanly();
  }
  driver.RunUntil(driver.milliseconds() + 10000);
  EXPECT_EQ(0u, driver.Count(wire::RmAction::kSequenceAcknowledgement));
}

TEST(InitiatorSending, HasNoDeadlineForAnAcknowledgementThatTheNextRequestHasTold) {
  InitiatorDriver driver(Options2005());
  driver.OpenCleanly();
  for (int i = 0; i < 3; ++i) driver.CallCleanly();
  for (int i = 0; i < 4; ++i) driver.Submit();
  const std::vector<Transmit> sent(driver.sent.end() - 4, driver.sent.end());
  for (std::uint64_t i = 0; i < 4; ++i) {
    driver.Answer(sent[i].exchange, driver.Reply(sent[i], 4 + i, 4 + i));
  }
  EXPECT_EQ(driver.now() + Duration::Milliseconds(200), driver.session.NextTimeout());
  driver.CallCleanly();
  EXPECT_LT(driver.now() + Duration::Milliseconds(200), driver.session.NextTimeout());
}

TEST(InitiatorSending, AcknowledgesWhenThePeerAsks) {
  InitiatorDriver driver(Options2005());
  driver.OpenCleanly();
  driver.Submit();
  wire::Envelope reply = driver.Reply(driver.last(), 1, 1);
  reply.ack_requested = wire::AckRequestedHeader{driver.session.offered_sequence()};
  driver.Answer(driver.last().exchange, reply);
  driver.Expire();
  EXPECT_EQ(wire::RmAction::kSequenceAcknowledgement, driver.last().envelope.rm_action);
}

TEST(InitiatorSending, NeverUsesAnExchangeTwice) {
  InitiatorDriver driver(Options2005());
  driver.OpenCleanly();
  driver.Submit();
  driver.RunUntil(100000);
  for (std::size_t i = 1; i < driver.sent.size(); ++i) {
    EXPECT_LT(driver.sent[i - 1].exchange, driver.sent[i].exchange);
  }
}

}  // namespace
}  // namespace gsoaprm::engine
