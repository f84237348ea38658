#include "engine/faults.h"

#include <cassert>
#include <variant>

#include "engine/listener.h"
#include "wire/describe.h"

namespace gsoaprm::engine {

namespace {

using wire::FaultCode;

constexpr bool kSender = true;
constexpr bool kReceiver = false;
constexpr bool kLives = true;
constexpr bool kEnds = false;

constexpr FaultRule kRules[] = {
    {Violation::kUnknownSequence, FaultCode::kUnknownSequence, kSender, kLives,
     "There is no sequence with this identifier here, or not any more."},
    {Violation::kUnexpectedAcknowledgement, FaultCode::kSequenceTerminated, kSender, kEnds,
     "The session has no sequence of replies, so there is nothing to acknowledge."},
    {Violation::kInvalidAcknowledgement, FaultCode::kInvalidAcknowledgement, kSender, kEnds,
     "The acknowledgement names replies that were never sent."},
    // WS-RM 1.1 section 4.7: not an error of the sequence, which goes on answering what it has.
    {Violation::kSequenceClosed, FaultCode::kSequenceClosed, kSender, kLives,
     "The sequence is closed and takes no new messages."},
    {Violation::kLastMessageNumberExceeded, FaultCode::kLastMessageNumberExceeded, kSender, kEnds,
     "The message number is above that of the sequence's LastMessage."},
    {Violation::kLastMessageTooLow, FaultCode::kSequenceTerminated, kSender, kEnds,
     "The number of LastMessage is below a number already received."},
    {Violation::kLastMsgNumberTooSmall, FaultCode::kSequenceTerminated, kSender, kEnds,
     "LastMsgNumber is below a number already received."},
    {Violation::kLastMsgNumberDiffers, FaultCode::kSequenceTerminated, kSender, kEnds,
     "LastMsgNumber is not the one that was announced before."},
    {Violation::kTerminatedEarly, FaultCode::kSequenceTerminated, kSender, kEnds,
     "TerminateSequence came while messages of the sequence were missing."},
    // WS-RM 1.1 section 4.4: the destination goes on with what it has.
    {Violation::kMessageNumberRollover, FaultCode::kMessageNumberRollover, kSender, kLives,
     "The message number is above 9223372036854775807."},
    {Violation::kMessageIdMissing, FaultCode::kMessageAddressingHeaderRequired, kSender, kLives,
     "The message needs a wsa:MessageID."},
    {Violation::kReplyToMissing, FaultCode::kMessageAddressingHeaderRequired, kSender, kLives,
     "The message needs a wsa:ReplyTo."},
    {Violation::kReturnAddressElsewhere, FaultCode::kOnlyAnonymousAddressSupported, kSender, kLives,
     "ReplyTo and FaultTo must be the anonymous address: this endpoint opens no connections of its own."},
    {Violation::kReturnAddressNotAcksTo, FaultCode::kOnlyAnonymousAddressSupported, kSender, kLives,
     "ReplyTo and FaultTo must be the anonymous address or the AcksTo of the session."},
    {Violation::kHeaderNotUnderstood, FaultCode::kMustUnderstand, kSender, kLives,
     "A header block of this message must be understood, and nobody here knows it."},
    {Violation::kNotReliable, FaultCode::kWsrmRequired, kSender, kLives,
     "This endpoint takes only messages of WS-ReliableMessaging 1.1 sessions."},
    {Violation::kActionNotSupported, FaultCode::kActionNotSupported, kSender, kLives,
     "This endpoint takes only messages of WS-ReliableMessaging February 2005 sessions."},
    {Violation::kSecurityNotSupported, FaultCode::kCreateSequenceRefused, kSender, kLives,
     "Sequences bound to a security token or an SSL session are not supported here."},
    {Violation::kAcksToNotReplyTo, FaultCode::kCreateSequenceRefused, kSender, kLives,
     "AcksTo and ReplyTo must be the same address."},
    {Violation::kAcksToNotAnonymous, FaultCode::kCreateSequenceRefused, kSender, kLives,
     "AcksTo must be the anonymous address: this endpoint opens no connections of its own."},
    {Violation::kAcksToNotAllowed, FaultCode::kCreateSequenceRefused, kSender, kLives,
     "AcksTo must be the anonymous address, or one of those that this endpoint may connect to."},
    {Violation::kAcksToNotDurable, FaultCode::kCreateSequenceRefused, kSender, kLives,
     "AcksTo must be the anonymous address: sessions here outlive the process, and those posts would not."},
    {Violation::kOfferEndpointNotAcksTo, FaultCode::kCreateSequenceRefused, kSender, kLives,
     "The Endpoint of the Offer and AcksTo must be the same address."},
    {Violation::kUnknownIncompleteSequenceBehavior, FaultCode::kCreateSequenceRefused, kSender, kLives,
     "IncompleteSequenceBehavior must be DiscardEntireSequence, DiscardFollowingFirstGap or NoDiscard."},
    {Violation::kOfferInUse, FaultCode::kCreateSequenceRefused, kSender, kLives,
     "The offered sequence belongs to another session already."},
    {Violation::kMessageIdInUse, FaultCode::kCreateSequenceRefused, kSender, kLives,
     "Another CreateSequence had this wsa:MessageID."},
    {Violation::kExpiresInvalid, FaultCode::kCreateSequenceRefused, kSender, kLives,
     "Expires must be a duration that is not negative."},
    // WCF's clients report this one as ServerTooBusy, which programs try again.
    {Violation::kTooManySequences, FaultCode::kConnectionLimitReached, kReceiver, kLives,
     "This endpoint has too many sessions open; try again later."},
    // Not CreateSequenceRefused: a client that learns whether the service replies would do without its Offer.
    {Violation::kStoreTakesNothing, FaultCode::kConnectionLimitReached, kReceiver, kLives,
     "The sessions of this endpoint are kept in a store, which takes no new ones; try again later."},
    {Violation::kEndpointClosing, FaultCode::kEndpointUnavailable, kSender, kLives,
     "This endpoint is closing and takes no new sessions."},
};

// Detail/Identifier belongs to these only (WS-RM 1.1 section 4).
bool NamesSequence(FaultCode code) {
  switch (code) {
    case FaultCode::kSequenceTerminated:
    case FaultCode::kUnknownSequence:
    case FaultCode::kMessageNumberRollover:
    case FaultCode::kLastMessageNumberExceeded:
    case FaultCode::kSequenceClosed:
      return true;
    default:
      return false;
  }
}

// The identifier in a body of the protocol; empty where there is none.
struct BodyIdentifier {
  SequenceId operator()(const wire::CloseSequence& body) const { return body.id; }
  SequenceId operator()(const wire::CloseSequenceResponse& body) const { return body.id; }
  SequenceId operator()(const wire::TerminateSequence& body) const { return body.id; }
  SequenceId operator()(const wire::TerminateSequenceResponse& body) const { return body.id; }
  SequenceId operator()(const wire::CreateSequenceResponse& body) const { return body.id; }
  SequenceId operator()(const wire::Fault& body) const { return body.id.value_or(SequenceId()); }
  SequenceId operator()(const wire::CreateSequence&) const { return SequenceId(); }
  SequenceId operator()(const wire::EmptyBody&) const { return SequenceId(); }
  SequenceId operator()(const wire::PayloadPointer&) const { return SequenceId(); }
};

}  // namespace

const FaultRule& RuleOf(Violation violation) {
  for (const FaultRule& rule : kRules) {
    if (rule.violation == violation) return rule;
  }
  assert(false && "every violation has its row");
  return kRules[0];
}

wire::Fault MakeFault(Violation violation, const SequenceId& id) {
  const FaultRule& rule = RuleOf(violation);
  wire::Fault fault;
  fault.code = rule.code;
  fault.sender = rule.sender;
  fault.reason = rule.reason;
  if (!id.empty() && NamesSequence(rule.code)) fault.id = id;
  return fault;
}

wire::Fault MakeHeaderFault(Violation violation, wire::AddressingVersion version, std::string_view header) {
  wire::Fault fault = MakeFault(violation);
  fault.problem_header = "{";
  fault.problem_header.append(wire::AddressingNamespace(version)).append("}").append(header);
  return fault;
}

wire::Fault MakeRolloverFault(wire::RmVersion version, const SequenceId& id) {
  wire::Fault fault = MakeFault(Violation::kMessageNumberRollover, id);
  // 1.1 added MaxMessageNumber to the Detail (section 4.4); WCF wants to read it there.
  if (version == wire::RmVersion::k11) fault.max_message_number = MessageNumber(MessageNumber::kMaximum);
  return fault;
}

Status EndedBy(Violation violation) { return EndedByFault(MakeFault(violation)); }

Status EndedByFault(const wire::Fault& fault) {
  return Status::Error(ErrorClass::kSequenceDead, wire::Name(fault.code), fault.reason,
                       "The client broke the protocol and has to open a new session.");
}

Status EndedByPeer(const wire::Fault& fault) {
  return Status::Error(ErrorClass::kSequenceDead, wire::Name(fault.code), fault.reason,
                       "The client gave the session up; the reason is its own.");
}

SequenceId BodySequence(const wire::Envelope& message) { return std::visit(BodyIdentifier(), message.body); }

SequenceId ConcernedSequence(const wire::Envelope& message) {
  if (message.acknowledgement) return message.acknowledgement->id;
  if (message.sequence) return message.sequence->id;
  if (message.ack_requested) return message.ack_requested->id;
  return BodySequence(message);
}

std::string_view FaultAction(const wire::Protocol& protocol, FaultCode code) {
  switch (code) {
    case FaultCode::kEndpointUnavailable:
    case FaultCode::kMessageAddressingHeaderRequired:
    case FaultCode::kOnlyAnonymousAddressSupported:
    case FaultCode::kActionNotSupported:
      return wire::AddressingFaultAction(protocol.addressing);
    case FaultCode::kMustUnderstand:
    case FaultCode::kOther:
      return wire::SoapFaultAction(protocol.addressing);
    default:
      return wire::RmFaultAction(protocol);
  }
}

Respond FaultResponse(const wire::Envelope& request, wire::Fault fault) {
  Respond response;
  response.http_status = 500;
  wire::Envelope& envelope = response.envelope;
  envelope.protocol = request.protocol;
  envelope.addressing.action = FaultAction(request.protocol, fault.code);
  envelope.addressing.relates_to = request.addressing.message_id;
  if (envelope.addressing.action == wire::ActionUri(wire::RmVersion::k11, wire::RmAction::kFault)) {
    envelope.rm_action = wire::RmAction::kFault;
  }
  envelope.body = std::move(fault);
  return response;
}

}  // namespace gsoaprm::engine
