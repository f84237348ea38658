// A clock that stands still until the test moves it, and a timer that only notes what it is to watch.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "session/ports.h"

namespace gsoaprm::session {

class FakeClock : public Clock {
 public:
  Timestamp Now() override {
    std::lock_guard<std::mutex> lock(mutex_);
    readings_++;
    changed_.notify_all();
    return now_;
  }
  void Advance(Duration by) {
    std::lock_guard<std::mutex> lock(mutex_);
    now_ = now_ + by;
  }
  // How often it was read, by whatever threads.
  int readings() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return readings_;
  }
  // Waits until it was read that often; false after ten seconds.
  bool WaitForReadings(int count) const {
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return readings_ >= count; });
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  Timestamp now_ = Timestamp::FromMicroseconds(1000000);
  int readings_ = 0;
};

class FakeTimer : public Timer {
 public:
  void Watch(const std::shared_ptr<Timed>& timed, Timestamp at) override {
    std::lock_guard<std::mutex> lock(mutex_);
    watched_.emplace_back(timed, at);
  }
  // The earliest time at which it is to wake this one; Never when it is not watched.
  Timestamp DeadlineOf(const Timed& timed) const {
    std::lock_guard<std::mutex> lock(mutex_);
    Timestamp earliest = Timestamp::Never();
    for (const auto& entry : watched_)
      if (entry.first.lock().get() == &timed) earliest = std::min(earliest, entry.second);
    return earliest;
  }
  // How often it was told to watch somebody.
  std::size_t count() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return watched_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::pair<std::weak_ptr<Timed>, Timestamp>> watched_;
};

}  // namespace gsoaprm::session
