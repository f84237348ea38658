// What keeps sessions beyond the process. It sees records, never the engine's classes.
//
// Durable before visible: whoever is about to send an acknowledgement, a reply or a message, or to tell the application
// that a message is taken, first waits until everything that was enqueued for the session survives a crash. What is
// enqueued while a commit runs shares the next one. A commit that fails is not believed in any part: the connection is
// opened anew and all of it is written again, until it succeeds; meanwhile nothing becomes visible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/time.h"
#include "engine/records.h"

namespace gsoaprm::store {

// Everything enqueued up to here. 0: nothing.
using Ticket = std::uint64_t;

// A transaction in which an operation writes its own data together with the mark that it has run. While one is open no
// other change is committed: it should be short.
class Transaction {
 public:
  virtual ~Transaction() = default;  // undoes what was not committed

  // The host's handle: sqlite3*. Null when the transaction has ended. Whoever uses it finalizes his statements before
  // that, leaves transactions alone (his COMMIT would undo everything, and Commit() then fails) and calls no table
  // rm_*.
  virtual void* handle() = 0;
  // The operation's writes and these changes survive together, or neither: false, and everything is undone. What was
  // enqueued before this call comes before these changes: a session calls it with its lock held, so that nothing of its
  // own is enqueued between the step that made the changes and this. It ends the transaction, whatever it returns.
  virtual bool Commit(const engine::Changes& changes) = 0;
  // Undoes what the operation has written, and goes on: for one that has failed, whose fault is its reply.
  virtual bool Undo() = 0;
};

class Recovery {
 public:
  virtual ~Recovery() = default;
  virtual void Acceptor(engine::RecoveredAcceptor acceptor) = 0;
  virtual void Initiator(engine::RecoveredInitiator initiator) = 0;
  // After every thousand rows or so, and at the end with done == total.
  virtual void Progress(std::uint64_t done, std::uint64_t total) = 0;
};

struct StoreMetrics {
  std::uint64_t commits = 0;  // that had something in them and succeeded
  std::uint64_t failed_commits = 0;
  std::uint64_t bytes = 0;         // in use
  std::uint64_t dead_letters = 0;  // buried since the start
};

// Thread-safe.
class Store {
 public:
  virtual ~Store() = default;

  // Once, before everything else.
  virtual Status Load(Recovery* recovery) = 0;

  // In the order of the calls. Never blocks on the disk. The changes of one call are committed together.
  virtual Ticket Enqueue(engine::Changes changes) = 0;
  virtual bool IsDurable(Ticket ticket) const = 0;
  // Blocks until it is durable, at most `patience`. False: it is not yet, and may become so later.
  virtual bool WaitDurable(Ticket ticket, Duration patience) = 0;

  // False while the quota is used up or the disk takes nothing: what is new should be refused.
  virtual bool HasRoom() const = 0;
  // Why there is no room; ok when there is.
  virtual Status problem() const = 0;

  // Null, after at most `patience`, when none can be begun.
  virtual std::unique_ptr<Transaction> Begin(Duration patience) = 0;

  // ---- messages that wait outside any window ----
  virtual engine::OutgoingId NextOutgoingId() = 0;
  // Durable ones for this endpoint with a greater id, oldest first.
  virtual std::vector<engine::OutgoingRecord> Waiting(const Uri& endpoint, engine::OutgoingId after,
                                                      std::size_t limit) = 0;
  // Endpoints for which messages wait.
  virtual std::vector<Uri> WaitingEndpoints() = 0;
  // Told when dead letters for this endpoint wait again because somebody has re-driven them: on a thread of the
  // store's, that holds none of its locks. Those that were re-driven before Load() simply wait.
  virtual void WhenRedriven(const std::function<void(const Uri& endpoint)>& /*tell*/) {}

  virtual StoreMetrics metrics() const = 0;
};

}  // namespace gsoaprm::store
