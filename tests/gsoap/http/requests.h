// Requests of the Echoes contract without RM, as bytes; in chunks.
#pragma once

#include <string>

#include "wire/protocol_version.h"

namespace gsoaprm::testing {

std::string EchoRequest(const std::string& text, wire::SoapVersion version = wire::SoapVersion::k12);
// A request of exactly this size.
std::string EchoRequestOf(std::size_t size, wire::SoapVersion version = wire::SoapVersion::k12);

// The HTTP request with this entity in two chunks; `lines` are further header lines, each ended by CRLF.
std::string PostInChunks(const std::string& content_type, const std::string& entity, const std::string& lines = "");

}  // namespace gsoaprm::testing
