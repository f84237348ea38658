#include "net/timer_thread.h"

#include <chrono>

namespace gsoaprm::net {

TimerThread::~TimerThread() {
  {
    std::lock_guard<std::mutex> lock(state_->mutex);
    state_->stopping = true;
  }
  state_->changed.notify_all();
  if (!thread_.joinable()) return;
  if (thread_.get_id() == std::this_thread::get_id()) {
    thread_.detach();
  } else {
    thread_.join();
  }
}

void TimerThread::Watch(const std::shared_ptr<session::Timed>& timed, Timestamp at) {
  if (at.never()) return;
  State& state = *state_;
  bool earlier = false;
  {
    std::lock_guard<std::mutex> lock(state.mutex);
    auto entry = state.entries.find(timed.get());
    // A dead object's address may have been given to a new one: its entry is not ours.
    if (entry != state.entries.end() && !entry->second->second.timed.expired() && entry->second->first <= at) return;
    state.Insert(timed, timed.get(), at);
    earlier = state.table.begin()->first == at;
    if (!thread_.joinable()) thread_ = std::thread([kept = state_] { kept->Run(); });
  }
  if (earlier) state.changed.notify_one();
}

void TimerThread::State::Insert(const std::weak_ptr<session::Timed>& weak, session::Timed* key, Timestamp at) {
  auto entry = entries.find(key);
  if (entry != entries.end()) table.erase(entry->second);
  entries[key] = table.emplace(at, Entry{key, weak});
}

void TimerThread::State::Run() {
  std::unique_lock<std::mutex> lock(mutex);
  while (!stopping) {
    if (table.empty()) {
      changed.wait(lock);
      continue;
    }
    const Timestamp now = clock->Now();
    const Timestamp next = table.begin()->first;
    if (next > now) {
      changed.wait_for(lock, std::chrono::microseconds((next - now).microseconds()));
      continue;
    }
    session::Timed* const key = table.begin()->second.key;
    std::weak_ptr<session::Timed> weak = table.begin()->second.timed;
    std::shared_ptr<session::Timed> timed = weak.lock();
    entries.erase(key);
    table.erase(table.begin());
    if (!timed) continue;
    lock.unlock();
    const Timestamp again = timed->HandleDeadline(clock->Now());
    timed.reset();
    lock.lock();
    if (!again.never() && !stopping && !weak.expired()) {
      auto entry = entries.find(key);
      if (entry == entries.end() || entry->second->first > again) Insert(weak, key, again);
    }
  }
}

}  // namespace gsoaprm::net
