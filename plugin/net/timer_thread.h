// The one thread that sleeps to the next deadline of all sessions of a plugin instance. Started by the first deadline.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "session/ports.h"

namespace gsoaprm::net {

class TimerThread : public session::Timer {
 public:
  explicit TimerThread(session::Clock* clock) : clock_(clock) {}
  // Waits for a HandleDeadline that is running, so it must not be called by one: no Timed owns its timer.
  ~TimerThread() override;

  void Watch(const std::shared_ptr<session::Timed>& timed, Timestamp at) override;
  // After fork() the thread exists in the parent only; the child's table is dead.
  void Abandon();

 private:
  struct Entry {
    session::Timed* key;  // never dereferenced: names the object in entries_
    std::weak_ptr<session::Timed> timed;
  };
  using Table = std::multimap<Timestamp, Entry>;
  void Run();
  void Insert(const std::weak_ptr<session::Timed>& weak, session::Timed* key, Timestamp at);

  session::Clock* clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Table table_;
  std::map<session::Timed*, Table::iterator> entries_;  // where each Timed stands in the table
  std::thread thread_;
  bool stopping_ = false;
  bool abandoned_ = false;
};

}  // namespace gsoaprm::net
