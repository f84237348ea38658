// A store in memory that crashes as the real one does: what was enqueued and not committed is lost, and the next store
// on the same disk finds what was committed. It fails, stalls and is full when it is told to.
//
//   FakeDisk disk;
//   FakeStore store(&disk);       // commits when somebody waits
//   ... store.Crash();            // nothing reaches the disk any more
//   FakeStore after(&disk);       // the restarted program's
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "store/store.h"
#include "tests/support/fake_disk.h"

namespace gsoaprm::testing {

class FakeStore : public store::Store {
 public:
  // What handle() of a transaction points to.
  using Application = std::map<std::string, std::string>;

  // The disk outlives the store.
  explicit FakeStore(FakeDisk* disk) : disk_(*disk), last_id_(disk->greatest_id()) {}

  // ---- Store ----
  Status Load(store::Recovery* recovery) override;
  store::Ticket Enqueue(engine::Changes changes) override;
  bool IsDurable(store::Ticket ticket) const override;
  bool WaitDurable(store::Ticket ticket, Duration patience) override;
  bool HasRoom() const override;
  Status problem() const override;
  std::unique_ptr<store::Transaction> Begin(Duration patience) override;
  engine::OutgoingId NextOutgoingId() override;
  std::vector<engine::OutgoingRecord> Waiting(const Uri& endpoint, engine::OutgoingId after,
                                              std::size_t limit) override;
  std::vector<Uri> WaitingEndpoints() override;
  store::StoreMetrics metrics() const override;

  // ---- what happens to it ----
  // Everything that is enqueued, as the store does by itself after a while. False when it did not succeed.
  bool Commit();
  // Only the first `count` of the enqueued lists: the crash comes between two commits.
  void CommitFirst(std::size_t count);
  // From now on nothing reaches the disk: nothing becomes durable, and no transaction is begun or committed.
  void Crash();
  // The next `count` commits fail. `reach_the_disk`: yet are there afterwards, as after an fsync whose outcome is not
  // known. What failed is written again with the next commit.
  void FailCommits(int count, bool reach_the_disk = false);
  // While stalled nothing is committed, and who waits is told at once that his patience is over.
  void Stall(bool stalled);
  // While held who waits does so until it is let go of, at most ten seconds.
  void Hold(bool held);
  // Until that many threads wait; false after ten seconds.
  bool AwaitWaiters(int count);
  void SetRoom(bool has_room);
  // Called, without a lock, whenever somebody is about to wait.
  void OnWait(std::function<void()> action);

  // ---- what it has seen ----
  std::size_t enqueued() const;  // lists that are not committed
  int waits() const;             // calls of WaitDurable for what was not durable yet
  store::Ticket newest() const;  // the last ticket given out
  // Everything enqueued or committed in a transaction, in that order.
  engine::Changes history() const;

 private:
  class FakeTransaction;
  bool CommitLocked();
  void CommitPending();
  bool CanBegin() const { return !transaction_open_ && !stalled_ && !crashed_; }
  bool TakeFailure();
  // False when it may not be committed yet, and waiting is of no use.
  bool WaitUntilFree(std::unique_lock<std::mutex>* lock, Duration patience);

  FakeDisk& disk_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<engine::Changes> pending_;
  store::Ticket last_ticket_ = 0;
  store::Ticket durable_ = 0;
  engine::OutgoingId last_id_ = 0;
  engine::Changes history_;
  store::StoreMetrics metrics_;
  std::function<void()> on_wait_;
  std::thread::id transaction_thread_;
  int failing_ = 0;
  int waits_ = 0;
  int waiting_ = 0;
  bool failures_reach_the_disk_ = false;
  bool stalled_ = false;
  bool held_ = false;
  bool crashed_ = false;
  bool has_room_ = true;
  bool transaction_open_ = false;
};

}  // namespace gsoaprm::testing
