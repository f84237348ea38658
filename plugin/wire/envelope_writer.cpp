#include "wire/envelope_writer.h"

#include "wire/control_bodies_writer.h"
#include "wire/fault_writer.h"
#include "wire/header_blocks_writer.h"
#include "wire/xml_writer.h"

namespace gsoaprm::wire {

namespace {

// A sequence, an acknowledgement and five addressing blocks with URIs of usual length.
constexpr std::size_t kRoomForHeader = 1400;

// The action of a message of the protocol, should the caller have left it to us.
std::string_view DefaultAction(const Envelope& envelope) {
  if (envelope.fault()) return RmFaultAction(envelope.protocol);
  return ActionUri(envelope.protocol.rm, envelope.rm_action);
}

// A message of the protocol itself: whole, without whitespace or XML declaration, prefixes as WCF has them.
std::string WriteProtocolMessage(const Envelope& envelope) {
  const Protocol& protocol = envelope.protocol;
  const Fault* fault = envelope.fault();
  const bool r_is_declared =
      FindBlocksToWrite(envelope, nullptr).rm || (fault != nullptr && HasSequenceFault(*fault, protocol.soap));
  std::string text;
  text.reserve(kRoomForHeader);
  XmlWriter out(&text);
  out.Open("s", "Envelope").Declare("s", SoapNamespace(protocol.soap));
  if (r_is_declared) out.Declare("r", RmNamespace(protocol.rm));
  out.Declare("a", AddressingNamespace(protocol.addressing)).Raw("><s:Header>");

  BlockStyle style;
  style.soap_prefix = "s";
  if (fault) WriteFaultHeader(*fault, protocol, &out);
  WriteHeaderBlocks(envelope, nullptr, style, &out);
  out.Raw("</s:Header>");

  if (fault || HasControlBody(envelope.body)) {
    out.Raw("<s:Body>");
    if (fault) {
      WriteFault(*fault, protocol, r_is_declared, &out);
    } else {
      WriteControlBody(envelope.body, protocol.rm, r_is_declared, &out);
    }
    out.Raw("</s:Body>");
  } else {
    out.Raw("<s:Body/>");
  }
  out.Raw("</s:Envelope>");
  return text;
}

// An application message: the payload's bytes with the header blocks in between.
std::string WriteAround(const Envelope& envelope, const Payload& payload) {
  const BlocksToWrite blocks = FindBlocksToWrite(envelope, &payload);
  if (!blocks.rm && !blocks.addressing) return payload.entity;

  // A declaration on the Header serves all blocks. Where the application has bound r or a to something else, or may
  // have, each block declares its own, which always wins.
  const bool clashes = payload.soap_prefix == "r" || payload.soap_prefix == "a";
  const bool on_header = payload.has_header ? payload.prefixes_free : !clashes;
  BlockStyle style;
  style.declare_r = style.declare_a = !on_header;
  style.declare_soap = clashes || payload.soap_prefix.empty();
  style.soap_prefix = style.declare_soap ? std::string_view("s") : std::string_view(payload.soap_prefix);

  std::string text;
  text.reserve(payload.entity.size() + kRoomForHeader);
  XmlWriter out(&text);
  const std::string_view entity = payload.entity;
  std::size_t split = payload.insert_at;
  if (payload.has_header && on_header) --split;  // before the '>' of the Header's start tag
  out.Raw(entity.substr(0, split));
  if (!payload.has_header) out.Open(payload.soap_prefix, "Header");
  if (on_header) {
    if (blocks.rm) out.Declare("r", RmNamespace(envelope.protocol.rm));
    if (blocks.addressing) out.Declare("a", AddressingNamespace(envelope.protocol.addressing));
  }
  if (on_header || !payload.has_header) out.Raw(">");
  WriteHeaderBlocks(envelope, &payload, style, &out);
  if (!payload.has_header) out.End(payload.soap_prefix, "Header");
  out.Raw(entity.substr(payload.insert_at));
  return text;
}

}  // namespace

WrittenMessage WriteEnvelope(const Envelope& envelope) {
  if (const PayloadPointer* payload = envelope.payload()) {
    return WrittenMessage{(*payload)->content_type, WriteAround(envelope, **payload)};
  }
  std::string content_type(ContentType(envelope.protocol.soap));
  if (!envelope.addressing.action.empty()) return WrittenMessage{content_type, WriteProtocolMessage(envelope)};
  Envelope with_action = envelope;
  with_action.addressing.action.assign(DefaultAction(envelope));
  return WrittenMessage{content_type, WriteProtocolMessage(with_action)};
}

std::string EscapeXml(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  XmlWriter(&result).Text(text);
  return result;
}

}  // namespace gsoaprm::wire
