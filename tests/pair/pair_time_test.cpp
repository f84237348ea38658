#include <gtest/gtest.h>

#include <cstdint>
#include <tuple>

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

// After 24.8 and 49.7 days milliseconds no longer fit into 32 bits, after 68 years seconds do not.
TEST_P(PatientPair, NoticesNothingWhenACounterOfTicksWouldWrapAround) {
  PairOptions options = GetParam().Options();
  options.calls = 32;
  options.think_time = Duration::Seconds(200);
  const auto run = [&] {
    Pair pair(options);
    EXPECT_TRUE(pair.Run());
    ExpectAllDone(pair, options);
    return std::make_tuple(pair.transmissions(), pair.client().metrics().keep_alives,
                           pair.client().metrics().retransmissions, (pair.now() - options.start).microseconds());
  };
  const auto usual = run();
  EXPECT_EQ(std::get<2>(usual), 0u);
  for (const std::int64_t wrap : {INT64_C(1) << 31, INT64_C(1) << 32, (INT64_C(1) << 31) * 1000}) {
    options.start = Timestamp::FromMicroseconds((wrap - 60'000) * 1000);
    EXPECT_EQ(run(), usual) << wrap;
  }
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
