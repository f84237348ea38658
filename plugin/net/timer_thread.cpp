#include "net/timer_thread.h"

#include <chrono>
#include <utility>

namespace gsoaprm::net {

namespace {

constexpr Duration kAgainAfterShortage = Duration::Milliseconds(100);

}  // namespace

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
    if (!thread_.joinable()) thread_ = std::thread([kept = state_] { kept->Run(); });
    state.Insert(timed, timed.get(), at);
    earlier = state.table.begin()->first == at;
  }
  if (earlier) state.changed.notify_one();
}

void TimerThread::State::Insert(const std::weak_ptr<session::Timed>& weak, session::Timed* key, Timestamp at) {
  auto entry = entries.emplace(key, table.end()).first;
  Table::iterator place;
  try {
    place = table.emplace(at, Entry{key, weak});
  } catch (...) {
    if (entry->second == table.end()) entries.erase(entry);
    throw;
  }
  if (entry->second != table.end()) table.erase(entry->second);
  entry->second = place;
}

// Its entries leave the tables, and take their places again without any memory.
void TimerThread::State::CallFirst(std::unique_lock<std::mutex>* lock) {
  Entries::node_type entry = entries.extract(table.begin()->second.key);
  Table::node_type place = table.extract(table.begin());
  std::shared_ptr<session::Timed> timed = place.mapped().timed.lock();
  if (!timed) return;
  lock->unlock();
  Timestamp again;
  try {
    again = timed->HandleDeadline(clock->Now());
  } catch (...) {
    // Memory ran out: what was to be done is done a little later.
    again = clock->Now() + kAgainAfterShortage;
  }
  const std::weak_ptr<session::Timed> weak = timed;
  timed.reset();
  lock->lock();
  if (again.never() || stopping || weak.expired()) return;
  const auto other = entries.find(entry.key());
  if (other != entries.end()) {
    if (other->second->first <= again) return;
    table.erase(other->second);
    entries.erase(other);
  }
  place.key() = again;
  entry.mapped() = table.insert(std::move(place));
  entries.insert(std::move(entry));
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
    CallFirst(&lock);
  }
}

}  // namespace gsoaprm::net
