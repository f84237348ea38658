#include "wire/describe.h"

namespace gsoaprm::wire {

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
