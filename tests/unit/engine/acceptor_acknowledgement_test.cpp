// What is acknowledged, when, and in which shape of session; what the client's acknowledgements do.
#include "tests/unit/engine/acceptor_client.h"

namespace gsoaprm::acceptor_testing {
namespace {

class AcceptorAcknowledgement : public AcceptorTest {};
INSTANTIATE_TEST_SUITE_P(Rm, AcceptorAcknowledgement, BothVersions(), VersionName);

const engine::Respond& Response(const engine::Disposition& disposition) {
  return std::get<engine::Respond>(disposition);
}

TEST_P(AcceptorAcknowledgement, AnAckRequestedGetsAnAcknowledgementAloneAsWcfWritesIt) {
  client.Note(1);
  const engine::Disposition disposition = client.Handle(client.AckRequested());
  ASSERT_EQ(Line(disposition), "200 SequenceAcknowledgement ack=[1-1]");
  const wire::Envelope& answer = Response(disposition).envelope;
  EXPECT_EQ(answer.addressing.action, wire::ActionUri(GetParam(), wire::RmAction::kSequenceAcknowledgement));
  EXPECT_EQ(answer.acknowledgement->id, SequenceId("urn:s"));
  EXPECT_FALSE(answer.addressing.relates_to);
  EXPECT_FALSE(answer.addressing.to);
  EXPECT_FALSE(answer.addressing.message_id);
  EXPECT_TRUE(std::holds_alternative<wire::EmptyBody>(answer.body));
}

TEST_P(AcceptorAcknowledgement, NothingReceivedIsAnEmptySet) {
  EXPECT_EQ(client.Send(client.AckRequested()), "200 SequenceAcknowledgement ack=none");
}

TEST_P(AcceptorAcknowledgement, ARunningMessageIsAcknowledgedAndAWaitingOneIsNot) {
  client.Send(client.Request(1));
  client.Send(client.Request(2));
  EXPECT_EQ(client.Send(client.AckRequested()), "200 SequenceAcknowledgement ack=[1-1]");
  client.StopWaiting(2);
  EXPECT_EQ(client.Send(client.AckRequested()), "200 SequenceAcknowledgement ack=[1-1]");
}

TEST_P(AcceptorAcknowledgement, AKeptMessageIsAcknowledgedOnlyWhereItWillCertainlyRun) {
  client.Send(client.Request(2), kByHand);
  EXPECT_EQ(client.Send(client.AckRequested()), "200 SequenceAcknowledgement ack=none");
  client.Send(client.Request(4), kIterative);
  EXPECT_EQ(client.Send(client.AckRequested()), "200 SequenceAcknowledgement ack=[4-4]");
  client.Call(1);
  EXPECT_EQ(client.Send(client.AckRequested()), "200 SequenceAcknowledgement ack=[1-1][4-4]");
  EXPECT_EQ(client.TakeReady(), "deliver 2");
  EXPECT_EQ(client.Send(client.AckRequested()), "200 SequenceAcknowledgement ack=[1-2][4-4]");
}

TEST_P(AcceptorAcknowledgement, AOneWaySessionAnswersAnEarlyMessageWithAnAcknowledgementThatTellsTheTruth) {
  client.offer = false;
  EXPECT_EQ(client.Send(client.OneWay(2), kByHand), "200 SequenceAcknowledgement ack=none");
  EXPECT_EQ(client.Send(client.OneWay(3), kIterative), "200 SequenceAcknowledgement ack=[3-3]");
  EXPECT_EQ(client.Note(1), "200 SequenceAcknowledgement ack=[1-1][3-3]");
}

TEST_P(AcceptorAcknowledgement, AOneWaySessionAnswersADroppedMessageWithAnAcknowledgementWithoutIt) {
  client.offer = false;
  client.options.max_transfer_window_size = 2;
  client.Note(1);
  EXPECT_EQ(client.Send(client.OneWay(4)), "200 SequenceAcknowledgement ack=[1-1]");
  EXPECT_EQ(client.session().metrics().dropped, 1u);
}

TEST_P(AcceptorAcknowledgement, ACopyOfARunningOneWayMessageIsAcknowledgedAtOnce) {
  client.offer = false;
  client.Send(client.OneWay(1));
  EXPECT_EQ(client.Send(client.OneWay(1)), "200 SequenceAcknowledgement ack=[1-1]");
  EXPECT_EQ(client.session().metrics().duplicates_suppressed, 1u);
}

TEST_P(AcceptorAcknowledgement, ACopyOfAWaitingOneWayMessageHasNoAnswerYet) {
  client.offer = false;
  client.Send(client.OneWay(1));
  EXPECT_EQ(client.Send(client.OneWay(2)), "wait 2");
  EXPECT_EQ(client.Send(client.OneWay(2)), "202");
}

TEST_P(AcceptorAcknowledgement, InASessionWithRepliesOnlyMessagesWithoutReturnAddressAreOneWayForSure) {
  client.Send(client.OneWay(1));
  EXPECT_EQ(client.Send(client.OneWay(1)), "200 SequenceAcknowledgement ack=[1-1]");
  client.AnswerNothing(1);
  client.Return(1);
  client.Send(client.Request(2));
  EXPECT_EQ(client.Send(client.Request(2)), "202");
}

TEST_P(AcceptorAcknowledgement, WithAddressingOf2004AMissingReturnAddressSaysNothing) {
  client.options.protocol.addressing = wire::AddressingVersion::kAugust2004;
  client.Send(client.OneWay(1));
  EXPECT_EQ(client.Send(client.OneWay(1)), "202");
}

TEST_P(AcceptorAcknowledgement, AnEarlyOneWayMessageInASessionWithRepliesIsAcknowledgedWhereItWillRun) {
  EXPECT_EQ(client.Send(client.OneWay(2), kIterative), "200 SequenceAcknowledgement ack=[2-2]");
  EXPECT_EQ(client.Send(client.OneWay(3), kByHand), "202");
  EXPECT_EQ(client.Send(client.Request(4), kIterative), "202");
}

// ---- ranges ----

TEST_P(AcceptorAcknowledgement, AMessageThatWouldMakeOneRangeTooManyIsDropped) {
  client.options.ordered = false;
  client.options.acknowledgement_ranges = 3;
  client.Note(1);
  client.Note(3);                                                                // limit - 1
  EXPECT_EQ(client.Note(5), "200 SequenceAcknowledgement ack=[1-1][3-3][5-5]");  // limit
  EXPECT_EQ(client.Send(client.OneWay(7)), "202");                               // limit + 1
  EXPECT_EQ(client.session().metrics().dropped, 1u);
  EXPECT_EQ(client.Note(2), "200 SequenceAcknowledgement ack=[1-3][5-5]");
  EXPECT_EQ(client.Note(7), "200 SequenceAcknowledgement ack=[1-3][5-5][7-7]");
}

TEST_P(AcceptorAcknowledgement, ThereIsAlwaysARangeLeftForTheFirstMessage) {
  client.options.ordered = false;
  client.options.acknowledgement_ranges = 3;
  client.Note(3);
  client.Note(5);
  EXPECT_EQ(client.Send(client.OneWay(7)), "202");
  EXPECT_EQ(client.Note(1), "200 SequenceAcknowledgement ack=[1-1][3-3][5-5]");
}

TEST_P(AcceptorAcknowledgement, AWaitingMessageWhoseRangeIsGoneIsDroppedInItsTurn) {
  client.options.ordered = false;
  client.options.acknowledgement_ranges = 2;
  client.Send(client.Request(1));
  EXPECT_EQ(client.Send(client.Request(3)), "wait 3");
  EXPECT_EQ(client.Send(client.Request(5)), "wait 5");
  client.Return(1);
  EXPECT_EQ(client.TryBegin(3), "deliver 3");
  client.Return(3);
  EXPECT_EQ(client.TryBegin(5), "202");
  EXPECT_EQ(client.session().metrics().dropped, 1u);
  EXPECT_TRUE(client.session().idle());
}

// ---- BufferRemaining ----

TEST_P(AcceptorAcknowledgement, BufferRemainingIsTheWindowWithoutWhatIsKeptAndWaits) {
  client.options.flow_control_enabled = true;
  EXPECT_EQ(client.Send(client.AckRequested()), "200 SequenceAcknowledgement ack=none buf=8");
  client.Send(client.Request(1));
  client.Send(client.Request(2));  // waits
  client.Send(client.Request(4), kByHand);
  EXPECT_EQ(client.Send(client.AckRequested()), "200 SequenceAcknowledgement ack=[1-1] buf=6");
}

TEST_P(AcceptorAcknowledgement, BufferRemainingIsLeftOutRatherThanZero) {
  client.options.flow_control_enabled = true;
  client.options.max_transfer_window_size = 2;
  client.Send(client.Request(1));
  client.Send(client.Request(2));
  EXPECT_EQ(client.Send(client.AckRequested()), "200 SequenceAcknowledgement ack=[1-1] buf=1");
  client.Send(client.Request(3));
  EXPECT_EQ(client.Send(client.AckRequested()), "200 SequenceAcknowledgement ack=[1-1]");
}

TEST_P(AcceptorAcknowledgement, WithoutFlowControlThereIsNoBufferRemaining) {
  client.options.flow_control_enabled = false;
  EXPECT_EQ(client.Send(client.AckRequested()), "200 SequenceAcknowledgement ack=none");
}

// ---- the client's acknowledgements ----

TEST_P(AcceptorAcknowledgement, AnAcknowledgementAloneHasNoAnswer) {
  client.Call(1);
  EXPECT_EQ(client.Send(client.AckAlone({1})), "202");
  EXPECT_EQ(client.Send(client.Request(1)), "200 SequenceAcknowledgement ack=[1-1]");
}

TEST_P(AcceptorAcknowledgement, AStaleAcknowledgementIsIgnored) {
  client.Call(1);
  client.Call(2);
  EXPECT_EQ(client.Send(client.AckAlone({1, 2})), "202");
  EXPECT_EQ(client.Send(client.AckAlone({1})), "202");
  EXPECT_EQ(client.Send(client.AckAlone({})), "202");
  EXPECT_FALSE(client.session().ended());
}

TEST_P(AcceptorAcknowledgement, AnAcknowledgementOfTheLastReplyIsFineAndOfTheOneAfterEndsTheSession) {
  client.Call(1);
  client.Call(2);
  EXPECT_EQ(client.Send(client.AckAlone({1})), "202");
  EXPECT_EQ(client.Send(client.AckAlone({1, 2})), "202");
  const engine::Disposition disposition = client.Handle(client.AckAlone({1, 2, 3}));
  ASSERT_EQ(Line(disposition), "500 InvalidAcknowledgement");
  const wire::Fault& fault = *Response(disposition).envelope.fault();
  ASSERT_TRUE(fault.acknowledgement);
  EXPECT_EQ(fault.acknowledgement->id, SequenceId("urn:o"));
  EXPECT_EQ(fault.acknowledgement->ranges, Numbers({1, 2, 3}));
  EXPECT_TRUE(client.session().ended());
  EXPECT_EQ(client.session().end_reason().code, "InvalidAcknowledgement");
}

TEST_P(AcceptorAcknowledgement, AMessageWithABadAcknowledgementIsNotDelivered) {
  EXPECT_EQ(client.Send(client.Acking(client.Request(1), {1})), "500 InvalidAcknowledgement");
  EXPECT_EQ(client.session().metrics().delivered, 0u);
}

TEST_P(AcceptorAcknowledgement, AnAcknowledgementInAOneWaySessionEndsIt) {
  client.offer = false;
  const engine::Disposition disposition = client.Handle(client.Acking(client.OneWay(1), {1}));
  ASSERT_EQ(Line(disposition), "500 SequenceTerminated");
  EXPECT_EQ(Response(disposition).envelope.fault()->id, SequenceId("urn:s"));
  EXPECT_TRUE(client.session().ended());
  EXPECT_EQ(client.session().metrics().delivered, 0u);
}

TEST_P(AcceptorAcknowledgement, FinalInAnAcknowledgementBeforeCloseIsIgnored) {
  client.Call(1);
  wire::Envelope message = client.Acking(client.Request(2), {1});
  message.acknowledgement->final = true;
  EXPECT_EQ(client.Send(message), "deliver 2");
}

TEST_P(AcceptorAcknowledgement, NoFinalIsWrittenBeforeTheSequenceIsClosed) {
  client.Call(1);
  EXPECT_EQ(client.Send(client.AckRequested()), "200 SequenceAcknowledgement ack=[1-1]");
}

TEST_P(AcceptorAcknowledgement, WhatWasAcknowledgedStaysAcknowledged) {
  client.options.ordered = false;
  MessageRanges before;
  for (const std::uint64_t number : {4u, 2u, 7u, 1u, 3u, 6u, 5u}) {
    client.Send(client.OneWay(number), kIterative);
    if (number % 2 == 0) client.Return(number);
    client.StopWaiting(number);
    const engine::Disposition answer = client.Handle(client.AckRequested());
    const MessageRanges& ranges = Response(answer).envelope.acknowledgement->ranges;
    EXPECT_TRUE(ranges.Covers(before));
    before = ranges;
  }
  EXPECT_EQ(before, Numbers({1, 2, 3, 4, 5, 6, 7}));
}

}  // namespace
}  // namespace gsoaprm::acceptor_testing
