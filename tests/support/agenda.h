// What is to happen in virtual time: one queue of actions, each at its time; what was planned first happens first.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "base/time.h"

namespace gsoaprm::testing {

class Agenda {
 public:
  void At(Timestamp time, std::function<void()> action) {
    events_.push_back(Event{time, next_event_++, std::move(action)});
    std::push_heap(events_.begin(), events_.end());
  }
  Timestamp Next() const { return events_.empty() ? Timestamp::Never() : events_.front().time; }
  // Takes out the action that is due first.
  std::function<void()> Take() {
    std::pop_heap(events_.begin(), events_.end());
    std::function<void()> action = std::move(events_.back().action);
    events_.pop_back();
    return action;
  }

 private:
  struct Event {
    Timestamp time;
    std::uint64_t order;
    std::function<void()> action;
    friend bool operator<(const Event& a, const Event& b) {
      return a.time != b.time ? b.time < a.time : b.order < a.order;
    }
  };

  std::vector<Event> events_;  // a heap
  std::uint64_t next_event_ = 0;
};

}  // namespace gsoaprm::testing
