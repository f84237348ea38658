// Draws from a seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

#include "base/time.h"

namespace gsoaprm::testing {

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : random_(seed) {}

  bool Happens(double probability) { return std::uniform_real_distribution<double>(0, 1)(random_) < probability; }
  double Between(double lowest, double highest) {
    return std::uniform_real_distribution<double>(lowest, highest)(random_);
  }
  Duration Between(Duration shortest, Duration longest) {
    return Duration::Microseconds(Number(shortest.microseconds(), longest.microseconds()));
  }
  std::int64_t Number(std::int64_t lowest, std::int64_t highest) {
    return std::uniform_int_distribution<std::int64_t>(lowest, highest)(random_);
  }
  // A place in something of so many elements.
  std::size_t Index(std::size_t size) {
    return static_cast<std::size_t>(Number(0, static_cast<std::int64_t>(size) - 1));
  }

 private:
  std::mt19937_64 random_;
};

}  // namespace gsoaprm::testing
