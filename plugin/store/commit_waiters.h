// The threads that wait for a commit. Each sleeps on a semaphore of its own: those whose changes are durable go on
// without the store's mutex, which all of them would otherwise want at once.
#pragma once

#include <semaphore.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <vector>

#include "store/store.h"

namespace gsoaprm::store {

class CommitWaiter {
 public:
  explicit CommitWaiter(Ticket ticket) : ticket_(ticket) { sem_init(&semaphore_, 0, 0); }
  ~CommitWaiter() { sem_destroy(&semaphore_); }
  CommitWaiter(const CommitWaiter&) = delete;
  CommitWaiter& operator=(const CommitWaiter&) = delete;

  Ticket ticket() const { return ticket_; }
  void Wake() { sem_post(&semaphore_); }
  void Release() {
    released_ = true;
    sem_post(&semaphore_);
  }
  // Its changes are durable, and it counts as waiting no more.
  bool released() const { return released_; }
  // False when nobody woke it before the deadline.
  bool Sleep(std::chrono::steady_clock::time_point deadline) {
    const auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(deadline.time_since_epoch()).count();
    constexpr long kSecond = 1000000000;
    const timespec until{static_cast<time_t>(since / kSecond), static_cast<long>(since % kSecond)};
    int result = -1;
    do {
      result = sem_clockwait(&semaphore_, CLOCK_MONOTONIC, &until);
    } while (result != 0 && errno == EINTR);
    return result == 0;
  }

 private:
  const Ticket ticket_;
  std::atomic<bool> released_{false};
  sem_t semaphore_;
};

// With the store's mutex.
class CommitWaiters {
 public:
  void Add(CommitWaiter* waiter) { sleeping_.push_back(waiter); }
  // False when it has been woken.
  bool Remove(CommitWaiter* waiter) {
    const auto place = std::find(sleeping_.begin(), sleeping_.end(), waiter);
    if (place == sleeping_.end()) return false;
    sleeping_.erase(place);
    return true;
  }
  // How many they were.
  std::size_t ReleaseUpTo(Ticket durable) {
    const auto others = std::stable_partition(sleeping_.begin(), sleeping_.end(),
                                              [&](const CommitWaiter* waiter) { return waiter->ticket() <= durable; });
    const auto released = static_cast<std::size_t>(others - sleeping_.begin());
    std::for_each(sleeping_.begin(), others, [](CommitWaiter* waiter) { waiter->Release(); });
    sleeping_.erase(sleeping_.begin(), others);
    return released;
  }
  // To begin the next commit.
  void WakeOne() {
    if (sleeping_.empty()) return;
    CommitWaiter* first = sleeping_.front();
    sleeping_.erase(sleeping_.begin());
    first->Wake();
  }

 private:
  std::vector<CommitWaiter*> sleeping_;
};

}  // namespace gsoaprm::store
