// Plays a script against the role that it is for, in virtual time.
#pragma once

#include <string>

#include "tests/scenarios/script.h"

namespace gsoaprm::scenarios {

// Empty when all happened as it stands there; else "file:line: what was expected, and what was instead".
std::string Play(const Script& script, const std::string& file);

// As Play(), in a durable role that is killed and restarted after the line of this index. Empty also where something is
// under way there that this would break off; then `restarted` is false.
std::string PlayWithRestart(Script script, std::size_t index, const std::string& file, bool* restarted);

// Reads and plays; as Play().
std::string PlayText(const std::string& text, const std::string& file,
                     wire::RmVersion version = wire::RmVersion::kFebruary2005);

}  // namespace gsoaprm::scenarios
