// What the engine of a client session wants done: taken under the lock, carried out without it.
#include <algorithm>
#include <utility>

#include "session/client_call_state.h"
#include "session/client_session.h"
#include "session/client_session_durable.h"

namespace gsoaprm::session {

using engine::CompleteCall;
using engine::SessionState;

std::optional<engine::Transmit> ClientSession::Drain(Timestamp now, MessageNumber own, Work* work) {
  std::optional<engine::Transmit> left_to_caller;
  if (durable_) StepDurable(now);
  while (std::optional<engine::InitiatorOutput> output = engine_.PollOutput()) {
    if (auto* transmit = std::get_if<engine::Transmit>(&*output)) {
      if (own.valid() && transmit->number == own && transmit->first) {
        left_to_caller = std::move(*transmit);
      } else {
        TakeTransmit(now, std::move(*transmit), work);
      }
    } else if (auto* completion = std::get_if<CompleteCall>(&*output)) {
      TakeCompletion(std::move(*completion), work);
    } else if (auto* change = std::get_if<engine::StateChanged>(&*output)) {
      TakeStateChange(std::move(*change), work);
    } else {
      NotifyRoom();
    }
  }
  if (durable_) SealWork(now, work);
  if (change_waiters_ > 0) changed_.notify_all();
  if (!failed_.empty() && engine_.UnsettledCount() == 0) failed_.clear();
  return left_to_caller;
}

void ClientSession::TakeTransmit(Timestamp now, engine::Transmit transmit, Work* work) {
  if (dropped_) return;
  const auto call = calls_.find(transmit.number);
  if (call != calls_.end()) {
    call->second->copies.push_back(transmit.exchange);
    // The send time-out counts from the first sending.
    if (transmit.first && !call->second->deadline.never())
      call->second->SetDeadline(now + send_timeout_, &call_deadline_);
  }
  const Background background{transmit.number, transmit.envelope.rm_action, now};
  MakeRoomFor(background, work);
  background_.emplace(transmit.exchange, background);
  CallSettingsPointer settings = SettingsOf(transmit.number);
  work->starts.push_back(Work::Exchange{std::move(transmit), std::move(settings)});
}

// A connection that is open and brings nothing holds its place. Only when all are taken does an exchange end for the
// copy of a message, since its answer, too, may be merely slow: the earliest of the same message. Where that message
// holds no place, its copies would wait behind others' until these time out, and the session with them: then it is the
// earliest of all.
void ClientSession::MakeRoomFor(const Background& copy, Work* work) {
  const std::size_t places = ports_.exchanges->MostAtOnce();
  if (background_.size() < places) return;
  const auto same = [&copy](const Background& other) {
    return other.number == copy.number && other.action == copy.action;
  };
  Background* chosen = nullptr;
  ExchangeId chosen_id;
  bool is_copy = false;
  std::size_t place = 0;  // they are started in their order: so many from the first have one
  for (auto& [id, other] : background_) {
    if (other.given_up) continue;
    is_copy = is_copy || same(other);
    const bool has_place = place++ < places;
    const bool hangs = copy.since - other.since >= hanging_time_;
    if (has_place && same(other)) {
      if (hangs) GiveUpExchange(id, &other, work);
      return;
    }
    if (has_place && hangs && !chosen) {
      chosen = &other;
      chosen_id = id;
    }
  }
  if (is_copy && chosen) GiveUpExchange(chosen_id, chosen, work);
}

void ClientSession::GiveUpExchange(ExchangeId id, Background* exchange, Work* work) {
  exchange->given_up = true;
  work->cancels.push_back(id);
}

CallSettingsPointer ClientSession::SettingsOf(MessageNumber number) const {
  if (const auto call = calls_.find(number); call != calls_.end()) return call->second->settings;
  if (const auto failed = failed_.find(number); failed != failed_.end()) return failed->second;
  return settings_;
}

void ClientSession::TakeCompletion(CompleteCall completion, Work* work) {
  const auto found = calls_.find(completion.number);
  if (found == calls_.end()) return;
  const CallPointer call = std::move(found->second);
  calls_.erase(found);
  // Other exchanges of the message have nothing to bring any more: whoever waits on them is woken. Unless the call
  // failed by an HTTP error while its message goes on.
  const bool message_lives = completion.kind == CompleteCall::Kind::kFailed && !ended();
  if (message_lives) {
    failed_.emplace(completion.number, call->settings);
  } else {
    for (ExchangeId copy : call->copies)
      if (background_.count(copy) > 0) work->cancels.push_back(copy);
  }
  if (call->own_exchange) work->interrupts.push_back(call->interrupt);
  if (durable_ && ended() && call->two_way && !call->abandoned) durable_->journal.CallerKnows(call->number);
  call->completion = std::move(completion);
  if (call->waiting) call->completed.notify_all();
}

void ClientSession::TakeStateChange(engine::StateChanged change, Work* work) {
  if (change.state == SessionState::kOpened) was_opened_ = true;
  const bool end = change.state == SessionState::kClosed || change.state == SessionState::kFaulted;
  if (end) room_.notify_all();
  // Exchanges of the state before, copies that hang, have nothing to bring any more.
  if (change.state != SessionState::kOpening && change.state != SessionState::kClosing)
    for (const auto& exchange : background_) work->cancels.push_back(exchange.first);
  change.reason = Explained(std::move(change.reason));
  if (durable_ && end) durable_->journal.Ends(engine_.sequence(), change);
  events_.push_back(std::move(change));
}

Timestamp ClientSession::NextDeadline() const {
  if (ended() || dropped_) return Timestamp::Never();
  const Timestamp next = std::min(engine_.NextTimeout(), call_deadline_);
  return durable_ ? std::min(next, NextDurableDeadline()) : next;
}

void ClientSession::WatchDeadlines() {
  const Timestamp next = NextDeadline();
  // A deadline that has gone away costs one spurious wake-up; telling the timer of each would cost a lock per call.
  if (next >= watched_) return;
  watched_ = next;
  ports_.timer->Watch(shared_from_this(), next);
}

void ClientSession::Carry(Lock* lock, Work work) {
  const bool page = work.page;
  CarryOnce(lock, std::move(work));
  if (page) FillOutbox(lock);
}

void ClientSession::CarryOnce(Lock* lock, Work work) {
  WatchDeadlines();
  if (events_.empty() && work.starts.empty() && work.cancels.empty() && work.interrupts.empty()) {
    lock->unlock();
    return;
  }
  NotifyObserver(lock);
  lock->unlock();
  for (ExchangeId exchange : work.cancels) ports_.exchanges->Cancel(exchange);
  for (const InterruptHandle& interrupt : work.interrupts)
    if (interrupt.target) interrupt.target->Interrupt(interrupt.turn);
  Start(std::move(work.starts));
}

void ClientSession::Start(std::vector<Work::Exchange> exchanges) {
  if (exchanges.empty()) return;
  const std::shared_ptr<ClientSession> self = shared_from_this();
  for (Work::Exchange& exchange : exchanges)
    ports_.exchanges->Start(self, std::move(exchange.transmit), std::move(exchange.settings));
}

void ClientSession::NotifyObserver(Lock* lock) {
  if (notifying_) return;  // whoever is at it goes on with ours, so that changes are told in their order
  notifying_ = true;
  while (!events_.empty()) {
    const engine::StateChanged change = std::move(events_.front());
    events_.pop_front();
    const SequenceId sequence = engine_.sequence();
    lock->unlock();
    ports_.observer->SessionChanged(sequence, change);
    lock->lock();
  }
  notifying_ = false;
  if (change_waiters_ > 0) changed_.notify_all();
}

void ClientSession::NoteFailure(const engine::ExchangeResult& result) {
  if (result.kind == engine::ExchangeResult::Kind::kEnvelope || result.reason.empty()) return;
  last_failure_ = result.reason;
}

Status ClientSession::Explained(Status status) const {
  const bool time_out = status.code == "OpenTimeout" || status.code == "SendTimeout" || status.code == "CloseTimeout" ||
                        status.code == "MaxRetryCount" || status.code == "InactivityTimeout";
  if (time_out && !last_failure_.empty() && status.reason.find(last_failure_) == std::string::npos)
    status.reason += " The last failure: " + last_failure_ + ".";
  return status;
}

}  // namespace gsoaprm::session
