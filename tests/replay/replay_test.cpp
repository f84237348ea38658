// Every recorded scenario, in both roles. The table of intended differences is held against what was replayed at the
// end, so these suites stay in one file and in this order.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "replay/client_replay.h"
#include "replay/intended_differences.h"
#include "replay/scenarios.h"
#include "replay/server_replay.h"

namespace gsoaprm::replay {
namespace {

// What has been replayed so far in this run of the program.
struct Ledger {
  int to_server = 0;
  int to_client = 0;
  std::vector<bool> applied = std::vector<bool>(IntendedDifferences().size());

  void Note(const ReplayResult& result) {
    for (std::size_t i = 0; i < result.applied.size(); i++) applied[i] = applied[i] || result.applied[i];
  }
};

Ledger& TheLedger() {
  static Ledger ledger;
  return ledger;
}

std::string NameOf(const std::string& scenario) {
  std::string name = scenario;
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
}

std::string Joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += "  " + line + "\n";
  return text;
}

class Server : public testing::TestWithParam<std::string> {};

TEST_P(Server, AnswersAsTheRecordedServiceDid) {
  TheLedger().to_server++;
  const std::string reason = WhyNotToServer(GetParam());
  if (!reason.empty()) GTEST_SKIP() << reason;
  const Capture capture = LoadCapture(GetParam());
  ASSERT_EQ(capture.problem, "");
  const ReplayResult result = ReplayToServer(capture);
  TheLedger().Note(result);
  EXPECT_TRUE(result.failures.empty()) << Joined(result.failures);
}

INSTANTIATE_TEST_SUITE_P(Recorded, Server, testing::ValuesIn(RecordedScenarios()),
                         [](const auto& param_info) { return NameOf(param_info.param); });

class Client : public testing::TestWithParam<std::string> {};

TEST_P(Client, SendsWhatTheRecordedClientSent) {
  TheLedger().to_client++;
  const std::string reason = WhyNotToClient(GetParam());
  if (!reason.empty()) GTEST_SKIP() << reason;
  const Capture capture = LoadCapture(GetParam());
  ASSERT_EQ(capture.problem, "");
  const ReplayResult result = ReplayToClient(capture);
  TheLedger().Note(result);
  EXPECT_TRUE(result.failures.empty()) << Joined(result.failures);
}

INSTANTIATE_TEST_SUITE_P(Recorded, Client, testing::ValuesIn(RecordedScenarios()),
                         [](const auto& param_info) { return NameOf(param_info.param); });

class Table : public testing::TestWithParam<std::size_t> {};

TEST_P(Table, EntryHasApplied) {
  const int all = static_cast<int>(RecordedScenarios().size());
  if (TheLedger().to_server < all || TheLedger().to_client < all)
    GTEST_SKIP() << "only part of the scenarios was replayed in this run";
  const IntendedDifference& entry = IntendedDifferences()[GetParam()];
  EXPECT_TRUE(TheLedger().applied[GetParam()])
      << "no longer a difference: " << entry.scenario << " " << entry.action << " " << entry.path << " "
      << ToString(entry.aspect) << " (" << entry.reason << ")";
}

INSTANTIATE_TEST_SUITE_P(OfIntendedDifferences, Table, testing::Range<std::size_t>(0, IntendedDifferences().size()),
                         [](const auto& param_info) { return std::to_string(param_info.param); });

TEST(Recordings, AreAllThere) { EXPECT_EQ(RecordedScenarios().size(), 147u); }

}  // namespace
}  // namespace gsoaprm::replay
