#include "wire/describe.h"

#include <algorithm>
#include <string_view>

namespace gsoaprm::wire {

namespace {

// The last characters of an identifier are enough to tell sequences apart by eye.
constexpr std::size_t kShownOfIdentifier = 6;

std::string_view Short(const SequenceId& id) {
  const std::string_view text = id.text();
  return text.substr(text.size() - std::min(text.size(), kShownOfIdentifier));
}

// "http://example.org/ICalculator/Add" -> "Add"
std::string_view LastSegment(std::string_view uri) { return uri.substr(uri.find_last_of("/:#") + 1); }

void AppendAcknowledgement(const AcknowledgementHeader& header, std::string* out) {
  out->append(" ack=").append(Short(header.id));
  if (header.ranges.empty()) out->append("[none]");
  for (const MessageRange& range : header.ranges.ranges()) {
    out->append("[").append(std::to_string(range.lower.value()));
    out->append("-").append(std::to_string(range.upper.value())).append("]");
  }
  if (header.final) out->append(" final");
  if (header.buffer_remaining) out->append(" buf=").append(std::to_string(*header.buffer_remaining));
}

void AppendFault(const Fault& fault, std::string* out) {
  out->append("fault ").append(fault.code == FaultCode::kOther ? fault.other_code : Name(fault.code));
  if (fault.id) out->append(" id=").append(Short(*fault.id));
}

}  // namespace

std::string Describe(const Envelope& envelope) {
  std::string out;
  if (const Fault* fault = envelope.fault()) {
    AppendFault(*fault, &out);
  } else if (envelope.rm_action != RmAction::kNone) {
    out.append(Name(envelope.rm_action));
  } else {
    out.append(envelope.addressing.action.empty() ? "message" : LastSegment(envelope.addressing.action));
  }
  if (envelope.payload() && *envelope.payload() && (*envelope.payload())->is_fault) out.append(" (fault)");
  if (envelope.sequence) {
    out.append(" seq=").append(Short(envelope.sequence->id));
    out.append("#").append(std::to_string(envelope.sequence->number.value()));
    if (envelope.sequence->last_message) out.append(" last");
  }
  if (envelope.acknowledgement) AppendAcknowledgement(*envelope.acknowledgement, &out);
  if (envelope.ack_requested) out.append(" ackreq=").append(Short(envelope.ack_requested->id));
  return out;
}

const char* Name(FaultCode code) {
  switch (code) {
    case FaultCode::kSequenceTerminated:
      return "SequenceTerminated";
    case FaultCode::kUnknownSequence:
      return "UnknownSequence";
    case FaultCode::kInvalidAcknowledgement:
      return "InvalidAcknowledgement";
    case FaultCode::kMessageNumberRollover:
      return "MessageNumberRollover";
    case FaultCode::kLastMessageNumberExceeded:
      return "LastMessageNumberExceeded";
    case FaultCode::kSequenceClosed:
      return "SequenceClosed";
    case FaultCode::kCreateSequenceRefused:
      return "CreateSequenceRefused";
    case FaultCode::kWsrmRequired:
      return "WsrmRequired";
    case FaultCode::kConnectionLimitReached:
      return "ConnectionLimitReached";
    case FaultCode::kEndpointUnavailable:
      return "EndpointUnavailable";
    case FaultCode::kMessageAddressingHeaderRequired:
      return "MessageAddressingHeaderRequired";
    case FaultCode::kOnlyAnonymousAddressSupported:
      return "OnlyAnonymousAddressSupported";
    case FaultCode::kActionNotSupported:
      return "ActionNotSupported";
    case FaultCode::kMustUnderstand:
      return "MustUnderstand";
    case FaultCode::kOther:
      return "Other";
  }
  return "?";
}

const char* Name(RmAction action) {
  switch (action) {
    case RmAction::kNone:
      return "None";
    case RmAction::kCreateSequence:
      return "CreateSequence";
    case RmAction::kCreateSequenceResponse:
      return "CreateSequenceResponse";
    case RmAction::kSequenceAcknowledgement:
      return "SequenceAcknowledgement";
    case RmAction::kAckRequested:
      return "AckRequested";
    case RmAction::kLastMessage:
      return "LastMessage";
    case RmAction::kCloseSequence:
      return "CloseSequence";
    case RmAction::kCloseSequenceResponse:
      return "CloseSequenceResponse";
    case RmAction::kTerminateSequence:
      return "TerminateSequence";
    case RmAction::kTerminateSequenceResponse:
      return "TerminateSequenceResponse";
    case RmAction::kFault:
      return "Fault";
  }
  return "?";
}

}  // namespace gsoaprm::wire
