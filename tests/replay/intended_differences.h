// The differences between us and WCF that are ours on purpose. Any other difference fails; an entry that never applied
// fails as well.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "replay/comparison.h"

namespace gsoaprm::replay {

struct IntendedDifference {
  const char* scenario;  // pattern (*, ?, []) over "server/rm11/rr-clean": whose role we play, version, scenario
  const char* action;    // pattern over the last part of wsa:Action of WCF's message; "-" where it has no body
  const char* path;      // pattern over Difference::path
  Aspect aspect;
  const char* reason;
};

const std::vector<IntendedDifference>& IntendedDifferences();

// The first entry that covers the difference.
std::optional<std::size_t> FindIntended(const std::string& scenario, const std::string& action,
                                        const Difference& difference);

// "AddResponse" of a message whose action is ".../ICalculator/AddResponse"; "-" without a body.
std::string ShortAction(const HttpMessage& message);

// What remains of `differences` when the intended ones are taken out; the entries used are noted in `applied`.
std::vector<std::string> Unintended(const std::string& scenario, const HttpMessage& captured, const std::string& where,
                                    const std::vector<Difference>& differences, std::vector<bool>* applied);

}  // namespace gsoaprm::replay
