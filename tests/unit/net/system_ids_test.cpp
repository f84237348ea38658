#include "net/system_ids.h"

#include <gtest/gtest.h>

#include <cctype>
#include <unordered_set>

namespace gsoaprm::net {
namespace {

TEST(SystemIds, NeverGivesTheSameTwiceInAHundredThousand) {
  SystemIds ids;
  std::unordered_set<std::string> seen;
  for (int i = 0; i < 100000; i++) EXPECT_TRUE(seen.insert(ids.NewUuid()).second);
}

TEST(SystemIds, WritesUuidsOfVersion4AsUrns) {
  SystemIds ids;
  for (int i = 0; i < 100; i++) {
    const std::string id = ids.NewUuid();
    ASSERT_EQ(id.size(), 45u) << id;
    EXPECT_EQ(id.substr(0, 9), "urn:uuid:");
    EXPECT_EQ(id[9 + 14], '4') << id;
    EXPECT_NE(std::string("89ab").find(id[9 + 19]), std::string::npos) << id;
    for (std::size_t n = 9; n < id.size(); n++) {
      const bool dash = n == 17 || n == 22 || n == 27 || n == 32;
      EXPECT_TRUE(dash ? id[n] == '-' : std::isxdigit(static_cast<unsigned char>(id[n])) != 0) << id;
    }
  }
}

}  // namespace
}  // namespace gsoaprm::net
