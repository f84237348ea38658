// When a store is too full for what is new.
#pragma once

#include <algorithm>
#include <cstdint>

namespace gsoaprm::store {

// What is kept free for acknowledgements, marks and replies of messages that were accepted: they always fit.
inline constexpr std::uint64_t kSmallestReserve = std::uint64_t{64} << 10;
inline constexpr std::uint64_t kLargestReserve = std::uint64_t{16} << 20;

constexpr std::uint64_t QuotaReserve(std::uint64_t quota) {
  return std::min(std::clamp(quota / 16, kSmallestReserve, kLargestReserve), quota / 2);
}

constexpr bool QuotaHasRoom(std::uint64_t used, std::uint64_t quota) { return used < quota - QuotaReserve(quota); }

}  // namespace gsoaprm::store
