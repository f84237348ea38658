// Many callers of one ordered session whose messages overtake one another.
#include <gtest/gtest.h>

#include "tests/pair/pair_cases.h"

namespace gsoaprm::testing {
namespace {

class OvertakingPair : public ::testing::TestWithParam<wire::RmVersion> {
 protected:
  static PairOptions Options() {
    PairOptions options = PairCase{GetParam(), true, false, 32}.Options();
    options.calls = 2000;
    options.network.shortest_delay = Duration::Milliseconds(1);
    options.network.longest_delay = kRoundTrip / 2;
    return options;
  }
  static constexpr Duration kRoundTrip = Duration::Milliseconds(4);
};

TEST_P(OvertakingPair, AnswersEachCallWithinAFewRoundTrips) {
  const PairOptions options = Options();
  Pair pair(options);
  ASSERT_TRUE(pair.Run());
  ExpectAllDone(pair, options);
  EXPECT_GT(pair.server().metrics().early_kept, 0u);
  EXPECT_GT(pair.client().metrics().collections, 0u);
  EXPECT_EQ(0u, pair.client().metrics().retransmissions);
  // Six for the first ones, whom the growing window lets go by and by; then the message's and its copy's.
  EXPECT_LE(pair.longest_call(), kRoundTrip * 8);
}

TEST_P(OvertakingPair, AnswersEachCallWithinAFewRoundTripsWhenOperationsTakeTime) {
  PairOptions options = Options();
  options.server.longest_operation = Duration::Microseconds(100);
  Pair pair(options);
  ASSERT_TRUE(pair.Run());
  ExpectAllDone(pair, options);
  EXPECT_EQ(0u, pair.client().metrics().retransmissions);
  EXPECT_LE(pair.longest_call(), kRoundTrip * 8 + options.server.longest_operation * 32);
}

TEST_P(OvertakingPair, AnswersEachCallWithoutATimeOutWhereOnlyItsOwnCopyCanRunAMessage) {
  PairOptions options = Options();
  options.server.dispatches_kept = false;
  Pair pair(options);
  ASSERT_TRUE(pair.Run());
  ExpectAllDone(pair, options);
  EXPECT_EQ(0u, pair.client().metrics().retransmissions);
}

TEST_P(OvertakingPair, KeepsOrderAndRunsEachOnceWhenMessagesGetLost) {
  for (bool iterative : {false, true}) {
    for (bool dispatches_kept : {false, true}) {
      for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        PairOptions options = Options();
        options.calls = 500;
        options.seed = seed;
        options.network.request_loss = options.network.reply_loss = 0.1;
        options.network.duplication = 0.05;
        options.server.iterative = iterative;
        options.server.dispatches_kept = dispatches_kept;
        options.server.longest_operation = Duration::Milliseconds(1);
        options.engine.max_retry_count = 40;
        options.engine.open_timeout = options.engine.close_timeout = Duration::Seconds(3600);
        Pair pair(options);
        ASSERT_TRUE(pair.Run());
        ExpectAllDone(pair, options);
      }
    }
  }
}

std::string NameOfVersion(const ::testing::TestParamInfo<wire::RmVersion>& info) {
  return info.param == wire::RmVersion::k11 ? "Version11" : "February2005";
}

INSTANTIATE_TEST_SUITE_P(All, OvertakingPair, ::testing::Values(wire::RmVersion::kFebruary2005, wire::RmVersion::k11),
                         NameOfVersion);

}  // namespace
}  // namespace gsoaprm::testing
