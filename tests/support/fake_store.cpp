#include "tests/support/fake_store.h"

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace gsoaprm::testing {

// Sees its own copy of the application's rows, and puts it back with the commit.
class FakeStore::FakeTransaction : public store::Transaction {
 public:
  explicit FakeTransaction(FakeStore* store) : store_(*store), application_(store->disk_.application) {}
  ~FakeTransaction() override { Close(); }

  void* handle() override { return &application_; }

  bool Commit(const engine::Changes& changes) override {
    {
      std::lock_guard<std::mutex> lock(store_.mutex_);
      if (!open_ || store_.crashed_ || store_.stalled_ || store_.TakeFailure()) return Undone();
      store_.CommitPending();
      store_.disk_.Apply(changes);
      store_.disk_.application = application_;
      store_.history_.insert(store_.history_.end(), changes.begin(), changes.end());
      CloseLocked();
    }
    store_.changed_.notify_all();
    return true;
  }
  bool Undo() override {
    std::lock_guard<std::mutex> lock(store_.mutex_);
    application_ = store_.disk_.application;
    return open_ && !store_.crashed_;
  }

 private:
  bool Undone() {
    CloseLocked();
    return false;
  }
  void CloseLocked() {
    if (!open_) return;
    open_ = false;
    store_.transaction_open_ = false;
  }
  void Close() {
    std::lock_guard<std::mutex> lock(store_.mutex_);
    CloseLocked();
    store_.changed_.notify_all();
  }

  FakeStore& store_;
  Application application_;
  bool open_ = true;
};

Status FakeStore::Load(store::Recovery* recovery) {
  disk_.Recover(recovery);
  return Status::Ok();
}

store::Ticket FakeStore::Enqueue(engine::Changes changes) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (changes.empty()) return last_ticket_;
  history_.insert(history_.end(), changes.begin(), changes.end());
  pending_.push_back(std::move(changes));
  return ++last_ticket_;
}

bool FakeStore::IsDurable(store::Ticket ticket) const {
  std::lock_guard<std::mutex> lock(mutex_);
  return ticket <= durable_;
}

bool FakeStore::WaitDurable(store::Ticket ticket, Duration patience) {
  std::function<void()> action;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (ticket <= durable_) return true;
    ++waits_;
    action = on_wait_;
  }
  if (action) action();
  std::unique_lock<std::mutex> lock(mutex_);
  ++waiting_;
  changed_.notify_all();
  changed_.wait_for(lock, std::chrono::seconds(10), [&] { return !held_ || crashed_ || ticket <= durable_; });
  if (ticket > durable_ && WaitUntilFree(&lock, patience)) CommitLocked();
  --waiting_;
  changed_.notify_all();
  return ticket <= durable_;
}

bool FakeStore::WaitUntilFree(std::unique_lock<std::mutex>* lock, Duration patience) {
  // Who waits for his own transaction would do so for ever.
  if (transaction_open_ && transaction_thread_ != std::this_thread::get_id()) {
    changed_.wait_for(*lock, std::chrono::microseconds(patience.microseconds()),
                      [&] { return !transaction_open_ || stalled_ || crashed_; });
  }
  return CanBegin() && !held_;
}

bool FakeStore::HasRoom() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return has_room_;
}

Status FakeStore::problem() const {
  std::lock_guard<std::mutex> lock(mutex_);
  if (has_room_) return Status::Ok();
  return Status::Error(ErrorClass::kTryAgain, "StoreFull", "The store has used up its quota.", "Raise the quota.");
}

std::unique_ptr<store::Transaction> FakeStore::Begin(Duration patience) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (!WaitUntilFree(&lock, patience) || !CommitLocked()) return nullptr;
  transaction_open_ = true;
  transaction_thread_ = std::this_thread::get_id();
  return std::make_unique<FakeTransaction>(this);
}

engine::OutgoingId FakeStore::NextOutgoingId() {
  std::lock_guard<std::mutex> lock(mutex_);
  return ++last_id_;
}

std::vector<engine::OutgoingRecord> FakeStore::Waiting(const Uri& endpoint, engine::OutgoingId after,
                                                       std::size_t limit) {
  std::lock_guard<std::mutex> lock(mutex_);
  return disk_.Waiting(endpoint, after, limit);
}

std::vector<Uri> FakeStore::WaitingEndpoints() {
  std::lock_guard<std::mutex> lock(mutex_);
  return disk_.WaitingEndpoints();
}

store::StoreMetrics FakeStore::metrics() const {
  std::lock_guard<std::mutex> lock(mutex_);
  store::StoreMetrics metrics = metrics_;
  metrics.dead_letters = disk_.dead_letters.size();
  return metrics;
}

// ---- what happens to it ----

bool FakeStore::Commit() {
  std::lock_guard<std::mutex> lock(mutex_);
  return CanBegin() && CommitLocked();
}

void FakeStore::CommitFirst(std::size_t count) {
  std::lock_guard<std::mutex> lock(mutex_);
  for (std::size_t i = 0; i < count && i < pending_.size(); ++i) disk_.Apply(pending_[i]);
  count = std::min(count, pending_.size());
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(count));
  durable_ += count;
  if (count > 0) ++metrics_.commits;
}

bool FakeStore::TakeFailure() {
  if (failing_ == 0) return false;
  --failing_;
  ++metrics_.failed_commits;
  return true;
}

bool FakeStore::CommitLocked() {
  if (pending_.empty()) return true;
  if (TakeFailure()) {
    if (failures_reach_the_disk_) {
      for (const engine::Changes& changes : pending_) disk_.Apply(changes);
    }
    return false;
  }
  CommitPending();
  return true;
}

void FakeStore::CommitPending() {
  for (const engine::Changes& changes : pending_) disk_.Apply(changes);
  pending_.clear();
  durable_ = last_ticket_;
  ++metrics_.commits;
}

void FakeStore::Crash() {
  std::lock_guard<std::mutex> lock(mutex_);
  crashed_ = true;
  changed_.notify_all();
}

void FakeStore::FailCommits(int count, bool reach_the_disk) {
  std::lock_guard<std::mutex> lock(mutex_);
  failing_ = count;
  failures_reach_the_disk_ = reach_the_disk;
}

void FakeStore::Stall(bool stalled) {
  std::lock_guard<std::mutex> lock(mutex_);
  stalled_ = stalled;
  changed_.notify_all();
}

void FakeStore::Hold(bool held) {
  std::lock_guard<std::mutex> lock(mutex_);
  held_ = held;
  changed_.notify_all();
}

bool FakeStore::AwaitWaiters(int count) {
  std::unique_lock<std::mutex> lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return waiting_ >= count; });
}

void FakeStore::SetRoom(bool has_room) {
  std::lock_guard<std::mutex> lock(mutex_);
  has_room_ = has_room;
}

void FakeStore::OnWait(std::function<void()> action) {
  std::lock_guard<std::mutex> lock(mutex_);
  on_wait_ = std::move(action);
}

std::size_t FakeStore::enqueued() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return pending_.size();
}

int FakeStore::waits() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return waits_;
}

store::Ticket FakeStore::newest() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return last_ticket_;
}

engine::Changes FakeStore::history() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return history_;
}

}  // namespace gsoaprm::testing
