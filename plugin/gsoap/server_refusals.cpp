#include "gsoap/server_refusals.h"

#include <strings.h>

#include <cstring>
#include <utility>

#include "engine/faults.h"

namespace gsoaprm::binding {
namespace {

// WCF answers with this status what is no message. Its clients, and ours, send such a one again, since it may have been
// damaged on its way; the fault with status 500 would end the session.
constexpr int kBadRequest = 400;

// The type of a multipart message names that of its root.
wire::SoapVersion VersionOfContentType(const struct soap* soap) {
  const char* const type = soap->http_content ? soap->http_content : "";
  return strcasestr(type, "text/xml") && !strcasestr(type, "soap+xml") ? wire::SoapVersion::k11
                                                                       : wire::SoapVersion::k12;
}

engine::Respond UnreadRefusal(const struct soap* soap, bool sender, std::string reason) {
  wire::Envelope unread;
  unread.protocol.soap = VersionOfContentType(soap);
  wire::Fault fault;
  fault.sender = sender;
  fault.reason = std::move(reason);
  return engine::FaultResponse(unread, std::move(fault));
}

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

engine::Respond TooLargeRefusal(const struct soap* soap, std::size_t max_message_size) {
  return UnreadRefusal(
      soap, true,
      "message too large: it has more than max_message_size, " + std::to_string(max_message_size) + " bytes");
}

engine::Respond DamagedRefusal(const struct soap* soap) {
  engine::Respond respond =
      UnreadRefusal(soap, true, "the message cannot be decompressed: its gzip or deflate is damaged");
  respond.http_status = kBadRequest;
  return respond;
}

engine::Respond UnreadableRefusal(const struct soap* soap, wire::ReadResult result) {
  wire::Envelope& envelope = result.envelope;
  // Where reading ended before the name of the envelope, its version is not known from there.
  if (envelope.protocol.soap == wire::SoapVersion::k12) envelope.protocol.soap = VersionOfContentType(soap);
  wire::Fault fault;
  fault.code = CodeOf(result);
  fault.reason = std::move(result.reason);
  if (envelope.sequence) fault.id = envelope.sequence->id;
  if (fault.code == wire::FaultCode::kMessageNumberRollover)
    fault.max_message_number = MessageNumber(MessageNumber::kMaximum);
  engine::Respond respond = engine::FaultResponse(envelope, std::move(fault));
  if (result.error == wire::ReadError::kMalformed) respond.http_status = kBadRequest;
  return respond;
}

engine::Respond IncompatiblePluginRefusal(const struct soap* soap, const std::string& sentence) {
  return UnreadRefusal(soap, false, "this service cannot be reliable: " + sentence);
}

}  // namespace gsoaprm::binding
