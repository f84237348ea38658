// What the session layer needs from outside: the clock, identifiers (engine/id_source.h), and somebody who wakes it.
#pragma once

#include <memory>

#include "base/time.h"

namespace gsoaprm::session {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp Now() = 0;  // monotonic; thread-safe
};

// Something with deadlines. At most one entry of it is in the table of deadlines at any time.
class Timed {
 public:
  virtual ~Timed() = default;
  // Called by the timer without any lock held. Returns the next deadline, Never for none. Spurious calls are harmless.
  virtual Timestamp HandleDeadline(Timestamp now) = 0;
};

// One ordered table of deadlines for all sessions of a plugin instance. Holds no reference: what is gone is skipped.
class Timer {
 public:
  virtual ~Timer() = default;
  // Calls timed->HandleDeadline at `at` or before; an earlier deadline that is already known is kept. Cheap when `at`
  // is not earlier than what is known. Thread-safe; may be called with the caller's locks held.
  virtual void Watch(const std::shared_ptr<Timed>& timed, Timestamp at) = 0;
};

}  // namespace gsoaprm::session
