// The threads of a store: who commits, who waits, and what the store's own thread does.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "store/commit_waiters.h"
#include "store/sqlite_database.h"
#include "store/sqlite_store.h"
#include "store/sqlite_waiting.h"
#include "store/store.h"

namespace gsoaprm::store {

class SqliteStore final : public Store {
 public:
  explicit SqliteStore(const SqliteStoreOptions& options);
  ~SqliteStore() override;
  SqliteStore(const SqliteStore&) = delete;
  SqliteStore& operator=(const SqliteStore&) = delete;

  Status Open();

  Status Load(Recovery* recovery) override;
  Ticket Enqueue(engine::Changes changes) override;
  bool IsDurable(Ticket ticket) const override { return ticket <= durable_.load(std::memory_order_acquire); }
  bool WaitDurable(Ticket ticket, Duration patience) override;
  bool HasRoom() const override;
  Status problem() const override;
  std::unique_ptr<Transaction> Begin(Duration patience) override;
  engine::OutgoingId NextOutgoingId() override { return next_outgoing_id_.fetch_add(1); }
  std::vector<engine::OutgoingRecord> Waiting(const Uri& endpoint, engine::OutgoingId after,
                                              std::size_t limit) override;
  std::vector<Uri> WaitingEndpoints() override { return reader_->Endpoints(); }
  void WhenRedriven(const std::function<void(const Uri& endpoint)>& tell) override;
  StoreMetrics metrics() const override;

 private:
  friend class SqliteTransaction;
  using Lock = std::unique_lock<std::mutex>;
  using Clock = std::chrono::steady_clock;
  using Instant = Clock::time_point;

  // ---- of whoever has set busy_ ----
  void TakeQueue();
  void ReturnBatch();
  void Committed(Ticket up_to);
  void Failed();
  void Release();
  void CommitQueued(Lock* lock);
  void AwaitCompany(Lock* lock);
  void Heal(Lock* lock);
  // ---- the store's own thread ----
  void Keep();
  Instant NextWork() const;
  void PassKeepersTurn();
  void Work(Lock* lock, Instant now);
  void WriteBack(Lock* lock);
  void LookForOthers(Lock* lock, Instant now);
  bool RedriveNow(std::vector<Uri>* endpoints);

  // Whether a commit or a transaction may begin.
  bool IsFree() const { return !busy_ && !failing_ && !keepers_turn_; }
  void CallForCommit();
  bool HasRoomLocked() const;
  bool TransactionIsMine() const { return owner_ == std::this_thread::get_id(); }
  // ---- of a transaction ----
  bool UndoTransaction();
  bool CommitTransaction(const engine::Changes& changes);
  void AbandonTransaction();
  void EndTransaction();

  const SqliteStoreOptions options_;
  const int process_;
  SqliteDatabase database_;             // of whoever has set busy_
  std::vector<engine::Changes> batch_;  // likewise: what is being written; else empty
  std::unique_ptr<WaitingReader> reader_;
  std::atomic<engine::OutgoingId> next_outgoing_id_{1};
  std::atomic<Ticket> durable_{0};

  struct Conditions {
    std::condition_variable changed;
    std::condition_variable keeper;
    std::condition_variable company;
  };

  mutable std::mutex mutex_;
  std::unique_ptr<Conditions> conditions_ = std::make_unique<Conditions>();
  std::condition_variable& changed_ = conditions_->changed;  // busy_ has become false, or something durable
  std::condition_variable& keeper_ = conditions_->keeper;    // the store's own thread has something to do
  std::condition_variable& company_ = conditions_->company;  // enough have come for the commit that is awaited
  bool busy_ = false;                                        // somebody uses database_ and batch_
  bool keepers_turn_ = false;                                // next it is the store's own thread that does
  CommitWaiters sleeping_;          // threads in WaitDurable; one of them begins the next commit
  std::size_t waiting_ = 0;         // how many threads are there, asleep or not
  std::size_t company_before_ = 0;  // waiting_ at the end of the last commit
  std::size_t wanted_ = 0;          // so many lists in the queue end the wait for company
  std::size_t expected_ = 0;        // lists of a commit, by those before it
  int contented_ = 0;               // so many commits before more are hoped for
  std::thread::id owner_;           // whose transaction it is
  bool nested_ = false;             // and that one wanted another
  std::vector<engine::Changes> queue_;
  std::uint64_t queued_bytes_ = 0;  // roughly, of queue_ and batch_
  std::uint64_t batch_bytes_ = 0;   // of batch_
  Instant first_queued_at_;
  Ticket enqueued_ = 0;
  bool loaded_ = false;
  bool failing_ = false;  // a commit has failed: the store's own thread writes it again
  bool log_is_due_ = false;
  Status problem_;      // while failing_
  Status log_problem_;  // the log cannot be written back: commits go on, what is new does not
  Duration retry_delay_;
  Duration log_retry_delay_;
  Instant heal_at_;
  Instant write_back_at_;
  Instant look_at_;
  Instant keeper_wakes_at_;
  StoreMetrics metrics_;
  std::function<void(const Uri&)> tell_redriven_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace gsoaprm::store
