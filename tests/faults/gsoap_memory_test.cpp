// The n-th allocation of a process fails, client and server with gSOAP and all, for every n of a whole session. A run
// that breaks is the plugin's when the allocation was made by the plugin or below it; gSOAP's own code, and generated
// code, has paths that do not look, and of those it is said how many there were.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "tests/faults/gsoap_run.h"
#include "tests/support/fault_points.h"

namespace gsoaprm::faults {
namespace {

// In every test run: some of them, other ones in each version.
constexpr std::uint64_t kStride = 53;

class GsoapMemory : public ::testing::TestWithParam<soap_rm_protocol_version> {};

TEST_P(GsoapMemory, MayRunOutAtEveryAllocation) {
  const GsoapRun whole = RunWithGsoap(GetParam(), 0);
  ASSERT_STREQ(whole.broken, "");
  ASSERT_EQ(whole.calls_failed, 0);
  if (const char* one = std::getenv("FAULT_AT")) {
    const GsoapRun run = RunWithGsoap(GetParam(), std::strtoull(one, nullptr, 10));
    EXPECT_STREQ(run.broken, "") << run.stack;
    return;
  }
  const bool all = std::getenv("FAULT_POINTS") != nullptr;
  const std::uint64_t first = all ? 1 : 1 + static_cast<std::uint64_t>(GetParam()) * kStride / 2;
  unsigned long long failed = 0, broken = 0, without_plugin = 0, healed = 0;
  for (std::uint64_t n = first; n <= whole.allocations; n += all ? 1 : kStride) {
    const GsoapRun run = RunWithGsoap(GetParam(), n);
    if (!run.failed) continue;  // threads: this run had fewer
    ++failed;
    if (run.broken[0] == '\0') {
      healed += run.calls_failed == 0 ? 1 : 0;
      continue;
    }
    std::printf("allocation %llu, %s: %s\n", static_cast<unsigned long long>(n),
                run.in_plugin ? "the plugin's" : "without the plugin", run.broken);
    if (run.in_plugin) ++broken;
    if (!run.in_plugin) ++without_plugin;
    // FAULT_AT=n makes that run again.
    if (run.in_plugin) ADD_FAILURE() << "allocation " << n << ": " << run.broken << "\n" << run.stack;
  }
  std::printf("%llu healed without a failed call\n", healed);
  std::printf("not counted: %llu where gSOAP or generated code breaks and the plugin is not on the stack\n",
              without_plugin);
  failed -= without_plugin;
  testing::ReportFaultPoints(GetParam() == SOAP_RM_11 ? "allocations of client and server with gSOAP, 1.1"
                                                      : "allocations of client and server with gSOAP, 2005",
                             failed, failed - broken);
  EXPECT_GT(failed, 0u);
}

INSTANTIATE_TEST_SUITE_P(Versions, GsoapMemory, ::testing::Values(SOAP_RM_FEBRUARY_2005, SOAP_RM_11),
                         [](const auto& version) { return version.param == SOAP_RM_11 ? "V11" : "V2005"; });

}  // namespace
}  // namespace gsoaprm::faults
