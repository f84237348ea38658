#include "net/system_ids.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace gsoaprm::net {
namespace {

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr int kMany = 100000;
#else
constexpr int kMany = 1000000;
#endif

// The digits of a UUID: the first sixteen, and the others.
using Digits = std::pair<std::uint64_t, std::uint64_t>;

Digits DigitsOf(const std::string& id) {
  std::string digits = id.substr(sizeof("urn:uuid:") - 1);
  digits.erase(std::remove(digits.begin(), digits.end(), '-'), digits.end());
  return {std::stoull(digits.substr(0, 16), nullptr, 16), std::stoull(digits.substr(16), nullptr, 16)};
}

// Of a random UUID 122 bits are nobody's choice: no two begin alike, and each bit is set in half of them.
TEST(SystemIds, GivesAMillionThatHaveNothingInCommon) {
  SystemIds ids;
  std::vector<Digits> all;
  std::array<int, 128> set{};
  for (int i = 0; i < kMany; i++) {
    all.push_back(DigitsOf(ids.NewUuid()));
    for (std::size_t bit = 0; bit < 64; bit++) {
      set[bit] += static_cast<int>(all.back().first >> bit & 1);
      set[64 + bit] += static_cast<int>(all.back().second >> bit & 1);
    }
  }
  std::sort(all.begin(), all.end());
  EXPECT_EQ(std::adjacent_find(all.begin(), all.end()), all.end());
  // 48 random bits: among a million there are two that share them once in six hundred runs, three such pairs never.
  int alike = 0;
  for (std::size_t i = 1; i < all.size(); i++) alike += all[i].first >> 16 == all[i - 1].first >> 16;
  EXPECT_LT(alike, 3);
  int fixed = 0;
  for (const int count : set) {
    if (count == 0 || count == kMany) {
      fixed++;
    } else {
      EXPECT_NEAR(count, kMany / 2.0, 7 * std::sqrt(kMany) / 2);
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
