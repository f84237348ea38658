// Identifiers of 128 bits from OpenSSL's CSPRNG, drawn many at a time: it asks the system for the process id with each
// draw, to notice a fork(). A child of a fork() must not go on drawing from its parent's object.
#pragma once

#include <array>
#include <cstddef>
#include <mutex>

#include "engine/id_source.h"

namespace gsoaprm::net {

class SystemIds : public engine::IdSource {
 public:
  // Throws std::runtime_error when the CSPRNG fails: a guessable identifier would be worse than none.
  std::string NewUuid() override;

 private:
  static constexpr std::size_t kIdBytes = 16;
  std::mutex mutex_;
  std::array<unsigned char, 64 * kIdBytes> drawn_{};
  std::size_t used_ = drawn_.size();
};

}  // namespace gsoaprm::net
