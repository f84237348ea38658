#include "session/server_session.h"

#include <chrono>
#include <utility>

#include "store/fail_point.h"

namespace gsoaprm::session {

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
      acceptor_(options, std::move(identity), clock->Now()) {}

engine::Disposition ServerSession::Receive(const wire::Envelope& message, const engine::ExchangeTraits& traits,
                                           Duration patience) {
  const engine::ExchangeTraits possible = WithStore(traits);
  std::unique_lock<std::mutex> lock(mutex_);
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
  std::unique_lock<std::mutex> lock(mutex_);
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
                                        [&] { return !acceptor_.IsKeptBehindGap(number); });
  waiting_--;
  return closed;
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
  const engine::ExchangeTraits possible = WithStore(traits);
  std::unique_lock<std::mutex> lock(mutex_);
  resting_ = false;
  return Finish(&lock, acceptor_.HandleMessage(clock_->Now(), message, possible));
}

engine::Disposition ServerSession::TryBegin(MessageNumber number) {
  std::unique_lock<std::mutex> lock(mutex_);
  return Finish(&lock, acceptor_.TryBegin(clock_->Now(), number));
}

void ServerSession::StopWaiting(MessageNumber number) {
  std::unique_lock<std::mutex> lock(mutex_);
  acceptor_.StopWaiting(clock_->Now(), number);
  Publish(&lock);
}

bool ServerSession::IsKeptBehindGap(MessageNumber number) {
  std::lock_guard<std::mutex> lock(mutex_);
  return acceptor_.IsKeptBehindGap(number);
}

engine::Disposition ServerSession::Answer(MessageNumber number, engine::OperationAnswer answer,
                                          store::Transaction* transaction) {
  FailPoint("server.answer.before_mark");
  std::unique_lock<std::mutex> lock(mutex_);
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
  std::unique_lock<std::mutex> lock(mutex_);
  acceptor_.OperationReturned(clock_->Now(), number);
  Publish(&lock);
}

std::optional<engine::Deliver> ServerSession::TakeReady() {
  std::unique_lock<std::mutex> lock(mutex_);
  if (resting_) return std::nullopt;
  std::optional<engine::Deliver> ready = acceptor_.TakeReady(clock_->Now());
  if (!ready) return std::nullopt;
  engine::Disposition disposition = Finish(&lock, *std::move(ready));
  auto* deliver = std::get_if<engine::Deliver>(&disposition);
  return deliver != nullptr ? std::make_optional(std::move(*deliver)) : std::nullopt;
}

bool ServerSession::HasReady() {
  std::lock_guard<std::mutex> lock(mutex_);
  return !resting_ && acceptor_.HasReady();
}

std::optional<engine::Respond> ServerSession::FinalAnswer() {
  std::lock_guard<std::mutex> lock(mutex_);
  return acceptor_.FinalAnswer();
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
  return acceptor_.ended() && !acceptor_.end_reason().ok();
}

Timestamp ServerSession::NextTimeout() {
  std::lock_guard<std::mutex> lock(mutex_);
  return acceptor_.NextTimeout();
}

bool ServerSession::IsConsistent() {
  std::lock_guard<std::mutex> lock(mutex_);
  return acceptor_.IsConsistent();
}

Timestamp ServerSession::HandleDeadline(Timestamp now) {
  std::unique_lock<std::mutex> lock(mutex_);
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
  const bool report = acceptor_.ended() && !end_reported_;
  if (report) end_reported_ = true;
  lock->unlock();
  if (report) observer_->SessionEnded(shared_from_this());
}

}  // namespace gsoaprm::session
