#include "engine/initiator_peer_faults.h"

#include <cstddef>
#include <string>

#include "wire/describe.h"

namespace gsoaprm::engine {
namespace {

// SequenceTerminated is WCF's word for everything that went wrong; which it was stands in the reason text only.
struct KnownReason {
  const char* fragment;  // of the reason that WCF writes
  const char* cause;
  const char* advice;
};

// From the special to the general: the first row whose fragment occurs counts.
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
     "Open a new session if work is left; every call was already answered."},
    {"before all reply sequence messages were acknowledged", "Replies were not acknowledged when the session ended.",
     "Open a new session if work is left; every call was already answered."},
    {"buffer quota", "A message of the sequence was too large for the peer's buffer.",
     "Raise the peer's limits on received messages, or send smaller ones."},
    {"before the sequence was successfully completed", "The peer has not received every message that was sent.",
     "Open a new session and repeat the calls that failed."},
    {"before message transfer was complete", "The peer closed while messages were under way.",
     "Open a new session and repeat the calls that failed."},
    {"expects no more messages", "The peer's application had already ended the session.",
     "Agree on who ends the session: messages were still to come."},
    {"last message within the timeout", "The peer could not send its last message in time.",
     "Raise the peer's close timeout."},
    {"does not support an RM destination initiated",
     "The peer took a message for an attempt to close from the wrong side.",
     "Check that both ends speak the same version of WS-ReliableMessaging."},
    {"wsa:ReplyTo address", "The peer answers only on the response of the request, and another ReplyTo arrived there.",
     "Check what stands between the two ends; a header block seems to be rewritten."},
    {"unexpected identifier", "An answer did not relate to the request that the peer had sent.",
     "Check that no intermediary mixes the answers of different sessions."},
    {"request's response was a message with action", "The answer to a request of the peer was another message.",
     "Check that no intermediary mixes the answers of different sessions."},
    {"had not been sent", "The peer received an answer to a request that it had not sent.",
     "Check that no intermediary mixes the answers of different sessions."},
    {"add a sequence message to the window", "The peer could not send its next message, and does not say why.",
     "See what the peer logs, and open a new session."},
    {"does not process acknowledgement messages", "The service is one-way, and has no replies to acknowledge.",
     "Set session_shape to one-way for this endpoint."},
    {"AcknowledgementRange", "The peer could not read an acknowledgement.",
     "Check that both ends speak the same version of WS-ReliableMessaging."},
    {"CreateSequence", "The peer received a handshake message that it did not expect.",
     "Check that no other session uses the same identifiers."},
    {"TerminateSequence", "The peer received an end of sequence that it did not expect.",
     "Check that no other session uses the same identifiers."},
    {"CloseSequence", "The peer received an end of sequence that it did not expect.",
     "Check that no other session uses the same identifiers."},
    {"AckRequested", "The peer received a request for an acknowledgement that it did not expect.",
     "Check that both ends speak the same version of WS-ReliableMessaging."},
    {"received an unexpected", "The peer received a message of the protocol that it did not expect.",
     "Check that both ends speak the same version of WS-ReliableMessaging."},
};

// Likewise CreateSequenceRefused, WCF's word for everything that it does not like about a session to be.
constexpr KnownReason kRefusalReasons[] = {
    {"must not contain an offer", "The service's contract has one-way operations only.",
     "Set session_shape to one-way (or learn) for this endpoint."},
    {"must contain an offer", "The service's contract has operations that reply.",
     "Set session_shape to request-reply (or learn) for this endpoint."},
    {"WS-SecureConversation", "The service's binding has message security.",
     "Give the service a binding without it (security mode None or Transport): secure conversation is not spoken "
     "here."},
    {"SecurityTokenReference", "The two ends do not agree whether the session is bound to a security token.",
     "Give the service a binding without message security (mode None or Transport)."},
    {"sessions that use SSL", "The session was to be bound to the TLS connection, which the service does not do.",
     "Check what stands between the two ends; this client does not ask for it."},
    {"AcksTo Uri and the", "The addresses for acknowledgements and for replies were not the same to the service.",
     "Check what stands between the two ends; an address seems to be rewritten on its way."},
    {"IncompleteSequenceBehavior", "The service does not know a value that this client may not change.",
     "Check what stands between the two ends; the message seems to be rewritten on its way."},
    {"more than 1 root element", "The service found more than the request in the message.",
     "Check what stands between the two ends; the message seems to be rewritten on its way."},
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
    {wire::FaultCode::kOnlyAnonymousAddressSupported,
     "Leave ReplyTo and FaultTo out, or set them to the anonymous address."},
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

// What is known of this reason, or what the code alone tells.
template <std::size_t N>
std::string AdviceOnReason(const KnownReason (&reasons)[N], const wire::Fault& fault) {
  for (const KnownReason& known : reasons) {
    if (fault.reason.find(known.fragment) != std::string::npos) return std::string(known.cause) + " " + known.advice;
  }
  return Advice(fault);
}

}  // namespace

Status CreateRefusal(const wire::Fault& fault) {
  const bool later = fault.code == wire::FaultCode::kConnectionLimitReached;
  const bool refused = fault.code == wire::FaultCode::kCreateSequenceRefused;
  return Status::Error(later ? ErrorClass::kTryAgain : ErrorClass::kEndpointDead, Code(fault), fault.reason,
                       refused ? AdviceOnReason(kRefusalReasons, fault) : Advice(fault));
}

Status PeerFault(const wire::Envelope& answer) {
  const wire::Fault* fault = answer.fault();
  if (fault == nullptr) {
    return Status::Error(ErrorClass::kSequenceDead, "Fault",
                         "The answer is a fault that does not belong to the session.",
                         "See what the service, or an intermediary before it, logs about this fault.");
  }
  const bool terminated = fault->code == wire::FaultCode::kSequenceTerminated;
  return Status::Error(ErrorClass::kSequenceDead, Code(*fault), fault->reason,
                       terminated ? AdviceOnReason(kTerminationReasons, *fault) : Advice(*fault));
}

}  // namespace gsoaprm::engine
