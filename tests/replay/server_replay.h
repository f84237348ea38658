// Our server fed with what the WCF client sent; its answers compared with what the WCF service answered.
#pragma once

#include <string>
#include <vector>

#include "replay/capture.h"

namespace gsoaprm::replay {

struct ReplayResult {
  std::vector<std::string> failures;
  std::vector<bool> applied;  // by entry of IntendedDifferences()
};

ReplayResult ReplayToServer(const Capture& capture);

}  // namespace gsoaprm::replay
