// A SOAP message as the engine sees it: addressing, RM header blocks, and either a protocol body or the
// application's own envelope, which the engine never opens.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "wire/header_blocks.h"
#include "wire/protocol_version.h"

namespace gsoaprm::wire {

// The application's message, kept without any RM header block, never as transport bytes. Immutable and shared: a
// retransmission writes fresh header blocks around the same payload.
struct Payload {
  std::string content_type;  // whole value of the HTTP header, parameters (boundary, start) included
  std::string entity;        // the envelope, or the whole multipart when content_type says so
  std::size_t insert_at = 0; // offset in entity at which header blocks are written
  bool has_header = false;   // false: the blocks need a Header element of their own
  std::string soap_prefix;   // prefix that entity binds to the SOAP namespace; may be empty (default namespace)
  // What the application (wsaapi) wrote itself, so that the writer adds only what is missing.
  bool has_action = false, has_message_id = false, has_to = false, has_reply_to = false, has_relates_to = false;
  bool is_fault = false;     // Body holds a SOAP Fault
};
using PayloadPointer = std::shared_ptr<const Payload>;

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
  Body body;

  bool has_rm_headers() const { return sequence || acknowledgement || ack_requested; }
  const PayloadPointer* payload() const { return std::get_if<PayloadPointer>(&body); }
  const Fault* fault() const { return std::get_if<Fault>(&body); }
};

}  // namespace gsoaprm::wire
