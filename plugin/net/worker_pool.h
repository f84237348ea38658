// Threads for exchanges in the background: started when there is work and nobody idle, at most so many, ended when idle
// for a while.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

namespace gsoaprm::net {

class WorkerPool {
 public:
  using Job = std::function<void()>;

  // `idle`: how long a thread waits for another job before it ends.
  WorkerPool(std::size_t maximum_threads, std::chrono::milliseconds idle);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  ~WorkerPool();

  // Jobs start in the order of their posting. False when the pool is stopped: the job is dropped. A job must not throw.
  bool Post(Job job);
  // Drops what has not started and waits for what runs. Not to be called by a job.
  void Stop();

  std::size_t threads() const;
  // How many of them wait for a job.
  std::size_t idle() const;

 private:
  using Threads = std::list<std::thread>;
  void Run(Threads::iterator self);
  void JoinEnded(std::unique_lock<std::mutex>* lock);

  const std::size_t maximum_threads_;
  const std::chrono::milliseconds idle_time_;
  mutable std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<Job> jobs_;
  Threads running_;
  Threads ended_;  // still to be joined
  std::size_t idle_ = 0;
  bool stopped_ = false;
};

}  // namespace gsoaprm::net
