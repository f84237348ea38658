// One reliable session at the client: the engine's initiator behind its lock, the calls that wait for their replies,
// and the threads that wait for the session to open, for room in the window, or for its end.
//
// A call's first exchange runs in the caller's own thread, between Submit and Finish; everything else is started in the
// background. No lock is held while the network, a callback or the timer works.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/initiator_session.h"
#include "session/client_ports.h"
#include "session/outbox.h"
#include "session/ports.h"

namespace gsoaprm::session {

struct ClientMetrics {
  engine::InitiatorMetrics messages;
  std::uint64_t opened = 0;
  std::uint64_t faulted = 0;
};

class ClientSession : public Timed, public std::enable_shared_from_this<ClientSession> {
 public:
  struct Ports {
    Clock* clock;
    Timer* timer;
    engine::IdSource* ids;
    std::shared_ptr<Exchanges> exchanges;
    std::shared_ptr<ClientObserver> observer;
    std::shared_ptr<Outbox> outbox =
        nullptr;  // of a durable session, which outlives the process; null: it lives in memory
  };
  ClientSession(const engine::Options& options, Uri to, Ports ports);
  // Durable: the one that an earlier process has left in the store. Nothing is sent before a call or Resume.
  ClientSession(const engine::Options& options, const engine::RecoveredInitiator& recovered, Ports ports);
  ~ClientSession() override;

  // A submitted message whose answer somebody may wait for.
  struct Call;
  using CallPointer = std::shared_ptr<Call>;

  struct Submission {
    Status status;                        // not ok: the message was not taken
    Outcome outcome = Outcome::kNotSent;  // then: kUnknown when the store has it and may keep it after all
    CallPointer call;                     // null for a durable message that waits for a session
    engine::CallKind kind = engine::CallKind::kUnknown;  // one-way in a session without Offer, whatever was asked
    std::optional<engine::Transmit> first;               // the caller runs this exchange and reports it by Finish
  };

  // ---- calls ----
  // Opens the session when nobody has, waits for that and for room in the window, at most the send time-out for the
  // latter. `interrupt` wakes the exchange that the caller may get to run. A message that was not taken is left as it
  // was.
  // Durable: comes back when the store has the message. A one-way message then never waits for the service: without
  // room in the window it does so in the store.
  Submission Submit(engine::OutgoingMessage&& message, CallSettingsPointer settings, InterruptHandle interrupt);
  // The exchange that Submit gave is over; waits for the call's end when that was not its answer.
  engine::CompleteCall Finish(const CallPointer& call, ExchangeId exchange, engine::ExchangeResult result);
  // The same without waiting: its request could not be sent.
  void Fail(const CallPointer& call, ExchangeId exchange, engine::ExchangeResult result);
  // Waits for the call's end when it has no exchange of its own (any more).
  engine::CompleteCall Wait(const CallPointer& call);
  // Nobody will ask for the result. `unfinished`: its own exchange; true when that is still of use, and then its end is
  // reported by FinishExchange.
  bool Abandon(const CallPointer& call, ExchangeId unfinished);

  // ---- calls of a program with one thread, which may not wait ----
  // As Open, without waiting for it.
  void BeginOpening(CallSettingsPointer settings);
  // Whether Submit would take a message at once.
  bool CanSubmit() const;
  // The call's end if it is there. Once for each call.
  std::optional<engine::CompleteCall> Poll(const CallPointer& call);

  // ---- the session ----
  Status Open(CallSettingsPointer settings);
  // Durable: goes on with what is in the store, without waiting; opens the session when messages wait for one.
  void Resume(CallSettingsPointer settings);
  // The same, not before this time when it has to be opened.
  void ResumeAt(Timestamp time, CallSettingsPointer settings);
  enum class FlushResult { kDone, kTimeOut, kDead };
  FlushResult Flush(Duration patience);
  // Without waiting; whoever wants to know how it went calls WaitForEnd. A durable session closes when nothing is left
  // to be sent; when that is not so within the close time-out it stays open.
  void Close();
  // Ok only when the session closed in good order.
  Status WaitForEnd(Timestamp deadline);
  void Abort();
  // No exchange is started any more and nobody waits any more. What is in the store stays there.
  void Drop();
  // Durable: messages are in the store that were not.
  void LookAgain();

  engine::SessionState state() const;
  Status fault() const;
  ClientMetrics metrics() const;
  // Of the latest call.
  CallSettingsPointer settings() const;
  // A message is unsettled, or waits in the store.
  bool HasWork() const;
  bool IsConsistent() const;  // class invariants, for tests

  // ---- events ----
  // Before the request of a started exchange is written: waits until everything that it says survives a crash. False:
  // it must not be sent, and its result is "no answer".
  bool MaySend(ExchangeId exchange);
  void FinishExchange(ExchangeId exchange, engine::ExchangeResult result);
  Timestamp HandleDeadline(Timestamp now) override;
  // Memory ran out within a step (step.h).
  void Tear() noexcept;

 private:
  // What was decided under the lock and is carried out without it.
  struct Work {
    struct Exchange {
      engine::Transmit transmit;
      CallSettingsPointer settings;
    };
    std::vector<Exchange> starts;
    std::vector<ExchangeId> cancels;
    std::vector<InterruptHandle> interrupts;
    bool page = false;  // the outbox is to be filled
  };
  // An exchange that runs in the background.
  struct Background {
    MessageNumber number;
    wire::RmAction action = wire::RmAction::kNone;
    Timestamp since;
    bool given_up = false;
    store::Ticket ticket = 0;  // what it says relies on this
  };
  struct Durable;
  using Lock = std::unique_lock<std::mutex>;

  bool ended() const;
  Submission Enter(Lock* lock, engine::OutgoingMessage&& message, CallSettingsPointer settings,
                   InterruptHandle interrupt, engine::OutgoingId id);
  void NotifyRoom();
  // Why it takes no message any more; ok while it does.
  Status Unusable() const;
  Status WindowFull() const;
  Status WaitForRoom(Lock* lock);
  Status WaitForOpened(Lock* lock);
  void StartOpening(Lock* lock);
  engine::CompleteCall WaitForCompletion(Lock* lock, const CallPointer& call);
  engine::CompleteCall TakeResult(const CallPointer& call) const;
  void GiveUp(Lock* lock, const CallPointer& call);

  // Takes what the engine wants done. The first sending of `own` is left to the caller.
  std::optional<engine::Transmit> Drain(Timestamp now, MessageNumber own, Work* work);
  void TakeTransmit(Timestamp now, engine::Transmit transmit, Work* work);
  void MakeRoomFor(const Background& copy, Work* work);
  static void GiveUpExchange(ExchangeId id, Background* exchange, Work* work);
  void TakeCompletion(engine::CompleteCall completion, Work* work);
  void TakeStateChange(engine::StateChanged change, Work* work);
  CallSettingsPointer SettingsOf(MessageNumber number) const;
  // Lets the timer know, unlocks, and does it.
  void Carry(Lock* lock, Work work);
  void CarryOnce(Lock* lock, Work work);
  void Start(std::vector<Work::Exchange> exchanges);
  void WatchDeadlines();
  Timestamp NextDeadline() const;
  void NotifyObserver(Lock* lock);
  void NoteFailure(const engine::ExchangeResult& result);
  // A time-out says more with the last failure that led to it.
  Status Explained(Status status) const;

  // ---- durable sessions (client_session_durable.cpp, client_session_outbox.cpp) ----
  Submission SubmitDurably(engine::OutgoingMessage&& message, CallSettingsPointer settings, InterruptHandle interrupt);
  Status WaitForStoreRoom(Lock* lock);
  bool GoesAtOnce() const;
  bool IsTurnOf(engine::OutgoingId id) const;
  Status WaitForTurn(Lock* lock, engine::OutgoingId id);
  Submission Deposit(Lock* lock, engine::OutgoingMessage&& message);
  // Comes back without the lock.
  void AwaitStore(store::Ticket ticket, Submission* submission);
  // With the lock, which it gives back.
  engine::CompleteCall Reveal(Lock* lock, engine::CompleteCall completion) const;
  Status StoreStalled() const;
  Status NotOpenedInTime() const;
  bool HasWorkLocked() const;
  void StepDurable(Timestamp now);
  void Feed(Timestamp now);
  void SealWork(Timestamp now, Work* work);
  void PlanPage(Timestamp now, Work* work);
  void FillOutbox(Lock* lock);
  void HandleDurableDeadlines(Timestamp now);
  Timestamp NextDurableDeadline() const;

  const Duration send_timeout_;
  const Duration open_timeout_;
  const Duration close_timeout_;
  const Duration hanging_time_;  // an exchange without an answer for so long makes room for its copy
  const Ports ports_;
  mutable std::mutex mutex_;
  std::condition_variable room_;     // for room in the window
  std::condition_variable changed_;  // for opened, settled, ended
  int room_waiters_ = 0;
  int change_waiters_ = 0;
  engine::InitiatorSession engine_;
  std::map<MessageNumber, CallPointer> calls_;
  std::map<MessageNumber, CallSettingsPointer> failed_;  // settings of calls that failed while their message goes on
  std::map<ExchangeId, Background> background_;
  CallSettingsPointer settings_;  // of the latest call, for messages of the protocol
  std::deque<engine::StateChanged> events_;
  bool notifying_ = false;
  bool was_opened_ = false;
  bool dropped_ = false;
  bool torn_ = false;                             // the engine must not be asked any more
  Timestamp watched_ = Timestamp::Never();        // what the timer knows
  Timestamp call_deadline_ = Timestamp::Never();  // no call's deadline is earlier
  std::string last_failure_;
  const std::unique_ptr<Durable> durable_;  // null: the session lives in memory
};

}  // namespace gsoaprm::session
