#include "engine/initiator_peer_faults.h"

#include <string>
#include <string_view>

#include "wire/describe.h"

namespace gsoaprm::engine {
namespace {

// SequenceTerminated is WCF's word for everything that went wrong; which it was stands in the reason text only.
struct KnownReason {
  const char* fragment;  // of the reason that WCF writes
  const char* cause;
  const char* advice;
};

constexpr KnownReason kTerminationReasons[] = {
    {"inactivity timeout", "The peer heard nothing of the session for longer than its inactivity timeout.",
     "Keep inactivity_timeout at or below that of the peer, so that keep-alives come in time."},
    {"maximum retry count", "The peer sent a message again and again without an acknowledgement.",
     "Check the way back from here to the peer; answers seem to be lost."},
    {"user abort", "The application at the other end aborted the session.", "Open a new session if work is left."},
    {"with no acknowledgement", "A reply lacked the acknowledgement that the peer demands.",
     "Check what stands between the two ends; header blocks seem to be removed."},
    {"final acknowledgement", "The closing answer lacked the final acknowledgement.",
     "Check what stands between the two ends; header blocks seem to be removed."},
    {"Two different wsrm:LastMsgNumber", "Close and Terminate named different last numbers.",
     "Check that nothing between the two ends repeats messages of another session."},
    {"LastMsgNumber value is too small", "The session was closed below a number that the peer has received.",
     "Check that nothing between the two ends repeats messages of another session."},
    {"stopped waiting for a particular reply", "The application at the other end gave up waiting for a reply.",
     "Raise the peer's send timeout, or let the operation answer sooner."},
    {"must be acknowledged prior to closing", "Replies were not acknowledged when the session closed.",
     "Close again with a new session; every call was already answered."},
    {"buffer quota", "A message of the sequence was too large for the peer's buffer.",
     "Raise the peer's limits on received messages, or send smaller ones."},
    {"before the sequence was successfully completed", "The peer has not received every message that was sent.",
     "Open a new session and repeat the calls that failed."},
    {"closed before message transfer was complete", "The peer closed while messages were under way.",
     "Open a new session and repeat the calls that failed."},
    {"expects no more messages", "The peer's application had already ended the session.",
     "Agree on who ends the session: messages were still to come."},
    {"last message within the timeout", "The peer could not send its last message in time.",
     "Raise the peer's close timeout."},
    {"does not support an RM destination initiated",
     "The peer took a message for an attempt to close from the wrong side.",
     "Check that both ends speak the same version of WS-ReliableMessaging."},
    {"AcknowledgementRange", "The peer could not read an acknowledgement.",
     "Check that both ends speak the same version of WS-ReliableMessaging."},
    {"CreateSequence", "The peer received a handshake message that it did not expect.",
     "Check that no other session uses the same identifiers."},
    {"TerminateSequence", "The peer received an end of sequence that it did not expect.",
     "Check that no other session uses the same identifiers."},
    {"received an unexpected", "The peer received a message of the protocol that it did not expect.",
     "Check that both ends speak the same version of WS-ReliableMessaging."},
};

struct CodeAdvice {
  wire::FaultCode code;
  const char* advice;
};

constexpr CodeAdvice kAdvice[] = {
    {wire::FaultCode::kSequenceTerminated, "Open a new session; the reason above says what to mend."},
    {wire::FaultCode::kUnknownSequence,
     "The service has forgotten the session (restart, recycling or its inactivity timeout): open a new one."},
    {wire::FaultCode::kInvalidAcknowledgement, "Check that no intermediary mixes the answers of different sessions."},
    {wire::FaultCode::kMessageNumberRollover, "Open a new session: this one has used up its message numbers."},
    {wire::FaultCode::kLastMessageNumberExceeded, "Open a new session: this one was already ended."},
    {wire::FaultCode::kSequenceClosed, "Open a new session: this one was already closed."},
    {wire::FaultCode::kCreateSequenceRefused,
     "Check that the service has a reliable session switched on and that its contract fits the shape of this session."},
    {wire::FaultCode::kWsrmRequired, "The service demands WS-ReliableMessaging 1.1: set the version accordingly."},
    {wire::FaultCode::kConnectionLimitReached, "Try again later, or raise maxPendingChannels at the service."},
    {wire::FaultCode::kEndpointUnavailable, "The service is being shut down: try again when it is up."},
    {wire::FaultCode::kMessageAddressingHeaderRequired, "Check that both ends use the same version of WS-Addressing."},
    {wire::FaultCode::kActionNotSupported,
     "The service does not know this action: check its contract, and whether it has a reliable session switched on."},
    {wire::FaultCode::kMustUnderstand,
     "The service does not speak WS-ReliableMessaging in this version: check its binding."},
};

const char* Advice(const wire::Fault& fault) {
  for (const CodeAdvice& entry : kAdvice) {
    if (entry.code == fault.code) {
      return entry.advice;
    }
  }
  return "See what the service logs about this fault.";
}

std::string Code(const wire::Fault& fault) {
  const bool unknown = fault.code == wire::FaultCode::kOther;
  return unknown && !fault.other_code.empty() ? fault.other_code : wire::Name(fault.code);
}

Status Terminated(const wire::Fault& fault) {
  for (const KnownReason& known : kTerminationReasons) {
    if (fault.reason.find(known.fragment) != std::string::npos) {
      return Status::Error(ErrorClass::kSequenceDead, Code(fault), fault.reason,
                           std::string(known.cause) + " " + known.advice);
    }
  }
  return Status::Error(ErrorClass::kSequenceDead, Code(fault), fault.reason, Advice(fault));
}

}  // namespace

Status CreateRefusal(const wire::Fault& fault) {
  const bool later = fault.code == wire::FaultCode::kConnectionLimitReached;
  return Status::Error(later ? ErrorClass::kTryAgain : ErrorClass::kEndpointDead, Code(fault), fault.reason,
                       Advice(fault));
}

Status PeerFault(const wire::Envelope& answer) {
  const wire::Fault* fault = answer.fault();
  if (fault == nullptr) {
    return Status::Error(ErrorClass::kSequenceDead, "Fault",
                         "The answer is a fault that does not belong to the session.",
                         "See what the service, or an intermediary before it, logs about this fault.");
  }
  if (fault->code == wire::FaultCode::kSequenceTerminated) {
    return Terminated(*fault);
  }
  return Status::Error(ErrorClass::kSequenceDead, Code(*fault), fault->reason, Advice(*fault));
}

}  // namespace gsoaprm::engine
