// ReadEnvelope on messages as WCF sends them: addressing, versions, and what the application gets to see.
#include "wire/envelope_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "unit/wire/messages.h"

namespace gsoaprm::wire {
namespace {

using test::Application;
using test::k11;
using test::k2005;
using test::Read;

std::string PayloadText(const ReadResult& result) {
  EXPECT_TRUE(result.ok()) << result.reason;
  const PayloadPointer* payload = result.envelope.payload();
  return payload ? (*payload)->entity : "no payload";
}

TEST(EnvelopeReader, ReadsAWcfRequest) {
  const ReadResult result = Read(test::kRequest);
  ASSERT_TRUE(result.ok()) << result.reason;
  const Envelope& envelope = result.envelope;
  EXPECT_EQ(envelope.protocol, k11);
  EXPECT_EQ(envelope.rm_action, RmAction::kNone);
  EXPECT_EQ(envelope.sequence->id, SequenceId("urn:uuid:777615bb-5fa6-43ad-8ec6-966e29e485c1"));
  EXPECT_EQ(envelope.sequence->number, MessageNumber(2));
  EXPECT_FALSE(envelope.sequence->last_message);
  EXPECT_EQ(envelope.acknowledgement->id, SequenceId("urn:uuid:d065fab4-a3cf-48f8-ad29-09a5aa33fd6b"));
  EXPECT_TRUE(envelope.acknowledgement->ranges.IsExactly(MessageNumber(1)));
  EXPECT_FALSE(envelope.acknowledgement->final);
  EXPECT_FALSE(envelope.acknowledgement->buffer_remaining);
  EXPECT_FALSE(envelope.ack_requested);
  EXPECT_EQ(envelope.addressing.action, "http://Microsoft.ServiceModel.Samples/ICalculator/Subtract");
  EXPECT_EQ(envelope.addressing.message_id, MessageId("urn:uuid:d99b9300-6770-43f7-8552-122175c900c9"));
  EXPECT_EQ(envelope.addressing.reply_to, Uri("http://www.w3.org/2005/08/addressing/anonymous"));
  EXPECT_EQ(envelope.addressing.to, Uri("http://localhost:8080/calc"));
  EXPECT_FALSE(envelope.addressing.relates_to);
  EXPECT_FALSE(envelope.addressing.fault_to);
}

TEST(EnvelopeReader, ReadsAWcfReplyOfFebruary2005) {
  const ReadResult result = Read(test::kReply2005);
  ASSERT_TRUE(result.ok()) << result.reason;
  EXPECT_EQ(result.envelope.protocol, k2005);
  EXPECT_EQ(result.envelope.acknowledgement->buffer_remaining, 8u);
  EXPECT_EQ(result.envelope.addressing.relates_to, MessageId("urn:uuid:593e9ba1-cb74-47de-82ef-6453539c1fd6"));
  EXPECT_FALSE(result.envelope.addressing.to);
}

TEST(EnvelopeReader, GivesTheApplicationItsMessageWithoutRmBlocksAndMustUnderstand) {
  EXPECT_EQ(PayloadText(Read(test::kRequest)), test::kRequestForApplication);
}

TEST(EnvelopeReader, DescribesThePayload) {
  const ReadResult result = Read(test::kRequest);
  const Payload& payload = **result.envelope.payload();
  EXPECT_EQ(payload.content_type, "application/soap+xml; charset=utf-8");
  EXPECT_TRUE(payload.has_header);
  EXPECT_EQ(payload.entity.substr(payload.insert_at, 10), "<a:Action>");
  EXPECT_EQ(payload.soap_prefix, "s");
  EXPECT_TRUE(payload.has_action && payload.has_message_id && payload.has_to && payload.has_reply_to);
  EXPECT_FALSE(payload.has_relates_to);
  EXPECT_FALSE(payload.is_fault);
  EXPECT_FALSE(payload.prefixes_free);
}

TEST(EnvelopeReader, LeavesOtherHeaderBlocksByteForByte) {
  const std::string other = "<x:y  s:mustUnderstand='1' xmlns:x='urn:x'>\n<z/> &amp; <![CDATA[<]]></x:y><!-- c -->";
  EXPECT_NE(PayloadText(Read(Application(k11, other))).find(other), std::string::npos);
}

TEST(EnvelopeReader, TakesMustUnderstandOffAddressingBlocksOfEitherVersion) {
  const std::string text = PayloadText(Read(Application(
      k11,
      "<a:To s:mustUnderstand='true' x='1'>urn:to</a:To>"
      "<w:From xmlns:w='http://schemas.xmlsoap.org/ws/2004/08/addressing' s:mustUnderstand=\"1\"><w:Address/></w:From>"
      "<a:FaultTo s:mustUnderstand='0'><a:Address>urn:f</a:Address></a:FaultTo>")));
  EXPECT_NE(text.find("<a:To x='1'>"), std::string::npos);
  EXPECT_NE(text.find("<w:From xmlns:w='http://schemas.xmlsoap.org/ws/2004/08/addressing'><w:Address/>"),
            std::string::npos);
  EXPECT_NE(text.find("<a:FaultTo s:mustUnderstand='0'>"), std::string::npos);
}

TEST(EnvelopeReader, CutsOutEveryRmBlockWhereverItStands) {
  const std::string text = PayloadText(Read(
      Application(k11,
                  "<x/><r:AckRequested><r:Identifier>urn:s</r:Identifier></r:AckRequested><y/>"
                  "<r:UsesSequenceSTR s:mustUnderstand='1'/><r:UsesSequenceSSL></r:UsesSequenceSSL>"
                  "<q:Sequence xmlns:q='http://docs.oasis-open.org/ws-rx/wsrm/200702'><q:Identifier>i</q:Identifier>"
                  "<q:MessageNumber>1</q:MessageNumber></q:Sequence ><z/>")));
  EXPECT_NE(text.find("<a:Action>urn:app</a:Action><x/><y/><z/></s:Header>"), std::string::npos) << text;
}

TEST(EnvelopeReader, CountsOnlyBlocksForTheUltimateReceiver) {
  const std::string block = "<r:Identifier>urn:s</r:Identifier><r:MessageNumber>1</r:MessageNumber></r:Sequence>";
  for (const char* role : {"", "http://www.w3.org/2003/05/soap-envelope/role/next",
                           "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver"}) {
    const std::string start = std::string("<r:Sequence s:role=\"") + role + "\">";
    EXPECT_TRUE(Read(Application(k11, start + block)).envelope.sequence) << role;
  }
  for (const char* role : {"urn:other", "http://www.w3.org/2003/05/soap-envelope/role/none"}) {
    const std::string start = std::string("<r:Sequence s:role=\"") + role + "\" s:mustUnderstand=\"1\">";
    const ReadResult result = Read(Application(k11, start + block));
    EXPECT_FALSE(result.envelope.sequence) << role;
    EXPECT_NE(PayloadText(result).find(start + block), std::string::npos);
  }
  Protocol soap11 = k11;
  soap11.soap = SoapVersion::k11;
  EXPECT_TRUE(Read(Application(soap11, "<r:Sequence s:actor='http://schemas.xmlsoap.org/soap/actor/next'>" + block))
                  .envelope.sequence);
  EXPECT_FALSE(Read(Application(soap11, "<r:Sequence s:actor='urn:other'>" + block)).envelope.sequence);
}

TEST(EnvelopeReader, TrimsAddressingTexts) {
  const ReadResult result = Read(test::EnvelopeOf(k11,
                                                  "<a:Action>\n urn:app\t</a:Action><a:MessageID> urn:m </a:MessageID>"
                                                  "<a:RelatesTo> urn:r </a:RelatesTo><a:To>\n urn:to\n</a:To>"
                                                  "<a:ReplyTo> <a:Address> urn:reply </a:Address> </a:ReplyTo>"
                                                  "<a:FaultTo><a:Address> urn:f </a:Address></a:FaultTo>",
                                                  "<m/>"));
  ASSERT_TRUE(result.ok()) << result.reason;
  EXPECT_EQ(result.envelope.addressing.action, "urn:app");
  EXPECT_EQ(result.envelope.addressing.message_id, MessageId("urn:m"));
  EXPECT_EQ(result.envelope.addressing.relates_to, MessageId("urn:r"));
  EXPECT_EQ(result.envelope.addressing.to, Uri("urn:to"));
  EXPECT_EQ(result.envelope.addressing.reply_to, Uri("urn:reply"));
  EXPECT_EQ(result.envelope.addressing.fault_to, Uri("urn:f"));
}

TEST(EnvelopeReader, TakesOnlyTheReplyRelationship) {
  const ReadResult result =
      Read(Application(k11,
                       "<a:RelatesTo RelationshipType='urn:other'>urn:1</a:RelatesTo><a:RelatesTo "
                       "RelationshipType='http://www.w3.org/2005/08/addressing/reply'>urn:2</a:RelatesTo>"));
  EXPECT_EQ(result.envelope.addressing.relates_to, MessageId("urn:2"));
}

TEST(EnvelopeReader, TakesTheFirstOfTwoAddressingBlocks) {
  const ReadResult result = Read(Application(k11, "<a:Action>urn:two</a:Action><a:To>urn:1</a:To><a:To>urn:2</a:To>"));
  EXPECT_EQ(result.envelope.addressing.action, "urn:app");
  EXPECT_EQ(result.envelope.addressing.to, Uri("urn:1"));
}

TEST(EnvelopeReader, TakesOnlyOneAddressingVersion) {
  const ReadResult result = Read(Application(
      k11, "<w:To xmlns:w='http://schemas.xmlsoap.org/ws/2004/08/addressing'>urn:old</w:To><a:To>urn:new</a:To>"));
  EXPECT_EQ(result.envelope.protocol.addressing, AddressingVersion::k10);
  EXPECT_EQ(result.envelope.addressing.to, Uri("urn:new"));
}

TEST(EnvelopeReader, UsesSoapActionWhenThereIsNoAction) {
  for (const char* soap_action : {"\"urn:soap\"", "urn:soap", " \"urn:soap\" "}) {
    const std::string with_header = test::EnvelopeOf(k11, "<a:To>urn:to</a:To>", "<m/>");
    EXPECT_EQ(ReadEnvelope(with_header, "", soap_action).envelope.addressing.action, "urn:soap");
    const std::string without =
        "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body/></s:Envelope>";
    EXPECT_EQ(ReadEnvelope(without, "", soap_action).envelope.addressing.action, "urn:soap");
  }
  const ReadResult both = ReadEnvelope(Application(k11, ""), "", "urn:soap");
  EXPECT_EQ(both.envelope.addressing.action, "urn:app");
}

TEST(EnvelopeReader, ReadsEveryCombinationOfVersions) {
  for (const Protocol& protocol : test::kProtocols) {
    const ReadResult result = Read(Application(
        protocol, "<r:AckRequested><r:Identifier>urn:s</r:Identifier></r:AckRequested><a:To>urn:to</a:To>"));
    ASSERT_TRUE(result.ok()) << result.reason;
    EXPECT_EQ(result.envelope.protocol, protocol);
    EXPECT_EQ(result.envelope.addressing.to, Uri("urn:to"));
  }
}

TEST(EnvelopeReader, KeepsTheDefaultVersionWithoutAnythingOfRm) {
  const ReadResult result = Read(Application(k11, ""));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result.envelope.protocol.rm, Protocol().rm);
  EXPECT_FALSE(result.envelope.has_rm_headers());
}

TEST(EnvelopeReader, LearnsTheVersionFromTheAction) {
  const std::string entity =
      test::EnvelopeOf(k11, test::ActionBlock(k11, RmAction::kTerminateSequence),
                       "<r:TerminateSequence><r:Identifier>urn:s</r:Identifier></r:TerminateSequence>");
  EXPECT_EQ(Read(entity).envelope.protocol.rm, RmVersion::k11);
}

TEST(EnvelopeReader, LearnsActionAndVersionFromTheBodyWhenThereIsNoAction) {
  const ReadResult result =
      Read(test::EnvelopeOf(k11, "", "<r:CloseSequence><r:Identifier>urn:s</r:Identifier></r:CloseSequence>"));
  ASSERT_TRUE(result.ok()) << result.reason;
  EXPECT_EQ(result.envelope.protocol.rm, RmVersion::k11);
  EXPECT_EQ(result.envelope.rm_action, RmAction::kCloseSequence);
}

TEST(EnvelopeReader, AcceptsMessagesWithoutHeaderAndWithEmptyBody) {
  const std::string entity = "<Envelope xmlns='http://www.w3.org/2003/05/soap-envelope'><Body/></Envelope>";
  const ReadResult result = Read(entity);
  EXPECT_EQ(PayloadText(result), entity);
  const Payload& payload = **result.envelope.payload();
  EXPECT_FALSE(payload.has_header);
  EXPECT_EQ(payload.soap_prefix, "");
  EXPECT_EQ(payload.entity.substr(payload.insert_at), "<Body/></Envelope>");
}

TEST(EnvelopeReader, OpensAnEmptyHeaderTag) {
  const ReadResult result =
      Read("<e:Envelope xmlns:e='http://www.w3.org/2003/05/soap-envelope'><e:Header /><e:Body/></e:Envelope>");
  EXPECT_EQ(
      PayloadText(result),
      "<e:Envelope xmlns:e='http://www.w3.org/2003/05/soap-envelope'><e:Header ></e:Header><e:Body/></e:Envelope>");
  const Payload& payload = **result.envelope.payload();
  EXPECT_EQ(payload.entity.substr(payload.insert_at), "</e:Header><e:Body/></e:Envelope>");
  EXPECT_TRUE(payload.prefixes_free);
}

TEST(EnvelopeReader, PassesOverByteOrderMarkDeclarationAndComments) {
  const std::string entity = "\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- c -->" +
                             std::string(test::kRequest) + "\n<!-- end -->\n";
  const ReadResult result = Read(entity);
  ASSERT_TRUE(result.ok()) << result.reason;
  EXPECT_EQ(result.envelope.sequence->number, MessageNumber(2));
}

TEST(EnvelopeReader, RunsThroughTheBodyOfAnApplicationAndLeavesItAsItIs) {
  const std::string start = "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Body>";
  const std::string end = "</s:Body></s:Envelope>";
  const std::string good = start + "<m:x xmlns:m='urn:m'> text &amp; <![CDATA[ <more> ]]><!-- c --></m:x>" + end;
  EXPECT_EQ(PayloadText(Read(good)), good);
  for (const char* broken : {"<m:x xmlns:m='urn:m'><unclosed & text", "<m:x/>", "<x a=1/>", "<x a/>", "< x/>", "</x>",
                             "<x><![CDATA[</x>", "<x></s:Body><s:Body></x>"}) {
    EXPECT_EQ(Read(start + broken + end).error, ReadError::kMalformed) << broken;
  }
  EXPECT_EQ(Read(start + "<x/></s:Body><s:Header><y></s:Header></s:Envelope>").error, ReadError::kMalformed);
  EXPECT_EQ(Read(good + "<x/>").error, ReadError::kMalformed);
}

TEST(EnvelopeReader, RunsThroughXmlThatIsNoEnvelope) {
  EXPECT_EQ(Read("<x a='1'><y/></x>").error, ReadError::kNotSoap);
  EXPECT_EQ(Read("no XML").error, ReadError::kNotXml);
  EXPECT_EQ(Read("<x><y></x>").error, ReadError::kMalformed);
  EXPECT_EQ(Read(test::Repeat("<x>", 129) + test::Repeat("</x>", 129)).error, ReadError::kLimitExceeded);
  // gSOAP would pass over these bytes and read on.
  EXPECT_EQ(Read("\x01<x/>").error, ReadError::kMalformed);
  EXPECT_EQ(Read(std::string("\0<x/>", 5)).error, ReadError::kMalformed);
}

TEST(EnvelopeReader, KeepsAFaultWithSequenceAsAReply) {
  const ReadResult result = Read(
      test::EnvelopeOf(k11,
                       "<r:Sequence><r:Identifier>urn:s</r:Identifier><r:MessageNumber>1</r:MessageNumber></r:Sequence>"
                       "<a:Action>http://www.w3.org/2005/08/addressing/soap/fault</a:Action>",
                       "<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason><s:Text "
                       "xml:lang=''>x</s:Text></s:Reason></s:Fault>"));
  ASSERT_TRUE(result.ok()) << result.reason;
  ASSERT_NE(result.envelope.payload(), nullptr);
  EXPECT_TRUE((*result.envelope.payload())->is_fault);
}

TEST(EnvelopeReader, ChangesOnlyTheRootPartOfAMultipartMessage) {
  const std::string head = "--b\r\nContent-Type: application/xop+xml\r\nContent-ID: <r>\r\n\r\n";
  const std::string tail = "\r\n--b\r\nContent-ID: <x>\r\n\r\n<r:Sequence/>\r\n--b--\r\n";
  const ReadResult result = ReadEnvelope(head + std::string(test::kRequest) + tail,
                                         "multipart/related; boundary=b; start=\"<r>\"; type=\"x\"", "");
  EXPECT_EQ(PayloadText(result), head + std::string(test::kRequestForApplication) + tail);
  const Payload& payload = **result.envelope.payload();
  EXPECT_EQ(payload.entity.substr(payload.insert_at, 10), "<a:Action>");
  EXPECT_EQ(payload.content_type, "multipart/related; boundary=b; start=\"<r>\"; type=\"x\"");
}

TEST(EnvelopeReader, RefusesMultipartWithoutRoot) {
  const ReadResult result = ReadEnvelope("--b\r\n\r\n<a/>", "multipart/related; boundary=b", "");
  EXPECT_EQ(result.error, ReadError::kMalformed);
}

TEST(EnvelopeReader, TellsWhatIsNoXmlAndWhatIsXmlOfAnotherKind) {
  for (const char* entity : {"", " ", "hello", "{\"json\": 1}", "\xff\xfe<\0e"}) {
    const ReadResult result = Read(entity);
    EXPECT_EQ(result.error, ReadError::kNotXml) << entity;
    EXPECT_FALSE(result.reason.empty());
  }
  for (const char* entity : {"<html></html>", "<Envelope/>", "<Envelope xmlns='urn:x'/>",
                             "<s:Header xmlns:s='http://www.w3.org/2003/05/soap-envelope'/>"}) {
    const ReadResult result = Read(entity);
    EXPECT_EQ(result.error, ReadError::kNotSoap) << entity;
    EXPECT_FALSE(result.reason.empty());
  }
}

}  // namespace
}  // namespace gsoaprm::wire
