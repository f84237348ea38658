// A whole session of a generated client and a generated server over loopback, in a process of its own: open, three
// calls, one one-way message, close. Memory fails once, anywhere in the process but in the test's own code.
#pragma once

#include <cstdint>
#include <string>

#include "soap_rm.h"

namespace gsoaprm::faults {

// What the process leaves behind, however it ends. In memory that both share.
struct SharedRun {
  bool failed = false;     // the allocation that was to fail was reached
  bool in_plugin = false;  // it was made by the plugin, or by gSOAP when the plugin had called it
  bool finished = false;   // the process came to its end
  bool hung = false;       // the watchdog ended it
  int calls_failed = 0;
  std::uint64_t allocations = 0;
  char broken[300] = "";  // what does not hold; empty when all does
};
struct GsoapRun : SharedRun {
  std::string stack;  // that led to the failing allocation
};

// `failing`: which allocation fails; 0: none.
GsoapRun RunWithGsoap(soap_rm_protocol_version version, std::uint64_t failing);

}  // namespace gsoaprm::faults
