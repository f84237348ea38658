// The messages of the protocol itself: written as WCF writes them, read back, and refused when they are wrong.
#include <gtest/gtest.h>

#include <string>

#include "unit/wire/messages.h"
#include "wire/envelope_reader.h"
#include "wire/envelope_writer.h"

namespace gsoaprm::wire {
namespace {

using test::k11;
using test::k2005;
using test::Read;

Envelope Message(const Protocol& protocol, RmAction action, Body body) {
  Envelope envelope;
  envelope.protocol = protocol;
  envelope.rm_action = action;
  envelope.addressing.action = ActionUri(protocol.rm, action);
  envelope.body = std::move(body);
  return envelope;
}

template <class T>
T RoundTrip(const Envelope& envelope) {
  const WrittenMessage written = WriteEnvelope(envelope);
  EXPECT_EQ(written.content_type, ContentType(envelope.protocol.soap));
  const ReadResult result = Read(written.entity);
  EXPECT_TRUE(result.ok()) << result.reason << "\n" << written.entity;
  EXPECT_EQ(result.envelope.protocol, envelope.protocol) << written.entity;
  EXPECT_EQ(result.envelope.rm_action, envelope.rm_action);
  const T* body = std::get_if<T>(&result.envelope.body);
  EXPECT_NE(body, nullptr) << written.entity;
  return body ? *body : T();
}

CreateSequence FullCreateSequence(RmVersion version) {
  CreateSequence body;
  body.acks_to = Uri("http://here/?a=1&b=<2>");
  body.expires = "PT10M";
  body.offer.emplace();
  body.offer->id = SequenceId("urn:offer\"&'");
  body.offer->expires = "PT5M";
  if (version == RmVersion::k11) {
    body.offer->endpoint = Uri("http://here/?a=1&b=<2>");
    body.offer->incomplete_sequence_behavior = "DiscardFollowingFirstGap";
  }
  return body;
}

TEST(ControlMessage, CreateSequenceComesBackInEveryProtocol) {
  for (const Protocol& protocol : test::kProtocols) {
    const CreateSequence written = FullCreateSequence(protocol.rm);
    const auto body = RoundTrip<CreateSequence>(Message(protocol, RmAction::kCreateSequence, written));
    EXPECT_EQ(body.acks_to, written.acks_to);
    EXPECT_EQ(body.expires, written.expires);
    ASSERT_TRUE(body.offer);
    EXPECT_EQ(body.offer->id, written.offer->id);
    EXPECT_EQ(body.offer->endpoint, written.offer->endpoint);
    EXPECT_EQ(body.offer->expires, written.offer->expires);
    EXPECT_EQ(body.offer->incomplete_sequence_behavior, written.offer->incomplete_sequence_behavior);
    EXPECT_FALSE(body.security_token_reference || body.uses_sequence_str || body.uses_sequence_ssl);
  }
}

TEST(ControlMessage, AnOfferOf2005HasNeitherEndpointNorBehavior) {
  const CreateSequence written = FullCreateSequence(RmVersion::k11);
  const auto body = RoundTrip<CreateSequence>(Message(k2005, RmAction::kCreateSequence, written));
  EXPECT_FALSE(body.offer->endpoint);
  EXPECT_FALSE(body.offer->incomplete_sequence_behavior);
  const std::string entity = WriteEnvelope(Message(k2005, RmAction::kCreateSequence, written)).entity;
  EXPECT_EQ(entity.find("Endpoint"), std::string::npos);
  EXPECT_EQ(entity.find("IncompleteSequenceBehavior"), std::string::npos);
}

TEST(ControlMessage, CreateSequenceComesBackWithoutOffer) {
  for (const Protocol& protocol : test::kProtocols) {
    CreateSequence written;
    written.acks_to = Uri(std::string(AnonymousAddress(protocol.addressing)));
    const auto body = RoundTrip<CreateSequence>(Message(protocol, RmAction::kCreateSequence, written));
    EXPECT_EQ(body.acks_to, written.acks_to);
    EXPECT_FALSE(body.offer);
    EXPECT_FALSE(body.expires);
  }
}

TEST(ControlMessage, CreateSequenceSaysHowTheSequenceIsSecured) {
  CreateSequence written;
  written.acks_to = Uri("urn:a");
  written.uses_sequence_str = true;
  auto body = RoundTrip<CreateSequence>(Message(k11, RmAction::kCreateSequence, written));
  EXPECT_TRUE(body.uses_sequence_str);
  EXPECT_FALSE(body.uses_sequence_ssl);
  written.uses_sequence_str = false;
  written.uses_sequence_ssl = true;
  body = RoundTrip<CreateSequence>(Message(k11, RmAction::kCreateSequence, written));
  EXPECT_FALSE(body.uses_sequence_str);
  EXPECT_TRUE(body.uses_sequence_ssl);
}

TEST(ControlMessage, CreateSequenceResponseComesBackInEveryProtocol) {
  for (const Protocol& protocol : test::kProtocols) {
    CreateSequenceResponse written;
    written.id = SequenceId("urn:s<>&");
    written.expires = "PT1H";
    written.accept_acks_to = Uri("http://there/");
    if (protocol.rm == RmVersion::k11) written.incomplete_sequence_behavior = "NoDiscard";
    const auto body = RoundTrip<CreateSequenceResponse>(Message(protocol, RmAction::kCreateSequenceResponse, written));
    EXPECT_EQ(body.id, written.id);
    EXPECT_EQ(body.expires, written.expires);
    EXPECT_EQ(body.incomplete_sequence_behavior, written.incomplete_sequence_behavior);
    EXPECT_EQ(body.accept_acks_to, written.accept_acks_to);
  }
}

TEST(ControlMessage, TheEndingsComeBackInEveryProtocolThatHasThem) {
  for (const Protocol& protocol : test::kProtocols) {
    const bool is_11 = protocol.rm == RmVersion::k11;
    TerminateSequence terminate{SequenceId("urn:s"), {}};
    if (is_11) terminate.last_message_number = MessageNumber(9223372036854775807ULL);
    const auto body = RoundTrip<TerminateSequence>(Message(protocol, RmAction::kTerminateSequence, terminate));
    EXPECT_EQ(body.id, terminate.id);
    EXPECT_EQ(body.last_message_number, terminate.last_message_number);
    if (!is_11) continue;
    const CloseSequence close{SequenceId("urn:s"), MessageNumber(4)};
    EXPECT_EQ(RoundTrip<CloseSequence>(Message(protocol, RmAction::kCloseSequence, close)).last_message_number,
              MessageNumber(4));
    EXPECT_EQ(RoundTrip<CloseSequence>(Message(protocol, RmAction::kCloseSequence, CloseSequence{SequenceId("s"), {}}))
                  .last_message_number,
              std::nullopt);
    EXPECT_EQ(RoundTrip<CloseSequenceResponse>(
                  Message(protocol, RmAction::kCloseSequenceResponse, CloseSequenceResponse{SequenceId("urn:s")}))
                  .id,
              SequenceId("urn:s"));
    EXPECT_EQ(RoundTrip<TerminateSequenceResponse>(Message(protocol, RmAction::kTerminateSequenceResponse,
                                                           TerminateSequenceResponse{SequenceId("urn:s")}))
                  .id,
              SequenceId("urn:s"));
  }
}

TEST(ControlMessage, TheEmptyOnesComeBackWithTheirHeaders) {
  for (const Protocol& protocol : test::kProtocols) {
    Envelope envelope = Message(protocol, RmAction::kSequenceAcknowledgement, EmptyBody());
    envelope.acknowledgement.emplace();
    envelope.acknowledgement->id = SequenceId("urn:s");
    ASSERT_TRUE(envelope.acknowledgement->ranges.InsertRange(MessageNumber(1), MessageNumber(3)));
    ASSERT_TRUE(envelope.acknowledgement->ranges.Insert(MessageNumber(5)));
    envelope.acknowledgement->buffer_remaining = 0;
    envelope.acknowledgement->final = protocol.rm == RmVersion::k11;
    RoundTrip<EmptyBody>(envelope);
    const ReadResult result = Read(WriteEnvelope(envelope).entity);
    EXPECT_EQ(result.envelope.acknowledgement->id, envelope.acknowledgement->id);
    EXPECT_EQ(result.envelope.acknowledgement->ranges, envelope.acknowledgement->ranges);
    EXPECT_EQ(result.envelope.acknowledgement->final, envelope.acknowledgement->final);
    EXPECT_EQ(result.envelope.acknowledgement->buffer_remaining, 0u);

    Envelope nothing = Message(protocol, RmAction::kAckRequested, EmptyBody());
    nothing.ack_requested = AckRequestedHeader{SequenceId("urn:s&")};
    nothing.acknowledgement = AcknowledgementHeader{SequenceId("urn:o"), {}, false, {}};
    const ReadResult read = Read(WriteEnvelope(nothing).entity);
    ASSERT_TRUE(read.ok()) << read.reason;
    EXPECT_EQ(read.envelope.ack_requested->id, SequenceId("urn:s&"));
    EXPECT_TRUE(read.envelope.acknowledgement->ranges.empty());
    EXPECT_EQ(read.envelope.rm_action, RmAction::kAckRequested);
  }
}

TEST(ControlMessage, AddressingComesBackInEveryProtocol) {
  for (const Protocol& protocol : test::kProtocols) {
    Envelope envelope = Message(protocol, RmAction::kAckRequested, EmptyBody());
    envelope.addressing.message_id = MessageId("urn:m&1");
    envelope.addressing.relates_to = MessageId("urn:m&0");
    envelope.addressing.to = Uri("http://there/?<&>");
    envelope.addressing.reply_to = Uri("http://reply/");
    envelope.addressing.fault_to = Uri("http://fault/");
    const ReadResult result = Read(WriteEnvelope(envelope).entity);
    ASSERT_TRUE(result.ok()) << result.reason;
    EXPECT_EQ(result.envelope.addressing.action, envelope.addressing.action);
    EXPECT_EQ(result.envelope.addressing.message_id, envelope.addressing.message_id);
    EXPECT_EQ(result.envelope.addressing.relates_to, envelope.addressing.relates_to);
    EXPECT_EQ(result.envelope.addressing.to, envelope.addressing.to);
    EXPECT_EQ(result.envelope.addressing.reply_to, envelope.addressing.reply_to);
    EXPECT_EQ(result.envelope.addressing.fault_to, envelope.addressing.fault_to);
  }
}

// Byte for byte what a WCF client sent.
TEST(ControlMessage, CreateSequenceLooksLikeWcfs) {
  CreateSequence body;
  body.acks_to = Uri("http://www.w3.org/2005/08/addressing/anonymous");
  body.offer.emplace();
  body.offer->id = SequenceId("urn:uuid:d065fab4-a3cf-48f8-ad29-09a5aa33fd6b");
  body.offer->endpoint = body.acks_to;
  body.offer->incomplete_sequence_behavior = "DiscardFollowingFirstGap";
  Envelope envelope = Message(k11, RmAction::kCreateSequence, body);
  envelope.addressing.message_id = MessageId("urn:uuid:32f3e879-12f8-475e-ad35-c9943c3edb34");
  envelope.addressing.to = Uri("http://localhost/calc");
  EXPECT_EQ(
      WriteEnvelope(envelope).entity,
      R"(<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing"><s:Header><a:Action s:mustUnderstand="1">http://docs.oasis-open.org/ws-rx/wsrm/200702/CreateSequence</a:Action><a:MessageID>urn:uuid:32f3e879-12f8-475e-ad35-c9943c3edb34</a:MessageID><a:To s:mustUnderstand="1">http://localhost/calc</a:To></s:Header><s:Body><CreateSequence xmlns="http://docs.oasis-open.org/ws-rx/wsrm/200702"><AcksTo><a:Address>http://www.w3.org/2005/08/addressing/anonymous</a:Address></AcksTo><Offer><Identifier>urn:uuid:d065fab4-a3cf-48f8-ad29-09a5aa33fd6b</Identifier><Endpoint><a:Address>http://www.w3.org/2005/08/addressing/anonymous</a:Address></Endpoint><IncompleteSequenceBehavior>DiscardFollowingFirstGap</IncompleteSequenceBehavior></Offer></CreateSequence></s:Body></s:Envelope>)");
}

// Byte for byte what a WCF service sent: with a header block of RM, its prefix serves the body, too.
TEST(ControlMessage, CloseSequenceResponseLooksLikeWcfs) {
  Envelope envelope = Message(k11, RmAction::kCloseSequenceResponse,
                              CloseSequenceResponse{SequenceId("urn:uuid:777615bb-5fa6-43ad-8ec6-966e29e485c1")});
  envelope.addressing.relates_to = MessageId("urn:uuid:fe24bcf7-acb5-478b-b170-abcc3ee85226");
  envelope.acknowledgement.emplace();
  envelope.acknowledgement->id = SequenceId("urn:uuid:777615bb-5fa6-43ad-8ec6-966e29e485c1");
  ASSERT_TRUE(envelope.acknowledgement->ranges.InsertRange(MessageNumber(1), MessageNumber(4)));
  envelope.acknowledgement->final = true;
  envelope.acknowledgement->buffer_remaining = 8;
  EXPECT_EQ(
      WriteEnvelope(envelope).entity,
      R"(<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:r="http://docs.oasis-open.org/ws-rx/wsrm/200702" xmlns:a="http://www.w3.org/2005/08/addressing"><s:Header><r:SequenceAcknowledgement><r:Identifier>urn:uuid:777615bb-5fa6-43ad-8ec6-966e29e485c1</r:Identifier><r:AcknowledgementRange Lower="1" Upper="4"/><r:Final/><netrm:BufferRemaining xmlns:netrm="http://schemas.microsoft.com/ws/2006/05/rm">8</netrm:BufferRemaining></r:SequenceAcknowledgement><a:Action s:mustUnderstand="1">http://docs.oasis-open.org/ws-rx/wsrm/200702/CloseSequenceResponse</a:Action><a:RelatesTo>urn:uuid:fe24bcf7-acb5-478b-b170-abcc3ee85226</a:RelatesTo></s:Header><s:Body><r:CloseSequenceResponse><r:Identifier>urn:uuid:777615bb-5fa6-43ad-8ec6-966e29e485c1</r:Identifier></r:CloseSequenceResponse></s:Body></s:Envelope>)");
}

// Byte for byte what a WCF client sent: in a request the acknowledgement comes first.
TEST(ControlMessage, LastMessageLooksLikeWcfs) {
  Envelope envelope = Message(k2005, RmAction::kLastMessage, EmptyBody());
  envelope.addressing.to = Uri("http://localhost/calc");
  envelope.sequence =
      SequenceHeader{SequenceId("urn:uuid:74ef9851-1b7a-4fa7-92ca-899164c867b9"), MessageNumber(5), true};
  envelope.acknowledgement.emplace();
  envelope.acknowledgement->id = SequenceId("urn:uuid:bf060767-8f68-489f-921b-beda12e62065");
  ASSERT_TRUE(envelope.acknowledgement->ranges.InsertRange(MessageNumber(1), MessageNumber(4)));
  EXPECT_EQ(
      WriteEnvelope(envelope).entity,
      R"(<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:r="http://schemas.xmlsoap.org/ws/2005/02/rm" xmlns:a="http://www.w3.org/2005/08/addressing"><s:Header><r:SequenceAcknowledgement><r:Identifier>urn:uuid:bf060767-8f68-489f-921b-beda12e62065</r:Identifier><r:AcknowledgementRange Lower="1" Upper="4"/></r:SequenceAcknowledgement><r:Sequence s:mustUnderstand="1"><r:Identifier>urn:uuid:74ef9851-1b7a-4fa7-92ca-899164c867b9</r:Identifier><r:MessageNumber>5</r:MessageNumber><r:LastMessage/></r:Sequence><a:Action s:mustUnderstand="1">http://schemas.xmlsoap.org/ws/2005/02/rm/LastMessage</a:Action><a:To s:mustUnderstand="1">http://localhost/calc</a:To></s:Header><s:Body/></s:Envelope>)");
}

TEST(ControlMessage, WritesItsActionWhenTheCallerHasNot) {
  Envelope envelope = Message(k11, RmAction::kTerminateSequence, TerminateSequence{SequenceId("s"), {}});
  envelope.addressing.action.clear();
  EXPECT_EQ(Read(WriteEnvelope(envelope).entity).envelope.addressing.action,
            ActionUri(RmVersion::k11, RmAction::kTerminateSequence));
}

ReadResult ReadBody(const Protocol& protocol, RmAction action, std::string_view body) {
  return Read(test::EnvelopeOf(protocol, test::ActionBlock(protocol, action), body));
}

TEST(ControlMessage, NoticesASecurityTokenReference) {
  const ReadResult result =
      ReadBody(k2005, RmAction::kCreateSequence,
               "<r:CreateSequence><r:AcksTo><a:Address>urn:a</a:Address></r:AcksTo><o:SecurityTokenReference "
               "xmlns:o='http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'/></"
               "r:CreateSequence>");
  ASSERT_TRUE(result.ok()) << result.reason;
  EXPECT_TRUE(std::get<CreateSequence>(result.envelope.body).security_token_reference);
}

TEST(ControlMessage, AcceptsExtensionsAtTheEnd) {
  EXPECT_TRUE(
      ReadBody(k11, RmAction::kCreateSequence,
               "<r:CreateSequence x='1'><r:AcksTo><a:Address>urn:a</a:Address><a:ReferenceParameters><x/>"
               "</a:ReferenceParameters></r:AcksTo><r:Expires>PT1H</r:Expires><x/><r:Unknown/></r:CreateSequence>")
          .ok());
  EXPECT_TRUE(
      ReadBody(k11, RmAction::kCloseSequence, "<r:CloseSequence><r:Identifier>s</r:Identifier><x/></r:CloseSequence>")
          .ok());
  // LastMsgNumber came with 1.1.
  const ReadResult result = ReadBody(
      k2005, RmAction::kTerminateSequence,
      "<r:TerminateSequence><r:Identifier>s</r:Identifier><r:LastMsgNumber>x</r:LastMsgNumber></r:TerminateSequence>");
  ASSERT_TRUE(result.ok()) << result.reason;
  EXPECT_FALSE(std::get<TerminateSequence>(result.envelope.body).last_message_number);
}

TEST(ControlMessage, IgnoresTheBodyOfTheEmptyOnes) {
  EXPECT_TRUE(ReadBody(k11, RmAction::kAckRequested, "<x><y/></x>").ok());
}

struct InvalidBody {
  RmAction action;
  const char* body;
  const char* element;
};

class InvalidControlMessage : public testing::TestWithParam<InvalidBody> {};

TEST_P(InvalidControlMessage, IsRefusedWithTheNameOfTheElement) {
  const ReadResult result = ReadBody(k11, GetParam().action, GetParam().body);
  EXPECT_EQ(result.error, ReadError::kInvalidRm) << GetParam().body;
  EXPECT_EQ(result.element, GetParam().element) << GetParam().body;
  EXPECT_NE(result.reason.find(GetParam().element), std::string::npos) << result.reason;
  EXPECT_EQ(result.envelope.rm_action, GetParam().action);
  EXPECT_EQ(result.envelope.protocol, k11);
}

constexpr char kOffer[] =
    "<r:CreateSequence><r:AcksTo><a:Address>a</a:Address></r:AcksTo><r:Offer><r:Identifier>o</r:Identifier></r:Offer>"
    "</r:CreateSequence>";

INSTANTIATE_TEST_SUITE_P(
    Bodies, InvalidControlMessage,
    testing::Values(
        InvalidBody{RmAction::kCreateSequence, "", "CreateSequence"},
        InvalidBody{RmAction::kCreateSequence, "<x/>", "CreateSequence"},
        InvalidBody{RmAction::kCreateSequence, "<CreateSequence/>", "CreateSequence"},
        InvalidBody{RmAction::kCreateSequence, "<r:CloseSequence/>", "CreateSequence"},
        InvalidBody{RmAction::kCreateSequence, "<o:CreateSequence xmlns:o='http://schemas.xmlsoap.org/ws/2005/02/rm'/>",
                    "CreateSequence"},
        InvalidBody{RmAction::kCreateSequence, "<r:CreateSequence/>", "CreateSequence"},
        InvalidBody{RmAction::kCreateSequence, "<r:CreateSequence><x/></r:CreateSequence>", "CreateSequence"},
        InvalidBody{RmAction::kCreateSequence, "<r:CreateSequence><r:AcksTo/></r:CreateSequence>", "AcksTo"},
        InvalidBody{RmAction::kCreateSequence, "<r:CreateSequence><r:AcksTo><a:Address/></r:AcksTo></r:CreateSequence>",
                    "Address"},
        InvalidBody{RmAction::kCreateSequence,
                    "<r:CreateSequence><r:AcksTo><Address>a</Address></r:AcksTo></r:CreateSequence>", "AcksTo"},
        InvalidBody{RmAction::kCreateSequence,
                    "<r:CreateSequence><r:AcksTo><a:Address>a</a:Address></r:AcksTo><r:AcksTo/></r:CreateSequence>",
                    "AcksTo"},
        InvalidBody{RmAction::kCreateSequence,
                    "<r:CreateSequence><r:AcksTo><a:Address>a</a:Address></r:AcksTo><r:Expires/></r:CreateSequence>",
                    "Expires"},
        InvalidBody{RmAction::kCreateSequence,
                    "<r:CreateSequence><r:AcksTo><a:Address>a</a:Address></r:AcksTo><x/><r:Expires>PT1S</r:Expires>"
                    "</r:CreateSequence>",
                    "Expires"},
        InvalidBody{RmAction::kCreateSequence, kOffer, "Offer"},
        InvalidBody{RmAction::kCreateSequence,
                    "<r:CreateSequence><r:AcksTo><a:Address>a</a:Address></r:AcksTo><r:Offer/></r:CreateSequence>",
                    "Offer"},
        InvalidBody{RmAction::kCreateSequence,
                    "<r:CreateSequence><r:AcksTo><a:Address>a</a:Address></r:AcksTo><r:Offer><r:Endpoint><a:Address>a"
                    "</a:Address></r:Endpoint><r:Identifier>o</r:Identifier></r:Offer></r:CreateSequence>",
                    "Identifier"},
        InvalidBody{RmAction::kCreateSequence,
                    "<r:CreateSequence><r:AcksTo><a:Address>a</a:Address></r:AcksTo></r:CreateSequence><x/>", "Body"},
        InvalidBody{RmAction::kCreateSequenceResponse, "<r:CreateSequenceResponse/>", "CreateSequenceResponse"},
        InvalidBody{RmAction::kCreateSequenceResponse,
                    "<r:CreateSequenceResponse><r:Identifier/></r:CreateSequenceResponse>", "Identifier"},
        InvalidBody{RmAction::kCreateSequenceResponse,
                    "<r:CreateSequenceResponse><r:Identifier>s</r:Identifier><r:Accept/></r:CreateSequenceResponse>",
                    "Accept"},
        InvalidBody{RmAction::kCreateSequenceResponse,
                    "<r:CreateSequenceResponse><r:Identifier>s</r:Identifier><r:Accept><r:AcksTo/></r:Accept>"
                    "</r:CreateSequenceResponse>",
                    "AcksTo"},
        InvalidBody{RmAction::kCloseSequence, "<r:CloseSequence/>", "CloseSequence"},
        InvalidBody{RmAction::kCloseSequence, "<r:CloseSequence>s</r:CloseSequence>", "CloseSequence"},
        InvalidBody{
            RmAction::kCloseSequence,
            "<r:CloseSequence><r:Identifier>s</r:Identifier><r:LastMsgNumber>0</r:LastMsgNumber></r:CloseSequence>",
            "LastMsgNumber"},
        InvalidBody{
            RmAction::kCloseSequence,
            "<r:CloseSequence><r:LastMsgNumber>1</r:LastMsgNumber><r:Identifier>s</r:Identifier></r:CloseSequence>",
            "Identifier"},
        InvalidBody{RmAction::kTerminateSequence, "<r:TerminateSequence><x/></r:TerminateSequence>",
                    "TerminateSequence"},
        InvalidBody{RmAction::kTerminateSequenceResponse, "<r:TerminateSequenceResponse/>",
                    "TerminateSequenceResponse"},
        InvalidBody{RmAction::kCloseSequenceResponse, "<r:CloseSequenceResponse/>", "CloseSequenceResponse"},
        InvalidBody{RmAction::kFault, "<x/>", "Fault"}, InvalidBody{RmAction::kFault, "", "Fault"}));

}  // namespace
}  // namespace gsoaprm::wire
