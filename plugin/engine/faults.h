// Which violation of the protocol gives which fault, and whether the session lives on: one table (WS-RM 1.1 section 4).
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "wire/envelope.h"

namespace gsoaprm::engine {

enum class Violation {
  // of a sequence
  kUnknownSequence,            // no such sequence here, or another principal's
  kUnexpectedAcknowledgement,  // an acknowledgement in a session that has no sequence of replies
  kInvalidAcknowledgement,     // of replies that were never sent
  kSequenceClosed,             // 1.1: a new number after CloseSequence
  kLastMessageNumberExceeded,  // 2005: a new number above the last one
  kLastMessageTooLow,          // 2005: LastMessage below a number that is here
  kLastMsgNumberTooSmall,      // 1.1: likewise
  kLastMsgNumberDiffers,       // 1.1: Close and Terminate do not agree
  kTerminatedEarly,            // TerminateSequence while messages are missing
  kMessageNumberRollover,
  kMessageIdMissing,
  kReplyToMissing,          // WS-Addressing 2004/08
  kReturnAddressElsewhere,  // ReplyTo or FaultTo that is not anonymous
  kReturnAddressNotAcksTo,  // likewise, and not the session's AcksTo either
  kHeaderNotUnderstood,     // a block of another protocol that must be understood
  kNotReliable,             // 1.1: a message without RM where RM is required
  kActionNotSupported,      // 2005: likewise
  // of CreateSequence
  kSecurityNotSupported,  // UsesSequenceSSL, UsesSequenceSTR, SecurityTokenReference
  kAcksToNotReplyTo,
  kAcksToNotAnonymous,
  kAcksToNotAllowed,  // nor a listed address
  kAcksToNotDurable,
  kOfferEndpointNotAcksTo,
  kUnknownIncompleteSequenceBehavior,
  kOfferInUse,
  kMessageIdInUse,  // a CreateSequence with the MessageID of another one
  kExpiresInvalid,
  kTooManySequences,
  kStoreTakesNothing,  // durable sessions: the store is full or out of order
  kEndpointClosing,
};

struct FaultRule {
  Violation violation;
  wire::FaultCode code;
  bool sender;         // Sender or Receiver
  bool session_lives;  // false: whoever sends this fault ends the session
  const char* reason;
};

const FaultRule& RuleOf(Violation violation);

// The fault of the table, with Detail/Identifier where `id` is not empty.
wire::Fault MakeFault(Violation violation, const SequenceId& id = SequenceId());
// One of WS-Addressing's faults about this header block of its own.
wire::Fault MakeHeaderFault(Violation violation, wire::AddressingVersion version, std::string_view header);
// A MessageNumber above 2^63-1 in a sequence of this version (WS-RM 1.1 section 3.3).
wire::Fault MakeRolloverFault(wire::RmVersion version, const SequenceId& id);
// Why a session ended that sent this fault.
Status EndedBy(Violation violation);
Status EndedByFault(const wire::Fault& fault);
// Why a session ended that received this fault.
Status EndedByPeer(const wire::Fault& fault);

// The sequence that an UnknownSequence fault has to name. WCF names the acknowledgement's wherever there is one, also
// on TerminateSequence and AckRequested.
SequenceId ConcernedSequence(const wire::Envelope& message);
// The identifier in a body of the protocol: what CloseSequence and TerminateSequence are about.
SequenceId BodySequence(const wire::Envelope& message);

// wsa:Action of a fault with this code.
std::string_view FaultAction(const wire::Protocol& protocol, wire::FaultCode code);

}  // namespace gsoaprm::engine
