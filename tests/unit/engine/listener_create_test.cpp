// CreateSequence: what is accepted, what the answer says, what is refused.
#include <set>

#include "tests/unit/engine/listener_client.h"

namespace gsoaprm::acceptor_testing {
namespace {

class ListenerCreate : public ListenerTest {};
INSTANTIATE_TEST_SUITE_P(Rm, ListenerCreate, BothVersions(), VersionName);

TEST_P(ListenerCreate, AcceptsAnOfferWithTheTextOfTheAddressThatTheClientCalls) {
  const engine::CreateDisposition disposition = Handle(Create("urn:m1", "urn:o1"), "alice");
  const auto* accepted = std::get_if<engine::SessionAccepted>(&disposition);
  ASSERT_NE(accepted, nullptr);
  const wire::Envelope& answer = accepted->response.envelope;
  const auto& body = std::get<wire::CreateSequenceResponse>(answer.body);
  EXPECT_EQ(accepted->response.http_status, 200);
  EXPECT_EQ(body.accept_acks_to, Uri("http://server.example/Calculator.svc"));
  EXPECT_FALSE(body.expires);
  EXPECT_EQ(answer.addressing.action, wire::ActionUri(GetParam(), wire::RmAction::kCreateSequenceResponse));
  EXPECT_EQ(answer.addressing.relates_to, MessageId("urn:m1"));
  EXPECT_FALSE(answer.addressing.message_id);
  EXPECT_FALSE(answer.addressing.to);

  EXPECT_EQ(accepted->identity.sequence, body.id);
  EXPECT_EQ(accepted->identity.sequence.text().substr(0, 9), "urn:uuid:");
  EXPECT_EQ(accepted->identity.offered, SequenceId("urn:o1"));
  EXPECT_EQ(accepted->identity.principal, Principal("alice"));
  EXPECT_EQ(accepted->identity.to, Uri("http://server.example/Calculator.svc"));
  EXPECT_EQ(accepted->identity.protocol, options.protocol);
  EXPECT_EQ(listener().open_sequences(), 1u);
}

TEST_P(ListenerCreate, WithoutAnOfferThereIsNoAccept) {
  const engine::CreateDisposition disposition = Handle(Create("urn:m1", ""));
  const auto& body = std::get<wire::CreateSequenceResponse>(ResponseOf(disposition).envelope.body);
  EXPECT_FALSE(body.accept_acks_to);
  EXPECT_TRUE(std::get<engine::SessionAccepted>(disposition).identity.offered.empty());
}

TEST_P(ListenerCreate, TellsWhatBecomesOfAnIncompleteSequenceOnlyInVersion11) {
  options.ordered = true;
  const engine::CreateDisposition ordered = Handle(Create("urn:m1", "urn:o1"));
  const auto& body = std::get<wire::CreateSequenceResponse>(ResponseOf(ordered).envelope.body);
  if (is_11()) {
    EXPECT_EQ(body.incomplete_sequence_behavior, "DiscardFollowingFirstGap");
  } else {
    EXPECT_FALSE(body.incomplete_sequence_behavior);
  }
}

TEST_P(ListenerCreate, AnUnorderedEndpointDiscardsNothing) {
  options.ordered = false;
  const engine::CreateDisposition unordered = Handle(Create("urn:m1", "urn:o1"));
  const auto& body = std::get<wire::CreateSequenceResponse>(ResponseOf(unordered).envelope.body);
  EXPECT_EQ(body.incomplete_sequence_behavior.value_or("nothing"), is_11() ? "NoDiscard" : "nothing");
}

TEST_P(ListenerCreate, WithoutToTheAddressIsAnonymous) {
  wire::Envelope message = Create("urn:m1", "urn:o1");
  message.addressing.to.reset();
  const engine::CreateDisposition disposition = Handle(message);
  EXPECT_EQ(std::get<wire::CreateSequenceResponse>(ResponseOf(disposition).envelope.body).accept_acks_to, Anonymous());
}

TEST_P(ListenerCreate, EverySessionHasAnIdentifierOfItsOwn) {
  EXPECT_NE(Open("urn:m1"), Open("urn:m2"));
  EXPECT_EQ(listener().open_sequences(), 2u);
}

// Whoever draws an identifier twice has a broken source of chance: the sequences are told apart all the same.
TEST_P(ListenerCreate, AnIdentifierThatIsDrawnTwiceIsDrawnAgain) {
  class Repeating : public engine::IdSource {
   public:
    std::string NewUuid() override { return "urn:drawn:" + std::to_string(draws++ / 3); }
    int draws = 0;
  } repeating;
  engine::Listener listener(options, &repeating);
  std::set<std::string> sequences;
  for (const char* message_id : {"urn:m1", "urn:m2", "urn:m3"})
    sequences.insert(IdOf(listener.HandleCreate(now, Create(message_id, ""), Principal())).text());
  EXPECT_EQ(sequences, (std::set<std::string>{"urn:drawn:0", "urn:drawn:1", "urn:drawn:2"}));
}

TEST_P(ListenerCreate, AnIdentifierThatAClientHasOfferedIsNotDrawn) {
  testing::SeededIds same(7), twin(7);
  engine::Listener listener(options, &same);
  twin.NewUuid();
  const std::string second = twin.NewUuid();
  EXPECT_FALSE(IdOf(listener.HandleCreate(now, Create("urn:m1", second), Principal())).empty());
  const SequenceId drawn = IdOf(listener.HandleCreate(now, Create("urn:m2", "urn:o2"), Principal()));
  EXPECT_FALSE(drawn.empty());
  EXPECT_NE(drawn, SequenceId(second));
}

TEST_P(ListenerCreate, AnythingElseIsNoCreateSequence) {
  EXPECT_EQ(Send(Terminate(SequenceId("urn:s"))), is_11() ? "WsrmRequired" : "ActionNotSupported");
  EXPECT_EQ(listener().open_sequences(), 0u);
}

// ---- refusals ----

TEST_P(ListenerCreate, NeedsAMessageId) {
  wire::Envelope message = Create("urn:m1", "urn:o1");
  message.addressing.message_id.reset();
  const engine::CreateDisposition disposition = Handle(message);
  const engine::Respond& response = ResponseOf(disposition);
  ASSERT_EQ(Line(response), "500 MessageAddressingHeaderRequired");
  EXPECT_EQ(response.envelope.fault()->problem_header, "{http://www.w3.org/2005/08/addressing}MessageID");
  EXPECT_EQ(response.envelope.addressing.action, wire::AddressingFaultAction(options.protocol.addressing));
}

TEST_P(ListenerCreate, RefusesSequencesBoundToSecurity) {
  for (auto flag : {&wire::CreateSequence::uses_sequence_ssl, &wire::CreateSequence::uses_sequence_str,
                    &wire::CreateSequence::security_token_reference}) {
    wire::Envelope message = Create("urn:m1", "urn:o1");
    BodyOf(message).*flag = true;
    EXPECT_EQ(Send(message), "CreateSequenceRefused");
  }
  EXPECT_EQ(listener().open_sequences(), 0u);
}

TEST_P(ListenerCreate, RefusesAnAcksToThatIsNotAnonymousSinceItOpensNoConnections) {
  wire::Envelope message = Create("urn:m1", "");
  BodyOf(message).acks_to = Uri("http://169.254.169.254/");
  EXPECT_EQ(Send(message), "CreateSequenceRefused");
  message.addressing.reply_to = Uri("http://169.254.169.254/");
  EXPECT_EQ(Send(message), "CreateSequenceRefused");
}

TEST_P(ListenerCreate, RefusesAReplyToThatIsNotAcksTo) {
  wire::Envelope message = Create("urn:m1", "");
  message.addressing.reply_to = Uri("http://client.example/");
  EXPECT_EQ(Send(message), "CreateSequenceRefused");
  message.addressing.reply_to = Anonymous();
  EXPECT_EQ(Send(message), "accepted");
}

TEST_P(ListenerCreate, KnowsTheAnonymousAddressOfAddressing2004) {
  options.protocol.addressing = wire::AddressingVersion::kAugust2004;
  wire::Envelope message = Create("urn:m1", "urn:o1");
  message.addressing.reply_to = Anonymous();
  EXPECT_EQ(Send(message), "accepted");
}

TEST_P(ListenerCreate, NeedsAReplyToWithAddressing2004) {
  options.protocol.addressing = wire::AddressingVersion::kAugust2004;
  const engine::CreateDisposition disposition = Handle(Create("urn:m1", "urn:o1"));
  ASSERT_EQ(Line(ResponseOf(disposition)), "500 MessageAddressingHeaderRequired");
  EXPECT_EQ(ResponseOf(disposition).envelope.fault()->problem_header,
            "{http://schemas.xmlsoap.org/ws/2004/08/addressing}ReplyTo");
  EXPECT_EQ(listener().open_sequences(), 0u);
}

TEST_P(ListenerCreate, RefusesAFaultToElsewhere) {
  wire::Envelope message = Create("urn:m1", "urn:o1");
  message.addressing.fault_to = Uri("http://169.254.169.254/");
  const engine::CreateDisposition disposition = Handle(message);
  ASSERT_EQ(Line(ResponseOf(disposition)), "500 OnlyAnonymousAddressSupported");
  EXPECT_EQ(ResponseOf(disposition).envelope.fault()->problem_header, "{http://www.w3.org/2005/08/addressing}FaultTo");
  message.addressing.fault_to = Anonymous();
  EXPECT_EQ(Send(message), "accepted");
}

TEST_P(ListenerCreate, RefusesABlockThatMustBeUnderstoodAndIsNot) {
  wire::Envelope message = Create("urn:m1", "urn:o1");
  message.not_understood = "{urn:x}Transaction";
  const engine::CreateDisposition disposition = Handle(message);
  ASSERT_EQ(Line(ResponseOf(disposition)), "500 MustUnderstand");
  const wire::Envelope& answer = ResponseOf(disposition).envelope;
  EXPECT_EQ(answer.fault()->problem_header, "{urn:x}Transaction");
  EXPECT_NE(answer.fault()->reason.find("Transaction of the namespace \"urn:x\""), std::string::npos);
  EXPECT_EQ(answer.addressing.action, wire::SoapFaultAction(options.protocol.addressing));
  EXPECT_EQ(listener().open_sequences(), 0u);
}

TEST_P(ListenerCreate, IsRefusedByAnEndpointThatClosesButNotItsRepeats) {
  EXPECT_EQ(Send(Create("urn:m1", "urn:o1")), "accepted");
  listener().StopAccepting();
  EXPECT_EQ(Send(Create("urn:m1", "urn:o1")), "again");
  const engine::CreateDisposition disposition = Handle(Create("urn:m2", "urn:o2"));
  ASSERT_EQ(Line(ResponseOf(disposition)), "500 EndpointUnavailable");
  EXPECT_EQ(ResponseOf(disposition).envelope.addressing.action,
            wire::AddressingFaultAction(options.protocol.addressing));
  EXPECT_TRUE(ResponseOf(disposition).envelope.fault()->sender);
  EXPECT_EQ(listener().open_sequences(), 1u);
}

TEST_P(ListenerCreate, TheEndpointOfTheOfferMustBeAcksToInVersion11) {
  wire::Envelope message = Create("urn:m1", "urn:o1");
  BodyOf(message).offer->endpoint = Uri("http://client.example/");
  EXPECT_EQ(Send(message), is_11() ? "CreateSequenceRefused" : "accepted");
}

TEST_P(ListenerCreate, AcceptsTheThreeIncompleteSequenceBehaviorsAndNoOther) {
  int number = 0;
  for (const char* name : {"DiscardEntireSequence", "DiscardFollowingFirstGap", "NoDiscard"}) {
    ++number;
    wire::Envelope message = Create("urn:m" + std::to_string(number), "urn:o" + std::to_string(number));
    BodyOf(message).offer->incomplete_sequence_behavior = name;
    EXPECT_EQ(Send(message), "accepted") << name;
  }
  wire::Envelope message = Create("urn:m9", "urn:o9");
  BodyOf(message).offer->incomplete_sequence_behavior = "nodiscard";
  EXPECT_EQ(Send(message), is_11() ? "CreateSequenceRefused" : "accepted");
}

TEST_P(ListenerCreate, EchoesExpires) {
  int number = 0;
  for (const char* text : {"PT0S", "PT10M", "P9D", "P1DT12H", "P1Y2M3DT4H5M6.7S", " \t P1D", "P1D \n ", "  PT1M  "}) {
    wire::Envelope message = Create("urn:m" + std::to_string(++number), "");
    BodyOf(message).expires = text;
    const engine::CreateDisposition disposition = Handle(message);
    ASSERT_TRUE(std::holds_alternative<engine::SessionAccepted>(disposition)) << text;
    EXPECT_EQ(std::get<wire::CreateSequenceResponse>(ResponseOf(disposition).envelope.body).expires, text);
  }
}

TEST_P(ListenerCreate, RefusesAnExpiresThatIsNoDurationOrNegative) {
  for (const char* text : {"",     "-PT1S",  "P",      "PT",   "10",    "1D", "T1M",   " P1D x ", "PT1",   "P1S",
                           "PT1D", "PT1.5M", "PT1M1H", "P1DT", "PT1.S", "x",  "P1D1D", "P1Dx",    "PT1Sx", "PT1S1S"}) {
    wire::Envelope message = Create("urn:m1", "urn:o1");
    BodyOf(message).expires = text;
    EXPECT_EQ(Send(message), "CreateSequenceRefused") << text;
    message = Create("urn:m1", "urn:o1");
    BodyOf(message).offer->expires = text;
    EXPECT_EQ(Send(message), "CreateSequenceRefused") << text;
  }
}

TEST_P(ListenerCreate, ARefusalIsAFaultOfTheSenderThatRelatesToItsRequest) {
  wire::Envelope message = Create("urn:m1", "");
  BodyOf(message).uses_sequence_ssl = true;
  const engine::CreateDisposition disposition = Handle(message);
  const wire::Envelope& answer = ResponseOf(disposition).envelope;
  EXPECT_EQ(ResponseOf(disposition).http_status, 500);
  EXPECT_TRUE(answer.fault()->sender);
  EXPECT_FALSE(answer.fault()->id);
  EXPECT_EQ(answer.addressing.relates_to, MessageId("urn:m1"));
  EXPECT_EQ(answer.addressing.action, wire::RmFaultAction(options.protocol));
}

// ---- repeats ----

TEST_P(ListenerCreate, TheSameMessageAgainGetsTheSameSequence) {
  for (const char* offer : {"urn:o1", ""}) {
    const std::string message_id = std::string("urn:m") + offer;
    const SequenceId first = IdOf(Handle(Create(message_id, offer)));
    const engine::CreateDisposition again = Handle(Create(message_id, offer));
    EXPECT_TRUE(std::holds_alternative<engine::Respond>(again));
    EXPECT_EQ(IdOf(again), first);
  }
  EXPECT_EQ(listener().open_sequences(), 2u);
}

TEST_P(ListenerCreate, AnotherMessageWithTheSameOfferGetsTheSameSequenceAndItsOwnRelatesTo) {
  const SequenceId first = IdOf(Handle(Create("urn:m1", "urn:o1"), "alice"));
  const engine::CreateDisposition again = Handle(Create("urn:m2", "urn:o1"), "alice");
  EXPECT_EQ(IdOf(again), first);
  EXPECT_EQ(ResponseOf(again).envelope.addressing.relates_to, MessageId("urn:m2"));
}

TEST_P(ListenerCreate, AnOfferInUseIsRefusedToAnotherPrincipal) {
  EXPECT_EQ(Send(Create("urn:m1", "urn:o1"), "alice"), "accepted");
  EXPECT_EQ(Send(Create("urn:m2", "urn:o1"), "mallory"), "CreateSequenceRefused");
  EXPECT_EQ(Send(Create("urn:m1", "urn:o1"), "mallory"), "CreateSequenceRefused");
  EXPECT_EQ(Send(Create("urn:m1", "urn:o1"), ""), "CreateSequenceRefused");
}

TEST_P(ListenerCreate, AMessageIdWithAnotherOfferIsRefused) {
  EXPECT_EQ(Send(Create("urn:m1", "urn:o1")), "accepted");
  EXPECT_EQ(Send(Create("urn:m1", "urn:o2")), "CreateSequenceRefused");
  EXPECT_EQ(Send(Create("urn:m1", "")), "CreateSequenceRefused");
}

TEST_P(ListenerCreate, AnIdentifierOfThisSideCannotBeOffered) {
  const SequenceId ours = Open("urn:m1");
  EXPECT_EQ(Send(Create("urn:m2", ours.text())), "CreateSequenceRefused");
}

TEST_P(ListenerCreate, RepeatsAreRememberedForAsLongAsTheOptionSays) {
  options.create_memory = Duration::Seconds(120);
  EXPECT_EQ(Send(Create("urn:m1", "")), "accepted");
  Pass(Duration::Microseconds(119999999));
  EXPECT_EQ(Send(Create("urn:m1", "")), "again");
  Pass(Duration::Microseconds(1));
  EXPECT_EQ(Send(Create("urn:m1", "")), "accepted");
}

TEST_P(ListenerCreate, AnOfferStaysInUseAfterItsCreateSequenceIsForgotten) {
  EXPECT_EQ(Send(Create("urn:m1", "urn:o1")), "accepted");
  Pass(options.create_memory);
  EXPECT_EQ(Send(Create("urn:m1", "urn:o1")), "CreateSequenceRefused");
}

TEST_P(ListenerCreate, ACreateSequenceThatComesAgainAfterTheEndMakesNoSecondSession) {
  const SequenceId first = IdOf(Handle(Create("urn:m1", "urn:o1")));
  listener().SessionEnded(now, first, std::nullopt);
  EXPECT_EQ(listener().open_sequences(), 0u);
  const engine::CreateDisposition again = Handle(Create("urn:m1", "urn:o1"));
  EXPECT_TRUE(std::holds_alternative<engine::Respond>(again));
  EXPECT_EQ(IdOf(again), first);
  // Another one may use the Offer anew.
  EXPECT_EQ(Send(Create("urn:m2", "urn:o1")), "accepted");
}

}  // namespace
}  // namespace gsoaprm::acceptor_testing
