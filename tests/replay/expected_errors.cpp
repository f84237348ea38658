#include "replay/expected_errors.h"

#include <fnmatch.h>

namespace gsoaprm::replay {
namespace {

struct Expected {
  const char* scenario;
  int call;
  const char* code;
};

const Expected kExpected[] = {
    {"*/rr-fault", 1, "fault: because 1"},
    {"*/rr-fault", 2, "fault: because 2"},
};

}  // namespace

std::string ExpectedError(const std::string& scenario, int call) {
  for (const Expected& expected : kExpected)
    if (expected.call == call && fnmatch(expected.scenario, scenario.c_str(), 0) == 0) return expected.code;
  return "";
}

}  // namespace gsoaprm::replay
