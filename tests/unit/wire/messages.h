// Messages for the tests of the wire layer: some as WCF sent them, and a builder for the others.
#pragma once

#include <string>
#include <string_view>

#include "wire/envelope.h"
#include "wire/envelope_reader.h"
#include "wire/protocol_version.h"

namespace gsoaprm::wire::test {

// The combinations a session can be in.
inline constexpr Protocol kProtocols[] = {
    {SoapVersion::k12, AddressingVersion::k10, RmVersion::kFebruary2005},
    {SoapVersion::k12, AddressingVersion::k10, RmVersion::k11},
    {SoapVersion::k12, AddressingVersion::kAugust2004, RmVersion::kFebruary2005},
    {SoapVersion::k12, AddressingVersion::kAugust2004, RmVersion::k11},
    {SoapVersion::k11, AddressingVersion::k10, RmVersion::kFebruary2005},
    {SoapVersion::k11, AddressingVersion::k10, RmVersion::k11},
    {SoapVersion::k11, AddressingVersion::kAugust2004, RmVersion::kFebruary2005},
    {SoapVersion::k11, AddressingVersion::kAugust2004, RmVersion::k11},
};

inline constexpr Protocol k2005 = kProtocols[0];
inline constexpr Protocol k11 = kProtocols[1];

// A request of an application, number 2 of its sequence, with the acknowledgement of one reply.
inline constexpr std::string_view kRequest =
    R"(<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:r="http://docs.oasis-open.org/ws-rx/wsrm/200702" xmlns:a="http://www.w3.org/2005/08/addressing"><s:Header><r:SequenceAcknowledgement><r:Identifier>urn:uuid:d065fab4-a3cf-48f8-ad29-09a5aa33fd6b</r:Identifier><r:AcknowledgementRange Lower="1" Upper="1"/></r:SequenceAcknowledgement><r:Sequence s:mustUnderstand="1"><r:Identifier>urn:uuid:777615bb-5fa6-43ad-8ec6-966e29e485c1</r:Identifier><r:MessageNumber>2</r:MessageNumber></r:Sequence><a:Action s:mustUnderstand="1">http://Microsoft.ServiceModel.Samples/ICalculator/Subtract</a:Action><a:MessageID>urn:uuid:d99b9300-6770-43f7-8552-122175c900c9</a:MessageID><a:ReplyTo><a:Address>http://www.w3.org/2005/08/addressing/anonymous</a:Address></a:ReplyTo><a:To s:mustUnderstand="1">http://localhost:8080/calc</a:To></s:Header><s:Body><Subtract xmlns="http://Microsoft.ServiceModel.Samples"><n1>145</n1><n2>76.54</n2></Subtract></s:Body></s:Envelope>)";

// What the application may see of it.
inline constexpr std::string_view kRequestForApplication =
    R"(<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:r="http://docs.oasis-open.org/ws-rx/wsrm/200702" xmlns:a="http://www.w3.org/2005/08/addressing"><s:Header><a:Action>http://Microsoft.ServiceModel.Samples/ICalculator/Subtract</a:Action><a:MessageID>urn:uuid:d99b9300-6770-43f7-8552-122175c900c9</a:MessageID><a:ReplyTo><a:Address>http://www.w3.org/2005/08/addressing/anonymous</a:Address></a:ReplyTo><a:To>http://localhost:8080/calc</a:To></s:Header><s:Body><Subtract xmlns="http://Microsoft.ServiceModel.Samples"><n1>145</n1><n2>76.54</n2></Subtract></s:Body></s:Envelope>)";

// The reply to it, February 2005.
inline constexpr std::string_view kReply2005 =
    R"(<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:r="http://schemas.xmlsoap.org/ws/2005/02/rm" xmlns:a="http://www.w3.org/2005/08/addressing"><s:Header><r:Sequence s:mustUnderstand="1"><r:Identifier>urn:uuid:bf060767-8f68-489f-921b-beda12e62065</r:Identifier><r:MessageNumber>2</r:MessageNumber></r:Sequence><r:SequenceAcknowledgement><r:Identifier>urn:uuid:74ef9851-1b7a-4fa7-92ca-899164c867b9</r:Identifier><r:AcknowledgementRange Lower="1" Upper="2"/><netrm:BufferRemaining xmlns:netrm="http://schemas.microsoft.com/ws/2006/05/rm">8</netrm:BufferRemaining></r:SequenceAcknowledgement><a:Action s:mustUnderstand="1">http://Microsoft.ServiceModel.Samples/ICalculator/SubtractResponse</a:Action><a:RelatesTo>urn:uuid:593e9ba1-cb74-47de-82ef-6453539c1fd6</a:RelatesTo></s:Header><s:Body><SubtractResponse xmlns="http://Microsoft.ServiceModel.Samples"><SubtractResult>68.46</SubtractResult></SubtractResponse></s:Body></s:Envelope>)";

inline std::string EnvelopeOf(const Protocol& protocol, std::string_view header, std::string_view body) {
  std::string text;
  text.append("<s:Envelope xmlns:s=\"").append(SoapNamespace(protocol.soap));
  text.append("\" xmlns:r=\"").append(RmNamespace(protocol.rm));
  text.append("\" xmlns:a=\"").append(AddressingNamespace(protocol.addressing));
  text.append("\" xmlns:netrm=\"").append(NetrmNamespace()).append("\">");
  text.append("<s:Header>").append(header).append("</s:Header>");
  text.append("<s:Body>").append(body).append("</s:Body></s:Envelope>");
  return text;
}

// An application message with these header blocks.
inline std::string Application(const Protocol& protocol, std::string_view header) {
  return EnvelopeOf(protocol, std::string("<a:Action>urn:app</a:Action>") + std::string(header),
                    "<m xmlns=\"urn:m\"/>");
}

inline std::string ActionBlock(const Protocol& protocol, RmAction action) {
  std::string block = "<a:Action s:mustUnderstand=\"1\">";
  return block.append(ActionUri(protocol.rm, action)).append("</a:Action>");
}

inline ReadResult Read(std::string_view entity, const ReaderLimits& limits = ReaderLimits()) {
  return ReadEnvelope(std::string(entity), ContentType(SoapVersion::k12), std::string_view(), limits);
}

inline std::string Repeat(std::string_view text, std::size_t times) {
  std::string result;
  for (std::size_t i = 0; i < times; ++i) result.append(text);
  return result;
}

}  // namespace gsoaprm::wire::test
