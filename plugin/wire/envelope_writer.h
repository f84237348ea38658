// Envelope -> bytes. Protocol messages are written whole; application messages get their header blocks, with their
// own namespace declarations, at Payload::insert_at. Order of blocks as WCF writes them.
#pragma once

#include <string>
#include <string_view>

#include "wire/envelope.h"

namespace gsoaprm::wire {

struct WrittenMessage {
  std::string content_type;
  std::string entity;
};

WrittenMessage WriteEnvelope(const Envelope& envelope);

// Text with & < > " escaped, for element content and attribute values.
std::string EscapeXml(std::string_view text);

}  // namespace gsoaprm::wire
