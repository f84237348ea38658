// Identifiers that look like the real ones and are the same in every run with the same seed.
#pragma once

#include <cstdint>
#include <cstdio>
#include <random>
#include <string>

#include "engine/id_source.h"

namespace gsoaprm::testing {

class SeededIds : public engine::IdSource {
 public:
  explicit SeededIds(std::uint64_t seed) : random_(seed) {}

  std::string NewUuid() override {
    const std::uint64_t high = random_();
    const std::uint64_t low = random_();
    char text[64];
    std::snprintf(text, sizeof text, "urn:uuid:%08x-%04x-4%03x-%04x-%012llx", static_cast<unsigned>(high >> 32),
                  static_cast<unsigned>(high >> 16 & 0xffff), static_cast<unsigned>(high & 0xfff),
                  static_cast<unsigned>(0x8000 | (low >> 48 & 0x3fff)),
                  static_cast<unsigned long long>(low & 0xffffffffffffULL));
    return text;
  }

 private:
  std::mt19937_64 random_;
};

}  // namespace gsoaprm::testing
