// A durable session at the client: a call goes on when the store has its message, and nothing leaves that would not
// survive a crash.
#include "session/client_session_durable.h"

#include <chrono>
#include <utility>

#include "session/client_call_state.h"
#include "session/client_session.h"
#include "store/fail_point.h"

namespace gsoaprm::session {

using engine::CallKind;
using engine::SessionState;

namespace {

// Whoever carries an exchange waits so long for the store; then the session tries again when it is time.
constexpr Duration kPatienceOfCarriers = Duration::Seconds(10);
// The store does not tell when it has room again.
constexpr Duration kRoomInterval = Duration::Milliseconds(50);

constexpr char kStalled[] = "the store does not take what is written";

engine::ExchangeResult NotSent() {
  engine::ExchangeResult result;
  result.reason = kStalled;
  return result;
}

}  // namespace

engine::OutgoingRecord RecordOf(engine::OutgoingId id, engine::OutgoingMessage* message, engine::IdSource* ids) {
  engine::OutgoingRecord record;
  record.id = id;
  record.one_way = message->kind == CallKind::kOneWay;
  // The reply names it, also one to a copy that the next process sends.
  if (!record.one_way && !message->message_id) message->message_id = MessageId(ids->NewUuid());
  record.payload = message->payload;
  record.action = message->action;
  record.message_id = message->message_id;
  return record;
}

ClientSession::ClientSession(const engine::Options& options, const engine::RecoveredInitiator& recovered, Ports ports)
    : send_timeout_(options.send_timeout),
      open_timeout_(options.open_timeout),
      close_timeout_(options.close_timeout),
      hanging_time_(options.handshake_retry_interval),
      ports_(std::move(ports)),
      engine_(options, recovered, ports_.ids, ports_.clock->Now()),
      durable_(std::make_unique<Durable>(options, ports_.outbox)) {
  durable_->journal.Restore(recovered);
}

// ---- calls ----

ClientSession::Submission ClientSession::SubmitDurably(engine::OutgoingMessage&& message, CallSettingsPointer settings,
                                                       InterruptHandle interrupt) {
  FailPoint("client.submit.before_enqueue");
  durable_->outbox->LoadPage();
  Submission submission;
  Lock lock(mutex_);
  settings_ = settings;
  submission.status = WaitForStoreRoom(&lock);
  if (!submission.status.ok()) return submission;
  const bool one_way = message.kind == CallKind::kOneWay || engine_.shape() == engine::SessionShape::kOneWay;
  if (one_way && !GoesAtOnce()) return Deposit(&lock, std::move(message));
  const engine::OutgoingId id = durable_->outbox->store().NextOutgoingId();
  if (!one_way) submission.status = WaitForTurn(&lock, id);
  if (!submission.status.ok()) return submission;
  return Enter(&lock, std::move(message), std::move(settings), std::move(interrupt), id);
}

Status ClientSession::WaitForStoreRoom(Lock* lock) {
  const store::Store& store = durable_->outbox->store();
  if (store.HasRoom()) return Status::Ok();
  const Timestamp deadline = ports_.clock->Now() + send_timeout_;
  while (!store.HasRoom()) {
    if (Status status = Unusable(); !status.ok()) return status;
    const Timestamp now = ports_.clock->Now();
    if (now >= deadline) {
      const Status problem = store.problem();
      return Status::Error(ErrorClass::kTryAgain, "SendTimeout", problem.reason, problem.advice);
    }
    room_waiters_++;
    room_.wait_for(*lock, std::chrono::microseconds(std::min(deadline - now, kRoomInterval).microseconds()));
    room_waiters_--;
  }
  return Status::Ok();
}

// Whoever came later does not overtake who waits.
bool ClientSession::GoesAtOnce() const {
  return !torn_ && engine_.CanSubmit() && !dropped_ && durable_->turns.empty() && !durable_->outbox->Waits();
}

bool ClientSession::IsTurnOf(engine::OutgoingId id) const {
  return engine_.CanSubmit() && *durable_->turns.begin() == id && durable_->outbox->IsPast(id);
}

Status ClientSession::WaitForTurn(Lock* lock, engine::OutgoingId id) {
  const auto turn = durable_->turns.insert(id).first;
  Status status = WaitForOpened(lock);
  const Timestamp deadline = ports_.clock->Now() + send_timeout_;
  if (status.ok() && durable_->outbox->Waits()) {
    Work work;
    Drain(ports_.clock->Now(), MessageNumber(), &work);
    Carry(lock, std::move(work));
    lock->lock();
  }
  while (status.ok() && !IsTurnOf(id)) {
    const Timestamp now = ports_.clock->Now();
    if (now >= deadline) {
      status = WindowFull();
      break;
    }
    room_waiters_++;
    room_.wait_for(*lock, std::chrono::microseconds((deadline - now).microseconds()));
    room_waiters_--;
    status = WaitForOpened(lock);
  }
  durable_->turns.erase(turn);
  if (!status.ok()) NotifyRoom();
  return status;
}

void ClientSession::AwaitStore(store::Ticket ticket, Submission* submission) {
  const bool one_way = submission->kind == CallKind::kOneWay;
  // A message that has its place in the window, and is not to be sent yet, reveals nothing.
  if (!one_way && !submission->first) return;
  if (durable_->outbox->store().WaitDurable(ticket, send_timeout_)) {
    FailPoint("client.submit.after_commit");
    return;
  }
  if (one_way) {
    submission->status = StoreStalled();
    submission->outcome = Outcome::kUnknown;
    return;
  }
  const ExchangeId exchange = submission->first->exchange;
  submission->first.reset();
  Fail(submission->call, exchange, NotSent());
}

// "Certainly not sent" is only true when the next process will not send it either.
engine::CompleteCall ClientSession::Reveal(Lock* lock, engine::CompleteCall completion) const {
  const bool certain =
      completion.kind == engine::CompleteCall::Kind::kFailed && completion.outcome == Outcome::kNotSent;
  const store::Ticket ticket = durable_ && certain ? durable_->journal.ticket() : 0;
  lock->unlock();
  if (ticket != 0 && !durable_->outbox->store().WaitDurable(ticket, send_timeout_)) {
    completion.outcome = Outcome::kUnknown;
  }
  return completion;
}

Status ClientSession::StoreStalled() const {
  const Status problem = durable_->outbox->store().problem();
  return Status::Error(ErrorClass::kTryAgain, "SendTimeout", problem.ok() ? kStalled : problem.reason,
                       "The message may still be taken and sent: do not repeat the call blindly.");
}

Status ClientSession::NotOpenedInTime() const {
  return Explained(Status::Error(ErrorClass::kTryAgain, "OpenTimeout",
                                 "CreateSequence was not answered in time; the session goes on trying.",
                                 "Check that the service runs and can be reached at this address."));
}

// ---- exchanges ----

bool ClientSession::MaySend(ExchangeId exchange) {
  if (!durable_) return true;
  store::Ticket ticket = 0;
  {
    Lock lock(mutex_);
    const auto found = background_.find(exchange);
    if (found == background_.end() || dropped_ || torn_) return false;
    ticket = found->second.ticket;
  }
  const bool durable = durable_->outbox->store().WaitDurable(ticket, kPatienceOfCarriers);
  FailPoint("client.exchange.after_commit");
  return durable;
}

void ClientSession::StepDurable(Timestamp now) {
  if (engine_.state() == SessionState::kOpened && !dropped_) {
    Feed(now);
    if (!durable_->close_by.never() && !HasWorkLocked()) {
      durable_->close_by = Timestamp::Never();
      engine_.Close(now);
    }
  }
  durable_->journal.Collect(&engine_);
  durable_->journal.Write();
}

void ClientSession::SealWork(Timestamp now, Work* work) {
  durable_->journal.Write();
  const store::Ticket ticket = durable_->journal.ticket();
  for (const Work::Exchange& start : work->starts) background_[start.transmit.exchange].ticket = ticket;
  PlanPage(now, work);
}

// ---- time ----

void ClientSession::HandleDurableDeadlines(Timestamp now) {
  if (durable_->look_at <= now) durable_->look_at = Timestamp::Never();
  if (durable_->close_by <= now) durable_->close_by = Timestamp::Never();
  if (durable_->open_at > now) return;
  durable_->open_at = Timestamp::Never();
  engine_.Open(now);
}

Timestamp ClientSession::NextDurableDeadline() const {
  return std::min({durable_->look_at, durable_->close_by, durable_->open_at});
}

}  // namespace gsoaprm::session
