// SQLite's codes as statuses with a reason and advice.
#pragma once

#include <string>

#include "base/status.h"

namespace gsoaprm::store {

// `what` was to be done with the file, e.g. "write".
Status SqliteProblem(int code, const std::string& path, const std::string& what);
// Something that is in the file cannot be right.
Status DamagedProblem(const std::string& path, const std::string& what);
bool IsDamage(int code);

}  // namespace gsoaprm::store
