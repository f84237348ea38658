#include <gtest/gtest.h>

#include <set>

#include "tests/pair/pair_cases.h"

namespace gsoaprm::testing {
namespace {

PairOptions Lossy(const PairCase& each, double loss, double duplication) {
  PairOptions options = each.Options();
  options.network.request_loss = loss;
  options.network.reply_loss = loss;
  options.network.duplication = duplication;
  options.network.longest_delay = Duration::Milliseconds(50);
  options.server.longest_operation = Duration::Milliseconds(5);
  // CreateSequence, Close and Terminate are tried every 10 s: at 30 % loss each way six times are not enough.
  options.engine.open_timeout = Duration::Seconds(3600);
  options.engine.close_timeout = Duration::Seconds(3600);
  return options;
}

class LossyPair : public ::testing::TestWithParam<PairCase> {};

TEST_P(LossyPair, RecoversLostRequests) {
  PairOptions options = Lossy(GetParam(), 0, 0);
  options.network.request_loss = 0.2;
  options.engine.max_retry_count = 40;
  Pair pair(options);
  ASSERT_TRUE(pair.Run());
  ExpectAllDone(pair, options);
  EXPECT_GT(pair.client().metrics().retransmissions, 0u);
}

TEST_P(LossyPair, RecoversLostReplies) {
  PairOptions options = Lossy(GetParam(), 0, 0);
  options.network.reply_loss = 0.2;
  options.engine.max_retry_count = 40;
  Pair pair(options);
  ASSERT_TRUE(pair.Run());
  ExpectAllDone(pair, options);
  // One-way, a later acknowledgement makes up for a lost one.
  EXPECT_TRUE(GetParam().one_way || pair.server().metrics().duplicates_suppressed > 0);
}

TEST_P(LossyPair, RunsNothingTwiceThatComesTwice) {
  PairOptions options = Lossy(GetParam(), 0, 1.0);
  Pair pair(options);
  ASSERT_TRUE(pair.Run());
  ExpectAllDone(pair, options);
  EXPECT_GT(pair.server().metrics().duplicates_suppressed, options.calls / 2);
}

TEST_P(LossyPair, CopesWithDelaysLongerThanTheRetransmissionTimer) {
  PairOptions options = Lossy(GetParam(), 0.05, 0.05);
  options.network.longest_delay = Duration::Seconds(3);
  options.engine.max_retry_count = 40;
  Pair pair(options);
  ASSERT_TRUE(pair.Run());
  ExpectAllDone(pair, options);
}

TEST_P(LossyPair, CopesWithOperationsLongerThanTheRetransmissionTimer) {
  PairOptions options = Lossy(GetParam(), 0.05, 0.05);
  options.server.longest_operation = Duration::Seconds(2);
  options.engine.max_retry_count = 40;
  Pair pair(options);
  ASSERT_TRUE(pair.Run());
  ExpectAllDone(pair, options);
}

TEST_P(LossyPair, CopesWithAServerOfOneThread) {
  PairOptions options = Lossy(GetParam(), 0.2, 0.05);
  options.server.iterative = true;
  options.server.longest_operation = Duration::Milliseconds(100);
  options.engine.max_retry_count = 40;
  Pair pair(options);
  ASSERT_TRUE(pair.Run());
  ExpectAllDone(pair, options);
}

TEST_P(LossyPair, CopesWithAServerThatDoesNotComeRoundForKeptMessages) {
  PairOptions options = Lossy(GetParam(), 0.2, 0.05);
  options.server.iterative = true;
  options.server.dispatches_kept = false;
  options.engine.max_retry_count = 40;
  Pair pair(options);
  ASSERT_TRUE(pair.Run());
  ExpectAllDone(pair, options);
}

TEST_P(LossyPair, CopesWithMoreCallersThanTheWindowHolds) {
  PairOptions options = Lossy(GetParam(), 0.2, 0.05);
  options.engine.max_transfer_window_size = 3;
  options.engine.max_retry_count = 40;
  Pair pair(options);
  ASSERT_TRUE(pair.Run());
  ExpectAllDone(pair, options);
}

TEST_P(LossyPair, CopesWithCallersThatPause) {
  PairOptions options = Lossy(GetParam(), 0.2, 0.05);
  options.think_time = Duration::Seconds(2);
  options.engine.max_retry_count = 40;
  Pair pair(options);
  ASSERT_TRUE(pair.Run());
  ExpectAllDone(pair, options);
}

TEST_P(LossyPair, GivesNobodyAnothersReplyWhenResponsesAreMixedUp) {
  PairOptions options = Lossy(GetParam(), 0.1, 0.05);
  options.network.mixing_up = 0.1;
  options.calls = 1000;
  options.engine.max_retry_count = 40;
  Pair pair(options);
  ASSERT_TRUE(pair.Run());
  ExpectAllDone(pair, options);
  EXPECT_TRUE(GetParam().one_way || pair.client().metrics().stale_replies > 0);
}

TEST_P(LossyPair, WritesAndReadsItsMessagesInEveryCombinationOfVersions) {
  for (wire::SoapVersion soap : {wire::SoapVersion::k11, wire::SoapVersion::k12}) {
    for (wire::AddressingVersion addressing : {wire::AddressingVersion::kAugust2004, wire::AddressingVersion::k10}) {
      PairOptions options = Lossy(GetParam(), 0.1, 0.05);
      options.engine.protocol.soap = soap;
      options.engine.protocol.addressing = addressing;
      options.engine.max_retry_count = 40;
      options.through_bytes = true;
      Pair pair(options);
      ASSERT_TRUE(pair.Run());
      ExpectAllDone(pair, options);
    }
  }
}

TEST_P(LossyPair, MakesTenThousandCallsAtThirtyPercentLossEachWay) {
  PairOptions options = Lossy(GetParam(), 0.3, 0.05);
  options.calls = 10000;
  options.engine.max_retry_count = 40;
  Pair pair(options);
  ASSERT_TRUE(pair.Run());
  ExpectAllDone(pair, options);
}

TEST_P(LossyPair, SaysSoWhenItDiesAndStillRunsNothingTwice) {
  int died = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    PairOptions options = Lossy(GetParam(), 0.3, 0.05);
    options.calls = 10000;
    options.engine.max_retry_count = 8;
    options.seed = seed;
    Pair pair(options);
    ASSERT_TRUE(pair.Run());
    EXPECT_EQ("", Listed(pair.Violations(PairEnd::kEarly))) << "seed " << seed;
    if (pair.client().state() != engine::SessionState::kFaulted) {
      continue;
    }
    ++died;
    EXPECT_EQ("MaxRetryCount", pair.client().fault().code) << "seed " << seed;
    std::set<MessageNumber> uncertain;
    for (const auto& call : pair.calls()) {
      const auto& result = *call.second.result;
      if (result.kind == engine::CompleteCall::Kind::kFailed && result.outcome == Outcome::kUnknown) {
        uncertain.insert(call.second.number);
      }
    }
    EXPECT_EQ(uncertain, std::set<MessageNumber>(pair.unacknowledged().begin(), pair.unacknowledged().end()));
    for (const auto& call : pair.calls()) {
      const bool done = call.second.result->kind != engine::CompleteCall::Kind::kFailed;
      EXPECT_TRUE(!done || pair.Executions(call.first) == 1) << "call " << call.first;
    }
  }
  EXPECT_GT(died, 0);
}

INSTANTIATE_TEST_SUITE_P(All, LossyPair, ::testing::ValuesIn(AllCases()), NameOfCase);

}  // namespace
}  // namespace gsoaprm::testing
