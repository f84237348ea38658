// How many sequences there may be: of an endpoint, of a principal, pending, ended.
#include <vector>

#include "engine/listener_registry.h"
#include "tests/unit/engine/listener_client.h"

namespace gsoaprm::acceptor_testing {
namespace {

class ListenerLimits : public ListenerTest {
 protected:
  std::string GiveUp() {
    const auto sequence = listener().PollGiveUp(now);
    return sequence ? sequence->text() : "nobody";
  }
  // Opens one and sends its first message.
  SequenceId OpenActive(const std::string& message_id, const std::string& principal = "") {
    const SequenceId sequence = Open(message_id, principal);
    if (!sequence.empty()) listener().SessionActive(sequence);
    return sequence;
  }
};
INSTANTIATE_TEST_SUITE_P(Rm, ListenerLimits, BothVersions(), VersionName);

TEST_P(ListenerLimits, AnEndpointHasAsManySequencesAsTheOptionSays) {
  options.sequences_per_endpoint = 3;
  OpenActive("urn:m1");
  OpenActive("urn:m2");
  EXPECT_EQ(Send(Create("urn:m3", "")), "accepted");                // limit - 1 before it
  EXPECT_EQ(Send(Create("urn:m4", "")), "ConnectionLimitReached");  // limit before it
  EXPECT_EQ(listener().open_sequences(), 3u);
}

TEST_P(ListenerLimits, ARefusalForWantOfRoomIsTheReceiversFaultSoThatClientsTryAgain) {
  options.sequences_per_endpoint = 0;
  const engine::CreateDisposition disposition = Handle(Create("urn:m1", ""));
  ASSERT_EQ(Line(ResponseOf(disposition)), "500 ConnectionLimitReached");
  EXPECT_FALSE(ResponseOf(disposition).envelope.fault()->sender);
  EXPECT_EQ(ResponseOf(disposition).envelope.addressing.action, wire::RmFaultAction(options.protocol));
}

TEST_P(ListenerLimits, ASessionThatEndsMakesRoom) {
  options.sequences_per_endpoint = 1;
  const SequenceId first = OpenActive("urn:m1");
  EXPECT_EQ(Send(Create("urn:m2", "")), "ConnectionLimitReached");
  listener().SessionEnded(now, first, std::nullopt);
  EXPECT_EQ(Send(Create("urn:m2", "")), "accepted");
}

TEST_P(ListenerLimits, ASessionThatCouldNotBeMadeLeavesNothing) {
  options.sequences_per_endpoint = 1;
  listener().SessionLost(Open("urn:m1"));
  EXPECT_EQ(listener().open_sequences(), 0u);
  EXPECT_EQ(Send(Create("urn:m1", "")), "accepted") << "its repeat is answered by another try";
}

TEST_P(ListenerLimits, EndingASessionTwiceMakesRoomForOne) {
  options.sequences_per_endpoint = 2;
  const SequenceId first = OpenActive("urn:m1");
  OpenActive("urn:m2");
  listener().SessionEnded(now, first, std::nullopt);
  listener().SessionEnded(now, first, std::nullopt);
  EXPECT_EQ(listener().open_sequences(), 1u);
}

TEST_P(ListenerLimits, ARepeatIsAnsweredEvenWhenThereIsNoRoom) {
  options.sequences_per_endpoint = 1;
  EXPECT_EQ(Send(Create("urn:m1", "")), "accepted");
  EXPECT_EQ(Send(Create("urn:m1", "")), "again");
}

TEST_P(ListenerLimits, AKnownPrincipalHasAsManySequencesAsTheOptionSays) {
  options.sequences_per_principal = 2;
  OpenActive("urn:m1", "alice");
  EXPECT_EQ(Send(Create("urn:m2", ""), "alice"), "accepted");                // limit - 1 before it
  EXPECT_EQ(Send(Create("urn:m3", ""), "alice"), "ConnectionLimitReached");  // limit before it
  EXPECT_EQ(Send(Create("urn:m3", ""), "bob"), "accepted");
}

TEST_P(ListenerLimits, NobodyInParticularIsNotAPrincipal) {
  options.sequences_per_principal = 1;
  EXPECT_EQ(Send(Create("urn:m1", "")), "accepted");
  EXPECT_EQ(Send(Create("urn:m2", "")), "accepted");
}

TEST_P(ListenerLimits, APrincipalGetsItsPlaceBackWhenASessionEnds) {
  options.sequences_per_principal = 1;
  const SequenceId first = OpenActive("urn:m1", "alice");
  listener().SessionEnded(now, first, std::nullopt);
  EXPECT_EQ(Send(Create("urn:m2", ""), "alice"), "accepted");
}

// ---- pending ----

TEST_P(ListenerLimits, OnlyBeyondMaxPendingChannelsIsTheOldestGivenUp) {
  options.max_pending_channels = 2;
  const SequenceId first = Open("urn:m1");  // limit - 1
  Open("urn:m2");                           // limit
  Pass(options.pending_timeout);
  EXPECT_EQ(GiveUp(), "nobody");
  Open("urn:m3");  // limit + 1
  EXPECT_EQ(GiveUp(), first.text());
  EXPECT_EQ(GiveUp(), "nobody");
}

TEST_P(ListenerLimits, APendingSequenceHasItsTimeBeforeItIsGivenUp) {
  options.max_pending_channels = 1;
  const SequenceId first = Open("urn:m1");
  Open("urn:m2");
  EXPECT_EQ(listener().NextTimeout(), now + options.pending_timeout);
  Pass(options.pending_timeout + Duration::Microseconds(-1));
  EXPECT_EQ(GiveUp(), "nobody");
  Pass(Duration::Microseconds(1));
  EXPECT_EQ(GiveUp(), first.text());
}

TEST_P(ListenerLimits, AnActiveSequenceIsNeverGivenUp) {
  options.max_pending_channels = 1;
  const SequenceId first = Open("urn:m1");
  const SequenceId second = Open("urn:m2");
  listener().SessionActive(first);
  Open("urn:m3");
  Pass(options.pending_timeout);
  EXPECT_EQ(GiveUp(), second.text());
  EXPECT_EQ(GiveUp(), "nobody");
}

TEST_P(ListenerLimits, AGivenUpSequenceKeepsItsPlaceUntilItsSessionHasEnded) {
  options.max_pending_channels = 1;
  options.sequences_per_endpoint = 2;
  const SequenceId first = Open("urn:m1");
  Open("urn:m2");
  Pass(options.pending_timeout);
  EXPECT_EQ(GiveUp(), first.text());
  EXPECT_EQ(Send(Create("urn:m3", "")), "ConnectionLimitReached");
  listener().SessionEnded(now, first, std::nullopt);
  EXPECT_EQ(Send(Create("urn:m3", "")), "accepted");
}

TEST_P(ListenerLimits, AGivenUpSequenceIsNotHandedOutAgainToAClientWhoseAnswerWasLost) {
  options.max_pending_channels = 1;
  const SequenceId lost = IdOf(Handle(Create("urn:m1", "urn:o1")));
  Open("urn:m2");
  Pass(options.pending_timeout);
  EXPECT_EQ(GiveUp(), lost.text());
  listener().SessionEnded(now, lost, std::nullopt);
  // It asks again just then: WCF's clients do so after 10 s.
  const engine::CreateDisposition again = Handle(Create("urn:m1", "urn:o1"));
  EXPECT_TRUE(std::holds_alternative<engine::SessionAccepted>(again));
  EXPECT_NE(IdOf(again), lost);
  EXPECT_FALSE(IdOf(again).empty());
  EXPECT_EQ(Send(Create("urn:m1", "urn:o1")), "again");
}

TEST_P(ListenerLimits, PendingSequencesHaveALimitOfTheirOwn) {
  options.max_pending_channels = 1;
  for (int number = 1; number < 64; ++number) Open("urn:m" + std::to_string(number));
  EXPECT_EQ(Send(Create("urn:m64", "")), "accepted");                // limit - 1 before it
  EXPECT_EQ(Send(Create("urn:m65", "")), "ConnectionLimitReached");  // limit before it
}

// ---- sequences that are no more ----

TEST_P(ListenerLimits, AnUnknownSequenceIsNamedInTheFault) {
  const engine::Respond response = listener().HandleUnknown(now, Terminate(SequenceId("urn:nowhere")), Principal());
  ASSERT_EQ(Line(response), "500 UnknownSequence");
  EXPECT_EQ(response.envelope.fault()->id, SequenceId("urn:nowhere"));
  EXPECT_EQ(response.envelope.addressing.relates_to, MessageId("urn:terminate"));
}

TEST_P(ListenerLimits, WithSequenceAndAcknowledgementTheFaultNamesTheAcknowledgements) {
  AcceptorClient client(GetParam());
  const wire::Envelope message = client.Acking(client.Request(1), {});
  EXPECT_EQ(listener().HandleUnknown(now, message, Principal()).envelope.fault()->id, SequenceId("urn:o"));
  EXPECT_EQ(listener().HandleUnknown(now, client.Request(1), Principal()).envelope.fault()->id, SequenceId("urn:s"));
}

TEST_P(ListenerLimits, ARepeatedTerminateGetsTheFinalAnswerForTheLifetimeOfATombstone) {
  options.tombstone_lifetime = Duration::Seconds(300);
  const SequenceId sequence = OpenActive("urn:m1");
  listener().SessionEnded(now, sequence, Final(sequence));
  const std::string expected =
      is_11() ? "200 TerminateSequenceResponse ack=none final" : "200 TerminateSequence ack=none";
  EXPECT_EQ(Line(listener().HandleUnknown(now, Terminate(sequence), Principal())), expected);
  Pass(Duration::Microseconds(299999999));
  EXPECT_EQ(Line(listener().HandleUnknown(now, Terminate(sequence), Principal())), expected);
  Pass(Duration::Microseconds(1));
  EXPECT_EQ(Line(listener().HandleUnknown(now, Terminate(sequence), Principal())), "500 UnknownSequence");
}

TEST_P(ListenerLimits, ARepeatedTerminateIsKnownByItsBodyAndAnUnknownOneNamesItsAcknowledgement) {
  const SequenceId sequence = OpenActive("urn:m1");
  listener().SessionEnded(now, sequence, Final(sequence));
  const wire::Envelope message = AcceptorClient::Acking(Terminate(sequence), {});
  EXPECT_NE(Line(listener().HandleUnknown(now, message, Principal())), "500 UnknownSequence");
  Pass(options.tombstone_lifetime);
  EXPECT_EQ(listener().HandleUnknown(now, message, Principal()).envelope.fault()->id, SequenceId("urn:o"));
}

TEST_P(ListenerLimits, ARepeatedCloseGetsItsAnswerAfterTheEndOnlyWhereThereIsClose) {
  const SequenceId sequence = OpenActive("urn:m1");
  listener().SessionEnded(now, sequence, Final(sequence));
  wire::Envelope close = Terminate(sequence);
  close.rm_action = wire::RmAction::kCloseSequence;
  close.body = wire::CloseSequence{sequence, std::nullopt};
  EXPECT_EQ(Line(listener().HandleUnknown(now, close, Principal())),
            is_11() ? "200 CloseSequenceResponse ack=none final" : "500 UnknownSequence");
}

// Only a store can bring such an answer back.
TEST_P(ListenerLimits, AnAnswerThatLostItsFinalAcknowledgementIsNotRepeatedIn11) {
  const SequenceId sequence = OpenActive("urn:m1");
  engine::Respond final = Final(sequence);
  final.envelope.acknowledgement.reset();
  listener().SessionEnded(now, sequence, final);
  EXPECT_EQ(Line(listener().HandleUnknown(now, Terminate(sequence), Principal())),
            is_11() ? "500 UnknownSequence" : "200 TerminateSequence");
}

TEST_P(ListenerLimits, ARepeatInAnotherSoapVersionIsAnotherMessage) {
  const SequenceId sequence = OpenActive("urn:m1");
  listener().SessionEnded(now, sequence, Final(sequence));
  wire::Envelope terminate = Terminate(sequence);
  terminate.protocol.soap = wire::SoapVersion::k11;
  EXPECT_EQ(Line(listener().HandleUnknown(now, terminate, Principal())), "500 UnknownSequence");
}

TEST_P(ListenerLimits, OnlyTheSamePrincipalGetsTheFinalAnswer) {
  const SequenceId sequence = OpenActive("urn:m1", "alice");
  listener().SessionEnded(now, sequence, Final(sequence));
  EXPECT_EQ(Line(listener().HandleUnknown(now, Terminate(sequence), Principal("mallory"))), "500 UnknownSequence");
  EXPECT_EQ(Line(listener().HandleUnknown(now, Terminate(sequence), Principal())), "500 UnknownSequence");
  EXPECT_NE(Line(listener().HandleUnknown(now, Terminate(sequence), Principal("alice"))), "500 UnknownSequence");
}

TEST_P(ListenerLimits, OtherMessagesOfAnEndedSequenceAreUnknown) {
  const SequenceId sequence = OpenActive("urn:m1");
  listener().SessionEnded(now, sequence, Final(sequence));
  wire::Envelope message = Terminate(sequence);
  message.body = wire::EmptyBody{};
  message.ack_requested = wire::AckRequestedHeader{sequence};
  EXPECT_EQ(Line(listener().HandleUnknown(now, message, Principal())), "500 UnknownSequence");
}

TEST_P(ListenerLimits, ALiveSequenceOfAnotherPrincipalIsUnknown) {
  const SequenceId sequence = OpenActive("urn:m1", "alice");
  EXPECT_EQ(Line(listener().HandleUnknown(now, Terminate(sequence), Principal("mallory"))), "500 UnknownSequence");
}

TEST_P(ListenerLimits, TheOldestTombstoneGivesWayWhenThereAreTooMany) {
  std::vector<SequenceId> ended;
  for (std::size_t number = 0; number <= engine::ListenerRegistry::kMaximumTombstones; ++number) {
    ended.push_back(OpenActive("urn:m" + std::to_string(number)));
    listener().SessionEnded(now, ended.back(), Final(ended.back()));
    if (number + 1 >= engine::ListenerRegistry::kMaximumTombstones) {
      const bool oldest_is_known =
          Line(listener().HandleUnknown(now, Terminate(ended.front()), Principal())) != "500 UnknownSequence";
      EXPECT_EQ(oldest_is_known, number < engine::ListenerRegistry::kMaximumTombstones) << number;
    }
  }
  EXPECT_NE(Line(listener().HandleUnknown(now, Terminate(ended.back()), Principal())), "500 UnknownSequence");
  // Its CreateSequence is forgotten with it.
  EXPECT_EQ(Send(Create("urn:m0", "")), "accepted");
  EXPECT_EQ(Send(Create("urn:m1", "")), "again");
}

TEST_P(ListenerLimits, NothingIsLeftToDoWhenEverythingIsForgotten) {
  EXPECT_TRUE(listener().NextTimeout().never());
  const SequenceId sequence = OpenActive("urn:m1");
  EXPECT_EQ(listener().NextTimeout(), now + options.create_memory);
  listener().SessionEnded(now, sequence, std::nullopt);
  Pass(options.create_memory);
  listener().HandleTimeout(now);
  EXPECT_EQ(listener().NextTimeout(), now + (options.tombstone_lifetime - options.create_memory));
  Pass(options.tombstone_lifetime - options.create_memory);
  listener().HandleTimeout(now);
  EXPECT_TRUE(listener().NextTimeout().never());
}

TEST_P(ListenerLimits, AMessageWithoutRmIsToldWhichVersionTheEndpointWants) {
  wire::Envelope plain;
  plain.addressing.message_id = MessageId("urn:m1");
  const engine::Respond response = listener().HandlePlain(plain);
  EXPECT_EQ(Line(response), is_11() ? "500 WsrmRequired" : "500 ActionNotSupported");
  EXPECT_EQ(response.envelope.addressing.relates_to, MessageId("urn:m1"));
  EXPECT_EQ(response.envelope.addressing.action,
            is_11() ? wire::RmFaultAction(options.protocol) : wire::AddressingFaultAction(options.protocol.addressing));
}

}  // namespace
}  // namespace gsoaprm::acceptor_testing
