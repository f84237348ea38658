// One table of deadlines, so that the next one is a minimum and not a search through the code.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/time.h"

namespace gsoaprm::engine {

// `Timer` is an enum class whose last enumerator is kCount.
template <class Timer>
class Timers {
 public:
  Timers() { ClearAll(); }

  bool IsSet(Timer timer) const { return !at(timer).never(); }
  bool IsDue(Timer timer, Timestamp now) const { return IsSet(timer) && at(timer) <= now; }
  Timestamp Next() const { return *std::min_element(deadlines_.begin(), deadlines_.end()); }

  void Set(Timer timer, Timestamp deadline) { deadlines_[static_cast<std::size_t>(timer)] = deadline; }
  void Clear(Timer timer) { Set(timer, Timestamp::Never()); }
  void ClearAll() { deadlines_.fill(Timestamp::Never()); }

 private:
  const Timestamp& at(Timer timer) const { return deadlines_[static_cast<std::size_t>(timer)]; }

  std::array<Timestamp, static_cast<std::size_t>(Timer::kCount)> deadlines_;
};

}  // namespace gsoaprm::engine
