// Clock and timer of one host in virtual time. Clocks of different hosts run at different speeds.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "session/ports.h"
#include "tests/support/agenda.h"

namespace gsoaprm::simulation {

struct World {
  testing::Agenda agenda;
  Timestamp now = Timestamp::FromMicroseconds(0);
  Timestamp heal;  // from then on the network is sound

  bool chaos() const { return now < heal; }
  void In(Duration delay, std::function<void()> action) { agenda.At(now + delay, std::move(action)); }
};

class SkewedClock : public session::Clock {
 public:
  static constexpr std::int64_t kStart = 1000000;  // 0 is no special time

  // `speed`: its milliseconds in a second of the world. A process that starts anew may find any time: its machine may
  // have started, too.
  SkewedClock(const World* world, std::int64_t speed, std::int64_t start = kStart)
      : world_(*world), speed_(speed), start_(start) {}

  Timestamp Now() override { return Timestamp::FromMicroseconds(start_ + world_.now.microseconds() * speed_ / 1000); }
  // The earliest time of the world at which Now() is at least this.
  Timestamp WorldTime(Timestamp own) const {
    if (own.never()) return own;
    return Timestamp::FromMicroseconds(((own.microseconds() - start_) * 1000 + speed_ - 1) / speed_);
  }

 private:
  const World& world_;
  const std::int64_t speed_;
  const std::int64_t start_;
};

class VirtualTimer : public session::Timer {
 public:
  explicit VirtualTimer(SkewedClock* clock) : clock_(*clock) {}

  void Watch(const std::shared_ptr<session::Timed>& timed, Timestamp at) override {
    if (at.never()) return;
    const Timestamp due = clock_.WorldTime(at);
    for (Entry& entry : entries_) {
      if (entry.key == timed.get()) {
        entry.due = std::min(entry.due, due);
        return;
      }
    }
    entries_.push_back(Entry{timed.get(), timed, due});
  }

  void Clear() { entries_.clear(); }
  Timestamp Next() const {
    Timestamp next = Timestamp::Never();
    for (const Entry& entry : entries_) next = std::min(next, entry.due);
    return next;
  }

  // Calls everybody whose deadline has come.
  void Run(Timestamp now) {
    std::vector<Entry> due;
    const auto rest =
        std::stable_partition(entries_.begin(), entries_.end(), [now](const Entry& entry) { return entry.due > now; });
    due.assign(rest, entries_.end());
    entries_.erase(rest, entries_.end());
    for (const Entry& entry : due) {
      const std::shared_ptr<session::Timed> timed = entry.timed.lock();
      if (timed) Watch(timed, timed->HandleDeadline(clock_.Now()));
    }
  }

 private:
  struct Entry {
    session::Timed* key;  // never dereferenced
    std::weak_ptr<session::Timed> timed;
    Timestamp due;  // in the time of the world
  };

  SkewedClock& clock_;
  std::vector<Entry> entries_;
};

}  // namespace gsoaprm::simulation
