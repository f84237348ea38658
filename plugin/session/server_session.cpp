#include "session/server_session.h"

#include <chrono>
#include <utility>

#include "engine/unreadable.h"
#include "session/step.h"
#include "store/fail_point.h"

namespace gsoaprm::session {

namespace {

// Until the end of a session that memory did not suffice for is told again.
constexpr Duration kReportInterval = Duration::Seconds(1);

}  // namespace

void* SessionUser::get() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return user_;
}

void SessionUser::Set(void* user, void (*destroy)(void*)) {
  void* old_user;
  void (*old_destroy)(void*);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    old_user = std::exchange(user_, user);
    old_destroy = std::exchange(destroy_, destroy);
  }
  if (old_destroy && old_user != user) old_destroy(old_user);
}

ServerSession::ServerSession(const engine::Options& options, engine::AcceptorSession::Identity identity, Clock* clock,
                             SessionObserver* observer, store::Store* store)
    : inactivity_timeout_(options.inactivity_timeout),
      clock_(clock),
      observer_(observer),
      store_(store),
      marks_begun_(store != nullptr && options.delivery == engine::Delivery::kAtMostOnce),
      acceptor_(options, std::move(identity), clock->Now()),
      memory_(observer->memory()) {}

engine::Disposition ServerSession::Receive(const wire::Envelope& message, const engine::ExchangeTraits& traits,
                                           Duration patience) {
  const engine::ExchangeTraits possible = WithLimits(traits);
  const Step<ServerSession> step(this);
  std::unique_lock<std::mutex> lock(mutex_);
  if (torn_) return engine::RespondEmpty{};
  resting_ = false;
  engine::Disposition disposition = acceptor_.HandleMessage(clock_->Now(), message, possible);
  if (traits.may_wait && std::holds_alternative<engine::RespondEmpty>(disposition) && message.sequence &&
      WaitForGap(&lock, message.sequence->number))
    disposition = acceptor_.HandleMessage(clock_->Now(), message, possible);
  if (const auto* wait = std::get_if<engine::WaitTurn>(&disposition))
    disposition = WaitForTurn(&lock, wait->number, patience);
  return Finish(&lock, std::move(disposition));
}

engine::Respond ServerSession::RefuseUnreadable(const wire::ReadResult& result) {
  const Step<ServerSession> step(this);
  std::unique_lock<std::mutex> lock(mutex_);
  if (torn_) return engine::UnreadableResponse(result, engine::UnreadableFault(result));
  engine::Respond respond = acceptor_.RefuseUnreadable(result);
  Publish(&lock);
  return respond;
}

bool ServerSession::WaitForGap(std::unique_lock<std::mutex>* lock, MessageNumber number) {
  if (!acceptor_.IsKeptBehindGap(number)) return false;
  Record();
  WakeOthers();
  waiting_++;
  const bool closed = changed_.wait_for(*lock, std::chrono::microseconds(kGapPatience.microseconds()),
                                        [&] { return torn_ || !acceptor_.IsKeptBehindGap(number); });
  waiting_--;
  return closed && !torn_;
}

void ServerSession::WakeOthers() {
  if (waiting_ > 0) changed_.notify_all();
}

engine::Disposition ServerSession::WaitForTurn(std::unique_lock<std::mutex>* lock, MessageNumber number,
                                               Duration patience) {
  const Timestamp deadline = clock_->Now() + patience;
  Record();
  WakeOthers();
  for (;;) {
    if (torn_) return engine::RespondEmpty{};
    engine::Disposition disposition = acceptor_.TryBegin(clock_->Now(), number);
    if (!std::holds_alternative<engine::WaitTurn>(disposition)) return disposition;
    const Timestamp now = clock_->Now();
    if (now >= deadline) {
      acceptor_.StopWaiting(now, number);
      return engine::RespondEmpty{};
    }
    waiting_++;
    changed_.wait_for(*lock, std::chrono::microseconds((deadline - now).microseconds()));
    waiting_--;
  }
}

engine::Disposition ServerSession::ReceiveAtOnce(const wire::Envelope& message, const engine::ExchangeTraits& traits) {
  const engine::ExchangeTraits possible = WithLimits(traits);
  const Step<ServerSession> step(this);
  std::unique_lock<std::mutex> lock(mutex_);
  if (torn_) return engine::RespondEmpty{};
  resting_ = false;
  return Finish(&lock, acceptor_.HandleMessage(clock_->Now(), message, possible));
}

engine::Disposition ServerSession::TryBegin(MessageNumber number) {
  const Step<ServerSession> step(this);
  std::unique_lock<std::mutex> lock(mutex_);
  if (torn_) return engine::RespondEmpty{};
  return Finish(&lock, acceptor_.TryBegin(clock_->Now(), number));
}

void ServerSession::StopWaiting(MessageNumber number) {
  const Step<ServerSession> step(this);
  std::unique_lock<std::mutex> lock(mutex_);
  if (torn_) return;
  acceptor_.StopWaiting(clock_->Now(), number);
  Publish(&lock);
}

bool ServerSession::IsKeptBehindGap(MessageNumber number) {
  std::lock_guard<std::mutex> lock(mutex_);
  return !torn_ && acceptor_.IsKeptBehindGap(number);
}

engine::Disposition ServerSession::Answer(MessageNumber number, engine::OperationAnswer answer,
                                          store::Transaction* transaction) {
  FailPoint("server.answer.before_mark");
  const Step<ServerSession> step(this);
  std::unique_lock<std::mutex> lock(mutex_);
  if (torn_) return engine::RespondEmpty{};
  const bool returned = answer.reply != nullptr;  // the stub answers for a two-way operation after it has returned
  Record();
  engine::Disposition disposition = acceptor_.OperationAnswered(clock_->Now(), number, std::move(answer));
  // With the lock held: no other step of the session may come between this one and its commit.
  if (transaction != nullptr && !transaction->Commit(acceptor_.TakeChanges())) {
    PutBack(number);
    return Finish(&lock, engine::RespondEmpty{});
  }
  if (returned) acceptor_.OperationReturned(clock_->Now(), number);
  return Finish(&lock, std::move(disposition));
}

void ServerSession::Returned(MessageNumber number) {
  const Step<ServerSession> step(this);
  std::unique_lock<std::mutex> lock(mutex_);
  if (torn_) return;
  acceptor_.OperationReturned(clock_->Now(), number);
  Publish(&lock);
}

std::optional<engine::Deliver> ServerSession::TakeReady() {
  const Step<ServerSession> step(this);
  std::unique_lock<std::mutex> lock(mutex_);
  if (torn_) return std::nullopt;
  if (resting_) return std::nullopt;
  std::optional<engine::Deliver> ready = acceptor_.TakeReady(clock_->Now());
  if (!ready) return std::nullopt;
  engine::Disposition disposition = Finish(&lock, *std::move(ready));
  auto* deliver = std::get_if<engine::Deliver>(&disposition);
  return deliver != nullptr ? std::make_optional(std::move(*deliver)) : std::nullopt;
}

bool ServerSession::HasReady() {
  std::lock_guard<std::mutex> lock(mutex_);
  return !torn_ && !resting_ && acceptor_.HasReady();
}

std::optional<engine::Respond> ServerSession::FinalAnswer() {
  std::lock_guard<std::mutex> lock(mutex_);
  return torn_ ? std::nullopt : acceptor_.FinalAnswer();
}

engine::AcceptorMetrics ServerSession::metrics() {
  std::lock_guard<std::mutex> lock(mutex_);
  return acceptor_.metrics();
}

bool ServerSession::has_received_message() {
  std::lock_guard<std::mutex> lock(mutex_);
  return acceptor_.has_received_message();
}

bool ServerSession::faulted() {
  std::lock_guard<std::mutex> lock(mutex_);
  return torn_ || (acceptor_.ended() && !acceptor_.end_reason().ok());
}

Timestamp ServerSession::NextTimeout() {
  std::lock_guard<std::mutex> lock(mutex_);
  return torn_ ? Timestamp::Never() : acceptor_.NextTimeout();
}

bool ServerSession::IsConsistent() {
  std::lock_guard<std::mutex> lock(mutex_);
  return torn_ || acceptor_.IsConsistent();
}

Timestamp ServerSession::HandleDeadline(Timestamp now) {
  const Step<ServerSession> step(this);
  std::unique_lock<std::mutex> lock(mutex_);
  if (torn_) return ReportEnd(&lock) ? Timestamp::Never() : now + kReportInterval;
  acceptor_.HandleTimeout(now);
  Timestamp next = acceptor_.ended() ? Timestamp::Never() : acceptor_.NextTimeout();
  // An operation that runs stops the time, and nobody tells the timer when it goes on: no deadline can be earlier.
  const bool stopped = !acceptor_.ended() && next.never() && inactivity_timeout_ < Timestamp::Never() - now;
  if (stopped) next = now + inactivity_timeout_;
  Publish(&lock);
  return next;
}

void ServerSession::Publish(std::unique_lock<std::mutex>* lock) {
  Record();
  WakeOthers();
  if (acceptor_.ended()) {
    ReportEnd(lock);
  } else {
    lock->unlock();
  }
}

// Once, and comes back without the lock. False when whoever wants to know it could not take it.
bool ServerSession::ReportEnd(std::unique_lock<std::mutex>* lock) {
  const bool report = !std::exchange(end_reported_, true);
  lock->unlock();
  if (!report) return true;
  try {
    observer_->SessionEnded(shared_from_this());
    return true;
  } catch (...) {
    lock->lock();
    end_reported_ = false;
    lock->unlock();
    return false;
  }
}

void ServerSession::Tear() noexcept {
  std::unique_lock<std::mutex> lock(mutex_);
  torn_ = true;
  changed_.notify_all();
  ReportEnd(&lock);
}

}  // namespace gsoaprm::session
