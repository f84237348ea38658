#include <gtest/gtest.h>

#include "tests/pair/pair_cases.h"

namespace gsoaprm::testing {
namespace {

class CleanPair : public ::testing::TestWithParam<PairCase> {};

TEST_P(CleanPair, MakesEachCallWithOneMessageAndCloses) {
  PairOptions options = GetParam().Options();
  options.calls = 200;
  Pair pair(options);
  ASSERT_TRUE(pair.Run());
  ExpectAllDone(pair, options);
  EXPECT_EQ(0u, pair.client().metrics().retransmissions);
  EXPECT_EQ(0u, pair.server().metrics().duplicates_suppressed);
  // Besides the calls: CreateSequence, and LastMessage or CloseSequence, and TerminateSequence.
  EXPECT_EQ(options.calls + 3, pair.transmissions());
}

INSTANTIATE_TEST_SUITE_P(All, CleanPair, ::testing::ValuesIn(AllCases()), NameOfCase);

TEST(PairOfEnds, ClosesASessionWithoutMessages) {
  for (const PairCase& each : AllCases()) {
    PairOptions options = each.Options();
    options.calls = 0;
    Pair pair(options);
    ASSERT_TRUE(pair.Run());
    ExpectAllDone(pair, options);
  }
}

TEST(PairOfEnds, LearnsTheShapeOfARequestReplyService) {
  PairOptions options = PairCase{wire::RmVersion::k11, true, false, 1}.Options();
  options.engine.shape = engine::SessionShape::kLearn;
  options.kind = engine::CallKind::kUnknown;
  Pair pair(options);
  ASSERT_TRUE(pair.Run());
  ExpectAllDone(pair, options);
}

TEST(PairOfEnds, EndsUnknownCallsToOneWayOperationsWithTheAcknowledgement) {
  PairOptions options = PairCase{wire::RmVersion::k11, true, false, 1}.Options();
  options.kind = engine::CallKind::kUnknown;
  options.server.one_way = true;
  Pair pair(options);
  ASSERT_TRUE(pair.Run());
  EXPECT_TRUE(pair.Violations().empty());
  for (const auto& call : pair.calls()) {
    EXPECT_EQ(engine::CompleteCall::Kind::kAcknowledged, call.second.result->kind);
  }
  EXPECT_EQ(engine::SessionState::kClosed, pair.client().state());
}

}  // namespace
}  // namespace gsoaprm::testing
