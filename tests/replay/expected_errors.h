// What our client reports where the WCF client threw an exception.
#pragma once

#include <string>

namespace gsoaprm::replay {

// The code of the error of call number `call` (from 1), or of the close when `call` is 0; "" when it succeeds.
// Faults of the application, which are no errors of the session, are "fault: REASON".
std::string ExpectedError(const std::string& scenario, int call);

}  // namespace gsoaprm::replay
