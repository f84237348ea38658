#include "net/system_ids.h"

#include <gtest/gtest.h>

#include <array>
#include <cctype>
#include <cmath>
#include <string>
#include <unordered_set>

namespace gsoaprm::net {
namespace {

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr int kMany = 100000;
#else
constexpr int kMany = 1000000;
#endif

// Of a random UUID 122 bits are nobody's choice: no two begin alike, and each bit is set in half of them.
TEST(SystemIds, GivesAMillionThatHaveNothingInCommon) {
  SystemIds ids;
  std::unordered_set<std::string> seen, beginnings;
  std::array<int, 128> set{};
  for (int i = 0; i < kMany; i++) {
    const std::string id = ids.NewUuid();
    ASSERT_TRUE(seen.insert(id).second) << id;
    beginnings.insert(id.substr(0, sizeof("urn:uuid:") - 1 + 14));
    std::size_t bit = 0;
    for (const char c : id.substr(sizeof("urn:uuid:") - 1)) {
      if (c == '-') continue;
      const int digit = c <= '9' ? c - '0' : c - 'a' + 10;
      for (int mask = 8; mask > 0; mask /= 2, bit++) set[bit] += (digit & mask) != 0;
    }
  }
  // 52 bits: one pair of a million may come in ten thousand runs.
  EXPECT_GE(beginnings.size(), seen.size() - 2);
  const double deviation = std::sqrt(kMany) / 2;
  int fixed = 0;
  for (const int count : set) {
    if (count == 0 || count == kMany) {
      fixed++;
    } else {
      EXPECT_NEAR(count, kMany / 2.0, 7 * deviation);
    }
  }
  EXPECT_EQ(fixed, 6);  // version and variant
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
