// Where identifiers come from. The real one draws 128 bits from the system's CSPRNG, tests draw from a seed.
#pragma once

#include <string>

namespace gsoaprm::engine {

class IdSource {
 public:
  virtual ~IdSource() = default;
  // "urn:uuid:xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx", never the same twice. Thread-safe in the real one.
  virtual std::string NewUuid() = 0;
};

}  // namespace gsoaprm::engine
