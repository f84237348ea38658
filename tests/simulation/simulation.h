// One run: a client and a server, a network that is bad for a while and then sound, and the oracle.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/simulation/parameters.h"
#include "tests/simulation/tally.h"
#include "tests/simulation/trace.h"

namespace gsoaprm::simulation {

struct RunResult {
  Tally tally;
  std::vector<std::string> violations;  // empty when every promise was kept
  std::uint64_t events = 0;
};

// `trace` may be disabled.
RunResult Simulate(const Parameters& parameters, Trace* trace);

}  // namespace gsoaprm::simulation
