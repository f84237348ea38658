// Identifiers of 128 bits from OpenSSL's CSPRNG, which reseeds itself after fork() and needs no system call per number.
#pragma once

#include "engine/id_source.h"

namespace gsoaprm::net {

class SystemIds : public engine::IdSource {
 public:
  // Throws std::runtime_error when the CSPRNG fails: a guessable identifier would be worse than none.
  std::string NewUuid() override;
};

}  // namespace gsoaprm::net
