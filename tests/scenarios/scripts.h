// The scripts of this folder.
#pragma once

#include <string>
#include <vector>

#include "tests/scenarios/script.h"

namespace gsoaprm::scenarios {

inline constexpr char kFolder[] = "tests/scenarios/";  // from the top folder, where the tests run

struct ScriptFile {
  std::string path;  // "gaps/unordered"
  wire::RmVersion version = wire::RmVersion::kFebruary2005;

  std::string file() const { return kFolder + path + ".rm"; }
};

std::string ReadFile(const std::string& file);
// All of them in the order of their names; one for both versions stands there twice.
std::vector<ScriptFile> FindScripts();

}  // namespace gsoaprm::scenarios
