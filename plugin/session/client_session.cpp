#include "session/client_session.h"

#include <chrono>
#include <utility>

#include "session/client_call_state.h"
#include "session/client_session_durable.h"
#include "session/step.h"
#include "store/fail_point.h"

namespace gsoaprm::session {

using engine::CallKind;
using engine::CompleteCall;
using engine::SessionState;

namespace {

Status Dropped() {
  return Status::Error(ErrorClass::kSequenceDead, "Closed", "the last context of the session is gone",
                       "Keep the registered context until its copies have finished their calls.");
}

// Short, so that it needs no memory.
Status OutOfMemory() { return Status::Error(ErrorClass::kSequenceDead, "OutOfMemory", "out of memory", "Reopen it."); }

Status EndedStatus() {
  return Status::Error(ErrorClass::kSequenceDead, "Closed", "the session is closed",
                       "Call again: a new one is opened.");
}

}  // namespace

ClientSession::ClientSession(const engine::Options& options, Uri to, Ports ports)
    : send_timeout_(options.send_timeout),
      open_timeout_(options.open_timeout),
      close_timeout_(options.close_timeout),
      hanging_time_(options.handshake_retry_interval),
      ports_(std::move(ports)),
      engine_(options, std::move(to), ports_.ids),
      durable_(ports_.outbox ? std::make_unique<Durable>(options, ports_.outbox) : nullptr) {}

ClientSession::~ClientSession() = default;

bool ClientSession::ended() const {
  if (torn_) return true;
  return engine_.state() == SessionState::kClosed || engine_.state() == SessionState::kFaulted;
}

Status ClientSession::Unusable() const {
  if (dropped_) return Dropped();
  if (torn_) return OutOfMemory();
  if (engine_.state() == SessionState::kFaulted) return Explained(engine_.fault());
  const bool over = engine_.state() == SessionState::kClosing || engine_.state() == SessionState::kClosed;
  return over ? EndedStatus() : Status::Ok();
}

Status ClientSession::WindowFull() const {
  return Status::Error(ErrorClass::kTryAgain, "SendTimeout",
                       "the transfer window had no room within the send time-out: " +
                           std::to_string(engine_.UnsettledCount()) + " messages are not settled yet",
                       "Wait, or raise send_timeout or max_transfer_window_size.");
}

// ---- calls ----

ClientSession::Submission ClientSession::Submit(engine::OutgoingMessage&& message, CallSettingsPointer settings,
                                                InterruptHandle interrupt) {
  const Step<ClientSession> step(this);
  if (durable_) return SubmitDurably(std::move(message), std::move(settings), std::move(interrupt));
  Submission submission;
  Lock lock(mutex_);
  settings_ = settings;
  submission.status = WaitForRoom(&lock);
  if (!submission.status.ok()) return submission;
  return Enter(&lock, std::move(message), std::move(settings), std::move(interrupt), 0);
}

ClientSession::Submission ClientSession::Enter(Lock* lock, engine::OutgoingMessage&& message,
                                               CallSettingsPointer settings, InterruptHandle interrupt,
                                               engine::OutgoingId id) {
  Submission submission;
  // Without an offered sequence there is no reply to wait for.
  if (engine_.shape() == engine::SessionShape::kOneWay) message.kind = CallKind::kOneWay;
  submission.kind = message.kind;

  auto call = std::make_shared<Call>();
  const Timestamp now = ports_.clock->Now();
  const bool one_way = message.kind == CallKind::kOneWay;
  std::optional<engine::OutgoingRecord> record;
  if (durable_) record = RecordOf(id, &message, ports_.ids);
  const MessageNumber number = engine_.Submit(now, std::move(message));
  Work work;
  if (number.valid()) {
    if (record) durable_->journal.Enters(std::move(*record), engine_.sequence(), number);
    call->number = number;
    call->two_way = !one_way;
    call->settings = std::move(settings);
    call->interrupt = std::move(interrupt);
    if (!one_way) call->SetDeadline(now + send_timeout_, &call_deadline_);
    calls_.emplace_hint(calls_.end(), number, call);
  }
  submission.first = Drain(now, one_way ? MessageNumber() : number, &work);
  call->own_exchange = submission.first.has_value();
  if (!number.valid()) submission.status = engine_.fault();
  // Whoever else waits may find room, too.
  if (engine_.CanSubmit()) NotifyRoom();
  submission.call = std::move(call);
  const store::Ticket ticket = durable_ ? durable_->journal.ticket() : 0;
  // This thread waits for the commit in any case; those that run the exchanges then need not.
  std::vector<Work::Exchange> after_commit;
  if (durable_ && one_way) after_commit.swap(work.starts);
  Carry(lock, std::move(work));
  if (durable_ && number.valid()) AwaitStore(ticket, &submission);
  Start(std::move(after_commit));
  return submission;
}

void ClientSession::NotifyRoom() {
  if (room_waiters_ == 0) return;
  // A durable session lets them go in the order of their coming.
  if (durable_) {
    room_.notify_all();
  } else {
    room_.notify_one();
  }
}

CompleteCall ClientSession::Finish(const CallPointer& call, ExchangeId exchange, engine::ExchangeResult result) {
  const Step<ClientSession> step(this);
  Lock lock(mutex_);
  call->own_exchange = false;
  if (torn_) return WaitForCompletion(&lock, call);
  NoteFailure(result);
  if (durable_) FailPoint("client.answer.before_record");
  Work work;
  const Timestamp now = ports_.clock->Now();
  engine_.HandleExchange(now, exchange, std::move(result));
  Drain(now, MessageNumber(), &work);
  if (call->completion) {
    CompleteCall completion = TakeResult(call);
    Carry(&lock, std::move(work));
    if (!durable_) return completion;
    lock.lock();
    return Reveal(&lock, std::move(completion));
  }
  Carry(&lock, std::move(work));
  lock.lock();
  return WaitForCompletion(&lock, call);
}

CompleteCall ClientSession::TakeResult(const CallPointer& call) const {
  CompleteCall completion = std::move(*call->completion);
  if (!completion.status.ok()) completion.status = Explained(std::move(completion.status));
  return completion;
}

void ClientSession::Fail(const CallPointer& call, ExchangeId exchange, engine::ExchangeResult result) {
  {
    Lock lock(mutex_);
    call->own_exchange = false;
  }
  FinishExchange(exchange, std::move(result));
}

CompleteCall ClientSession::Wait(const CallPointer& call) {
  const Step<ClientSession> step(this);
  Lock lock(mutex_);
  return WaitForCompletion(&lock, call);
}

CompleteCall ClientSession::WaitForCompletion(Lock* lock, const CallPointer& call) {
  while (!call->completion) {
    if (dropped_ || torn_) {
      CompleteCall failed;
      failed.number = call->number;
      failed.status = Unusable();
      return failed;
    }
    const Timestamp now = ports_.clock->Now();
    if (now >= call->deadline) {
      GiveUp(lock, call);
      continue;
    }
    call->waiting = true;
    call->completed.wait_for(*lock, std::chrono::microseconds((call->deadline - now).microseconds()));
    call->waiting = false;
  }
  return Reveal(lock, TakeResult(call));
}

void ClientSession::GiveUp(Lock* lock, const CallPointer& call) {
  Work work;
  const Timestamp now = ports_.clock->Now();
  engine_.GiveUp(now, call->number);
  Drain(now, MessageNumber(), &work);
  if (!call->completion) {
    // The engine had answered for it already; nothing may wait for ever.
    CompleteCall failed;
    failed.number = call->number;
    failed.status = ended() ? engine_.fault() : EndedStatus();
    call->completion = std::move(failed);
  }
  Carry(lock, std::move(work));
  lock->lock();
}

void ClientSession::BeginOpening(CallSettingsPointer settings) {
  const Step<ClientSession> step(this);
  Lock lock(mutex_);
  settings_ = std::move(settings);
  if (!torn_ && engine_.state() == SessionState::kCreated && !dropped_) StartOpening(&lock);
}

bool ClientSession::CanSubmit() const {
  Lock lock(mutex_);
  return !torn_ && engine_.CanSubmit() && !dropped_;
}

std::optional<CompleteCall> ClientSession::Poll(const CallPointer& call) {
  const Step<ClientSession> step(this);
  Lock lock(mutex_);
  if (!call->completion && !dropped_ && !torn_) return std::nullopt;
  return WaitForCompletion(&lock, call);  // for which there is nothing to wait
}

bool ClientSession::Abandon(const CallPointer& call, ExchangeId unfinished) {
  const Step<ClientSession> step(this);
  Lock lock(mutex_);
  const bool had_exchange = std::exchange(call->own_exchange, false);
  call->abandoned = true;
  call->deadline = Timestamp::Never();
  call->interrupt = InterruptHandle();
  if (!had_exchange || call->completion || ended() || dropped_) return false;
  background_.emplace(unfinished, Background{call->number, wire::RmAction::kNone, ports_.clock->Now()});
  call->copies.push_back(unfinished);
  return true;
}

// ---- waiting to send ----

Status ClientSession::WaitForOpened(Lock* lock) {
  // That of the engine ends the opening, and so the wait; a durable session is opened for as long as it takes.
  const Timestamp deadline = durable_ ? ports_.clock->Now() + open_timeout_ : Timestamp::Never();
  for (;;) {
    if (Status status = Unusable(); !status.ok()) return status;
    if (engine_.state() == SessionState::kOpened) return Status::Ok();
    if (engine_.state() == SessionState::kCreated) {
      StartOpening(lock);
      continue;
    }
    change_waiters_++;
    if (deadline.never()) {
      changed_.wait(*lock);
    } else {
      changed_.wait_for(*lock, std::chrono::microseconds((deadline - ports_.clock->Now()).microseconds()));
    }
    change_waiters_--;
    const bool late = !deadline.never() && ports_.clock->Now() >= deadline;
    if (late && engine_.state() == SessionState::kOpening) return NotOpenedInTime();
  }
}

void ClientSession::StartOpening(Lock* lock) {
  Work work;
  const Timestamp now = ports_.clock->Now();
  engine_.Open(now);
  Drain(now, MessageNumber(), &work);
  Carry(lock, std::move(work));
  lock->lock();
}

Status ClientSession::WaitForRoom(Lock* lock) {
  if (!torn_ && engine_.CanSubmit() && !dropped_) return Status::Ok();
  Status status = WaitForOpened(lock);
  const Timestamp deadline = ports_.clock->Now() + send_timeout_;
  while (status.ok() && !engine_.CanSubmit()) {
    const Timestamp now = ports_.clock->Now();
    if (now >= deadline) return WindowFull();
    room_waiters_++;
    room_.wait_for(*lock, std::chrono::microseconds((deadline - now).microseconds()));
    room_waiters_--;
    status = WaitForOpened(lock);
  }
  return status;
}

// ---- the session ----

Status ClientSession::Open(CallSettingsPointer settings) {
  const Step<ClientSession> step(this);
  Lock lock(mutex_);
  settings_ = std::move(settings);
  return WaitForOpened(&lock);
}

ClientSession::FlushResult ClientSession::Flush(Duration patience) {
  Lock lock(mutex_);
  const Timestamp deadline = ports_.clock->Now() + patience;
  for (;;) {
    if (torn_) return FlushResult::kDead;
    const bool waits = durable_ && HasWorkLocked();
    if (engine_.state() == SessionState::kFaulted || dropped_ || (waits && ended())) return FlushResult::kDead;
    if (engine_.UnsettledCount() == 0 && engine_.state() != SessionState::kOpening && !waits) return FlushResult::kDone;
    const Timestamp now = ports_.clock->Now();
    if (now >= deadline) return FlushResult::kTimeOut;
    change_waiters_++;
    changed_.wait_for(lock, std::chrono::microseconds((deadline - now).microseconds()));
    change_waiters_--;
  }
}

void ClientSession::Close() {
  const Step<ClientSession> step(this);
  Lock lock(mutex_);
  if (torn_) return;
  Work work;
  const Timestamp now = ports_.clock->Now();
  if (durable_ && !ended() && HasWorkLocked()) {
    durable_->close_by = now + close_timeout_;
  } else {
    engine_.Close(now);
  }
  Drain(now, MessageNumber(), &work);
  Carry(&lock, std::move(work));
}

Status ClientSession::WaitForEnd(Timestamp deadline) {
  Lock lock(mutex_);
  // Whoever has been told of the end has been so before whoever waits for it goes on.
  while (!torn_ && !(ended() && events_.empty() && !notifying_) && !dropped_) {
    const Timestamp now = ports_.clock->Now();
    if (now >= deadline)
      return Explained(Status::Error(ErrorClass::kTryAgain, "CloseTimeout", "the session did not close in time",
                                     "Raise the time-out if the service is slow."));
    change_waiters_++;
    changed_.wait_for(lock, std::chrono::microseconds((deadline - now).microseconds()));
    change_waiters_--;
  }
  return dropped_ || torn_ ? Unusable() : Explained(engine_.fault());
}

void ClientSession::Abort() {
  const Step<ClientSession> step(this);
  Lock lock(mutex_);
  if (torn_) return;
  Work work;
  const Timestamp now = ports_.clock->Now();
  engine_.Abort(now);
  Drain(now, MessageNumber(), &work);
  Carry(&lock, std::move(work));
}

void ClientSession::Drop() {
  const Step<ClientSession> step(this);
  Lock lock(mutex_);
  dropped_ = true;
  Work work;
  for (const auto& exchange : background_) work.cancels.push_back(exchange.first);
  for (const auto& entry : calls_) {
    if (entry.second->own_exchange) work.interrupts.push_back(entry.second->interrupt);
    entry.second->completed.notify_all();
  }
  room_.notify_all();
  changed_.notify_all();
  Carry(&lock, std::move(work));
}

SessionState ClientSession::state() const {
  Lock lock(mutex_);
  return torn_ ? SessionState::kFaulted : engine_.state();
}

Status ClientSession::fault() const {
  Lock lock(mutex_);
  return torn_ ? OutOfMemory() : Explained(engine_.fault());
}

ClientMetrics ClientSession::metrics() const {
  Lock lock(mutex_);
  ClientMetrics metrics;
  metrics.messages = engine_.metrics();
  metrics.opened = was_opened_ ? 1 : 0;
  metrics.faulted = torn_ || engine_.state() == SessionState::kFaulted ? 1 : 0;
  return metrics;
}

CallSettingsPointer ClientSession::settings() const {
  Lock lock(mutex_);
  return settings_;
}

bool ClientSession::IsConsistent() const {
  Lock lock(mutex_);
  return torn_ || engine_.IsConsistent();
}

// ---- events ----

void ClientSession::FinishExchange(ExchangeId exchange, engine::ExchangeResult result) {
  const Step<ClientSession> step(this);
  Lock lock(mutex_);
  background_.erase(exchange);
  if (torn_) return;
  NoteFailure(result);
  if (durable_) FailPoint("client.answer.before_record");
  Work work;
  const Timestamp now = ports_.clock->Now();
  engine_.HandleExchange(now, exchange, std::move(result));
  Drain(now, MessageNumber(), &work);
  Carry(&lock, std::move(work));
}

Timestamp ClientSession::HandleDeadline(Timestamp now) {
  const Step<ClientSession> step(this);
  Lock lock(mutex_);
  if (dropped_ || torn_) return Timestamp::Never();
  Work work;
  engine_.HandleTimeout(now);
  if (durable_) HandleDurableDeadlines(now);
  call_deadline_ = Timestamp::Never();
  std::vector<MessageNumber> late;
  for (const auto& entry : calls_) {
    if (entry.second->deadline <= now) late.push_back(entry.first);
    if (entry.second->deadline > now && entry.second->deadline < call_deadline_)
      call_deadline_ = entry.second->deadline;
  }
  // The caller may be blocked on the network and not see that its time is over.
  for (MessageNumber number : late) engine_.GiveUp(now, number);
  Drain(now, MessageNumber(), &work);
  const Timestamp next = NextDeadline();
  watched_ = next;
  Carry(&lock, std::move(work));
  return next;
}

void ClientSession::Tear() noexcept {
  {
    const Lock lock(mutex_);
    if (std::exchange(torn_, true)) return;
    room_.notify_all();
    changed_.notify_all();
    for (const auto& entry : calls_) entry.second->completed.notify_all();
  }
  try {
    ports_.observer->SessionChanged(SequenceId(), engine::StateChanged{SessionState::kFaulted, OutOfMemory(), {}, {}});
  } catch (...) {
    // There is no memory to tell it either; the session's state and the next call say so.
  }
}

}  // namespace gsoaprm::session
