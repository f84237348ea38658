// The one thread that sleeps to the next deadline of all sessions of a plugin instance. Started by the first deadline.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "session/ports.h"

namespace gsoaprm::net {

class TimerThread : public session::Timer {
 public:
  explicit TimerThread(session::Clock* clock) : state_(std::make_shared<State>(clock)) {}
  // Waits for a HandleDeadline that is running, unless called by it: a session that ends on the timer's thread may be
  // the last to hold a connection, and that the last to hold what owns this timer.
  ~TimerThread() override;

  void Watch(const std::shared_ptr<session::Timed>& timed, Timestamp at) override;

 private:
  struct Entry {
    session::Timed* key;  // never dereferenced: names the object in entries_
    std::weak_ptr<session::Timed> timed;
  };
  using Table = std::multimap<Timestamp, Entry>;
  using Entries = std::map<session::Timed*, Table::iterator>;  // where each Timed stands in the table
  // Outlives the timer where the timer's own thread destroys it.
  struct State {
    explicit State(session::Clock* clock_given) : clock(clock_given) {}
    void Run();
    void CallFirst(std::unique_lock<std::mutex>* lock);
    void Insert(const std::weak_ptr<session::Timed>& weak, session::Timed* key, Timestamp at);

    session::Clock* const clock;  // not used any more once stopping
    std::mutex mutex;
    std::condition_variable changed;
    Table table;
    Entries entries;
    bool stopping = false;
  };

  const std::shared_ptr<State> state_;
  std::thread thread_;
};

}  // namespace gsoaprm::net
