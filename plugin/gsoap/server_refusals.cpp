#include "gsoap/server_refusals.h"

#include <strings.h>

#include <cstring>
#include <utility>

#include "engine/faults.h"

namespace gsoaprm::binding {
namespace {

// As what is no XML (engine/unreadable.cpp): it may have been damaged or delayed on its way, so it is sent again.
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

}  // namespace

engine::Respond TooLargeRefusal(const struct soap* soap, std::size_t max_message_size) {
  return UnreadRefusal(
      soap, true,
      "message too large: it has more than max_message_size, " + std::to_string(max_message_size) + " bytes");
}

engine::Respond TooSlowRefusal(const struct soap* soap, std::int64_t read_timeout) {
  engine::Respond respond = UnreadRefusal(
      soap, true,
      "message too slow: it was not read within read_timeout, " + std::to_string(read_timeout) + " milliseconds");
  respond.http_status = kBadRequest;
  return respond;
}

engine::Respond DimeRefusal(const struct soap* soap) {
  return UnreadRefusal(soap, true, "DIME messages are not taken; use MTOM attachments");
}

engine::Respond DamagedRefusal(const struct soap* soap) {
  engine::Respond respond =
      UnreadRefusal(soap, true, "the message cannot be decompressed: its gzip or deflate is damaged");
  respond.http_status = kBadRequest;
  return respond;
}

void AdoptSoapVersion(const struct soap* soap, wire::Envelope* unreadable) {
  if (unreadable->protocol.soap == wire::SoapVersion::k12) unreadable->protocol.soap = VersionOfContentType(soap);
}

engine::Respond IncompatiblePluginRefusal(const struct soap* soap, const std::string& sentence) {
  return UnreadRefusal(soap, false, "this service cannot be reliable: " + sentence);
}

}  // namespace gsoaprm::binding
