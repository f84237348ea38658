// Plays a script against the role that it is for, in virtual time.
#pragma once

#include <string>

#include "tests/scenarios/script.h"

namespace gsoaprm::scenarios {

// Empty when all happened as it stands there; else "file:line: what was expected, and what was instead".
std::string Play(const Script& script, const std::string& file);

// Reads and plays; as Play().
std::string PlayText(const std::string& text, const std::string& file,
                     wire::RmVersion version = wire::RmVersion::kFebruary2005);

}  // namespace gsoaprm::scenarios
