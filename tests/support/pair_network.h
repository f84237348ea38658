// A network in virtual time: what is to happen stands in one queue; what gets lost, doubled or delayed comes from a
// seed.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <random>
#include <utility>
#include <vector>

#include "base/time.h"

namespace gsoaprm::testing {

struct NetworkOptions {
  double request_loss = 0;
  double reply_loss = 0;
  Timestamp request_loss_after = Timestamp::Never();  // from then on nothing arrives
  double duplication = 0;                             // of requests
  double mixing_up = 0;  // replies given to another's request, as a broken intermediary might
  Duration shortest_delay = Duration::Milliseconds(1);
  Duration longest_delay = Duration::Milliseconds(1);  // a wide span reorders
};

class PairNetwork {
 public:
  PairNetwork(const NetworkOptions& options, std::uint64_t seed) : options_(options), random_(seed) {}

  bool LosesRequest(Timestamp now) { return now >= options_.request_loss_after || Happens(options_.request_loss); }
  bool LosesReply() { return Happens(options_.reply_loss); }
  bool MixesUp() { return Happens(options_.mixing_up); }
  bool Duplicates() { return Happens(options_.duplication); }
  Duration Delay() { return Between(options_.shortest_delay, options_.longest_delay); }
  Duration Between(Duration shortest, Duration longest) {
    std::uniform_int_distribution<std::int64_t> span(shortest.microseconds(), longest.microseconds());
    return Duration::Microseconds(span(random_));
  }

  void At(Timestamp time, std::function<void()> action) { events_.push(Event{time, next_event_++, std::move(action)}); }
  Timestamp Next() const { return events_.empty() ? Timestamp::Never() : events_.top().time; }
  // Takes out the action that is due first.
  std::function<void()> Take() {
    std::function<void()> action = events_.top().action;
    events_.pop();
    return action;
  }

 private:
  struct Event {
    Timestamp time;
    std::uint64_t order;  // what was planned first happens first
    std::function<void()> action;
    friend bool operator<(const Event& a, const Event& b) {
      return a.time != b.time ? b.time < a.time : b.order < a.order;
    }
  };

  bool Happens(double probability) { return std::uniform_real_distribution<double>(0, 1)(random_) < probability; }

  NetworkOptions options_;
  std::mt19937_64 random_;
  std::priority_queue<Event> events_;
  std::uint64_t next_event_ = 0;
};

}  // namespace gsoaprm::testing
