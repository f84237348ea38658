// A sequence belongs to the principal that made it: everything that somebody else may say about it, over any transport.
#pragma once

#include <functional>
#include <string>

#include "gsoap/support/raw_http.h"

namespace gsoaprm::testing {

// One request by somebody, and its answer.
using Asker = std::function<HttpAnswer(const std::string& request)>;

struct TwoWayOperation {
  std::string action;
  std::string body;
  std::function<int()> executions;  // how often it has run
};

// The owner's session is used to its end. The intruder, who knows all its identifiers, is told to each message about it
// that the sequence is unknown, and changes nothing: replies stay kept, numbers free, and the session open.
void ExpectSequenceBelongsToItsOwner(wire::RmVersion version, const TwoWayOperation& operation, const Asker& owner,
                                     const Asker& intruder);

}  // namespace gsoaprm::testing
