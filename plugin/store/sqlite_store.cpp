#include "store/sqlite_store.h"

#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

#include "store/quota.h"
#include "store/sqlite_store_impl.h"
#include "store/sqlite_transaction.h"

namespace gsoaprm::store {

namespace {

constexpr Duration kLongestWait = Duration::Seconds(365 * 24 * 3600);
constexpr std::uint64_t kBytesOfARow = 256;

// Where many wait, more are on their way: a moment's patience makes one commit of what would be several. Nobody waits
// who is alone, or almost so; and for more than came lately only once in so many commits.
constexpr std::size_t kCompany = 4;
constexpr std::chrono::microseconds kPatienceForCompany{2000};
constexpr int kContentedFor = 16;

std::uint64_t PayloadBytes(const wire::PayloadPointer& payload) { return payload ? payload->entity.size() : 0; }

// What it will take in the file, roughly.
std::uint64_t BytesOf(const engine::Changes& changes) {
  std::uint64_t bytes = 0;
  for (const engine::Change& change : changes) {
    bytes += kBytesOfARow;
    if (const auto* taken = std::get_if<engine::MessageTaken>(&change)) bytes += PayloadBytes(taken->message.payload);
    if (const auto* kept = std::get_if<engine::ReplyKept>(&change)) bytes += PayloadBytes(kept->reply.payload);
    if (const auto* put = std::get_if<engine::OutgoingPut>(&change)) bytes += PayloadBytes(put->message.payload);
  }
  return bytes;
}

std::chrono::microseconds Of(Duration duration) {
  return std::chrono::microseconds(std::clamp(duration, Duration(), kLongestWait).microseconds());
}

}  // namespace

SqliteStore::SqliteStore(const SqliteStoreOptions& options)
    : options_(options),
      process_(getpid()),
      database_(options),
      retry_delay_(options.first_retry),
      log_retry_delay_(options.first_retry) {}

SqliteStore::~SqliteStore() {
  if (process_ != getpid()) {
    // The child of a fork: thread and file are the parent's, and who waits there will never come here to be woken.
    if (thread_.joinable()) thread_.detach();
    static_cast<void>(conditions_.release());
    if (reader_ != nullptr) reader_->Abandon();
    database_.Abandon();
    return;
  }
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  keeper_.notify_all();
  company_.notify_all();
  changed_.notify_all();
  if (!thread_.joinable()) return;
  thread_.join();
  Lock lock(mutex_);
  if (failing_) Heal(&lock);
  if (!failing_ && !queue_.empty()) CommitQueued(&lock);
}

Status SqliteStore::Open() {
  Status problem = database_.Open();
  if (!problem.ok()) return problem;
  next_outgoing_id_ = database_.first_outgoing_id();
  metrics_.bytes = database_.bytes();
  reader_ = std::make_unique<WaitingReader>(database_.path(), options_.vfs);
  look_at_ = keeper_wakes_at_ = Clock::now() + Of(options_.poll_interval);
  thread_ = std::thread([this] { Keep(); });
  return problem;
}

Status SqliteStore::Load(Recovery* recovery) {
  Lock lock(mutex_);
  changed_.wait(lock, [this] { return !busy_; });
  busy_ = true;
  lock.unlock();
  Status problem = database_.Load(recovery);
  std::vector<Uri> endpoints;  // those who ask will find that messages wait for them
  bool well = !problem.ok() || RedriveNow(&endpoints);
  lock.lock();
  loaded_ = problem.ok();
  if (!well) Failed();
  Release();
  return problem;
}

Ticket SqliteStore::Enqueue(engine::Changes changes) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (changes.empty()) return enqueued_;
  queued_bytes_ += BytesOf(changes);
  if (queue_.empty()) {
    first_queued_at_ = Clock::now();
    // Rarely: otherwise it is up before that anyway.
    if (keeper_wakes_at_ > first_queued_at_ + Of(options_.lazy_delay)) keeper_.notify_one();
  }
  queue_.push_back(std::move(changes));
  if (wanted_ != 0 && queue_.size() >= wanted_) company_.notify_one();
  return ++enqueued_;
}

bool SqliteStore::WaitDurable(Ticket ticket, Duration patience) {
  if (IsDurable(ticket)) return true;
  const Instant deadline = Clock::now() + Of(patience);
  Lock lock(mutex_);
  if (ticket > enqueued_ || TransactionIsMine()) return false;
  ++waiting_;
  CommitWaiter waiter(ticket);
  bool called = false;  // to begin the next commit
  while (!IsDurable(ticket)) {
    if (IsFree()) {
      called = false;
      AwaitCompany(&lock);
      CommitQueued(&lock);
      continue;
    }
    sleeping_.Add(&waiter);
    lock.unlock();
    const bool woken = waiter.Sleep(deadline);
    if (woken && waiter.released()) return true;
    lock.lock();
    called = !sleeping_.Remove(&waiter);
    if (waiter.released()) return true;
    if (!woken) break;
  }
  --waiting_;
  if (called) CallForCommit();
  return IsDurable(ticket);
}

// As many as came lately; now and then, a few more.
void SqliteStore::AwaitCompany(Lock* lock) {
  if (std::max(waiting_, company_before_) < kCompany) return;
  busy_ = true;
  const bool probe = contented_ == 0;
  wanted_ = std::max(expected_ + (probe ? expected_ / 4 + 1 : 0), kCompany);
  const bool came =
      company_.wait_for(*lock, kPatienceForCompany, [this] { return stopping_ || queue_.size() >= wanted_; });
  expected_ = came ? wanted_ : queue_.size();
  contented_ = came ? std::max(contented_ - 1, 0) : kContentedFor;
  wanted_ = 0;
}

void SqliteStore::TakeQueue() {
  batch_.swap(queue_);
  batch_bytes_ = queued_bytes_;
}

// Back to where it was, before what has come meanwhile.
void SqliteStore::ReturnBatch() {
  std::move(queue_.begin(), queue_.end(), std::back_inserter(batch_));
  queue_.clear();
  batch_.swap(queue_);
  first_queued_at_ = Clock::now();
}

void SqliteStore::CommitQueued(Lock* lock) {
  busy_ = true;
  TakeQueue();
  Ticket up_to = enqueued_;
  lock->unlock();
  bool committed = database_.Commit(batch_);
  if (committed) batch_.clear();
  lock->lock();
  if (committed) {
    Committed(up_to);
  } else {
    Failed();
  }
  Release();
}

void SqliteStore::Committed(Ticket up_to) {
  durable_.store(up_to, std::memory_order_release);
  company_before_ = waiting_;
  queued_bytes_ -= batch_bytes_;
  ++metrics_.commits;
  metrics_.dead_letters += database_.TakeBuried();
}

// Nothing of the batch is in the file: the store's own thread writes it again.
void SqliteStore::Failed() {
  ReturnBatch();
  ++metrics_.failed_commits;
  failing_ = true;
  problem_ = database_.problem();
  heal_at_ = Clock::now() + Of(retry_delay_);
  retry_delay_ = std::min(retry_delay_ * 2, options_.longest_retry);
  keeper_.notify_one();
}

void SqliteStore::Release() {
  busy_ = false;
  metrics_.bytes = database_.bytes();
  log_is_due_ = database_.checkpoint_due();
  if (log_is_due_ && !failing_ && Clock::now() >= write_back_at_) {
    keepers_turn_ = true;
    keeper_.notify_one();
  }
  waiting_ -= sleeping_.ReleaseUpTo(durable_);
  CallForCommit();
  changed_.notify_all();
}

// After a failed commit: all of it once more.
void SqliteStore::Heal(Lock* lock) {
  busy_ = true;
  TakeQueue();
  Ticket up_to = enqueued_;
  lock->unlock();
  bool something = !batch_.empty();
  bool healed = database_.Heal() && (!something || database_.Commit(batch_));
  if (healed) batch_.clear();
  lock->lock();
  if (healed) {
    failing_ = false;
    retry_delay_ = options_.first_retry;
    if (something) Committed(up_to);
  } else {
    Failed();
  }
  Release();
}

bool SqliteStore::HasRoomLocked() const {
  return !failing_ && log_problem_.ok() && QuotaHasRoom(metrics_.bytes + queued_bytes_, options_.quota_bytes);
}

bool SqliteStore::HasRoom() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return HasRoomLocked();
}

Status SqliteStore::problem() const {
  std::lock_guard<std::mutex> lock(mutex_);
  if (failing_) return problem_;
  if (!log_problem_.ok()) return log_problem_;
  if (!HasRoomLocked()) {
    return Status::Error(
        ErrorClass::kTryAgain, "StoreFull",
        "the store " + options_.path + " has used up its quota of " + std::to_string(options_.quota_bytes) + " bytes",
        "Wait until messages that it holds are done, purge dead letters, or raise the quota.");
  }
  if (nested_) {
    return Status::Error(ErrorClass::kMisuse, "StoreTransaction",
                         "this thread has a transaction of the store already, and wanted another",
                         "End the first before the next is begun.");
  }
  return Status::Ok();
}

std::unique_ptr<Transaction> SqliteStore::Begin(Duration patience) {
  const Instant deadline = Clock::now() + Of(patience);
  Lock lock(mutex_);
  if (TransactionIsMine()) {
    nested_ = true;
    return nullptr;
  }
  for (;;) {
    if (!changed_.wait_until(lock, deadline, [this] { return stopping_ || IsFree(); })) return nullptr;
    if (stopping_) return nullptr;
    busy_ = true;
    lock.unlock();
    bool begun = database_.BeginOperation();
    lock.lock();
    if (begun) break;
    Failed();
    Release();
  }
  owner_ = std::this_thread::get_id();
  nested_ = false;
  return std::make_unique<SqliteTransaction>(this);
}

bool SqliteStore::UndoTransaction() { return database_.UndoOperation(); }

// All that was enqueued before comes before these changes, in the same commit.
bool SqliteStore::CommitTransaction(const engine::Changes& changes) {
  Lock lock(mutex_);
  TakeQueue();
  Ticket up_to = enqueued_;
  lock.unlock();
  bool committed = database_.CommitOperation(batch_, changes);
  if (committed) batch_.clear();
  // What has failed must not come back after a crash when the operation has been run again: so at once.
  bool ailing = database_.ailing();
  bool healed = ailing && database_.Heal();
  lock.lock();
  if (committed) {
    Committed(up_to);
  } else if (ailing) {
    Failed();
    failing_ = !healed;
  } else {
    ReturnBatch();
  }
  EndTransaction();
  return committed;
}

void SqliteStore::AbandonTransaction() {
  database_.RollBackOperation();
  bool ailing = database_.ailing();
  Lock lock(mutex_);
  if (ailing) Failed();
  EndTransaction();
}

void SqliteStore::EndTransaction() {
  owner_ = std::thread::id();
  nested_ = false;
  Release();
}

std::vector<engine::OutgoingRecord> SqliteStore::Waiting(const Uri& endpoint, engine::OutgoingId after,
                                                         std::size_t limit) {
  std::vector<engine::OutgoingId> damaged;
  std::vector<engine::OutgoingRecord> messages = reader_->Read(endpoint, after, limit, &damaged);
  // Not sent altered, and not passed over in silence.
  for (engine::OutgoingId id : damaged) Enqueue({engine::OutgoingBuried{id, "its row in the store is damaged"}});
  return messages;
}

void SqliteStore::WhenRedriven(const std::function<void(const Uri& endpoint)>& tell) {
  std::lock_guard<std::mutex> lock(mutex_);
  tell_redriven_ = tell;
}

StoreMetrics SqliteStore::metrics() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return metrics_;
}

// ---- the store's own thread ----

void SqliteStore::Keep() {
  Lock lock(mutex_);
  while (!stopping_) {
    Instant now = Clock::now();
    keeper_wakes_at_ = NextWork();
    if (now < keeper_wakes_at_) {
      PassKeepersTurn();
      keeper_.wait_until(lock, keeper_wakes_at_);
    } else if (busy_) {
      // Where one commit follows another at once, it would never find the file free.
      keepers_turn_ = true;
      changed_.wait(lock);
    } else {
      keepers_turn_ = false;
      Work(&lock, now);
    }
  }
  PassKeepersTurn();
}

// One of those who wait begins the next commit.
void SqliteStore::CallForCommit() {
  if (IsFree() && !queue_.empty()) sleeping_.WakeOne();
}

// There is nothing to do after all.
void SqliteStore::PassKeepersTurn() {
  if (!std::exchange(keepers_turn_, false)) return;
  CallForCommit();
  changed_.notify_all();
}

SqliteStore::Instant SqliteStore::NextWork() const {
  if (failing_) return heal_at_;
  Instant next = look_at_;
  if (log_is_due_) next = std::min(next, write_back_at_);
  if (!queue_.empty()) next = std::min(next, first_queued_at_ + Of(options_.lazy_delay));
  return next;
}

void SqliteStore::Work(Lock* lock, Instant now) {
  if (failing_) {
    Heal(lock);
  } else if (log_is_due_ && now >= write_back_at_) {
    WriteBack(lock);
  } else if (!queue_.empty() && now >= first_queued_at_ + Of(options_.lazy_delay)) {
    CommitQueued(lock);
  } else {
    LookForOthers(lock, now);
  }
}

void SqliteStore::WriteBack(Lock* lock) {
  busy_ = true;
  lock->unlock();
  bool written = database_.Checkpoint();
  lock->lock();
  log_problem_ = written ? Status::Ok() : database_.problem();
  log_retry_delay_ = written ? options_.first_retry : std::min(log_retry_delay_ * 2, options_.longest_retry);
  write_back_at_ = written ? Instant() : Clock::now() + Of(log_retry_delay_);
  Release();
}

void SqliteStore::LookForOthers(Lock* lock, Instant now) {
  look_at_ = now + Of(options_.poll_interval);
  if (!loaded_) return Release();
  busy_ = true;
  lock->unlock();
  std::vector<Uri> endpoints;
  bool well = !database_.ChangedByOthers() || RedriveNow(&endpoints);
  lock->lock();
  if (!well) Failed();
  Release();
  std::function<void(const Uri&)> tell = tell_redriven_;
  if (endpoints.empty() || tell == nullptr) return;
  lock->unlock();
  for (const Uri& endpoint : endpoints) tell(endpoint);
  lock->lock();
}

bool SqliteStore::RedriveNow(std::vector<Uri>* endpoints) {
  return database_.Redrive(endpoints, [this] { return NextOutgoingId(); });
}

std::unique_ptr<Store> OpenSqliteStore(const SqliteStoreOptions& options, Status* problem) {
  auto store = std::make_unique<SqliteStore>(options);
  *problem = store->Open();
  if (!problem->ok()) store.reset();
  return store;
}

}  // namespace gsoaprm::store
