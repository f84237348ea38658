// One reliable session at the server: the engine's acceptor behind its lock, the threads that wait for their turn, and
// the application's own state.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <variant>

#include "engine/acceptor_session.h"
#include "session/ports.h"

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
};

class ServerSession : public Timed, public std::enable_shared_from_this<ServerSession> {
 public:
  ServerSession(const engine::Options& options, engine::AcceptorSession::Identity identity, Clock* clock,
                SessionObserver* observer);

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
  // The operation has answered; the result is what goes on its exchange.
  engine::Disposition Answer(MessageNumber number, engine::OperationAnswer answer);
  // The operation has returned.
  void Returned(MessageNumber number);
  // Claims a kept message whose turn has come.
  std::optional<engine::Deliver> TakeReady();
  bool HasReady();
  std::optional<engine::Respond> FinalAnswer();
  engine::AcceptorMetrics metrics();
  // Whether it ended otherwise than by Terminate.
  bool faulted();
  Timestamp NextTimeout();
  bool IsConsistent();  // class invariants, for tests

  // Callers beside each other overtake each other on their way, by a millisecond or so. "No answer yet" would make a
  // WCF client wait for its timer, and lengthen it by what the others wait; so a kept message holds its exchange for a
  // moment that is short beside any retransmission.
  static constexpr Duration kGapPatience = Duration::Milliseconds(50);

  Timestamp HandleDeadline(Timestamp now) override;

 private:
  // True when the gap has closed.
  bool WaitForGap(std::unique_lock<std::mutex>* lock, MessageNumber number);
  void WakeOthers();
  engine::Disposition WaitForTurn(std::unique_lock<std::mutex>* lock, MessageNumber number, Duration patience);
  // After each change: wakes those who wait, reports the end once.
  void Publish(std::unique_lock<std::mutex>* lock);

  const Duration inactivity_timeout_;
  Clock* const clock_;
  SessionObserver* const observer_;
  SessionUser user_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool end_reported_ = false;
  engine::AcceptorSession acceptor_;
};

}  // namespace gsoaprm::session
