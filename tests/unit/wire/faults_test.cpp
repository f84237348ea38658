// Faults in all shapes: SOAP 1.1 and 1.2, February 2005 and 1.1, as WCF and others write them.
#include <gtest/gtest.h>

#include <string>

#include "unit/wire/messages.h"
#include "wire/describe.h"
#include "wire/envelope_reader.h"
#include "wire/envelope_writer.h"

namespace gsoaprm::wire {
namespace {

using test::EnvelopeOf;
using test::k11;
using test::k2005;
using test::Read;

Fault ReadFault(const std::string& entity) {
  const ReadResult result = Read(entity);
  EXPECT_TRUE(result.ok()) << result.reason << "\n" << entity;
  EXPECT_NE(result.envelope.fault(), nullptr) << entity;
  return result.envelope.fault() ? *result.envelope.fault() : Fault();
}

std::string Write(const Protocol& protocol, const Fault& fault) {
  Envelope envelope;
  envelope.protocol = protocol;
  envelope.body = fault;
  return WriteEnvelope(envelope).entity;
}

constexpr FaultCode kCodes[] = {FaultCode::kSequenceTerminated,
                                FaultCode::kUnknownSequence,
                                FaultCode::kInvalidAcknowledgement,
                                FaultCode::kMessageNumberRollover,
                                FaultCode::kLastMessageNumberExceeded,
                                FaultCode::kSequenceClosed,
                                FaultCode::kCreateSequenceRefused,
                                FaultCode::kWsrmRequired,
                                FaultCode::kConnectionLimitReached,
                                FaultCode::kEndpointUnavailable,
                                FaultCode::kMessageAddressingHeaderRequired,
                                FaultCode::kActionNotSupported,
                                FaultCode::kMustUnderstand};

TEST(Fault, EveryCodeComesBackInEveryProtocol) {
  for (const Protocol& protocol : test::kProtocols) {
    for (const FaultCode code : kCodes) {
      Fault fault;
      fault.code = code;
      fault.reason = "because \"<&>\" " + std::string(Name(code));
      const Fault read = ReadFault(Write(protocol, fault));
      // SOAP 1.1 has no room for a nested code.
      const bool is_flat = protocol.soap == SoapVersion::k11 && code == FaultCode::kConnectionLimitReached;
      EXPECT_EQ(Name(read.code), std::string(Name(is_flat ? FaultCode::kCreateSequenceRefused : code)));
      EXPECT_EQ(read.reason, fault.reason);
      EXPECT_TRUE(read.sender);
      EXPECT_TRUE(read.other_code.empty());
    }
  }
}

TEST(Fault, TellsSenderFromReceiver) {
  for (const Protocol& protocol : test::kProtocols) {
    for (const bool sender : {true, false}) {
      Fault fault;
      fault.code = FaultCode::kSequenceTerminated;
      fault.sender = sender;
      EXPECT_EQ(ReadFault(Write(protocol, fault)).sender, sender);
    }
  }
}

TEST(Fault, DetailComesBackInEveryProtocol) {
  for (const Protocol& protocol : test::kProtocols) {
    Fault fault;
    fault.code = FaultCode::kMessageNumberRollover;
    fault.id = SequenceId("urn:s&1");
    fault.max_message_number = MessageNumber(MessageNumber::kMaximum);
    Fault read = ReadFault(Write(protocol, fault));
    EXPECT_EQ(read.id, fault.id);
    EXPECT_EQ(read.max_message_number.has_value(), protocol.rm == RmVersion::k11);

    Fault acknowledgement;
    acknowledgement.code = FaultCode::kInvalidAcknowledgement;
    acknowledgement.acknowledgement.emplace();
    acknowledgement.acknowledgement->id = SequenceId("urn:s");
    ASSERT_TRUE(acknowledgement.acknowledgement->ranges.InsertRange(MessageNumber(2), MessageNumber(9)));
    read = ReadFault(Write(protocol, acknowledgement));
    ASSERT_TRUE(read.acknowledgement);
    EXPECT_EQ(read.acknowledgement->id, SequenceId("urn:s"));
    EXPECT_EQ(read.acknowledgement->ranges, acknowledgement.acknowledgement->ranges);
  }
}

TEST(Fault, ProblemHeaderComesBackInEveryProtocol) {
  for (const Protocol& protocol : test::kProtocols) {
    Fault fault;
    fault.code = FaultCode::kMessageAddressingHeaderRequired;
    fault.problem_header = "{" + std::string(AddressingNamespace(protocol.addressing)) + "}MessageID";
    const std::string entity = Write(protocol, fault);
    EXPECT_NE(entity.find("<a:ProblemHeaderQName>a:MessageID</a:ProblemHeaderQName>"), std::string::npos);
    if (protocol.soap == SoapVersion::k12) {
      EXPECT_EQ(ReadFault(entity).problem_header, fault.problem_header);
    }
  }
}

TEST(Fault, OtherCodesComeBackInEveryProtocol) {
  for (const Protocol& protocol : test::kProtocols) {
    for (const std::string& code : {std::string("{urn:peer}Custom"), std::string("{urn:a&b}x"), std::string(),
                                    "{" + std::string(SoapNamespace(protocol.soap)) + "}VersionMismatch"}) {
      Fault fault;
      fault.other_code = code;
      fault.reason = "r";
      const Fault read = ReadFault(Write(protocol, fault));
      EXPECT_EQ(read.code, FaultCode::kOther);
      EXPECT_EQ(read.other_code, code);
    }
  }
}

TEST(Fault, CarriesAnAcknowledgementHeaderWithSequenceClosed) {
  for (const Protocol& protocol : test::kProtocols) {
    Envelope envelope;
    envelope.protocol = protocol;
    Fault fault;
    fault.code = FaultCode::kSequenceClosed;
    fault.id = SequenceId("urn:s");
    envelope.body = fault;
    envelope.acknowledgement = AcknowledgementHeader{SequenceId("urn:s"), {}, true, {}};
    const ReadResult result = Read(WriteEnvelope(envelope).entity);
    ASSERT_TRUE(result.ok()) << result.reason;
    EXPECT_EQ(result.envelope.protocol, protocol);
    EXPECT_EQ(result.envelope.fault()->id, SequenceId("urn:s"));
    EXPECT_EQ(result.envelope.acknowledgement->final, protocol.rm == RmVersion::k11);
  }
}

// As a WCF client sent it, but for the language.
TEST(Fault, LooksLikeWcfsInSoap12) {
  Envelope envelope;
  envelope.protocol = k2005;
  envelope.addressing.action = RmFaultAction(k2005);
  envelope.addressing.to = Uri("http://localhost/calc");
  Fault fault;
  fault.code = FaultCode::kSequenceTerminated;
  fault.sender = false;
  fault.reason = "Due to a user abort the reliable session cannot continue.";
  fault.id = SequenceId("urn:uuid:6dad2211-a80b-47d5-9822-a923efcf57c5");
  envelope.body = fault;
  EXPECT_EQ(
      WriteEnvelope(envelope).entity,
      R"(<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing"><s:Header><a:Action s:mustUnderstand="1">http://www.w3.org/2005/08/addressing/soap/fault</a:Action><a:To s:mustUnderstand="1">http://localhost/calc</a:To></s:Header><s:Body><s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value xmlns:a="http://schemas.xmlsoap.org/ws/2005/02/rm">a:SequenceTerminated</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang="en-US">Due to a user abort the reliable session cannot continue.</s:Text></s:Reason><s:Detail><r:Identifier xmlns:r="http://schemas.xmlsoap.org/ws/2005/02/rm">urn:uuid:6dad2211-a80b-47d5-9822-a923efcf57c5</r:Identifier></s:Detail></s:Fault></s:Body></s:Envelope>)");
}

TEST(Fault, PutsTheDetailDirectlyIntoTheSequenceFaultOf2005) {
  Fault fault;
  fault.code = FaultCode::kUnknownSequence;
  fault.id = SequenceId("urn:s");
  Protocol protocol = k2005;
  protocol.soap = SoapVersion::k11;
  const std::string entity = Write(protocol, fault);
  EXPECT_NE(
      entity.find("<r:SequenceFault><r:FaultCode>r:UnknownSequence</r:FaultCode><r:Identifier>urn:s</r:Identifier>"
                  "</r:SequenceFault>"),
      std::string::npos)
      << entity;
  EXPECT_NE(entity.find("<faultcode>s:Client</faultcode>"), std::string::npos);
}

TEST(Fault, WrapsTheDetailInTheSequenceFaultOf11) {
  Fault fault;
  fault.code = FaultCode::kUnknownSequence;
  fault.id = SequenceId("urn:s");
  Protocol protocol = k11;
  protocol.soap = SoapVersion::k11;
  EXPECT_NE(Write(protocol, fault).find("<r:Detail><r:Identifier>urn:s</r:Identifier></r:Detail></r:SequenceFault>"),
            std::string::npos);
}

TEST(Fault, IsTheFaultcodeItselfWhereItIsAboutNoSequence) {
  Fault fault;
  fault.code = FaultCode::kCreateSequenceRefused;
  Protocol protocol = k11;
  protocol.soap = SoapVersion::k11;
  const std::string entity = Write(protocol, fault);
  EXPECT_NE(entity.find("<faultcode xmlns:a=\"http://docs.oasis-open.org/ws-rx/wsrm/200702\">a:CreateSequenceRefused"
                        "</faultcode>"),
            std::string::npos);
  EXPECT_EQ(entity.find("SequenceFault"), std::string::npos);
}

TEST(Fault, NestsTheConnectionLimitInSoap12) {
  Fault fault;
  fault.code = FaultCode::kConnectionLimitReached;
  fault.sender = false;
  EXPECT_NE(
      Write(k11, fault)
          .find("<s:Value>s:Receiver</s:Value><s:Subcode><s:Value "
                "xmlns:a=\"http://docs.oasis-open.org/ws-rx/wsrm/200702\">a:CreateSequenceRefused</s:Value><s:Subcode>"
                "<s:Value xmlns:a=\"http://schemas.microsoft.com/ws/2006/05/rm\">a:ConnectionLimitReached</s:Value>"
                "</s:Subcode></s:Subcode></s:Code>"),
      std::string::npos);
}

TEST(Fault, NamesTheHeaderThatWasNotUnderstood) {
  Fault fault;
  fault.code = FaultCode::kMustUnderstand;
  fault.problem_header = "{http://schemas.xmlsoap.org/ws/2005/02/rm}SequenceAcknowledgement";
  const std::string entity = Write(k2005, fault);
  EXPECT_NE(entity.find("<s:NotUnderstood qname=\"b:SequenceAcknowledgement\" "
                        "xmlns:b=\"http://schemas.xmlsoap.org/ws/2005/02/rm\"/>"),
            std::string::npos);
  EXPECT_NE(entity.find("<s:Code><s:Value>s:MustUnderstand</s:Value></s:Code>"), std::string::npos);
  fault.problem_header = "{urn:a&b}Odd";
  EXPECT_NE(Write(k11, fault).find("<s:NotUnderstood qname=\"b:Odd\" xmlns:b=\"urn:a&amp;b\"/>"), std::string::npos);
  fault.problem_header = "{}Bare";
  EXPECT_NE(Write(k11, fault).find("<s:NotUnderstood qname=\"Bare\"/>"), std::string::npos);
}

TEST(Fault, SaysThatOnlyTheAnonymousAddressIsSupportedAsEachAddressingDoes) {
  for (Protocol protocol : test::kProtocols) {
    Fault fault;
    fault.code = FaultCode::kOnlyAnonymousAddressSupported;
    fault.problem_header = "{" + std::string(AddressingNamespace(protocol.addressing)) + "}ReplyTo";
    const std::string entity = Write(protocol, fault);
    const bool is_12 = protocol.soap == SoapVersion::k12;
    const bool is_10 = protocol.addressing == AddressingVersion::k10;
    std::string code = is_10 ? "<faultcode>a:OnlyAnonymousAddressSupported</faultcode>"
                             : "<faultcode>a:InvalidMessageInformationHeader</faultcode>";
    if (is_12) {
      code = is_10 ? "<s:Value>s:Sender</s:Value><s:Subcode><s:Value>a:InvalidAddressingHeader</s:Value><s:Subcode>"
                     "<s:Value>a:OnlyAnonymousAddressSupported</s:Value></s:Subcode></s:Subcode></s:Code>"
                   : "<s:Value>s:Sender</s:Value><s:Subcode><s:Value>a:InvalidMessageInformationHeader</s:Value>"
                     "</s:Subcode></s:Code>";
    }
    EXPECT_NE(entity.find(code), std::string::npos) << entity;
    const std::string detail = is_12 ? "<s:Detail>" : "<a:FaultDetail>";
    EXPECT_NE(entity.find(detail + "<a:ProblemHeaderQName>a:ReplyTo</a:ProblemHeaderQName>"), std::string::npos)
        << entity;
    const Fault read = ReadFault(entity);
    EXPECT_EQ(read.code, is_10 ? FaultCode::kOnlyAnonymousAddressSupported : FaultCode::kOther);
    EXPECT_EQ(read.other_code.empty(), is_10);
  }
}

TEST(Fault, OfTheApplicationIsKeptWhole) {
  const std::string entity = EnvelopeOf(
      k11, "<a:Action>http://www.w3.org/2005/08/addressing/soap/fault</a:Action>",
      "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value xmlns:a=\"urn:peer\">a:Custom</s:Value>"
      "</s:Subcode></s:Code><s:Reason><s:Text xml:lang=\"\">because</s:Text></s:Reason><s:Detail><x>&y;</x></s:Detail>"
      "</s:Fault>");
  const Fault fault = ReadFault(entity);
  EXPECT_EQ(fault.code, FaultCode::kOther);
  EXPECT_EQ(fault.other_code, "{urn:peer}Custom");
  EXPECT_EQ(fault.reason, "because");
  ASSERT_NE(fault.payload, nullptr);
  EXPECT_EQ(fault.payload->entity, entity);
  EXPECT_TRUE(fault.payload->is_fault);
}

std::string Fault12(std::string_view subcode, std::string_view detail = "") {
  std::string body = "<s:Fault><s:Code><s:Value>s:Sender</s:Value>";
  body.append(subcode).append(
      "</s:Code><s:Reason><s:Text xml:lang='de'>eins</s:Text><s:Text xml:lang='en'>two</s:Text>");
  return body.append("</s:Reason><s:Node>n</s:Node><s:Role>r</s:Role>").append(detail).append("</s:Fault>");
}

TEST(Fault, IsReadWhateverItsActionAndPrefixes) {
  for (const char* action :
       {"", "<a:Action>urn:odd</a:Action>", "<a:Action>http://schemas.xmlsoap.org/ws/2005/02/rm/fault</a:Action>",
        "<a:Action>http://docs.oasis-open.org/ws-rx/wsrm/200702/fault</a:Action>",
        "<a:Action>http://docs.oasis-open.org/ws-rx/wsrm/200702/CreateSequenceResponse</a:Action>"}) {
    const Fault fault = ReadFault(EnvelopeOf(
        k11, action,
        Fault12("<s:Subcode><s:Value xmlns:q='http://docs.oasis-open.org/ws-rx/wsrm/200702'> q:WSRMRequired </s:Value>"
                "</s:Subcode>")));
    EXPECT_EQ(fault.code, FaultCode::kWsrmRequired) << action;
    EXPECT_EQ(fault.reason, "eins");
  }
}

TEST(Fault, TellsTheVersionByItsCode) {
  const ReadResult result =
      Read(EnvelopeOf(k11, "", Fault12("<s:Subcode><s:Value>r:SequenceClosed</s:Value></s:Subcode>")));
  EXPECT_EQ(result.envelope.protocol.rm, RmVersion::k11);
}

TEST(Fault, DoesWithoutDetailThatIsWrong) {
  for (const char* detail :
       {"<s:Detail/>", "<s:Detail>text</s:Detail>", "<s:Detail><r:Identifier/></s:Detail>",
        "<s:Detail><r:Identifier><x/></r:Identifier></s:Detail>", "<s:Detail><x><y/></x></s:Detail>",
        "<s:Detail><r:SequenceAcknowledgement><r:Identifier>s</r:Identifier><r:AcknowledgementRange Lower='0' "
        "Upper='0'/>"
        "</r:SequenceAcknowledgement></s:Detail>",
        "<s:Detail><r:MaxMessageNumber>many</r:MaxMessageNumber></s:Detail>"}) {
    const Fault fault =
        ReadFault(EnvelopeOf(k11, "", Fault12("<s:Subcode><s:Value>r:UnknownSequence</s:Value></s:Subcode>", detail)));
    EXPECT_EQ(fault.code, FaultCode::kUnknownSequence) << detail;
    EXPECT_FALSE(fault.id || fault.acknowledgement || fault.max_message_number) << detail;
  }
}

TEST(Fault, IsOtherWithACodeThatMeansNothing) {
  for (const char* subcode : {"", "<s:Subcode/>", "<s:Subcode><s:Value/></s:Subcode>",
                              "<s:Subcode><s:Value><x/></s:Value></s:Subcode>", "<x/>"}) {
    EXPECT_EQ(ReadFault(EnvelopeOf(k11, "", Fault12(subcode))).code, FaultCode::kOther) << subcode;
  }
  const Fault unbound =
      ReadFault(EnvelopeOf(k11, "", Fault12("<s:Subcode><s:Value>q:UnknownSequence</s:Value></s:Subcode>")));
  EXPECT_EQ(unbound.other_code, "{}UnknownSequence");
  const Fault unknown = ReadFault(EnvelopeOf(k11, "", Fault12("<s:Subcode><s:Value>r:NewFault</s:Value></s:Subcode>")));
  EXPECT_EQ(unknown.other_code, "{http://docs.oasis-open.org/ws-rx/wsrm/200702}NewFault");
  EXPECT_EQ(ReadFault(EnvelopeOf(k11, "", "<s:Fault/>")).code, FaultCode::kOther);
}

// Other stacks mix the forms of the two versions.
TEST(Fault, AcceptsBothFormsOfSequenceFaultInBothVersions) {
  for (Protocol protocol : {k2005, k11}) {
    protocol.soap = SoapVersion::k11;
    for (const char* detail :
         {"<r:Identifier>urn:s</r:Identifier>", "<r:Detail><r:Identifier>urn:s</r:Identifier></r:Detail>"}) {
      const Fault fault =
          ReadFault(EnvelopeOf(protocol,
                               "<r:SequenceFault><r:FaultCode>r:SequenceTerminated</r:FaultCode>" +
                                   std::string(detail) + "</r:SequenceFault>",
                               "<s:Fault><faultcode>s:Server</faultcode><faultstring>x</faultstring></s:Fault>"));
      EXPECT_EQ(fault.code, FaultCode::kSequenceTerminated);
      EXPECT_EQ(fault.id, SequenceId("urn:s"));
      EXPECT_FALSE(fault.sender);
    }
  }
}

TEST(Fault, AcceptsTheDetailInTheBodyOfSoap11) {
  Protocol protocol = k11;
  protocol.soap = SoapVersion::k11;
  const Fault fault = ReadFault(EnvelopeOf(
      protocol, "",
      "<s:Fault><faultcode>r:UnknownSequence</faultcode><faultstring>x</faultstring><faultactor>y</faultactor>"
      "<detail><r:Identifier>urn:s</r:Identifier></detail></s:Fault>"));
  EXPECT_EQ(fault.code, FaultCode::kUnknownSequence);
  EXPECT_EQ(fault.id, SequenceId("urn:s"));
}

TEST(Fault, KnowsTheDottedCodesOfSoap11) {
  Protocol protocol = k11;
  protocol.soap = SoapVersion::k11;
  const Fault fault = ReadFault(EnvelopeOf(
      protocol, "",
      "<s:Fault><faultcode>s:Server.Busy</faultcode><faultstring>x</faultstring><detail><y/></detail></s:Fault>"));
  EXPECT_EQ(fault.other_code, "{http://schemas.xmlsoap.org/soap/envelope/}Server.Busy");
  EXPECT_FALSE(fault.sender);
}

}  // namespace
}  // namespace gsoaprm::wire
