#include "net/system_clock.h"

#include <ctime>

namespace gsoaprm::net {

Timestamp SystemClock::Now() {
  timespec t{};
  // Monotonic, so that a change of the wall clock neither expires a session nor causes a storm of retransmissions.
  clock_gettime(CLOCK_MONOTONIC, &t);
  return Timestamp::FromMicroseconds(static_cast<std::int64_t>(t.tv_sec) * 1000000 + t.tv_nsec / 1000);
}

}  // namespace gsoaprm::net
