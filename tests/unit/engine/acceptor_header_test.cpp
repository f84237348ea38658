// What a session refuses by the header alone: nothing runs, nothing is acknowledged, and the session goes on. What it
// cannot read ends it.
#include <vector>

#include "tests/unit/engine/acceptor_client.h"

namespace gsoaprm::acceptor_testing {
namespace {

constexpr char kEvil[] = "http://169.254.169.254/";

class AcceptorHeader : public AcceptorTest {
 protected:
  // One message of each kind that a session may get, all in order now.
  std::vector<wire::Envelope> EveryKind() const {
    std::vector<wire::Envelope> messages{client.Request(2), client.OneWay(2), client.AckRequested(),
                                         client.AckAlone({1}), client.Terminate()};
    messages.push_back(client.is_11() ? client.Close(1) : client.LastMessage(2));
    return messages;
  }
  // One call whose reply is not acknowledged.
  void Begin() { EXPECT_EQ(client.Call(1), "200 reply seq=1 ack=[1-1]"); }
  void ExpectUntouched() {
    EXPECT_FALSE(client.session().ended());
    EXPECT_EQ(client.session().metrics().delivered, 1u);
    // The kept reply: its acknowledgement has not counted.
    EXPECT_EQ(client.Send(client.Request(1)), "200 reply seq=1 ack=[1-1]");
    EXPECT_EQ(client.Send(client.Request(2)), "deliver 2");
  }
};
INSTANTIATE_TEST_SUITE_P(Rm, AcceptorHeader, BothVersions(), VersionName);

TEST_P(AcceptorHeader, RefusesRepliesElsewhere) {
  Begin();
  for (wire::Envelope message : EveryKind()) {
    message.addressing.reply_to = Uri(kEvil);
    if (message.sequence) message.acknowledgement = client.AckAlone({1}).acknowledgement;
    const engine::Disposition disposition = client.Handle(message);
    ASSERT_EQ(Line(disposition), "500 OnlyAnonymousAddressSupported") << wire::Name(message.rm_action);
    const wire::Envelope& answer = std::get<engine::Respond>(disposition).envelope;
    EXPECT_EQ(answer.fault()->problem_header, "{http://www.w3.org/2005/08/addressing}ReplyTo");
    EXPECT_EQ(answer.addressing.action, "http://www.w3.org/2005/08/addressing/fault");
    EXPECT_TRUE(answer.fault()->sender);
  }
  ExpectUntouched();
}

TEST_P(AcceptorHeader, RefusesFaultsElsewhere) {
  Begin();
  for (wire::Envelope message : EveryKind()) {
    message.addressing.fault_to = Uri(kEvil);
    const engine::Disposition disposition = client.Handle(message);
    ASSERT_EQ(Line(disposition), "500 OnlyAnonymousAddressSupported") << wire::Name(message.rm_action);
    EXPECT_EQ(std::get<engine::Respond>(disposition).envelope.fault()->problem_header,
              "{http://www.w3.org/2005/08/addressing}FaultTo");
  }
  ExpectUntouched();
}

TEST_P(AcceptorHeader, TakesRepliesAndFaultsHereOrNowhere) {
  std::uint64_t number = 0;
  for (const char* address :
       {"http://www.w3.org/2005/08/addressing/anonymous", "http://www.w3.org/2005/08/addressing/none"}) {
    wire::Envelope message = client.Request(++number);
    message.addressing.reply_to = Uri(address);
    message.addressing.fault_to = Uri(address);
    EXPECT_EQ(client.Send(message), "deliver " + std::to_string(number));
    client.Answer(number);
    client.Return(number);
  }
}

TEST_P(AcceptorHeader, KnowsTheAddressesOfAddressing2004) {
  client.options.protocol.addressing = wire::AddressingVersion::kAugust2004;
  wire::Envelope message = client.Request(1);
  message.addressing.reply_to = Uri("http://www.w3.org/2005/08/addressing/anonymous");
  EXPECT_EQ(client.Send(message), "500 OnlyAnonymousAddressSupported");
  message.addressing.reply_to = Uri("");
  EXPECT_EQ(client.Send(message), "500 OnlyAnonymousAddressSupported");
  message.addressing.reply_to = Uri("http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous");
  EXPECT_EQ(client.Send(message), "deliver 1");
}

TEST_P(AcceptorHeader, NeedsAReplyToOnMessagesThatEndWithAddressing2004) {
  client.options.protocol.addressing = wire::AddressingVersion::kAugust2004;
  Begin();
  wire::Envelope ending = client.is_11() ? client.Close(1) : client.LastMessage(2);
  EXPECT_EQ(client.Send(ending),
            client.is_11() ? "500 MessageAddressingHeaderRequired" : "200 LastMessage seq=2 last ack=[1-2]");
  ending = client.Terminate();
  if (client.is_11()) {
    EXPECT_EQ(client.Send(ending), "500 MessageAddressingHeaderRequired");
    ending.addressing.reply_to = Uri(std::string(wire::AnonymousAddress(wire::AddressingVersion::kAugust2004)));
  }
  EXPECT_EQ(client.Send(ending),
            client.is_11() ? "200 TerminateSequenceResponse ack=[1-1] final" : "200 TerminateSequence ack=[1-2]");
}

TEST_P(AcceptorHeader, RefusesWhatMustBeUnderstoodOnMessagesOfTheProtocolOnly) {
  Begin();
  for (wire::Envelope message : EveryKind()) {
    if (message.rm_action == wire::RmAction::kNone) continue;
    message.not_understood = "{urn:x}Transaction";
    const engine::Disposition disposition = client.Handle(message);
    ASSERT_EQ(Line(disposition), "500 MustUnderstand") << wire::Name(message.rm_action);
    const wire::Fault& fault = *std::get<engine::Respond>(disposition).envelope.fault();
    EXPECT_EQ(fault.problem_header, "{urn:x}Transaction");
    EXPECT_NE(fault.reason.find("It is Transaction of the namespace \"urn:x\"."), std::string::npos) << fault.reason;
  }
  EXPECT_FALSE(client.session().ended());
  wire::Envelope message = client.Request(2);
  message.not_understood = "{urn:x}Transaction";  // the application's matter
  EXPECT_EQ(client.Send(message), "deliver 2");
}

TEST_P(AcceptorHeader, AnswersNoFaultWithAFault) {
  Begin();
  wire::Envelope message = client.Fault(wire::FaultCode::kSequenceTerminated, "urn:s");
  message.not_understood = "{urn:x}Transaction";
  EXPECT_EQ(client.Send(message), "202");
  EXPECT_TRUE(client.session().ended());
}

// ---- what cannot be read ----

wire::ReadResult Unreadable(const AcceptorClient& client, wire::ReadError error) {
  wire::ReadResult result;
  result.error = error;
  result.reason = "The element Sequence has no MessageNumber.";
  result.element = "Sequence";
  result.envelope = client.Request(2);
  return result;
}

TEST_P(AcceptorHeader, EndsBySequenceTerminatedWhenItsBlocksCannotBeRead) {
  Begin();
  const engine::Respond response = client.session().RefuseUnreadable(Unreadable(client, wire::ReadError::kInvalidRm));
  EXPECT_EQ(Line(response), "500 SequenceTerminated");
  EXPECT_EQ(response.envelope.fault()->id, SequenceId("urn:s"));
  EXPECT_EQ(response.envelope.fault()->reason, "The element Sequence has no MessageNumber.");
  EXPECT_EQ(response.envelope.addressing.relates_to, MessageId("urn:m2"));
  EXPECT_TRUE(client.session().ended());
  EXPECT_EQ(client.session().end_reason().code, "SequenceTerminated");
  EXPECT_EQ(client.session().end_reason().reason, "The element Sequence has no MessageNumber.");
  EXPECT_TRUE(client.session().IsConsistent());
  EXPECT_EQ(client.Send(client.Request(2)), "500 UnknownSequence");
}

TEST_P(AcceptorHeader, NamesTheSequenceAlsoWhereTheUnreadableMessageDoesNot) {
  wire::ReadResult result = Unreadable(client, wire::ReadError::kInvalidRm);
  result.envelope.sequence.reset();
  EXPECT_EQ(client.session().RefuseUnreadable(result).envelope.fault()->id, SequenceId("urn:s"));
}

TEST_P(AcceptorHeader, EndsByMustUnderstandWhenABlockStandsTwice) {
  Begin();
  const engine::Respond response =
      client.session().RefuseUnreadable(Unreadable(client, wire::ReadError::kDuplicateHeader));
  EXPECT_EQ(Line(response), "500 MustUnderstand");
  EXPECT_FALSE(response.envelope.fault()->id);
  const std::string rm(wire::RmNamespace(GetParam()));
  EXPECT_EQ(response.envelope.fault()->problem_header, "{" + rm + "}Sequence");
  EXPECT_TRUE(client.session().ended());
}

TEST_P(AcceptorHeader, LivesOnAfterOtherMessagesThatCannotBeRead) {
  Begin();
  for (const auto& [error, line] : {std::make_pair(wire::ReadError::kNumberRollover, "500 MessageNumberRollover"),
                                    std::make_pair(wire::ReadError::kLimitExceeded, "500 Other"),
                                    std::make_pair(wire::ReadError::kMixedVersions, "500 Other"),
                                    std::make_pair(wire::ReadError::kMalformed, "400 Other")}) {
    EXPECT_EQ(Line(client.session().RefuseUnreadable(Unreadable(client, error))), line);
  }
  ExpectUntouched();
}

TEST_P(AcceptorHeader, LivesOnWhenTheUnreadableMessageIsOfAnotherProtocol) {
  Begin();
  wire::ReadResult result = Unreadable(client, wire::ReadError::kInvalidRm);
  result.envelope.protocol.soap = wire::SoapVersion::k11;
  EXPECT_EQ(Line(client.session().RefuseUnreadable(result)), "500 SequenceTerminated");
  ExpectUntouched();
}

TEST_P(AcceptorHeader, SaysTheSameAgainAfterTheEnd) {
  const wire::ReadResult result = Unreadable(client, wire::ReadError::kInvalidRm);
  client.session().RefuseUnreadable(result);
  EXPECT_EQ(Line(client.session().RefuseUnreadable(result)), "500 SequenceTerminated");
  EXPECT_TRUE(client.session().IsConsistent());
}

}  // namespace
}  // namespace gsoaprm::acceptor_testing
