#include "net/worker_pool.h"

#include <algorithm>
#include <utility>

namespace gsoaprm::net {

WorkerPool::WorkerPool(std::size_t maximum_threads, std::chrono::milliseconds idle)
    : maximum_threads_(maximum_threads), idle_time_(idle) {}

WorkerPool::~WorkerPool() { Stop(); }

bool WorkerPool::Post(Job job) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (stopped_) return false;
  jobs_.push_back(std::move(job));
  if (idle_ >= jobs_.size()) {
    posted_.notify_one();
  } else if (running_.size() < maximum_threads_) {
    running_.emplace_back();
    const auto self = std::prev(running_.end());
    try {
      *self = std::thread([this, self] { Run(self); });
    } catch (...) {
      running_.pop_back();
      // Those that run will come to it; without any the job would wait for ever.
      if (running_.empty()) {
        jobs_.pop_back();
        throw;
      }
    }
  }
  JoinEnded(&lock);
  return true;
}

void WorkerPool::Run(Threads::iterator self) {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stopped_) {
    if (jobs_.empty()) {
      idle_++;
      const bool woken = posted_.wait_for(lock, idle_time_, [this] { return stopped_ || !jobs_.empty(); });
      idle_--;
      if (!woken) break;
      continue;
    }
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    job = nullptr;  // what it holds is let go of without the lock
    lock.lock();
  }
  // Stop() joins what is in running_ itself.
  if (!stopped_) ended_.splice(ended_.end(), running_, self);
}

void WorkerPool::JoinEnded(std::unique_lock<std::mutex>* lock) {
  if (ended_.empty()) return;
  Threads ended;
  ended.swap(ended_);
  lock->unlock();
  for (std::thread& thread : ended) thread.join();
  lock->lock();
}

void WorkerPool::Stop() {
  std::deque<Job> dropped;
  Threads threads;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
    dropped.swap(jobs_);
    threads.swap(running_);
    threads.splice(threads.end(), ended_);
  }
  posted_.notify_all();
  for (std::thread& thread : threads) thread.join();
}

std::size_t WorkerPool::threads() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return running_.size();
}

std::size_t WorkerPool::idle() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return idle_ - std::min(idle_, jobs_.size());
}

}  // namespace gsoaprm::net
