// What a session at the server does with its store.
#include <algorithm>
#include <utility>
#include <variant>

#include "session/server_session.h"
#include "session/step.h"
#include "store/fail_point.h"

namespace gsoaprm::session {

namespace {

// Nobody waits for that: should it not be written, a reply is kept a little longer.
bool IsLazy(const engine::Changes& changes) {
  return std::all_of(changes.begin(), changes.end(), [](const engine::Change& change) {
    return std::holds_alternative<engine::ReplyReleased>(change);
  });
}

}  // namespace

ServerSession::ServerSession(const engine::Options& options, const engine::RecoveredAcceptor& recovered, Clock* clock,
                             SessionObserver* observer, store::Store* store)
    : inactivity_timeout_(options.inactivity_timeout),
      clock_(clock),
      observer_(observer),
      store_(store),
      marks_begun_(store != nullptr && options.delivery == engine::Delivery::kAtMostOnce),
      acceptor_(options, recovered, clock->Now()),
      memory_(observer->memory()) {
  Record();
}

ServerSession::~ServerSession() {
  // Nobody is left who could run what was acknowledged and had not run before the end.
  if (store_ == nullptr || torn_ || !acceptor_.ended()) return;
  try {
    acceptor_.BuryLeftovers();
    Record();
  } catch (...) {
    // Without memory they stay in the store as they are: the next process buries them.
  }
}

engine::ExchangeTraits ServerSession::WithLimits(engine::ExchangeTraits traits) const {
  traits.memory_left = memory_.left();
  traits.store_has_room = store_ == nullptr || store_->HasRoom();
  return traits;
}

void ServerSession::Record() {
  memory_.Set(acceptor_.kept_bytes());
  if (store_ == nullptr) return;
  engine::Changes changes = acceptor_.TakeChanges();
  if (changes.empty()) return;
  FailPoint("server.step.before_enqueue");
  const bool lazy = IsLazy(changes);
  const store::Ticket ticket = store_->Enqueue(std::move(changes));
  if (!lazy) ticket_ = ticket;
}

engine::Disposition ServerSession::Finish(std::unique_lock<std::mutex>* lock, engine::Disposition disposition) {
  Record();
  const store::Ticket ticket = ticket_;
  Publish(lock);
  if (store_ == nullptr) return disposition;
  const auto* deliver = std::get_if<engine::Deliver>(&disposition);
  const bool begins = deliver != nullptr && marks_begun_;
  if (!begins && !std::holds_alternative<engine::Respond>(disposition)) return disposition;
  if (store_->WaitDurable(ticket, kStorePatience)) {
    if (begins) FailPoint("server.deliver.durable");
    if (!begins) FailPoint("server.respond.durable");
    return disposition;
  }
  if (begins) Undone(deliver->number);
  return engine::RespondEmpty{};
}

engine::Disposition ServerSession::AnswerAtOnce(MessageNumber number, engine::OperationAnswer answer) {
  FailPoint("server.answer_at_once.before_mark");
  const Step<ServerSession> step(this);
  std::unique_lock<std::mutex> lock(mutex_);
  if (torn_) return engine::RespondEmpty{};
  const bool returned = answer.reply != nullptr;
  engine::Disposition disposition = acceptor_.OperationAnswered(clock_->Now(), number, std::move(answer));
  if (returned) acceptor_.OperationReturned(clock_->Now(), number);
  Publish(&lock);
  return disposition;
}

bool ServerSession::AwaitDurable() {
  if (store_ != nullptr && !store_->WaitDurable(ticket(), kStorePatience)) return false;
  FailPoint("server.answer_at_once.durable");
  return true;
}

void ServerSession::Undone(MessageNumber number) {
  const Step<ServerSession> step(this);
  std::unique_lock<std::mutex> lock(mutex_);
  if (torn_) return;
  PutBack(number);
  Publish(&lock);
}

void ServerSession::PutBack(MessageNumber number) {
  acceptor_.OperationUndone(clock_->Now(), number);
  resting_ = true;
}

store::Ticket ServerSession::ticket() {
  std::lock_guard<std::mutex> lock(mutex_);
  return ticket_;
}

}  // namespace gsoaprm::session
