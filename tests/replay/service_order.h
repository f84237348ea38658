// The order in which the recorded service did its work, where the times of a recording do not tell.
#pragma once

#include <vector>

#include "replay/capture.h"

namespace gsoaprm::replay {

// The intermediary saw a reply some time after the service had made it, and may have seen other requests in between.
// The protocol says what came first: a reply acknowledges every message taken before it was made, and replies are
// numbered in the order in which they were made. Replies are put before what they do not know of.
std::vector<Event> InOrderOfService(const Capture& capture);

}  // namespace gsoaprm::replay
