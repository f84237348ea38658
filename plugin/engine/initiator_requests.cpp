#include "engine/initiator_requests.h"

#include <utility>

namespace gsoaprm::engine {
namespace {

std::optional<MessageNumber> LastMsgNumber(const wire::Protocol& protocol, MessageNumber last) {
  // Left out, not 0, when nothing was sent: a number starts at 1. February 2005 has no such element.
  const bool written = protocol.rm == wire::RmVersion::k11 && last.valid();
  return written ? std::make_optional(last) : std::nullopt;
}

}  // namespace

InitiatorRequests::InitiatorRequests(const Options& options, Uri to)
    : protocol_(options.protocol), ordered_(options.ordered), to_(std::move(to)) {}

Uri InitiatorRequests::Anonymous() const { return Uri(std::string(wire::AnonymousAddress(protocol_.addressing))); }

wire::Envelope InitiatorRequests::Protocol(wire::RmAction action) const {
  wire::Envelope envelope;
  envelope.protocol = protocol_;
  envelope.rm_action = action;
  envelope.addressing.action = std::string(wire::ActionUri(protocol_.rm, action));
  envelope.addressing.to = to_;
  return envelope;
}

wire::Envelope InitiatorRequests::Request(wire::RmAction action, const MessageId& id) const {
  wire::Envelope envelope = Protocol(action);
  envelope.addressing.message_id = id;
  if (protocol_.addressing == wire::AddressingVersion::kAugust2004) {
    envelope.addressing.reply_to = Anonymous();
  }
  return envelope;
}

wire::Envelope InitiatorRequests::CreateSequence(const MessageId& id, const SequenceId& offer) const {
  wire::Envelope envelope = Request(wire::RmAction::kCreateSequence, id);
  wire::CreateSequence create;
  create.acks_to = Anonymous();
  if (!offer.empty()) {
    create.offer.emplace();
    create.offer->id = offer;
    if (protocol_.rm == wire::RmVersion::k11) {
      create.offer->endpoint = Anonymous();
      create.offer->incomplete_sequence_behavior = ordered_ ? "DiscardFollowingFirstGap" : "NoDiscard";
    }
  }
  envelope.body = std::move(create);
  return envelope;
}

wire::Envelope InitiatorRequests::Message(const SequenceId& sequence, const OutstandingMessage& outstanding) const {
  const SourceMessage& message = outstanding.message;
  wire::Envelope envelope = Protocol(message.last_message ? wire::RmAction::kLastMessage : wire::RmAction::kNone);
  envelope.sequence = wire::SequenceHeader{sequence, outstanding.number, message.last_message};
  if (message.last_message) {
    return envelope;
  }
  envelope.addressing.action = message.action;
  envelope.addressing.message_id = message.message_id;
  if (message.wants_reply_to) {
    envelope.addressing.reply_to = Anonymous();
  }
  envelope.body = message.payload;
  return envelope;
}

wire::Envelope InitiatorRequests::AckRequested(const SequenceId& sequence) const {
  wire::Envelope envelope = Protocol(wire::RmAction::kAckRequested);
  envelope.ack_requested = wire::AckRequestedHeader{sequence};
  return envelope;
}

wire::Envelope InitiatorRequests::Acknowledgement() const { return Protocol(wire::RmAction::kSequenceAcknowledgement); }

wire::Envelope InitiatorRequests::CloseSequence(const MessageId& id, const SequenceId& sequence,
                                                MessageNumber last) const {
  wire::Envelope envelope = Request(wire::RmAction::kCloseSequence, id);
  envelope.body = wire::CloseSequence{sequence, LastMsgNumber(protocol_, last)};
  return envelope;
}

wire::Envelope InitiatorRequests::TerminateSequence(const std::optional<MessageId>& id, const SequenceId& sequence,
                                                    MessageNumber last) const {
  wire::Envelope envelope =
      id ? Request(wire::RmAction::kTerminateSequence, *id) : Protocol(wire::RmAction::kTerminateSequence);
  envelope.body = wire::TerminateSequence{sequence, LastMsgNumber(protocol_, last)};
  return envelope;
}

wire::Envelope InitiatorRequests::Fault(wire::Fault fault) const {
  wire::Envelope envelope = Protocol(wire::RmAction::kFault);
  envelope.addressing.action = std::string(wire::RmFaultAction(protocol_));
  envelope.body = std::move(fault);
  return envelope;
}

}  // namespace gsoaprm::engine
