// What R2 is counted from: `make fault-points` adds up these lines.
#pragma once

#include <cstdint>
#include <cstdio>

namespace gsoaprm::testing {

inline void ReportFaultPoints(const char* kind, std::uint64_t run, std::uint64_t passed) {
  std::printf("fault points: %llu run, %llu passed: %s\n", static_cast<unsigned long long>(run),
              static_cast<unsigned long long>(passed), kind);
}

}  // namespace gsoaprm::testing
