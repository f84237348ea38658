// Messages of an application on their way out: read as gSOAP has written them, and given their header blocks.
#include <gtest/gtest.h>

#include <string>

#include "unit/wire/messages.h"
#include "wire/envelope_reader.h"
#include "wire/envelope_writer.h"

namespace gsoaprm::wire {
namespace {

using test::Read;

constexpr char kSoap12[] = "application/soap+xml; charset=utf-8";
constexpr char kStart[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<SOAP-ENV:Envelope "
    "xmlns:SOAP-ENV=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:ns=\"urn:calc\">";
constexpr char kBody[] = "<SOAP-ENV:Body><ns:Add><n1>1</n1></ns:Add></SOAP-ENV:Body></SOAP-ENV:Envelope>";

std::string Own(const std::string& header) { return kStart + header + kBody; }

PayloadPointer ReadOwn(const std::string& entity, std::string_view content_type = kSoap12) {
  const ReadResult result = ReadOwnEnvelope(entity, content_type);
  EXPECT_TRUE(result.ok()) << result.reason;
  EXPECT_NE(result.envelope.payload(), nullptr);
  return result.envelope.payload() ? *result.envelope.payload() : nullptr;
}

Envelope Outgoing(PayloadPointer payload, const Protocol& protocol = test::k11) {
  Envelope envelope;
  envelope.protocol = protocol;
  envelope.body = std::move(payload);
  envelope.addressing.action = "urn:calc/Add";
  envelope.addressing.message_id = MessageId("urn:m");
  envelope.addressing.reply_to = Uri("urn:anonymous");
  envelope.addressing.to = Uri("http://there/");
  envelope.sequence = SequenceHeader{SequenceId("urn:s"), MessageNumber(3), false};
  envelope.acknowledgement.emplace();
  envelope.acknowledgement->id = SequenceId("urn:o");
  envelope.acknowledgement->ranges.Insert(MessageNumber(2));
  return envelope;
}

// Writes, reads back, and compares all that was asked for.
std::string ExpectRoundTrip(const Envelope& envelope) {
  const WrittenMessage written = WriteEnvelope(envelope);
  const ReadResult result = ReadEnvelope(written.entity, written.content_type, "");
  EXPECT_TRUE(result.ok()) << result.reason << "\n" << written.entity;
  EXPECT_EQ(result.envelope.protocol, envelope.protocol) << written.entity;
  EXPECT_EQ(result.envelope.sequence->id, envelope.sequence->id);
  EXPECT_EQ(result.envelope.sequence->number, envelope.sequence->number);
  EXPECT_EQ(result.envelope.acknowledgement->ranges, envelope.acknowledgement->ranges);
  EXPECT_EQ(result.envelope.addressing.action, envelope.addressing.action) << written.entity;
  EXPECT_EQ(result.envelope.addressing.message_id, envelope.addressing.message_id);
  EXPECT_EQ(result.envelope.addressing.reply_to, envelope.addressing.reply_to);
  EXPECT_EQ(result.envelope.addressing.to, envelope.addressing.to);
  return written.entity;
}

TEST(OwnEnvelope, WithoutHeaderIsExtendedBeforeItsBody) {
  const PayloadPointer payload = ReadOwn(Own(""));
  EXPECT_FALSE(payload->has_header);
  EXPECT_EQ(payload->soap_prefix, "SOAP-ENV");
  EXPECT_EQ(payload->entity.substr(payload->insert_at), kBody);
  EXPECT_EQ(payload->entity, Own(""));
  EXPECT_FALSE(payload->has_action || payload->has_to || payload->is_fault);
}

TEST(OwnEnvelope, WithEmptyHeaderIsExtendedWithinIt) {
  const PayloadPointer payload = ReadOwn(Own("<SOAP-ENV:Header></SOAP-ENV:Header>"));
  EXPECT_TRUE(payload->has_header);
  EXPECT_EQ(payload->entity.substr(payload->insert_at), std::string("</SOAP-ENV:Header>") + kBody);
}

TEST(OwnEnvelope, WithEmptyHeaderTagIsRewritten) {
  const PayloadPointer payload = ReadOwn(Own("<SOAP-ENV:Header/>"));
  EXPECT_EQ(payload->entity, Own("<SOAP-ENV:Header></SOAP-ENV:Header>"));
  EXPECT_EQ(payload->entity.substr(payload->insert_at), std::string("</SOAP-ENV:Header>") + kBody);
}

TEST(OwnEnvelope, KeepsItsBlocksAndTellsWhichAddressingIsThere) {
  for (const char* ns : {"http://www.w3.org/2005/08/addressing", "http://schemas.xmlsoap.org/ws/2004/08/addressing"}) {
    const std::string declaration = std::string(" xmlns:wsa5=\"") + ns + "\"";
    const std::string entity = Own("<SOAP-ENV:Header" + declaration +
                                   "><wsa5:MessageID>urn:mine</wsa5:MessageID><x:Token xmlns:x=\"urn:x\"/><wsa5:To "
                                   "SOAP-ENV:mustUnderstand=\"true\">urn:to</wsa5:To></SOAP-ENV:Header>");
    const ReadResult result = ReadOwnEnvelope(entity, kSoap12);
    const PayloadPointer payload = ReadOwn(entity);
    EXPECT_EQ(payload->entity, entity);
    EXPECT_TRUE(payload->has_message_id && payload->has_to);
    EXPECT_FALSE(payload->has_action || payload->has_reply_to || payload->has_relates_to);
    EXPECT_EQ(result.envelope.addressing.message_id, MessageId("urn:mine"));
    EXPECT_EQ(result.envelope.addressing.to, Uri("urn:to"));
    EXPECT_EQ(AddressingNamespace(result.envelope.protocol.addressing), ns);
  }
}

TEST(OwnEnvelope, TellsAFault) {
  EXPECT_TRUE(ReadOwn("<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body><e:Fault><faultcode>"
                      "e:Client</faultcode></e:Fault></e:Body></e:Envelope>",
                      "text/xml")
                  ->is_fault);
}

TEST(OwnEnvelope, HasNoLimits) {
  const std::string header = "<SOAP-ENV:Header>" + test::Repeat("<x/>", 100) + test::Repeat("<y>", 200) +
                             std::string(100000, 'x') + test::Repeat("</y>", 200) + "</SOAP-ENV:Header>";
  EXPECT_EQ(ReadOwn(Own(header))->entity, Own(header));
}

TEST(ApplicationMessage, GetsItsBlocksInEveryProtocolAndShape) {
  for (const Protocol& protocol : test::kProtocols) {
    for (const char* header :
         {"", "<e:Header></e:Header>", "<e:Header/>", "<e:Header><x/></e:Header>",
          "<e:Header xmlns:r='urn:mine'><r:x/></e:Header>", "<e:Header xmlns:a='urn:mine' ><a:x/></e:Header>"}) {
      std::string entity = "<e:Envelope xmlns:e='";
      entity.append(SoapNamespace(protocol.soap)).append("'>").append(header).append("<e:Body/></e:Envelope>");
      ExpectRoundTrip(Outgoing(ReadOwn(entity, ContentType(protocol.soap)), protocol));
    }
  }
}

TEST(ApplicationMessage, GetsItsBlocksWhateverItsPrefixes) {
  for (const char* prefix : {"s", "r", "a", "SOAP-ENV"}) {
    for (const char* header : {"", "P:Header/", "P:Header", "P:Header xmlns:x='urn:x'"}) {
      std::string text = "<P:Envelope xmlns:P='http://www.w3.org/2003/05/soap-envelope'>";
      if (*header != '\0') text += std::string("<") + header + ">";
      if (*header != '\0' && std::string(header).back() != '/') text += "</P:Header>";
      text += "<P:Body/></P:Envelope>";
      std::string entity;
      for (const char c : text) entity += c == 'P' ? prefix : std::string(1, c);
      const std::string written = ExpectRoundTrip(Outgoing(ReadOwn(entity)));
      // mustUnderstand is SOAP's, whatever prefix it has.
      const ReadResult result = Read(written);
      EXPECT_EQ((*result.envelope.payload())->entity.find("mustUnderstand"), std::string::npos) << written;
    }
  }
}

TEST(ApplicationMessage, GetsItsBlocksWithSoapAsDefaultNamespace) {
  for (const char* header : {"", "<Header/>", "<Header></Header>"}) {
    const std::string entity = std::string("<Envelope xmlns='http://www.w3.org/2003/05/soap-envelope'>") + header +
                               "<Body><m xmlns='urn:m'/></Body></Envelope>";
    const std::string written = ExpectRoundTrip(Outgoing(ReadOwn(entity)));
    const ReadResult result = Read(written);
    EXPECT_EQ((*result.envelope.payload())->entity.find("mustUnderstand"), std::string::npos) << written;
  }
}

TEST(ApplicationMessage, DeclaresNamespacesOnceOnTheHeader) {
  for (const char* header : {"", "<SOAP-ENV:Header></SOAP-ENV:Header>"}) {
    EXPECT_EQ(
        WriteEnvelope(Outgoing(ReadOwn(Own(header)))).entity,
        kStart +
            std::string(
                R"(<SOAP-ENV:Header xmlns:r="http://docs.oasis-open.org/ws-rx/wsrm/200702" xmlns:a="http://www.w3.org/2005/08/addressing"><r:SequenceAcknowledgement><r:Identifier>urn:o</r:Identifier><r:AcknowledgementRange Lower="2" Upper="2"/></r:SequenceAcknowledgement><r:Sequence SOAP-ENV:mustUnderstand="1"><r:Identifier>urn:s</r:Identifier><r:MessageNumber>3</r:MessageNumber></r:Sequence><a:Action>urn:calc/Add</a:Action><a:MessageID>urn:m</a:MessageID><a:ReplyTo><a:Address>urn:anonymous</a:Address></a:ReplyTo><a:To>http://there/</a:To></SOAP-ENV:Header>)") +
            kBody);
  }
}

TEST(ApplicationMessage, DeclaresNamespacesOnEachBlockWhereThePrefixesAreTaken) {
  const std::string entity = Own("<SOAP-ENV:Header xmlns:r=\"urn:mine\"><r:x/></SOAP-ENV:Header>");
  const std::string written = WriteEnvelope(Outgoing(ReadOwn(entity))).entity;
  EXPECT_NE(written.find("<SOAP-ENV:Header xmlns:r=\"urn:mine\"><r:SequenceAcknowledgement "
                         "xmlns:r=\"http://docs.oasis-open.org/ws-rx/wsrm/200702\">"),
            std::string::npos)
      << written;
  EXPECT_NE(written.find("</a:To><r:x/></SOAP-ENV:Header>"), std::string::npos);
}

TEST(ApplicationMessage, PutsTheSequenceFirstInAReply) {
  Envelope envelope = Outgoing(ReadOwn(Own("<SOAP-ENV:Header></SOAP-ENV:Header>")));
  envelope.addressing.to.reset();
  envelope.addressing.reply_to.reset();
  envelope.addressing.message_id.reset();
  envelope.addressing.relates_to = MessageId("urn:m");
  const std::string written = WriteEnvelope(envelope).entity;
  const std::size_t sequence = written.find("<r:Sequence ");
  const std::size_t acknowledgement = written.find("<r:SequenceAcknowledgement>");
  const std::size_t action = written.find("<a:Action>");
  const std::size_t relates_to = written.find("<a:RelatesTo>");
  EXPECT_LT(sequence, acknowledgement);
  EXPECT_LT(acknowledgement, action);
  EXPECT_LT(action, relates_to);
  EXPECT_LT(relates_to, written.size());
}

TEST(ApplicationMessage, PutsTheSequenceFirstInAReplyThatHasATo) {
  // WS-Addressing 2004/08 demands a To even there.
  Envelope envelope = Outgoing(ReadOwn(Own("")));
  envelope.addressing.relates_to = MessageId("urn:m");
  const std::string written = WriteEnvelope(envelope).entity;
  EXPECT_LT(written.find("<r:Sequence "), written.find("<r:SequenceAcknowledgement>"));
}

TEST(ApplicationMessage, LeavesAloneWhatTheApplicationHasWritten) {
  const std::string entity = Own(
      "<SOAP-ENV:Header xmlns:w=\"http://www.w3.org/2005/08/addressing\"><w:Action>urn:a</w:Action><w:MessageID>urn:i"
      "</w:MessageID><w:RelatesTo>urn:r</w:RelatesTo><w:ReplyTo><w:Address>urn:y</w:Address></w:ReplyTo><w:To>urn:t"
      "</w:To></SOAP-ENV:Header>");
  const std::string written = WriteEnvelope(Outgoing(ReadOwn(entity))).entity;
  EXPECT_EQ(written.find("<a:"), std::string::npos) << written;
  EXPECT_EQ(written.find("xmlns:a="), std::string::npos) << written;
  EXPECT_EQ(Read(written).envelope.addressing.message_id, MessageId("urn:i"));
}

TEST(ApplicationMessage, IsWrittenAsItIsWithoutAnythingToAdd) {
  Envelope envelope;
  envelope.body = ReadOwn(Own(""));
  EXPECT_EQ(WriteEnvelope(envelope).entity, Own(""));
  EXPECT_EQ(WriteEnvelope(envelope).content_type, kSoap12);
}

TEST(ApplicationMessage, KeepsItsPayloadThroughWritingAndReading) {
  const PayloadPointer payload = ReadOwn(Own("<SOAP-ENV:Header><x:y xmlns:x=\"urn:x\">z</x:y></SOAP-ENV:Header>"));
  const Envelope envelope = Outgoing(payload);
  const std::string first = WriteEnvelope(envelope).entity;
  EXPECT_EQ(WriteEnvelope(envelope).entity, first);
  const ReadResult result = Read(first);
  EXPECT_NE((*result.envelope.payload())->entity.find("<x:y xmlns:x=\"urn:x\">z</x:y></SOAP-ENV:Header>"),
            std::string::npos);
}

TEST(ApplicationMessage, IsChangedInTheRootPartOnlyWhenItIsMultipart) {
  const char* type = "multipart/related; charset=utf-8; boundary=\"==b\"; type=\"application/xop+xml\"; start=\"<r>\"";
  const std::string head = "--==b\r\nContent-Type: application/xop+xml\r\nContent-ID: <r>\r\n\r\n";
  const std::string tail = "\r\n--==b\r\nContent-ID: <x>\r\n\r\n\x01\x02\r\n--==b--";
  for (const char* header : {"", "<SOAP-ENV:Header/>", "<SOAP-ENV:Header></SOAP-ENV:Header>"}) {
    const PayloadPointer payload = ReadOwn(head + Own(header) + tail, type);
    const std::string written = ExpectRoundTrip(Outgoing(payload));
    EXPECT_EQ(written.substr(0, head.size() + sizeof kStart - 1), head + kStart);
    EXPECT_EQ(written.substr(written.size() - tail.size()), tail);
    EXPECT_EQ(WriteEnvelope(Outgoing(payload)).content_type, type);
  }
}

TEST(ApplicationMessage, EscapesEveryText) {
  Envelope envelope = Outgoing(ReadOwn(Own("")));
  envelope.sequence->id = SequenceId("urn:<s>&\"'");
  envelope.addressing.action = "urn:a&b<c>";
  envelope.addressing.message_id = MessageId("]]>");
  envelope.addressing.reply_to = Uri("<x/>");
  envelope.addressing.to = Uri("http://there/?a=1&b=2");
  ExpectRoundTrip(envelope);
}

TEST(EscapeXml, LeavesNothingThatCouldBeMarkup) {
  EXPECT_EQ(EscapeXml("a<b>&\"c'\r\n"), "a&lt;b&gt;&amp;&quot;c'&#xD;\n");
  EXPECT_EQ(EscapeXml(""), "");
  EXPECT_EQ(EscapeXml("\xc3\xa9"), "\xc3\xa9");
}

}  // namespace
}  // namespace gsoaprm::wire
