// What a kept message counts for against a session's memory.
#pragma once

#include <cstddef>

#include "wire/payload.h"

namespace gsoaprm::engine {

// What surrounds the text: nodes, strings of the addressing, allocation. Counted so that many empty messages are not
// free.
constexpr std::size_t kMessageOverhead = 512;

inline std::size_t MessageSize(const wire::Payload* payload) {
  if (payload == nullptr) return kMessageOverhead;
  return kMessageOverhead + payload->entity.size() + payload->content_type.size();
}

}  // namespace gsoaprm::engine
