// The n-th allocation of a whole session fails, for every n: the session layer and the engine in virtual time.
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/faults/allocations.h"
#include "tests/faults/virtual_run.h"
#include "tests/support/fault_points.h"

namespace gsoaprm::faults {
namespace {

class VirtualMemory : public ::testing::TestWithParam<wire::RmVersion> {};

TEST_P(VirtualMemory, MayRunOutAtEveryAllocation) {
  RunInVirtualTime(GetParam(), 0);  // what is made once and kept
  const RunResult whole = RunInVirtualTime(GetParam(), 0);
  ASSERT_EQ(whole.broken, "");
  ASSERT_EQ(whole.calls_failed, 0);
  ASSERT_EQ(whole.sessions, 1);
  if (const char* one = std::getenv("FAULT_AT")) {
    ShowFailures(2);
    EXPECT_EQ(RunInVirtualTime(GetParam(), std::strtoull(one, nullptr, 10)).broken, "");
    return;
  }
  std::uint64_t failed = 0, broken = 0, healed = 0;
  for (std::uint64_t n = 1;; ++n) {
    const RunResult result = RunInVirtualTime(GetParam(), n);
    if (!result.failed) break;
    ++failed;
    if (result.calls_failed == 0 && result.broken.empty()) ++healed;
    if (result.broken.empty()) continue;
    ++broken;
    ADD_FAILURE() << "allocation " << n << ": " << result.broken << " (FAULT_AT=" << n << " shows where)";
    if (broken == 20) break;
  }
  EXPECT_GE(failed, whole.allocations);
  const bool is_11 = GetParam() == wire::RmVersion::k11;
  std::printf("%llu healed without a failed call\n", static_cast<unsigned long long>(healed));
  testing::ReportFaultPoints(
      is_11 ? "allocations of engine and session layer, 1.1" : "allocations of engine and session layer, 2005", failed,
      failed - broken);
}

INSTANTIATE_TEST_SUITE_P(Versions, VirtualMemory,
                         ::testing::Values(wire::RmVersion::kFebruary2005, wire::RmVersion::k11),
                         [](const auto& version) { return version.param == wire::RmVersion::k11 ? "V11" : "V2005"; });

}  // namespace
}  // namespace gsoaprm::faults
