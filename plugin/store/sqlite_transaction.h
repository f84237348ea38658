// An operation's transaction. It has the store for itself until it has ended.
#pragma once

#include "store/sqlite_store_impl.h"
#include "store/store.h"

namespace gsoaprm::store {

class SqliteTransaction final : public Transaction {
 public:
  explicit SqliteTransaction(SqliteStore* store) : store_(store) {}
  ~SqliteTransaction() override {
    if (!ended_) store_->AbandonTransaction();
  }

  void* handle() override { return ended_ ? nullptr : store_->database_.handle(); }
  bool Undo() override { return !ended_ && store_->UndoTransaction(); }
  bool Commit(const engine::Changes& changes) override {
    if (ended_) return false;
    ended_ = true;
    return store_->CommitTransaction(changes);
  }

 private:
  SqliteStore* const store_;
  bool ended_ = false;
};

}  // namespace gsoaprm::store
