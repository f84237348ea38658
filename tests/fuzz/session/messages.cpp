#include "tests/fuzz/session/messages.h"

#include <memory>
#include <utility>

namespace gsoaprm::fuzz {

using wire::RmAction;

wire::PayloadPointer MakePayload(const wire::Protocol& protocol, const std::string& text, bool is_fault) {
  auto payload = std::make_shared<wire::Payload>();
  payload->content_type = wire::ContentType(protocol.soap);
  payload->entity = "<s:Envelope xmlns:s=\"";
  payload->entity.append(wire::SoapNamespace(protocol.soap)).append("\">");
  payload->insert_at = payload->entity.size();
  payload->entity.append("<s:Body><t>").append(text).append("</t></s:Body></s:Envelope>");
  payload->soap_prefix = "s";
  payload->prefixes_free = true;
  payload->is_fault = is_fault;
  return payload;
}

MessageNumber Messages::Number(MessageNumber middle) {
  constexpr std::uint64_t kExtremes[] = {1, MessageNumber::kMaximum, MessageNumber::kMaximum - 1, 1000};
  const std::size_t choice = input_.Below(32);
  if (choice == 31) return MessageNumber(input_.OneOf(kExtremes));
  const std::uint64_t number = middle.value() + choice % 16;
  return MessageNumber(choice < 16 || number < 17 ? number : number - 16);
}

MessageRanges Messages::Ranges(MessageNumber middle) {
  MessageRanges ranges;
  const std::size_t count = input_.Below(4);
  // Mostly all up to there.
  if (count == 0 && middle.valid()) ranges.InsertRange(MessageNumber(1), middle);
  for (std::size_t i = 1; i < count; ++i) {
    const MessageNumber lower = Number(middle);
    const MessageNumber upper(lower.value() + input_.Below(3));
    if (lower.valid() && upper.valid()) ranges.InsertRange(lower, upper);
  }
  return ranges;
}

SequenceId Messages::Sequence(const std::vector<SequenceId>& known) {
  const std::size_t choice = input_.Byte();
  if (known.empty() || choice == 255) return SequenceId("urn:nobody's");
  return known[choice % known.size()];
}

wire::Fault Messages::AnyFault(const SequenceId& sequence) {
  wire::Fault fault;
  fault.code = static_cast<wire::FaultCode>(input_.Below(static_cast<std::size_t>(wire::FaultCode::kOther) + 1));
  const std::uint8_t more = input_.Byte();
  fault.sender = (more & 1) == 0;
  fault.reason = "a reason";
  if ((more & 2) == 0) fault.id = sequence;
  if ((more & 4) != 0) fault.acknowledgement = Acknowledgement(sequence, MessageNumber(1));
  if ((more & 8) != 0) fault.max_message_number = MessageNumber(MessageNumber::kMaximum);
  if ((more & 16) != 0) fault.payload = MakePayload(wire::Protocol(), "fault", true);
  return fault;
}

wire::Envelope Messages::Control(const wire::Protocol& protocol, RmAction action) {
  wire::Envelope envelope;
  envelope.protocol = protocol;
  envelope.rm_action = action;
  envelope.addressing.action = wire::ActionUri(protocol.rm, action);
  if (input_.Below(8) != 7) envelope.addressing.message_id = SomeMessageId();
  return envelope;
}

MessageId Messages::SomeMessageId() {
  const std::size_t choice = input_.Below(16);
  // New ones, and some that were there before.
  return MessageId("m" + std::to_string(choice < 12 ? messages_++ : choice - 12));
}

wire::Envelope Messages::FaultMessage(const wire::Protocol& protocol, const SequenceId& sequence) {
  wire::Envelope envelope = Control(protocol, protocol.rm == wire::RmVersion::k11 ? RmAction::kFault : RmAction::kNone);
  envelope.addressing.action = wire::RmFaultAction(protocol);
  envelope.body = AnyFault(sequence);
  return envelope;
}

wire::Envelope Messages::Application(const wire::Protocol& protocol, const SequenceId& sequence, MessageNumber number) {
  wire::Envelope envelope = Control(protocol, RmAction::kNone);
  envelope.addressing.action = "urn:a";
  envelope.sequence = wire::SequenceHeader{sequence, number, false};
  if (envelope.addressing.message_id) {
    envelope.addressing.reply_to = Uri(std::string(wire::AnonymousAddress(protocol.addressing)));
  }
  envelope.body = MakePayload(protocol, std::to_string(number.value()));
  return envelope;
}

wire::Envelope Messages::CreateSequence(const wire::Protocol& protocol) {
  wire::Envelope envelope = Control(protocol, RmAction::kCreateSequence);
  const Uri anonymous(std::string(wire::AnonymousAddress(protocol.addressing)));
  wire::CreateSequence create;
  create.acks_to = anonymous;
  const std::uint8_t more = input_.Byte();
  if ((more & 1) == 0) {
    create.offer.emplace();
    create.offer->id = SequenceId("urn:o" + std::to_string((more & 2) == 0 ? messages_++ : input_.Below(4)));
    if (protocol.rm == wire::RmVersion::k11) create.offer->endpoint = anonymous;
    if ((more & 4) != 0) create.offer->incomplete_sequence_behavior = "NoDiscard";
  }
  if ((more & 8) != 0) create.expires = "PT0S";
  if ((more & 0xf0) == 0xf0) create.acks_to = Uri("http://elsewhere.test/");
  if ((more & 0xf0) == 0xe0) create.uses_sequence_ssl = true;
  if ((more & 0xf0) == 0xd0) create.expires = "a while";
  envelope.addressing.reply_to = anonymous;
  envelope.addressing.to = Uri("http://here.test/");
  envelope.body = std::move(create);
  return envelope;
}

wire::AcknowledgementHeader Messages::Acknowledgement(const SequenceId& sequence, MessageNumber middle) {
  wire::AcknowledgementHeader header;
  header.id = sequence;
  header.ranges = Ranges(middle);
  const std::size_t more = input_.Below(16);
  header.final = more == 15;
  if (more < 4) header.buffer_remaining = static_cast<std::uint32_t>(more);
  return header;
}

void Messages::Spoil(wire::Envelope* envelope, const std::vector<SequenceId>& known) {
  switch (input_.Below(12)) {
    case 0:
      envelope->ack_requested = wire::AckRequestedHeader{Sequence(known)};
      break;
    case 1:
      envelope->acknowledgement = Acknowledgement(Sequence(known), MessageNumber(1));
      break;
    case 2:
      envelope->addressing.reply_to = Uri("http://elsewhere.test/");
      break;
    case 3:
      envelope->not_understood = "{urn:x}Block";
      break;
    case 4:
      envelope->addressing.relates_to = SomeMessageId();
      break;
    case 5:
      envelope->protocol = AnyProtocol();
      break;
    case 6:
      if (envelope->sequence) envelope->sequence->last_message = true;
      break;
    case 7:
      envelope->sequence = wire::SequenceHeader{Sequence(known), Number(MessageNumber(1)), false};
      if (!envelope->sequence->number.valid()) envelope->sequence->number = MessageNumber(1);
      break;
    default:
      break;
  }
}

wire::Protocol Messages::AnyProtocol() {
  const std::uint8_t choice = input_.Byte();
  wire::Protocol protocol;
  if ((choice & 1) != 0) protocol.rm = wire::RmVersion::k11;
  if ((choice & 2) != 0) protocol.soap = wire::SoapVersion::k11;
  if ((choice & 4) != 0) protocol.addressing = wire::AddressingVersion::kAugust2004;
  return protocol;
}

}  // namespace gsoaprm::fuzz
