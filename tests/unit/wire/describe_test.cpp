#include "wire/describe.h"

#include <gtest/gtest.h>

#include <memory>

#include "unit/wire/messages.h"

namespace gsoaprm::wire {
namespace {

std::string DescribeEntity(std::string_view entity) { return Describe(test::Read(entity).envelope); }

TEST(Describe, PutsAnApplicationMessageOnOneLine) {
  EXPECT_EQ(DescribeEntity(test::kRequest), "Subtract seq=e485c1#2 ack=33fd6b[1-1] mid=c900c9 reply-to");
  EXPECT_EQ(DescribeEntity(test::kReply2005), "SubtractResponse seq=e62065#2 ack=c867b9[1-2] buf=8 rel=9c1fd6");
}

TEST(Describe, NamesProtocolMessages) {
  Envelope envelope;
  envelope.rm_action = RmAction::kCloseSequence;
  envelope.body = CloseSequence{SequenceId("s"), MessageNumber(3)};
  envelope.acknowledgement = AcknowledgementHeader{SequenceId("s"), {}, true, {}};
  EXPECT_EQ(Describe(envelope), "CloseSequence id=s last-number=3 ack=s[none] final");
  envelope = Envelope();
  envelope.rm_action = RmAction::kLastMessage;
  envelope.sequence = SequenceHeader{SequenceId("urn:abcdefgh"), MessageNumber(9), true};
  envelope.ack_requested = AckRequestedHeader{SequenceId("urn:abcdefgh")};
  EXPECT_EQ(Describe(envelope), "LastMessage seq=cdefgh#9 last ackreq=cdefgh");
}

TEST(Describe, NamesFaults) {
  Envelope envelope;
  Fault fault;
  fault.code = FaultCode::kUnknownSequence;
  fault.id = SequenceId("urn:abcdefgh");
  fault.reason = "Gone \"for good\",\nit seems.";
  envelope.body = fault;
  EXPECT_EQ(Describe(envelope), "fault UnknownSequence id=cdefgh reason=\"Gone _for good_,_it seems.\"");
  fault = Fault();
  fault.other_code = "{urn:peer}Custom";
  fault.sender = false;
  envelope.body = fault;
  EXPECT_EQ(Describe(envelope), "fault {urn:peer}Custom receiver");
  auto payload = std::make_shared<Payload>();
  payload->is_fault = true;
  envelope.body = PayloadPointer(payload);
  EXPECT_EQ(Describe(envelope), "application-fault");
}

TEST(Describe, KeepsOperationsApartFromTheWordsOfTheLanguage) {
  Envelope envelope;
  envelope.body = std::make_shared<const Payload>();
  envelope.addressing.action = "http://example.org/CreateSequence";
  EXPECT_EQ(Describe(envelope), "CreateSequence_");
  envelope.addressing.action = "urn:empty";
  EXPECT_EQ(Describe(envelope), "empty_");
  envelope.addressing.action = "";
  EXPECT_EQ(Describe(envelope), "message");
}

TEST(Describe, LetsNoTextOfThePeerBreakTheLine) {
  Envelope envelope;
  envelope.body = std::make_shared<const Payload>();
  envelope.addressing.action = "urn:Add\n+0.000 > Forged";
  envelope.addressing.message_id = MessageId("a b\nc]");
  envelope.addressing.fault_to = Uri("http://x/\n\"y\"");
  EXPECT_EQ(Describe(envelope), "Add_+0.000_>_Forged mid=a_b_c_ fault-to=http://x/__y_");
}

TEST(Name, IsThereForEveryWordOfTheProtocol) {
  for (int code = 0; code <= static_cast<int>(FaultCode::kOther); ++code) {
    EXPECT_STRNE(Name(static_cast<FaultCode>(code)), "?") << code;
  }
  for (int action = 0; action <= static_cast<int>(RmAction::kFault); ++action) {
    EXPECT_STRNE(Name(static_cast<RmAction>(action)), "?") << action;
  }
}

TEST(Describe, SaysOnlyWhatIsUnusualOfARequestToCreate) {
  Envelope envelope;
  envelope.rm_action = RmAction::kCreateSequence;
  CreateSequence body;
  body.acks_to = Uri(std::string(AnonymousAddress(envelope.protocol.addressing)));
  envelope.body = body;
  EXPECT_EQ(Describe(envelope), "CreateSequence");
  body.acks_to = Uri("http://there/");
  body.offer.emplace();
  body.offer->id = SequenceId("urn:offered");
  envelope.addressing.to = Uri("http://to/");
  for (const RmVersion version : {RmVersion::kFebruary2005, RmVersion::k11}) {
    envelope.protocol.rm = version;
    body.offer->endpoint.reset();
    envelope.body = body;
    const std::string begin = "CreateSequence to=http://to/ acks-to=http://there/ offer=ffered";
    const bool is_11 = version == RmVersion::k11;
    EXPECT_EQ(Describe(envelope), begin + (is_11 ? " offer-endpoint=none offer-behavior=none" : ""));
    body.offer->endpoint = Uri("http://there/");
    envelope.body = body;
    EXPECT_EQ(Describe(envelope), begin + " offer-endpoint=http://there/" + (is_11 ? " offer-behavior=none" : ""));
    body.offer->endpoint = Uri(std::string(AnonymousAddress(envelope.protocol.addressing)));
    envelope.body = body;
    const std::string anonymous = " offer-endpoint=" + body.offer->endpoint->text();
    EXPECT_EQ(Describe(envelope), begin + (is_11 ? std::string(" offer-behavior=none") : anonymous));
  }
}

TEST(Describe, NamesAFaultOfNoKnownCode) {
  Envelope envelope;
  envelope.body = Fault();
  EXPECT_EQ(Describe(envelope).substr(0, 6), "fault ");
  Fault named;
  named.code = FaultCode::kSequenceClosed;
  named.other_code = "{urn:peer}Custom";  // says nothing beside a code that is known
  envelope.body = named;
  EXPECT_EQ(Describe(envelope).substr(0, 20), "fault SequenceClosed");
}

TEST(Describe, NamesAMessageWithoutItsPayload) {
  Envelope envelope;
  envelope.body = PayloadPointer();
  envelope.addressing.action = "urn:op";
  EXPECT_EQ(Describe(envelope), "op");
}

TEST(Words, HoldNothingThatCouldBreakALine) {
  EXPECT_EQ(AsWord(""), "_");
  EXPECT_EQ(AsWord("a b\"c\n\x7f\xc3"), "a_b_c___");
  EXPECT_EQ(AsWord("!~"), "!~");
  EXPECT_EQ(AsQuotation("a b\"\t"), "a b__");
  EXPECT_EQ(ShortName(""), "_");
  EXPECT_EQ(ShortName("a[b]#="), "a_b___");
}

}  // namespace
}  // namespace gsoaprm::wire
