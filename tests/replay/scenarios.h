// Which recorded scenarios are replayed in which role, and why the others are not.
#pragma once

#include <string>
#include <vector>

namespace gsoaprm::replay {

// "rm10/rr-clean", ... in the order of the names; every folder with exchanges.
std::vector<std::string> RecordedScenarios();

// The reason why our server (or client) is not held against a scenario; "" when it is.
std::string WhyNotToServer(const std::string& scenario);
std::string WhyNotToClient(const std::string& scenario);

// The client called from many threads. Which of its requests comes when is chance: they are compared as a set.
bool IsOfManyCallers(const std::string& scenario);

}  // namespace gsoaprm::replay
