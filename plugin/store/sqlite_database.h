// The file, for one user at a time: no lock in here. SqliteStore sees to it that only one thread is in it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "store/sqlite_connection.h"
#include "store/sqlite_file.h"
#include "store/sqlite_store.h"
#include "store/sqlite_writer.h"

namespace gsoaprm::store {

class SqliteDatabase {
 public:
  explicit SqliteDatabase(const SqliteStoreOptions& options);
  ~SqliteDatabase();

  // Takes the lock, makes the file if there is none, looks whether it is sound.
  Status Open();
  Status Load(Recovery* recovery);
  // Leaves the file as it is: for the child of a fork, in which it belongs to the parent.
  void Abandon();

  // One transaction. False: nothing of it is in the file, and Heal() has to come before anything else.
  bool Commit(const std::vector<engine::Changes>& batch);

  // ---- an operation's transaction ----
  bool BeginOperation();
  bool UndoOperation();
  // Everything enqueued before, the operation's writes and its changes. False: nothing of it is in the file.
  bool CommitOperation(const std::vector<engine::Changes>& batch, const engine::Changes& changes);
  void RollBackOperation();
  sqlite3* handle() const { return connection_->handle(); }

  // After a failure: makes sure that nothing of what failed comes back, and opens the file anew.
  bool Heal();
  // Whether something has failed since the last Heal().
  bool ailing() const { return ailing_; }
  const Status& problem() const { return problem_; }

  // Writes the log back into the file. False: that failed; the log grows, and what is in it is safe.
  bool Checkpoint();
  // It has grown since by as much as is wanted: where somebody reads in it, it does not begin anew.
  bool checkpoint_due() const { return log_pages_ - written_back_ >= options_.checkpoint_pages; }

  // Whether another program has changed the file since the last call.
  bool ChangedByOthers();
  bool Redrive(std::vector<Uri>* endpoints, const std::function<engine::OutgoingId()>& next_id);

  // What is in use, of the file as it was after the last commit.
  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t TakeBuried() { return writer_ != nullptr ? writer_->TakeBuried() : 0; }
  // The first identifier that is free.
  engine::OutgoingId first_outgoing_id() const { return first_outgoing_id_; }
  const std::string& path() const { return path_; }

 private:
  Status Connect();
  Status CheckContents();
  Status BeginAnew();
  Status Probe();
  Status ReadOutgoingIds();
  int EmptyLog();
  void Measure();
  int WriteBatch(const std::vector<engine::Changes>& batch);
  bool Fail(int result, const char* what);
  bool EndOperation(int result);
  static int LogGrew(void* self, sqlite3* handle, const char* name, int pages);
  static int MayCommit(void* self);
  static void RolledBack(void* self);

  SqliteStoreOptions options_;
  std::string path_;
  FileLock lock_;
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<Writer> writer_;
  struct Kept;  // the statements that are not the writer's
  std::unique_ptr<Kept> kept_;
  Status problem_;
  bool ailing_ = true;
  bool in_operation_ = false;
  bool commit_allowed_ = true;
  bool rolled_back_ = false;  // the operation's transaction, by whomever
  int log_pages_ = 0;
  int written_back_ = 0;  // log_pages_ at the last Checkpoint(), of the log that is in use
  std::uint64_t page_bytes_ = 4096;
  std::uint64_t bytes_ = 0;
  std::int64_t data_version_ = 0;
  engine::OutgoingId first_outgoing_id_ = 1;
};

}  // namespace gsoaprm::store
