// A durable session and the messages that wait for it in the store.
#include <algorithm>
#include <limits>
#include <utility>

#include "session/client_session.h"
#include "session/client_session_durable.h"
#include "session/step.h"
#include "store/fail_point.h"

namespace gsoaprm::session {

using engine::CallKind;
using engine::SessionState;

namespace {

// Until something that was not durable yet is looked for again.
constexpr Duration kLookInterval = Duration::Milliseconds(100);

}  // namespace

ClientSession::Submission ClientSession::Deposit(Lock* lock, engine::OutgoingMessage&& message) {
  Submission submission;
  submission.kind = CallKind::kOneWay;
  submission.status = Unusable();
  if (!submission.status.ok()) return submission;
  message.kind = CallKind::kOneWay;
  const store::Ticket ticket = durable_->outbox->Put(RecordOf(0, &message, ports_.ids));
  Work work;
  const Timestamp now = ports_.clock->Now();
  if (durable_->open_at.never()) engine_.Open(now);
  Drain(now, MessageNumber(), &work);
  Carry(lock, std::move(work));
  AwaitStore(ticket, &submission);
  if (!durable_->outbox->IsBlank()) return submission;
  // It went past the page, whose messages have left meanwhile.
  lock->lock();
  if (torn_) {
    lock->unlock();
    return submission;
  }
  Work late;
  Drain(ports_.clock->Now(), MessageNumber(), &late);
  Carry(lock, std::move(late));
  return submission;
}

void ClientSession::Feed(Timestamp now) {
  // Several share the commit that gives them their numbers.
  const std::size_t unsettled = engine_.UnsettledCount();
  if (unsettled > 0 && unsettled + std::max<std::size_t>(durable_->window / 4, 1) > durable_->window) return;
  const engine::OutgoingId before =
      durable_->turns.empty() ? std::numeric_limits<engine::OutgoingId>::max() : *durable_->turns.begin();
  bool fed = false;
  while (engine_.CanSubmit()) {
    std::optional<engine::OutgoingRecord> next = durable_->outbox->TakeBefore(before);
    if (!next) break;
    engine::OutgoingMessage message;
    message.payload = std::move(next->payload);
    message.action = std::move(next->action);
    message.kind = next->one_way ? CallKind::kOneWay : CallKind::kUnknown;
    message.message_id = std::move(next->message_id);
    const MessageNumber number = engine_.Submit(now, std::move(message));
    if (!number.valid()) {
      // The sequence has no numbers left; in the store the message waits as before, for the next session.
      durable_->journal.Write();
      durable_->outbox->LookAgain(durable_->journal.ticket());
      break;
    }
    durable_->journal.LeavesOutbox(next->id, engine_.sequence(), number);
    fed = true;
  }
  if (!fed) return;
  FailPoint("client.assign.before_enqueue");
  NotifyRoom();
}

void ClientSession::PlanPage(Timestamp now, Work* work) {
  durable_->look_at = Timestamp::Never();
  if (engine_.state() != SessionState::kOpened || dropped_ || !durable_->outbox->IsBlank()) return;
  work->page = durable_->outbox->WantsPage();
  if (!work->page) durable_->look_at = now + kLookInterval;
}

// Without the lock, which it takes and gives back for each page.
void ClientSession::FillOutbox(Lock* lock) {
  for (bool more = true; more;) {
    const bool loaded = durable_->outbox->LoadPage();
    lock->lock();
    if (torn_) {
      lock->unlock();
      return;
    }
    Work work;
    const Timestamp now = ports_.clock->Now();
    Drain(now, MessageNumber(), &work);
    more = loaded && work.page;
    if (work.page && !loaded) durable_->look_at = now + kLookInterval;
    CarryOnce(lock, std::move(work));
  }
}

void ClientSession::Resume(CallSettingsPointer settings) { ResumeAt(ports_.clock->Now(), std::move(settings)); }

void ClientSession::ResumeAt(Timestamp time, CallSettingsPointer settings) {
  if (!durable_) return;
  const Step<ClientSession> step(this);
  durable_->outbox->LoadPage();
  Lock lock(mutex_);
  settings_ = std::move(settings);
  if (dropped_ || torn_) return;
  Work work;
  const Timestamp now = ports_.clock->Now();
  if (engine_.state() == SessionState::kCreated && durable_->outbox->Waits()) {
    if (time <= now) {
      engine_.Open(now);
    } else {
      durable_->open_at = time;
    }
  }
  Drain(now, MessageNumber(), &work);
  Carry(&lock, std::move(work));
}

void ClientSession::LookAgain() {
  if (!durable_) return;
  const Step<ClientSession> step(this);
  Lock lock(mutex_);
  if (torn_) return;
  durable_->outbox->LookAgain(0);
  Work work;
  Drain(ports_.clock->Now(), MessageNumber(), &work);
  Carry(&lock, std::move(work));
}

bool ClientSession::HasWorkLocked() const { return engine_.UnsettledCount() > 0 || durable_->outbox->Waits(); }

bool ClientSession::HasWork() const {
  Lock lock(mutex_);
  if (torn_) return false;
  return durable_ ? HasWorkLocked() : engine_.UnsettledCount() > 0;
}

}  // namespace gsoaprm::session
