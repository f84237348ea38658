#include "tests/scenarios/scripts.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace gsoaprm::scenarios {

std::string ReadFile(const std::string& file) {
  std::ifstream stream(file);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::vector<ScriptFile> FindScripts() {
  std::vector<std::string> paths;
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kFolder, error)) {
    const std::string path = entry.path().generic_string().substr(sizeof kFolder - 1);
    if (entry.path().extension() == ".rm") paths.push_back(path.substr(0, path.size() - 3));
  }
  std::sort(paths.begin(), paths.end());
  std::vector<ScriptFile> scripts;
  for (const std::string& path : paths) {
    const ParseResult result = Parse(ReadFile(kFolder + path + ".rm"));
    // One that cannot be read fails where it is played.
    const wire::RmVersion version = result.script ? result.script->protocol.rm : wire::RmVersion::kFebruary2005;
    scripts.push_back(ScriptFile{path, version});
    if (result.script && result.script->both_versions) scripts.push_back(ScriptFile{path, wire::RmVersion::k11});
  }
  return scripts;
}

}  // namespace gsoaprm::scenarios
