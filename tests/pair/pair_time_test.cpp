#include <gtest/gtest.h>

#include "tests/pair/pair_cases.h"

namespace gsoaprm::testing {
namespace {

class PatientPair : public ::testing::TestWithParam<PairCase> {};

TEST_P(PatientPair, KeepsAnIdleSessionAlive) {
  PairOptions options = GetParam().Options();
  options.calls = 64;
  options.think_time = Duration::Seconds(3600);
  Pair pair(options);
  ASSERT_TRUE(pair.Run());
  ExpectAllDone(pair, options);
  EXPECT_GT(pair.client().metrics().keep_alives, 0u);
}

TEST_P(PatientPair, OutlivesAnOperationLongerThanTheInactivityTimeout) {
  PairOptions options = GetParam().Options();
  options.calls = 3;
  options.engine.max_retry_count = 100;
  options.server.shortest_operation = Duration::Seconds(1500);
  options.server.longest_operation = Duration::Seconds(1500);
  options.engine.close_timeout = Duration::Seconds(7200);
  Pair pair(options);
  ASSERT_TRUE(pair.Run());
  ExpectAllDone(pair, options);
}

TEST_P(PatientPair, DiesOfInactivityWhenTheServerIsGone) {
  PairOptions options = GetParam().Options();
  options.calls = 200;
  options.think_time = Duration::Seconds(60);
  options.engine.max_retry_count = 1000;
  options.network.request_loss_after = Timestamp::FromMicroseconds(120'000'000);
  Pair pair(options);
  ASSERT_TRUE(pair.Run());
  EXPECT_EQ("", Listed(pair.Violations(PairEnd::kEarly)));
  EXPECT_EQ(engine::SessionState::kFaulted, pair.client().state());
  EXPECT_EQ("InactivityTimeout", pair.client().fault().code);
  EXPECT_TRUE(pair.server().all_ended());  // it has timed out, too
}

TEST_P(PatientPair, WorksWithTheSmallestWindow) {
  PairOptions options = GetParam().Options();
  options.engine.max_transfer_window_size = 1;
  options.network.request_loss = options.network.reply_loss = 0.1;
  options.engine.max_retry_count = 40;
  options.engine.close_timeout = options.engine.open_timeout = Duration::Seconds(3600);
  Pair pair(options);
  ASSERT_TRUE(pair.Run());
  ExpectAllDone(pair, options);
}

INSTANTIATE_TEST_SUITE_P(All, PatientPair, ::testing::ValuesIn(AllCases()), NameOfCase);

}  // namespace
}  // namespace gsoaprm::testing
