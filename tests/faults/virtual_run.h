// A whole session of client and server, session layer and engine, in virtual time over a network that loses nothing:
// open, three calls, one one-way message, close. Memory may fail anywhere in what is the plugin's.
#pragma once

#include <cstdint>
#include <string>

#include "wire/protocol_version.h"

namespace gsoaprm::faults {

struct RunResult {
  std::string broken;             // what does not hold, as a sentence; empty when all does
  std::uint64_t allocations = 0;  // counted
  bool failed = false;            // the one that was to fail was reached
  int calls_failed = 0;
  int sessions = 0;  // that the client opened
};

// `failing`: which allocation fails; 0: none.
RunResult RunInVirtualTime(wire::RmVersion version, std::uint64_t failing);

}  // namespace gsoaprm::faults
