// Arbitrary text as a scenario script. What can be parsed is printed, and the parser reads the print as the same
// script.
#include <cstddef>
#include <cstdint>
#include <string>

#include "tests/fuzz/input.h"
#include "tests/fuzz/require.h"
#include "tests/scenarios/script.h"

namespace gsoaprm::scenarios {
namespace {

void ParseAndPrint(const std::string& text, wire::RmVersion version) {
  const ParseResult first = Parse(text, version);
  REQUIRE(first.script.has_value() == first.error.empty());
  if (!first.script) return;
  const std::string printed = Print(*first.script);
  const ParseResult second = Parse(printed, version);
  REQUIRE(second.script.has_value());
  REQUIRE(second.script->lines.size() == first.script->lines.size());
  REQUIRE(second.script->both_versions == first.script->both_versions);
  REQUIRE(second.script->protocol == first.script->protocol);
  REQUIRE(Print(*second.script) == printed);
}

}  // namespace
}  // namespace gsoaprm::scenarios

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  gsoaprm::fuzz::Input input(data, size);
  const std::string text = input.Rest();
  using gsoaprm::wire::RmVersion;
  const RmVersion version = size % 2 == 0 ? RmVersion::kFebruary2005 : RmVersion::k11;
  gsoaprm::scenarios::ParseAndPrint(text, version);
  const std::string second_session = gsoaprm::scenarios::LinesOfSession(text, 2);
  if (!second_session.empty()) gsoaprm::scenarios::ParseAndPrint(second_session, version);
  return 0;
}
