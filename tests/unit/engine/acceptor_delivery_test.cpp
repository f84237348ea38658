// New messages: turns, order, early messages, windows, memory.
#include "tests/unit/engine/acceptor_client.h"

namespace gsoaprm::acceptor_testing {
namespace {

using engine::ConcurrencyMode;

class AcceptorDelivery : public AcceptorTest {};
INSTANTIATE_TEST_SUITE_P(Rm, AcceptorDelivery, BothVersions(), VersionName);

TEST_P(AcceptorDelivery, DeliversTheFirstMessageWithWhatItsReplyNeeds) {
  const engine::Disposition disposition = client.Handle(client.Request(1, "two and two"));
  const auto* deliver = std::get_if<engine::Deliver>(&disposition);
  ASSERT_NE(deliver, nullptr);
  EXPECT_EQ(deliver->number, MessageNumber(1));
  EXPECT_EQ(deliver->payload->entity, "two and two");
  EXPECT_EQ(deliver->action, "urn:calculator/Add");
  EXPECT_EQ(deliver->message_id, MessageId("urn:m1"));
}

TEST_P(AcceptorDelivery, IsPendingUntilTheFirstMessage) {
  EXPECT_FALSE(client.session().has_received_message());
  client.Send(client.AckRequested());
  EXPECT_TRUE(client.session().has_received_message());
}

TEST_P(AcceptorDelivery, IsIdleOnlyWhenNothingRunsWaitsOrIsKept) {
  EXPECT_TRUE(client.session().idle());
  client.Send(client.Request(1));
  EXPECT_FALSE(client.session().idle());
  client.Answer(1);
  EXPECT_FALSE(client.session().idle());
  client.Return(1);
  EXPECT_TRUE(client.session().idle());
  client.Send(client.Request(3));
  EXPECT_FALSE(client.session().idle());
}

TEST_P(AcceptorDelivery, OrderedWaitsForTheReturnOfTheOneBeforeNotForItsAnswer) {
  client.Send(client.Request(1));
  EXPECT_EQ(client.Send(client.Request(2)), "wait 2");
  EXPECT_EQ(client.TryBegin(2), "wait 2");
  client.Answer(1);
  EXPECT_EQ(client.TryBegin(2), "wait 2");
  client.Return(1);
  EXPECT_EQ(client.TryBegin(2), "deliver 2");
}

TEST_P(AcceptorDelivery, OrderedWithMultipleConcurrencyOrdersOnlyTheStarts) {
  client.options.concurrency_mode = ConcurrencyMode::kMultiple;
  EXPECT_EQ(client.Send(client.Request(1)), "deliver 1");
  EXPECT_EQ(client.Send(client.Request(2)), "deliver 2");
  EXPECT_EQ(client.Send(client.Request(4)), "202");
  EXPECT_EQ(client.TakeReady(), "nothing");
  EXPECT_EQ(client.Send(client.Request(3)), "deliver 3");
  EXPECT_EQ(client.TakeReady(), "deliver 4");
}

TEST_P(AcceptorDelivery, UnorderedDeliversAnyNumberWhenATurnIsFree) {
  client.options.ordered = false;
  EXPECT_EQ(client.Send(client.Request(5)), "deliver 5");
  EXPECT_EQ(client.Send(client.Request(2)), "wait 2");
  EXPECT_EQ(client.Send(client.Request(9)), "wait 9");
  client.Return(5);
  EXPECT_EQ(client.TryBegin(9), "deliver 9");
  EXPECT_EQ(client.TryBegin(2), "wait 2");
}

TEST_P(AcceptorDelivery, UnorderedWithMultipleConcurrencyNeverMakesOneWait) {
  client.options.ordered = false;
  client.options.concurrency_mode = ConcurrencyMode::kMultiple;
  EXPECT_EQ(client.Send(client.Request(3)), "deliver 3");
  EXPECT_EQ(client.Send(client.Request(1)), "deliver 1");
  EXPECT_EQ(client.Send(client.Request(2)), "deliver 2");
}

TEST_P(AcceptorDelivery, UnorderedOnOneThreadKeepsWhatItCannotRunNow) {
  client.options.ordered = false;
  EXPECT_EQ(client.Send(client.Request(1), kIterative), "deliver 1");
  EXPECT_EQ(client.Send(client.Request(3), kIterative), "202");
  EXPECT_EQ(client.Send(client.Request(2), kIterative), "202");
  EXPECT_EQ(client.TakeReady(), "nothing");
  client.Return(1);
  EXPECT_EQ(client.TakeReady(), "deliver 2");
  EXPECT_EQ(client.TakeReady(), "nothing");
  client.Return(2);
  EXPECT_EQ(client.TakeReady(), "deliver 3");
}

TEST_P(AcceptorDelivery, OneThreadNeverWaits) {
  client.Send(client.Request(1), kIterative);
  EXPECT_EQ(client.Send(client.Request(2), kIterative), "202");
  client.Answer(1);
  client.Return(1);
  EXPECT_EQ(client.TakeReady(), "deliver 2");
}

TEST_P(AcceptorDelivery, AThreadWaitsBehindWhatIsSureToRunButNotBehindAGap) {
  client.Send(client.Request(1));
  EXPECT_EQ(client.Send(client.Request(2)), "wait 2");
  EXPECT_EQ(client.Send(client.Request(3)), "wait 3");
  EXPECT_EQ(client.Send(client.Request(5)), "202");
  EXPECT_EQ(client.Send(client.Request(6)), "202");
  EXPECT_EQ(client.Send(client.Request(4), kIterative), "202");
  EXPECT_EQ(client.Send(client.Request(7)), "wait 7");
  EXPECT_EQ(client.session().metrics().early_kept, 3u);
}

TEST_P(AcceptorDelivery, SaysOfAKeptMessageWhetherOneBeforeItIsMissing) {
  client.Send(client.Request(1));
  client.Send(client.Request(3));
  EXPECT_TRUE(client.session().IsKeptBehindGap(MessageNumber(3)));
  client.Send(client.Request(2));
  EXPECT_FALSE(client.session().IsKeptBehindGap(MessageNumber(3)));
  EXPECT_FALSE(client.session().IsKeptBehindGap(MessageNumber(1)));
  EXPECT_FALSE(client.session().IsKeptBehindGap(MessageNumber(4)));
}

TEST_P(AcceptorDelivery, KeptMessagesRunInOrderOnceTheGapIsClosed) {
  EXPECT_EQ(client.Send(client.Request(3)), "202");
  EXPECT_EQ(client.Send(client.Request(2)), "202");
  EXPECT_EQ(client.TakeReady(), "nothing");
  client.Call(1);
  EXPECT_EQ(client.TakeReady(), "deliver 2");
  EXPECT_EQ(client.TakeReady(), "nothing");
  client.Answer(2);
  client.Return(2);
  EXPECT_EQ(client.TakeReady(), "deliver 3");
  EXPECT_EQ(client.session().metrics().delivered, 3u);
}

TEST_P(AcceptorDelivery, ACopyOfAKeptMessageWhoseTurnHasComeRunsOnItsOwnExchange) {
  EXPECT_EQ(client.Send(client.Request(2, "first text"), kByHand), "202");
  EXPECT_EQ(client.Send(client.Request(2, "second text"), kByHand), "202");
  client.Call(1);
  const engine::Disposition disposition = client.Handle(client.Request(2, "second text"), kByHand);
  ASSERT_EQ(Line(disposition), "deliver 2");
  EXPECT_EQ(std::get<engine::Deliver>(disposition).payload->entity, "first text");
  EXPECT_EQ(client.TakeReady(), "nothing");
}

TEST_P(AcceptorDelivery, ACopyOfAClaimedMessageDoesNotRunAgain) {
  client.Send(client.Request(2));
  client.Call(1);
  EXPECT_EQ(client.TakeReady(), "deliver 2");
  EXPECT_EQ(client.Send(client.Request(2)), "wait 2");
  EXPECT_EQ(client.Answer(2), "200 reply seq=2 ack=[1-2]");
  EXPECT_EQ(client.Send(client.Request(2)), "200 reply seq=2 ack=[1-2]");
}

TEST_P(AcceptorDelivery, AThreadThatGivesUpWaitingForgetsTheMessageSoThatACopyIsNew) {
  client.Send(client.Request(1));
  client.Send(client.Request(2));
  client.StopWaiting(2);
  EXPECT_EQ(client.TryBegin(2), "202");
  client.Answer(1);
  client.Return(1);
  EXPECT_EQ(client.Send(client.Request(2)), "deliver 2");
}

TEST_P(AcceptorDelivery, GivingUpARunningMessageChangesNothing) {
  client.Send(client.Request(1));
  client.StopWaiting(1);
  EXPECT_EQ(client.Send(client.Request(1)), "202");
}

TEST_P(AcceptorDelivery, AnOperationThatReturnsWithoutAnAnswerCountsAsOneWay) {
  client.Send(client.Request(1));
  client.Return(1);
  EXPECT_EQ(client.Send(client.Request(1)), "200 SequenceAcknowledgement ack=[1-1]");
  EXPECT_EQ(client.Send(client.Request(2)), "deliver 2");
}

// ---- the window ----

TEST_P(AcceptorDelivery, AnOrderedSessionKeepsNumbersWithinTheWindowAndDropsThoseBeyond) {
  client.options.max_transfer_window_size = 4;
  EXPECT_EQ(client.Send(client.Request(3)), "202");  // window - 1
  EXPECT_EQ(client.Send(client.Request(4)), "202");  // window
  EXPECT_EQ(client.session().metrics().early_kept, 2u);
  EXPECT_EQ(client.session().metrics().dropped, 0u);
  EXPECT_EQ(client.Send(client.Request(5)), "202");  // window + 1
  EXPECT_EQ(client.session().metrics().early_kept, 2u);
  EXPECT_EQ(client.session().metrics().dropped, 1u);
  client.Call(1);
  client.Call(2);
  EXPECT_EQ(client.TakeReady(), "deliver 3");
  client.Return(3);
  EXPECT_EQ(client.TakeReady(), "deliver 4");
  client.Return(4);
  EXPECT_EQ(client.TakeReady(), "nothing");
}

TEST_P(AcceptorDelivery, AnUnorderedSessionLetsAWindowOfMessagesWait) {
  client.options.ordered = false;
  client.options.max_transfer_window_size = 4;
  client.Send(client.Request(1));
  EXPECT_EQ(client.Send(client.Request(2)), "wait 2");
  EXPECT_EQ(client.Send(client.Request(3)), "wait 3");
  EXPECT_EQ(client.Send(client.Request(4)), "wait 4");  // window - 1
  EXPECT_EQ(client.Send(client.Request(5)), "wait 5");  // window
  EXPECT_EQ(client.Send(client.Request(6)), "202");     // window + 1
  EXPECT_EQ(client.session().metrics().dropped, 1u);
  EXPECT_EQ(client.TryBegin(6), "202");
}

TEST_P(AcceptorDelivery, AWindowOfUnacknowledgedRepliesStopsNewMessagesUntilOneIsAcknowledged) {
  client.options.max_transfer_window_size = 3;
  client.Call(1);
  client.Call(2);  // window - 1
  client.Call(3);  // window
  EXPECT_EQ(client.Send(client.Request(4)), "202");
  EXPECT_EQ(client.session().metrics().dropped, 1u);
  // Copies still get their replies, and an acknowledgement in the same message counts.
  EXPECT_EQ(client.Send(client.Request(2)), "200 reply seq=2 ack=[1-3]");
  EXPECT_EQ(client.Send(client.Acking(client.Request(4), {2})), "deliver 4");
}

TEST_P(AcceptorDelivery, RepliesToLaterMessagesDoNotStopTheOneThatTheClientWaitsFor) {
  client.options.ordered = false;
  client.options.max_transfer_window_size = 2;
  client.Call(3);
  client.Call(4);
  EXPECT_EQ(client.Send(client.Request(2)), "202");  // the first one is missing: that is asked for again and again
  EXPECT_EQ(client.Call(1), "200 reply seq=3 ack=[1-1][3-4]");
  EXPECT_EQ(client.Send(client.Request(2)), "202");  // of the replies one is now an earlier message's
  EXPECT_EQ(client.Send(client.Acking(client.Request(2), {3})), "deliver 2");
}

// ---- memory ----

// A message of this many bytes counts as 1000 with what surrounds it.
const std::string kCountsAs1000(488, 'x');

TEST_P(AcceptorDelivery, EarlyMessagesTakeNoMoreThanTheMemoryOfTheSession) {
  for (const int beyond : {-1, 0, 1}) {
    AcceptorClient fresh(GetParam());
    fresh.options.session_memory = 2000;
    EXPECT_EQ(fresh.Send(fresh.Request(2, kCountsAs1000)), "202");
    fresh.Send(fresh.Request(3, std::string(kCountsAs1000.size() + static_cast<std::size_t>(beyond), 'x')));
    EXPECT_EQ(fresh.session().metrics().early_kept, beyond > 0 ? 1u : 2u) << beyond;
    EXPECT_EQ(fresh.session().metrics().dropped, beyond > 0 ? 1u : 0u) << beyond;
    // What is next in order is taken all the same, or the session would be stuck.
    EXPECT_EQ(fresh.Send(fresh.Request(1, std::string(5000, 'x'))), "deliver 1");
  }
}

TEST_P(AcceptorDelivery, KeptRepliesCountAgainstTheMemoryOfTheSession) {
  client.options.session_memory = 2000;
  EXPECT_EQ(client.Send(client.Request(1)), "deliver 1");
  client.Answer(1, kCountsAs1000);
  client.Return(1);
  EXPECT_EQ(client.Send(client.Request(2)), "deliver 2");
  client.Answer(2, kCountsAs1000);
  client.Return(2);
  EXPECT_EQ(client.Send(client.Request(3)), "202");
  EXPECT_EQ(client.session().metrics().dropped, 1u);
  EXPECT_EQ(client.Send(client.Acking(client.Request(3), {1})), "deliver 3");
}

TEST_P(AcceptorDelivery, TheSessionGoesOnWhileKeptRepliesAreBelowItsMemory) {
  for (const int below : {-1, 0, 1}) {
    AcceptorClient fresh(GetParam());
    fresh.options.session_memory = static_cast<std::size_t>(1000 + below);
    EXPECT_EQ(fresh.Send(fresh.Request(1)), "deliver 1");
    fresh.Answer(1, kCountsAs1000);
    fresh.Return(1);
    EXPECT_EQ(fresh.Send(fresh.Request(2)), below > 0 ? "deliver 2" : "202") << below;
  }
}

TEST_P(AcceptorDelivery, BeyondItsGuaranteeAnEarlyMessageNeedsRoomInTheMemoryOfAllSessions) {
  const std::string guaranteed(engine::kGuaranteedMemory - 512, 'x');  // counts as all of it
  engine::ExchangeTraits crowded = kThreaded;
  for (const std::size_t left : {999u, 1000u, 1001u}) {
    AcceptorClient fresh(GetParam());
    crowded.memory_left = 0;
    EXPECT_EQ(fresh.Send(fresh.Request(2, guaranteed), crowded), "202");
    EXPECT_EQ(fresh.session().metrics().early_kept, 1u);
    EXPECT_EQ(fresh.session().kept_bytes(), engine::kGuaranteedMemory);
    crowded.memory_left = left;
    fresh.Send(fresh.Request(3, kCountsAs1000), crowded);
    EXPECT_EQ(fresh.session().metrics().dropped, left < 1000 ? 1u : 0u) << left;
    crowded.memory_left = 0;
    EXPECT_EQ(fresh.Send(fresh.Request(1, std::string(5000, 'x')), crowded), "deliver 1");
  }
  AcceptorClient fresh(GetParam());
  fresh.Send(fresh.Request(2, guaranteed + "x"), crowded);
  EXPECT_EQ(fresh.session().metrics().dropped, 1u);
}

TEST_P(AcceptorDelivery, BeyondItsGuaranteeKeptRepliesStopASessionWhereAllTogetherKeepTooMuch) {
  engine::ExchangeTraits crowded = kThreaded;
  for (const int below : {-1, 0, 1}) {
    for (const std::size_t left : {0u, 1u}) {
      AcceptorClient fresh(GetParam());
      crowded.memory_left = left;
      EXPECT_EQ(fresh.Send(fresh.Request(1), crowded), "deliver 1");
      fresh.Answer(1, std::string(engine::kGuaranteedMemory - 512 - static_cast<std::size_t>(below), 'x'));
      fresh.Return(1);
      EXPECT_EQ(fresh.Send(fresh.Request(2), crowded), below > 0 || left > 0 ? "deliver 2" : "202") << below << left;
      if (below > 0 || left > 0) continue;
      EXPECT_EQ(fresh.Send(fresh.Acking(fresh.Request(2), {1}), crowded), "deliver 2");
    }
  }
}

TEST_P(AcceptorDelivery, AFaultWithANumberButWithoutAPayloadIsNoMessage) {
  wire::Envelope fault = client.Fault(wire::FaultCode::kOther, "urn:s");
  fault.sequence = wire::SequenceHeader{SequenceId("urn:s"), MessageNumber(1), false};
  EXPECT_EQ(client.Send(fault), "202");
  EXPECT_FALSE(client.session().ended());
  EXPECT_EQ(client.Call(1), "200 reply seq=1 ack=[1-1]");
}

TEST_P(AcceptorDelivery, AFaultOfTheApplicationRunsAsAMessage) {
  wire::Envelope message = client.Request(1);
  wire::Fault fault;
  fault.payload = MakePayload("the program's fault", true);
  message.body = fault;
  const auto disposition = client.Handle(message);
  ASSERT_EQ(Line(disposition), "deliver 1");
  EXPECT_EQ(std::get<engine::Deliver>(disposition).payload->entity, "the program's fault");
}

TEST_P(AcceptorDelivery, AFaultAboutAnotherSequenceEndsNothing) {
  EXPECT_EQ(client.Send(client.Fault(wire::FaultCode::kSequenceTerminated, "urn:another")), "500 UnknownSequence");
  EXPECT_FALSE(client.session().ended());
  EXPECT_EQ(client.Send(client.Fault(wire::FaultCode::kSequenceTerminated, "urn:o")), "202");
  EXPECT_TRUE(client.session().ended());
}

TEST_P(AcceptorDelivery, OnlyWhatNamesNoReturnAddressIsCertainlyOneWay) {
  const std::string acknowledged = "200 SequenceAcknowledgement ack=[2-2]";
  const auto early = [this](wire::AddressingVersion addressing, bool message_id, bool reply_to) {
    AcceptorClient other(GetParam());
    other.options.protocol.addressing = addressing;
    wire::Envelope message = other.OneWay(2);
    if (message_id) message.addressing.message_id = MessageId("urn:m2");
    if (reply_to) message.addressing.reply_to = Uri(std::string(wire::AnonymousAddress(addressing)));
    return other.Send(message);
  };
  EXPECT_EQ(early(wire::AddressingVersion::k10, false, false), acknowledged);
  EXPECT_EQ(early(wire::AddressingVersion::k10, true, false), "202");
  EXPECT_EQ(early(wire::AddressingVersion::k10, false, true), "202");
  EXPECT_EQ(early(wire::AddressingVersion::kAugust2004, false, false), "202");
}

TEST_P(AcceptorDelivery, LastMessageIsNoMessageOf11) {
  EXPECT_EQ(client.Send(client.LastMessage(1)), client.is_11() ? "202" : "200 LastMessage seq=1 last ack=[1-1]");
  EXPECT_EQ(client.session().ended(), false);
  EXPECT_EQ(client.Send(client.Request(1)), client.is_11() ? "deliver 1" : "200 LastMessage seq=1 last ack=[1-1]");
}

}  // namespace
}  // namespace gsoaprm::acceptor_testing
