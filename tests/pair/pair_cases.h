// The kinds of sessions that every promise is tested with, and what is expected when all went well.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/pair.h"

namespace gsoaprm::testing {

struct PairCase {
  wire::RmVersion version;
  bool ordered;
  bool one_way;
  int callers;

  PairOptions Options() const {
    PairOptions options;
    options.engine.protocol.rm = version;
    options.engine.ordered = ordered;
    options.engine.shape = one_way ? engine::SessionShape::kOneWay : engine::SessionShape::kRequestReply;
    options.kind = one_way ? engine::CallKind::kOneWay : engine::CallKind::kTwoWay;
    options.server.one_way = one_way;
    options.callers = callers;
    options.engine.max_transfer_window_size = callers > 8 ? callers : 8;
    return options;
  }
};

inline std::vector<PairCase> AllCases() {
  std::vector<PairCase> cases;
  for (wire::RmVersion version : {wire::RmVersion::kFebruary2005, wire::RmVersion::k11}) {
    for (bool ordered : {true, false}) {
      for (bool one_way : {false, true}) {
        for (int callers : {1, 32}) {
          cases.push_back(PairCase{version, ordered, one_way, callers});
        }
      }
    }
  }
  return cases;
}

inline std::string NameOfCase(const ::testing::TestParamInfo<PairCase>& info) {
  const PairCase& c = info.param;
  return std::string(c.version == wire::RmVersion::k11 ? "Version11" : "February2005") +
         (c.ordered ? "Ordered" : "Unordered") + (c.one_way ? "OneWay" : "RequestReply") + std::to_string(c.callers) +
         (c.callers == 1 ? "Caller" : "Callers");
}

inline std::string Listed(const std::vector<std::string>& sentences) {
  std::string text;
  for (std::size_t i = 0; i < sentences.size() && i < 10; ++i) {
    text += sentences[i] + "\n";
  }
  return text;
}

// Each call executed once, answered, and the session closed at both ends.
inline void ExpectAllDone(const Pair& pair, const PairOptions& options) {
  EXPECT_EQ("", Listed(pair.Violations()));
  EXPECT_EQ(options.calls, pair.calls().size());
  EXPECT_EQ(options.calls, pair.server().executed().size());
  const auto wanted =
      options.server.one_way ? engine::CompleteCall::Kind::kAcknowledged : engine::CompleteCall::Kind::kReply;
  std::uint64_t right = 0;
  for (const auto& call : pair.calls()) {
    right += call.second.result && call.second.result->kind == wanted ? 1 : 0;
  }
  EXPECT_EQ(options.calls, right);
  EXPECT_EQ(engine::SessionState::kClosed, pair.client().state()) << pair.client().fault().code;
  EXPECT_TRUE(pair.client().fault().ok()) << pair.client().fault().code;
  EXPECT_TRUE(pair.server().all_ended());
}

}  // namespace gsoaprm::testing
