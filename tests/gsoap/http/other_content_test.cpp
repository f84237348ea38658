// A message that comes again under its number with another content: the first one counts, and the trace says so.
#include <gtest/gtest.h>

#include <mutex>
#include <string>
#include <vector>

#include "gsoap/http/echoes.h"
#include "gsoap/seen_contents.h"
#include "gsoap/support/raw_http.h"

namespace gsoaprm::testing {
namespace {

class OtherContent : public ::testing::TestWithParam<std::tuple<wire::RmVersion, wire::SoapVersion>> {
 protected:
  soap_rm_options Options() {
    soap_rm_options options = QuickOptions(SOAP_RM_11);
    options.trace_user = this;
    options.trace = [](void* user, const char* line) {
      auto* const self = static_cast<OtherContent*>(user);
      std::lock_guard<std::mutex> lock(self->mutex_);
      self->lines_.emplace_back(line);
    };
    return options;
  }
  int Warnings() {
    std::lock_guard<std::mutex> lock(mutex_);
    int count = 0;
    for (const std::string& line : lines_)
      count += line.find("has come again with another content") != std::string::npos;
    return count;
  }
  std::string Send(std::uint64_t number, const std::string& text) {
    return RawConnection(echoes_.port())
        .Exchange(session_.Message(number, "urn:gsoaprm:echoes/Echo",
                                   "<t:Echo xmlns:t=\"urn:gsoaprm:echoes\"><text>" + text + "</text></t:Echo>", true))
        .body;
  }
  std::mutex mutex_;
  std::vector<std::string> lines_;
  Echoes echoes_{QuickOptions(SOAP_RM_11), Options()};
  RawSession session_{std::get<0>(GetParam()), true, std::get<1>(GetParam())};
};

INSTANTIATE_TEST_SUITE_P(Versions, OtherContent,
                         ::testing::Combine(::testing::Values(wire::RmVersion::kFebruary2005, wire::RmVersion::k11),
                                            ::testing::Values(wire::SoapVersion::k11, wire::SoapVersion::k12)));

TEST_P(OtherContent, IsNotExecutedAndTheFirstReplyStays) {
  session_.Created(RawConnection(echoes_.port()).Exchange(session_.Create()));
  EXPECT_NE(Send(1, "first").find(">first<"), std::string::npos);
  EXPECT_NE(Send(1, "first").find(">first<"), std::string::npos);
  EXPECT_EQ(Warnings(), 0);
  const std::string answer = Send(1, "hidden");
  EXPECT_NE(answer.find(">first<"), std::string::npos) << answer;
  EXPECT_EQ(Warnings(), 1);
  EXPECT_EQ(echoes_.executions(), 1);
  EXPECT_EQ(echoes_.hidden, 0);
  session_.AcknowledgeUpTo(1);
  EXPECT_NE(Send(2, "second").find(">second<"), std::string::npos);
  EXPECT_EQ(Warnings(), 1);
}

TEST(SeenContents, AreComparedByTheirNumberWithinTheirSequence) {
  binding::SeenContents seen;
  EXPECT_TRUE(seen.Same("a", 1, "x"));
  EXPECT_TRUE(seen.Same("a", 1, "x"));
  EXPECT_TRUE(seen.Same("a", 2, "y"));
  EXPECT_TRUE(seen.Same("b", 1, "y"));
  EXPECT_FALSE(seen.Same("a", 1, "y"));
  EXPECT_TRUE(seen.Same("a", 1, "x"));
}

TEST(SeenContents, AreRememberedForTheLatestMessages) {
  for (const std::size_t others : {binding::SeenContents::kMost - 1, binding::SeenContents::kMost}) {
    binding::SeenContents seen;
    EXPECT_TRUE(seen.Same("a", 1, "x"));
    for (std::size_t i = 0; i < others; i++) EXPECT_TRUE(seen.Same("b", i, "x"));
    EXPECT_EQ(seen.Same("a", 1, "y"), others == binding::SeenContents::kMost);
  }
}

}  // namespace
}  // namespace gsoaprm::testing
