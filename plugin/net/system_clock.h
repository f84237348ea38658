// The monotonic clock of the system.
#pragma once

#include "session/ports.h"

namespace gsoaprm::net {

class SystemClock : public session::Clock {
 public:
  Timestamp Now() override;
};

}  // namespace gsoaprm::net
