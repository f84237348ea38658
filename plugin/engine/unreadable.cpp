#include "engine/unreadable.h"

#include <utility>

#include "engine/listener.h"

namespace gsoaprm::engine {

namespace {

// WCF answers with this status what is no message. Its clients, and ours, send such a one again, since it may have been
// damaged on its way; the fault with status 500 would end the session.
constexpr int kBadRequest = 400;

wire::FaultCode CodeOf(const wire::ReadResult& result) {
  switch (result.error) {
    case wire::ReadError::kNumberRollover:
      return wire::FaultCode::kMessageNumberRollover;
    case wire::ReadError::kDuplicateHeader:
      return wire::FaultCode::kMustUnderstand;  // as WCF answers it
    case wire::ReadError::kInvalidRm:
      return result.envelope.rm_action == wire::RmAction::kCreateSequence ? wire::FaultCode::kCreateSequenceRefused
                                                                          : wire::FaultCode::kSequenceTerminated;
    default:
      return wire::FaultCode::kOther;
  }
}

}  // namespace

wire::Fault UnreadableFault(const wire::ReadResult& result) {
  const wire::Envelope& envelope = result.envelope;
  wire::Fault fault;
  fault.code = CodeOf(result);
  fault.reason = result.reason;
  if (fault.code == wire::FaultCode::kMustUnderstand) {
    fault.problem_header = "{";
    fault.problem_header.append(wire::RmNamespace(envelope.protocol.rm)).append("}").append(result.element);
  }
  const bool names_sequence =
      fault.code == wire::FaultCode::kMessageNumberRollover || fault.code == wire::FaultCode::kSequenceTerminated;
  if (names_sequence && envelope.sequence && !envelope.sequence->id.empty()) fault.id = envelope.sequence->id;
  if (fault.code == wire::FaultCode::kMessageNumberRollover) {
    fault.max_message_number = MessageNumber(MessageNumber::kMaximum);
  }
  return fault;
}

bool UnreadableEndsSession(wire::ReadError error) {
  return error == wire::ReadError::kInvalidRm || error == wire::ReadError::kDuplicateHeader;
}

Respond UnreadableResponse(const wire::ReadResult& result, wire::Fault fault) {
  Respond response = FaultResponse(result.envelope, std::move(fault));
  const bool damaged = result.error == wire::ReadError::kMalformed || result.error == wire::ReadError::kNotXml;
  if (damaged) response.http_status = kBadRequest;
  return response;
}

}  // namespace gsoaprm::engine
