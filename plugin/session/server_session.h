// One reliable session at the server: the engine's acceptor behind its lock, the threads that wait for their turn, and
// the application's own state.
//
// With a store the session is durable: what a step has changed is given to the store under the same lock, and what
// would let the client see it leaves when it is written, or not at all ("no answer yet": the client asks again).
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <variant>

#include "engine/acceptor_session.h"
#include "session/ports.h"
#include "session/shared_memory.h"
#include "store/store.h"

namespace gsoaprm::session {

class ServerSession;

// The application's pointer with its destructor (WCF: the instance of a PerSession service).
class SessionUser {
 public:
  SessionUser() = default;
  SessionUser(const SessionUser&) = delete;
  SessionUser& operator=(const SessionUser&) = delete;
  ~SessionUser() { Set(nullptr, nullptr); }

  void* get() const;
  // Destroys what was there.
  void Set(void* user, void (*destroy)(void*));

 private:
  mutable std::mutex mutex_;
  void* user_ = nullptr;
  void (*destroy_)(void*) = nullptr;
};

// Told when a session has ended and nothing of it runs any more; called without the session's lock.
class SessionObserver {
 public:
  virtual ~SessionObserver() = default;
  virtual void SessionEnded(const std::shared_ptr<ServerSession>& session) = 0;
  // What all sessions may keep together; null: as much as each may by itself.
  virtual std::shared_ptr<SharedMemory> memory() { return nullptr; }
};

class ServerSession : public Timed, public std::enable_shared_from_this<ServerSession> {
 public:
  // `store` outlives the session; null: it lives in memory.
  ServerSession(const engine::Options& options, engine::AcceptorSession::Identity identity, Clock* clock,
                SessionObserver* observer, store::Store* store = nullptr);
  // Goes on where the store left off; `recovered` has not ended.
  ServerSession(const engine::Options& options, const engine::RecoveredAcceptor& recovered, Clock* clock,
                SessionObserver* observer, store::Store* store);
  ~ServerSession() override;

  // It never changes, so it needs no lock.
  const engine::AcceptorSession::Identity& identity() const { return acceptor_.identity(); }
  SessionUser& user() { return user_; }

  // What to do with the exchange of this message. Blocks while the message waits for its turn, at most `patience`, and
  // only if traits.may_wait; so the result is never WaitTurn.
  engine::Disposition Receive(const wire::Envelope& message, const engine::ExchangeTraits& traits, Duration patience);
  // As Receive without waiting, for a host that has no thread for each exchange: the result may be WaitTurn. TryBegin
  // after each change of the session, or StopWaiting.
  engine::Disposition ReceiveAtOnce(const wire::Envelope& message, const engine::ExchangeTraits& traits);
  engine::Disposition TryBegin(MessageNumber number);
  void StopWaiting(MessageNumber number);
  bool IsKeptBehindGap(MessageNumber number);
  // A message of this session that could not be read.
  engine::Respond RefuseUnreadable(const wire::ReadResult& result);
  // The operation has answered; the result is what goes on its exchange. `transaction`: it ran in this one, which was
  // begun after the message was taken; mark, reply and the operation's own writes are committed together. When that
  // fails it has not run: nothing goes on its exchange, and a copy of the message runs it again.
  engine::Disposition Answer(MessageNumber number, engine::OperationAnswer answer,
                             store::Transaction* transaction = nullptr);
  // As Answer without a transaction, but waits for nothing: for an operation that goes on, or whose answer nobody gets
  // on its own exchange. What goes on an exchange may leave when AwaitDurable() has said so.
  engine::Disposition AnswerAtOnce(MessageNumber number, engine::OperationAnswer answer);
  // Everything that has been told so far survives a crash; false when it does not after the patience with the store.
  bool AwaitDurable();
  // The operation was not run, since no transaction could be begun for it, or left its transaction without an answer.
  void Undone(MessageNumber number);
  // The operation has returned.
  void Returned(MessageNumber number);
  // Claims a kept message whose turn has come.
  std::optional<engine::Deliver> TakeReady();
  bool HasReady();
  std::optional<engine::Respond> FinalAnswer();
  engine::AcceptorMetrics metrics();
  bool has_received_message();
  // Whether it ended otherwise than by Terminate.
  bool faulted();
  Timestamp NextTimeout();
  // What is to be durable before anybody learns of the session as it is now.
  store::Ticket ticket();
  bool IsConsistent();  // class invariants, for tests

  // How long an answer waits for the store at most.
  static constexpr Duration kStorePatience = Duration::Seconds(10);

  // Callers beside each other overtake each other on their way, by a millisecond or so. "No answer yet" would make a
  // WCF client wait for its timer, and lengthen it by what the others wait; so a kept message holds its exchange for a
  // moment that is short beside any retransmission.
  static constexpr Duration kGapPatience = Duration::Milliseconds(50);

  Timestamp HandleDeadline(Timestamp now) override;
  // Memory ran out within a step (step.h).
  void Tear() noexcept;

 private:
  // True when the gap has closed.
  bool WaitForGap(std::unique_lock<std::mutex>* lock, MessageNumber number);
  void WakeOthers();
  engine::Disposition WaitForTurn(std::unique_lock<std::mutex>* lock, MessageNumber number, Duration patience);
  // The message counts as not begun again; with the lock.
  void PutBack(MessageNumber number);
  // With what is left of the store and of the memory of all.
  engine::ExchangeTraits WithLimits(engine::ExchangeTraits traits) const;
  // Counts what it keeps, and gives the store what has changed.
  void Record();
  bool ReportEnd(std::unique_lock<std::mutex>* lock);
  // After each change: records it, wakes those who wait, unlocks, reports the end once.
  void Publish(std::unique_lock<std::mutex>* lock);
  // Publish, and then: the disposition as soon as it may be seen, or "no answer yet".
  engine::Disposition Finish(std::unique_lock<std::mutex>* lock, engine::Disposition disposition);

  const Duration inactivity_timeout_;
  Clock* const clock_;
  SessionObserver* const observer_;
  store::Store* const store_;
  const bool marks_begun_;  // durably, before the operation runs
  SessionUser user_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool end_reported_ = false;
  bool torn_ = false;  // the engine must not be asked any more
  // A kept message could not be run for want of the store: not tried again before the client is heard of.
  bool resting_ = false;
  store::Ticket ticket_ = 0;
  engine::AcceptorSession acceptor_;
  MemoryShare memory_;
};

}  // namespace gsoaprm::session
