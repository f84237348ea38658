// The application's message, made of the text of an envelope from which blocks are cut.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "wire/header_reader.h"
#include "wire/payload.h"

namespace gsoaprm::wire {

// What the reader found out about the text. Offsets are those of the entity.
struct EnvelopeLayout {
  std::size_t insert_at = 0;
  bool has_header = false;
  bool header_is_empty_tag = false;  // <Header/>: has to become two tags
  std::string header_name;           // as written, with its prefix; only for an empty tag
  std::string soap_prefix;
  bool prefixes_free = false;
  bool is_fault = false;
};

PayloadPointer MakePayload(std::string entity, std::string_view content_type, const EnvelopeLayout& layout,
                           const HeaderReading& header);

}  // namespace gsoaprm::wire
