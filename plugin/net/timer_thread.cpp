#include "net/timer_thread.h"

#include <chrono>

namespace gsoaprm::net {

TimerThread::~TimerThread() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (!thread_.joinable()) return;
  if (abandoned_) {
    thread_.detach();
  } else {
    thread_.join();
  }
}

void TimerThread::Abandon() { abandoned_ = true; }

void TimerThread::Watch(const std::shared_ptr<session::Timed>& timed, Timestamp at) {
  if (at.never() || abandoned_) return;
  bool earlier = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    auto entry = entries_.find(timed.get());
    // A dead object's address may have been given to a new one: its entry is not ours.
    if (entry != entries_.end() && !entry->second->second.timed.expired() && entry->second->first <= at) return;
    Insert(timed, timed.get(), at);
    earlier = table_.begin()->first == at;
    if (!thread_.joinable()) thread_ = std::thread([this] { Run(); });
  }
  if (earlier) changed_.notify_one();
}

void TimerThread::Insert(const std::weak_ptr<session::Timed>& weak, session::Timed* key, Timestamp at) {
  auto entry = entries_.find(key);
  if (entry != entries_.end()) table_.erase(entry->second);
  entries_[key] = table_.emplace(at, Entry{key, weak});
}

void TimerThread::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stopping_) {
    if (table_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const Timestamp now = clock_->Now();
    const Timestamp next = table_.begin()->first;
    if (next > now) {
      changed_.wait_for(lock, std::chrono::microseconds((next - now).microseconds()));
      continue;
    }
    session::Timed* const key = table_.begin()->second.key;
    std::weak_ptr<session::Timed> weak = table_.begin()->second.timed;
    std::shared_ptr<session::Timed> timed = weak.lock();
    entries_.erase(key);
    table_.erase(table_.begin());
    if (!timed) continue;
    lock.unlock();
    const Timestamp again = timed->HandleDeadline(clock_->Now());
    timed.reset();
    lock.lock();
    if (!again.never() && !stopping_ && !weak.expired()) {
      auto entry = entries_.find(key);
      if (entry == entries_.end() || entry->second->first > again) Insert(weak, key, again);
    }
  }
}

}  // namespace gsoaprm::net
