// The corpus of every fuzz target, input by input, without libFuzzer: what was once found stays found.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

// FUZZ_TARGETS lists the targets, as FUZZ_TARGET(name) FUZZ_TARGET(name); each is compiled with a name of its own.
#define FUZZ_TARGET(name) extern "C" int Fuzz_##name(const std::uint8_t*, std::size_t);
FUZZ_TARGETS
#undef FUZZ_TARGET

namespace gsoaprm::fuzz {
namespace {

struct Target {
  const char* name;
  int (*run)(const std::uint8_t*, std::size_t);
};
constexpr Target kTargets[] = {
#define FUZZ_TARGET(name) {#name, Fuzz_##name},
    FUZZ_TARGETS
#undef FUZZ_TARGET
};

struct Case {
  const Target* target;
  std::filesystem::path file;
};

std::vector<Case> AllCases() {
  std::vector<Case> cases;
  for (const Target& target : kTargets) {
    const std::filesystem::path folder = std::filesystem::path("tests/fuzz/corpus") / target.name;
    if (!std::filesystem::is_directory(folder)) continue;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) cases.push_back(Case{&target, entry.path()});
  }
  std::sort(cases.begin(), cases.end(), [](const Case& a, const Case& b) { return a.file < b.file; });
  return cases;
}

void PrintTo(const Case& which, std::ostream* out) { *out << which.file; }

std::string NameOf(const ::testing::TestParamInfo<Case>& info) {
  std::string name = std::string(info.param.target->name) + "_" + info.param.file.filename().string();
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

class Corpus : public ::testing::TestWithParam<Case> {};

TEST_P(Corpus, HoldsNoInputThatBreaksItsTarget) {
  std::ifstream file(GetParam().file, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  // Fails by ending the program.
  EXPECT_EQ(GetParam().target->run(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()), 0);
}

INSTANTIATE_TEST_SUITE_P(Of, Corpus, ::testing::ValuesIn(AllCases()), NameOf);

TEST(CorpusFolder, IsThereForEveryTarget) {
  const std::vector<Case> cases = AllCases();
  for (const Target& target : kTargets) {
    EXPECT_TRUE(std::any_of(cases.begin(), cases.end(), [&](const Case& each) { return each.target == &target; }))
        << target.name;
  }
}

}  // namespace
}  // namespace gsoaprm::fuzz
