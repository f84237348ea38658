// Where the envelope is in an entity: all of it, or the root part of multipart/related (RFC 2387), as MTOM has it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gsoaprm::wire {

struct EntityPart {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// Nothing when content_type is multipart but the entity has no such root part, or gSOAP would take another part for it,
// which is then parsed without having been looked at.
std::optional<EntityPart> FindRootPart(std::string_view entity, std::string_view content_type);

// The value of a parameter of a MIME header, without quotes; empty when it is not there. Its name in lower case.
std::string MimeParameter(std::string_view header_value, std::string_view name);

}  // namespace gsoaprm::wire
