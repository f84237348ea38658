#include "store/sqlite_database.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "store/fail_point.h"
#include "store/sqlite_checksums.h"
#include "store/sqlite_problem.h"
#include "store/sqlite_recovery.h"
#include "store/sqlite_schema.h"

namespace gsoaprm::store {

struct SqliteDatabase::Kept {
  explicit Kept(Connection* connection)
      : begin(connection, "BEGIN IMMEDIATE"),
        commit(connection, "COMMIT"),
        savepoint(connection, "SAVEPOINT rm_operation"),
        undo(connection, "ROLLBACK TO rm_operation"),
        pages(connection, "PRAGMA page_count"),
        free_pages(connection, "PRAGMA freelist_count"),
        data_version(connection, "PRAGMA data_version") {}
  Prepared begin, commit, savepoint, undo, pages, free_pages, data_version;
};

namespace {

// Pages are all read when a store is opened, as far as that takes no more than a moment. Above, damage shows when the
// rows are read.
constexpr std::int64_t kLargestCheckedPages = 256 * 1024;

constexpr const char* kSettings =
    "PRAGMA synchronous=FULL; PRAGMA cell_size_check=ON; PRAGMA secure_delete=FAST; PRAGMA wal_autocheckpoint=0; "
    "PRAGMA cache_size=-2000; PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF";

std::optional<std::int64_t> NumberOf(Prepared* statement) {
  std::optional<std::int64_t> value;
  if ((*statement)->Next()) value = (*statement)->GetInteger(0);
  return (*statement)->Finish() == SQLITE_OK ? value : std::nullopt;
}

}  // namespace

SqliteDatabase::SqliteDatabase(const SqliteStoreOptions& options) : options_(options) {}

SqliteDatabase::~SqliteDatabase() = default;

void SqliteDatabase::Abandon() {
  // To close it would write the log back and remove it, beneath the parent's hands.
  static_cast<void>(kept_.release());
  static_cast<void>(writer_.release());
  static_cast<void>(connection_.release());
}

Status SqliteDatabase::Open() {
  path_ = CanonicalPath(options_.path);
  problem_ = lock_.Take(path_);
  FileState state = FileState::kPresent;
  if (problem_.ok()) problem_ = LookAtFile(path_, &state);
  if (problem_.ok() && state == FileState::kMissing) problem_ = CreateFile(path_, options_.vfs);
  if (problem_.ok()) problem_ = Connect();
  if (problem_.ok()) problem_ = CheckContents();
  if (problem_.ok()) problem_ = BeginAnew();
  if (problem_.ok()) problem_ = ReadOutgoingIds();
  if (!problem_.ok()) {
    // A file that is refused stays as it is, its log as well.
    if (connection_ != nullptr) sqlite3_db_config(connection_->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    return problem_;
  }
  Measure();
  ailing_ = false;
  return problem_;
}

Status SqliteDatabase::Connect() {
  kept_.reset();
  writer_.reset();
  connection_.reset();
  int result = SQLITE_OK;
  connection_ = Connection::Open(path_, options_.vfs, SQLITE_OPEN_READWRITE, &result);
  if (connection_ == nullptr) return SqliteProblem(result, path_, "open it");
  sqlite3* handle = connection_->handle();
  sqlite3_busy_timeout(handle, static_cast<int>(options_.busy_patience.milliseconds()));
  result = connection_->Execute(kSettings);
  if (result != SQLITE_OK) return SqliteProblem(result, path_, "open it");
  if (sqlite3_db_readonly(handle, "main") != 0) return SqliteProblem(SQLITE_READONLY, path_, "write it");
  Status problem = CheckVersion(connection_.get(), path_, Migrations());
  if (!problem.ok()) return problem;
  std::optional<std::string> mode = connection_->Text("PRAGMA journal_mode=WAL", &result);
  if (result != SQLITE_OK || mode != "wal") {
    return SqliteProblem(result != SQLITE_OK ? result : SQLITE_CANTOPEN, path_, "have a write-ahead log");
  }
  sqlite3_wal_hook(handle, &SqliteDatabase::LogGrew, this);
  sqlite3_commit_hook(handle, &SqliteDatabase::MayCommit, this);
  sqlite3_rollback_hook(handle, &SqliteDatabase::RolledBack, this);
  writer_ = std::make_unique<Writer>(connection_.get());
  kept_ = std::make_unique<Kept>(connection_.get());
  page_bytes_ = static_cast<std::uint64_t>(connection_->Number("PRAGMA page_size").value_or(4096));
  log_pages_ = written_back_ = 0;
  data_version_ = 0;
  return Status::Ok();
}

Status SqliteDatabase::CheckContents() {
  int result = SQLITE_OK;
  std::optional<std::int64_t> pages = connection_->Number("PRAGMA page_count", &result);
  if (result != SQLITE_OK) return SqliteProblem(result, path_, "read it");
  Status problem;
  if (pages.value_or(0) <= kLargestCheckedPages) problem = CheckPages(connection_.get(), path_);
  if (problem.ok()) problem = Migrate(connection_.get(), path_, Migrations());
  if (problem.ok()) problem = CheckTables(connection_.get(), path_, Migrations());
  return problem;
}

// What a process that was killed has written without being told that it is durable may be in the log and count, and may
// still get lost: it must be on the disk before anybody sees it. So the log is written back and emptied; where a reader
// hinders that, a commit takes the whole log to the disk.
Status SqliteDatabase::BeginAnew() {
  int result = EmptyLog();
  if (result == SQLITE_OK) return Status::Ok();
  return (result & 0xff) == SQLITE_BUSY ? Probe() : SqliteProblem(result, path_, "write its log back");
}

// A commit for its own sake.
Status SqliteDatabase::Probe() {
  int result = connection_->Execute(
      "BEGIN IMMEDIATE;"
      "INSERT INTO rm_meta(name, value, crc) VALUES('openings', 1, 0) "
      "ON CONFLICT(name) DO UPDATE SET value=value+1;"
      "COMMIT");
  if (result == SQLITE_OK) return Status::Ok();
  if (connection_->InTransaction()) connection_->Execute("ROLLBACK");
  return SqliteProblem(result, path_, "write it");
}

Status SqliteDatabase::ReadOutgoingIds() {
  std::int64_t reserved = 0;
  int result = writer_->ReservedOutgoingIds(&reserved);
  if (result == SQLITE_OK) {
    std::int64_t largest = connection_->Number("SELECT max(id) FROM rm_outgoing", &result).value_or(0);
    first_outgoing_id_ = std::max(reserved, largest + 1);
  }
  return result == SQLITE_OK ? Status::Ok() : SqliteProblem(result, path_, "read the identifiers of messages");
}

Status SqliteDatabase::Load(Recovery* recovery) { return LoadRecords(connection_.get(), path_, recovery); }

bool SqliteDatabase::Fail(int result, const char* what) {
  problem_ = SqliteProblem(result, path_, what);
  ailing_ = true;
  if (connection_ != nullptr && connection_->InTransaction()) connection_->Execute("ROLLBACK");
  if (connection_ != nullptr) connection_->FinishAll();
  if (writer_ != nullptr) writer_->ForgetKeys();
  return false;
}

int SqliteDatabase::WriteBatch(const std::vector<engine::Changes>& batch) {
  for (const engine::Changes& changes : batch) {
    int result = writer_->Write(changes);
    if (result != SQLITE_OK) return result;
  }
  return SQLITE_OK;
}

bool SqliteDatabase::Commit(const std::vector<engine::Changes>& batch) {
  int result = kept_->begin->Run();
  if (result == SQLITE_OK) result = WriteBatch(batch);
  if (result == SQLITE_OK) {
    Measure();
    FailPoint("store.commit.before");
    result = kept_->commit->Run();
  }
  if (result != SQLITE_OK) return Fail(result, "write it");
  FailPoint("store.commit.after");
  return true;
}

bool SqliteDatabase::BeginOperation() {
  int result = kept_->begin->Run();
  if (result == SQLITE_OK) result = kept_->savepoint->Run();
  if (result != SQLITE_OK) return Fail(result, "begin a transaction");
  in_operation_ = true;
  commit_allowed_ = false;
  rolled_back_ = false;
  return true;
}

bool SqliteDatabase::UndoOperation() {
  connection_->FinishAll();
  return !rolled_back_ && connection_->InTransaction() && kept_->undo->Run() == SQLITE_OK;
}

bool SqliteDatabase::CommitOperation(const std::vector<engine::Changes>& batch, const engine::Changes& changes) {
  connection_->FinishAll();
  // The application has ended it, whatever it has begun since: nothing of it was or will be committed.
  if (rolled_back_ || !connection_->InTransaction()) {
    RollBackOperation();
    return false;
  }
  int result = WriteBatch(batch);
  if (result == SQLITE_OK) result = writer_->Write(changes);
  in_operation_ = false;
  commit_allowed_ = true;
  if (result == SQLITE_OK) {
    Measure();
    FailPoint("store.transaction.before");
    result = kept_->commit->Run();
  }
  if (result != SQLITE_OK) return Fail(result, "write it");
  FailPoint("store.transaction.after");
  return true;
}

void SqliteDatabase::RollBackOperation() {
  connection_->FinishAll();
  in_operation_ = false;
  int result = connection_->InTransaction() ? connection_->Execute("ROLLBACK") : SQLITE_OK;
  commit_allowed_ = true;
  writer_->ForgetKeys();
  if (result != SQLITE_OK) Fail(result, "undo a transaction");
}

// What failed may be in the log all the same, complete but not on the disk. A new connection would take it for
// committed and go on behind it, and a power failure would then take both. This connection knows better: it goes on
// where the last commit ended. So it writes the log back and empties it before it is closed; where it cannot, it stays,
// and all is written again over what failed.
bool SqliteDatabase::Heal() {
  Status problem;
  if (writer_ == nullptr || EmptyLog() == SQLITE_OK) {
    problem = Connect();
    if (!problem.ok()) writer_.reset();
  }
  if (problem.ok()) problem = Probe();
  if (!problem.ok()) {
    problem_ = problem;
    return false;
  }
  ailing_ = false;
  return true;
}

int SqliteDatabase::EmptyLog() {
  int result = sqlite3_wal_checkpoint_v2(connection_->handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  if (result == SQLITE_OK) log_pages_ = written_back_ = 0;
  return result;
}

bool SqliteDatabase::Checkpoint() {
  int result = sqlite3_wal_checkpoint_v2(connection_->handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  // Behind a reader some pages must wait.
  if (result == SQLITE_OK || (result & 0xff) == SQLITE_BUSY) {
    written_back_ = log_pages_;
    return true;
  }
  problem_ = SqliteProblem(result, path_, "write its log back");
  return false;
}

bool SqliteDatabase::ChangedByOthers() {
  std::optional<std::int64_t> version = NumberOf(&kept_->data_version);
  if (!version.has_value() || *version == data_version_) return false;
  data_version_ = *version;
  Measure();
  return true;
}

bool SqliteDatabase::Redrive(std::vector<Uri>* endpoints, const std::function<engine::OutgoingId()>& next_id) {
  if (connection_->Number("SELECT count(*) FROM rm_dead_letter WHERE redrive<>0").value_or(0) == 0) return true;
  int result = kept_->begin->Run();
  if (result == SQLITE_OK) result = writer_->Redrive(next_id, endpoints);
  if (result == SQLITE_OK) result = kept_->commit->Run();
  if (result == SQLITE_OK) return true;
  endpoints->clear();
  return Fail(result, "send dead letters again");
}

// Within a transaction, which has the locks that it would otherwise take.
void SqliteDatabase::Measure() {
  std::optional<std::int64_t> pages = NumberOf(&kept_->pages);
  std::optional<std::int64_t> free_pages = NumberOf(&kept_->free_pages);
  if (pages.has_value() && free_pages.has_value())
    bytes_ = static_cast<std::uint64_t>(*pages - *free_pages) * page_bytes_;
}

int SqliteDatabase::LogGrew(void* self, sqlite3* /*handle*/, const char* /*name*/, int pages) {
  auto* database = static_cast<SqliteDatabase*>(self);
  if (pages < database->log_pages_) database->written_back_ = 0;  // it has begun anew
  database->log_pages_ = pages;
  return SQLITE_OK;
}

// Only Commit() ends an operation's transaction: a COMMIT of the application itself becomes a rollback.
int SqliteDatabase::MayCommit(void* self) { return static_cast<SqliteDatabase*>(self)->commit_allowed_ ? 0 : 1; }

void SqliteDatabase::RolledBack(void* self) {
  auto* database = static_cast<SqliteDatabase*>(self);
  if (database->in_operation_) database->rolled_back_ = true;
}

}  // namespace gsoaprm::store
