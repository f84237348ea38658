#include "replay/scenarios.h"

#include <fnmatch.h>

#include <algorithm>
#include <filesystem>

namespace gsoaprm::replay {
namespace {

struct Exclusion {
  const char* scenario;
  const char* reason;
};

const Exclusion kNotToServer[] = {
    {"*/https-username", "needs a WS-Security user name token in every message, which is not part of this library"},
    {"*/client-rm-server-plain", "shows a service without reliable sessions: none of our code answers"},
    {"*/version-mismatch", "our server speaks both versions at once, so that there is no mismatch to answer"},
    {"*/concurrent-ordered*",
     "an early message is kept and acknowledged, where WCF drops it for its client to send again: what the client "
     "would "
     "send then is not in the recording"},
    {"*/rr-slow-flow-control",
     "the same: early messages of ten threads; and one that waits for its turn is acknowledged when it gets it, where "
     "WCF does so when it comes"},
    {"*/ow-slow-flow-off",
     "which messages WCF drops depends on the clock of its operations, and most exchanges are left out"},
};

const Exclusion kNotToClient[] = {
    {"*/concurrent-ordered*", "threads of WCF's client decide which call gets which number, and when"},
    {"*/rr-slow-flow-control", "ten threads of WCF's client decide which call gets which number, and when"},
    {"*/ow-slow-flow-off", "most exchanges are left out of the recording"},
    {"*/client-plain-server-rm", "shows a client without reliable sessions: none of our code calls"},
    {"*/https-username", "needs a WS-Security user name token in every message, which is not part of this library"},
};

template <std::size_t size>
std::string Find(const Exclusion (&exclusions)[size], const std::string& scenario) {
  for (const Exclusion& exclusion : exclusions)
    if (fnmatch(exclusion.scenario, scenario.c_str(), 0) == 0) return exclusion.reason;
  return "";
}

}  // namespace

std::vector<std::string> RecordedScenarios() {
  namespace fs = std::filesystem;
  std::vector<std::string> names;
  for (const char* const version : {"rm10", "rm11"}) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(std::string("tests/captures/") + version, error))
      if (fs::exists(entry.path() / "exchanges.txt"))
        names.push_back(std::string(version) + "/" + entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool IsOfManyCallers(const std::string& scenario) { return fnmatch("*/concurrent-*", scenario.c_str(), 0) == 0; }

std::string WhyNotToServer(const std::string& scenario) { return Find(kNotToServer, scenario); }
std::string WhyNotToClient(const std::string& scenario) { return Find(kNotToClient, scenario); }

}  // namespace gsoaprm::replay
