// Plays one script, or one session of a trace: run_scenario [--session N] FILE
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/scenarios/play.h"

namespace {

using gsoaprm::scenarios::LinesOfSession;
using gsoaprm::scenarios::Parse;
using gsoaprm::scenarios::PlayText;
using gsoaprm::wire::RmVersion;

int Usage() {
  std::fprintf(stderr, "usage: run_scenario [--session N] FILE\n");
  return 2;
}

bool PlayAs(const std::string& text, const std::string& file, RmVersion version) {
  const std::string failure = PlayText(text, file, version);
  if (!failure.empty()) std::printf("%s\n", failure.c_str());
  return failure.empty();
}

}  // namespace

int main(int argc, char** argv) {
  int session = 1;
  int next = 1;
  if (argc > 2 && std::strcmp(argv[1], "--session") == 0) {
    session = std::atoi(argv[2]);
    next = 3;
  }
  if (next + 1 != argc || session < 1) return Usage();
  const std::string file = argv[next];
  std::ifstream stream(file);
  if (!stream) {
    std::fprintf(stderr, "%s cannot be read\n", file.c_str());
    return 2;
  }
  std::ostringstream all;
  all << stream.rdbuf();
  const std::string text = LinesOfSession(all.str(), session);
  const auto parsed = Parse(text);
  bool passed = PlayAs(text, file, RmVersion::kFebruary2005);
  if (parsed.script && parsed.script->both_versions) passed = PlayAs(text, file, RmVersion::k11) && passed;
  if (passed) std::printf("%s: all happened as it stands there\n", file.c_str());
  return passed ? 0 : 1;
}
