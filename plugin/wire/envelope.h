// A SOAP message as the engine sees it: addressing, RM header blocks, and either a protocol body or the
// application's own envelope, which the engine never opens.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "wire/header_blocks.h"
#include "wire/payload.h"
#include "wire/protocol_version.h"

namespace gsoaprm::wire {

// Of several ReplyTo or FaultTo blocks the one counts that leads elsewhere, whichever its version and role: which of
// them an application's own plugin would follow is not known here.
struct Addressing {
  std::string action;
  std::optional<MessageId> message_id;
  std::optional<MessageId> relates_to;
  std::optional<Uri> to;
  std::optional<Uri> reply_to;  // absent means anonymous in WS-Addressing 1.0
  std::optional<Uri> fault_to;
};

struct EmptyBody {};  // LastMessage, SequenceAcknowledgement, AckRequested

using Body = std::variant<EmptyBody, PayloadPointer, CreateSequence, CreateSequenceResponse, CloseSequence,
                          CloseSequenceResponse, TerminateSequence, TerminateSequenceResponse, Fault>;

struct Envelope {
  Protocol protocol;
  Addressing addressing;
  std::optional<SequenceHeader> sequence;
  std::optional<AcknowledgementHeader> acknowledgement;
  std::optional<AckRequestedHeader> ack_requested;
  RmAction rm_action = RmAction::kNone;
  // "{namespace}name" of the first block that this side must understand and the plugin does not; empty for none.
  std::string not_understood;
  Body body;

  bool has_rm_headers() const { return sequence || acknowledgement || ack_requested; }
  const PayloadPointer* payload() const { return std::get_if<PayloadPointer>(&body); }
  const Fault* fault() const { return std::get_if<Fault>(&body); }
};

}  // namespace gsoaprm::wire
