#include "tests/simulation/durable_client.h"

#include <utility>

#include "session/client_call_state.h"
#include "tests/simulation/durable_ports.h"
#include "tests/support/pair_server.h"

namespace gsoaprm::simulation {

using engine::CallKind;
using engine::CompleteCall;
using engine::SessionState;
using session::ClientSession;

namespace {

constexpr Duration kBeforeReopening = Duration::Milliseconds(200);
const Uri& Service() {
  static const Uri service("http://example.test/echo");
  return service;
}

class Takeover : public store::Recovery {
 public:
  explicit Takeover(std::deque<engine::RecoveredInitiator>* left) : left_(*left) {}

  void Acceptor(engine::RecoveredAcceptor) override {}
  void Initiator(engine::RecoveredInitiator initiator) override { left_.push_back(std::move(initiator)); }
  void Progress(std::uint64_t, std::uint64_t) override {}

 private:
  std::deque<engine::RecoveredInitiator>& left_;
};

}  // namespace

bool DurableClient::Session::ended() const {
  const SessionState state = session->state();
  return state == SessionState::kClosed || state == SessionState::kFaulted;
}

DurableClient::DurableClient(const Parameters& parameters, HostStore* storage, World* world, Network* network,
                             Oracle* oracle, Tally* tally)
    : ClientProgram(parameters, world, network, oracle, tally), storage_(*storage) {
  Start(SkewedClock::kStart);
}

DurableClient::~DurableClient() {
  for (const auto& session : sessions_) session->ports->Die();
}

void DurableClient::Count() {
  for (const auto& session : sessions_) CountSession(*session->session);
}

bool DurableClient::IsConsistent() const { return !current_ || current_->session->IsConsistent(); }

// ---- the process ----

void DurableClient::In(Duration delay, std::function<void()> action) {
  world_.In(delay, [this, life = life_, action = std::move(action)] {
    if (life == life_ && Lives()) action();
  });
}

void DurableClient::Start(std::int64_t clock) {
  storage_.Start();
  lives_.push_back(std::make_unique<Life>(&world_, parameters_.client_clock, clock));
  life_ = lives_.back().get();
  life_->outbox = std::make_shared<session::Outbox>(storage_.store(), Service());
  Takeover takeover(&life_->left);
  storage_.store()->Load(&takeover);
}

void DurableClient::Stop() {
  Count();
  down_ = true;
  ++tally_[Event::kClientRestart];
  oracle_.ClientStops();
  for (const auto& session : sessions_) {
    session->ports->Die();
    session->session->Drop();
  }
  sessions_.clear();
  current_.reset();
  open_.clear();
  life_->timer.Clear();
  world_.In(storage_.DrawPause(), [this] { Recover(); });
}

void DurableClient::Recover() {
  Start(storage_.DrawClock());
  if (storage_.Happens(0.2)) {
    // The crash comes during the recovery.
    const std::string before = storage_.disk().Text();
    KeepSession();
    const bool wrote = storage_.store()->metrics().commits + storage_.store()->metrics().failed_commits > 0;
    storage_.Crash();
    for (const auto& session : sessions_) {
      session->ports->Die();
      session->session->Drop();
    }
    sessions_.clear();
    current_.reset();
    Start(storage_.DrawClock());
    oracle_.Check(wrote || storage_.disk().Text() == before, "S20, a recovery that was cut short has left something");
  }
  idle_callers_ = parameters_.client.callers;
  next_opening_ = world_.now;
  down_ = false;
}

// ---- sessions ----

void DurableClient::Advance() {
  if (storage_.stopped() && !down_) Stop();
  if (!Lives() || done_) return;
  Collect();
  KeepSession();
  if (!current_ || !Lives()) return;
  StartCalls();
  if (Lives()) CloseWhenDue();
}

bool DurableClient::MessagesWait() {
  life_->outbox->LoadPage();
  return life_->outbox->Waits();
}

void DurableClient::KeepSession() {
  if (current_ && !current_->ended()) return;
  if (current_) Replace();
  if (current_) return;
  if (!CallsLeft() && open_.empty() && life_->left.empty() && !MessagesWait()) {
    done_ = true;
    return;
  }
  if (world_.now < next_opening_) return;
  current_ = Make();
  PlanAbort();
  current_->session->Resume(nullptr);
}

// As the plugin: where messages wait the next session opens by itself, though not at once when the one before was lost.
void DurableClient::Replace() {
  const bool lost = current_->session->state() == SessionState::kFaulted;
  current_.reset();
  next_opening_ = world_.now + (lost ? parameters_.client_options.handshake_retry_interval : kBeforeReopening);
  world_.agenda.At(next_opening_, [] {});
  if (!lost || (life_->left.empty() && !MessagesWait())) return;
  current_ = Make();
  current_->session->ResumeAt(life_->clock.Now() + parameters_.client_options.handshake_retry_interval, nullptr);
}

std::shared_ptr<DurableClient::Session> DurableClient::Make() {
  const auto made = std::make_shared<Session>();
  const bool resumes = !life_->left.empty();
  made->index = resumes ? oracle_.SessionResumes(life_->left.front().record.sequence) : oracle_.SessionBegins();
  made->ports = std::make_shared<DurablePorts>(&world_, &network_, &oracle_, &storage_, made->index,
                                               parameters_.client.connections);
  const ClientSession::Ports ports{&life_->clock, &life_->timer, &ids_, made->ports, made->ports, life_->outbox};
  if (resumes) {
    made->session = std::make_shared<ClientSession>(parameters_.client_options, life_->left.front(), ports);
    life_->left.pop_front();
  } else {
    made->session = std::make_shared<ClientSession>(parameters_.client_options, Service(), ports);
  }
  sessions_.push_back(made);
  return made;
}

void DurableClient::PlanAbort() {
  if (!world_.chaos() || !chance_.Happens(parameters_.client.aborting)) return;
  In(chance_.Between(Duration(), world_.heal - world_.now), [this, session = current_] {
    if (session != current_ || session->ended()) return;
    oracle_.ClientLeaves(session->index);
    ++tally_[Event::kAbortedSession];
    session->session->Abort();
  });
}

void DurableClient::CloseWhenDue() {
  Session& session = *current_;
  if (session.ended()) return;
  const bool works = session.session->HasWork() || !open_.empty();
  if (session.closing) {
    // It may have stayed open, since there was something left to do for too long.
    if (!works && session.session->state() == SessionState::kOpened) session.session->Close();
    return;
  }
  if (begun_ < Quota() || !again_.empty()) return;
  if (!parameters_.client.closes_at_once && works) return;
  ++part_;
  session.closing = true;
  session.session->Close();
}

// ---- calls ----

void DurableClient::Collect() {
  if (!current_) return;
  for (std::size_t i = 0; i < open_.size();) {
    const std::optional<CompleteCall> end = current_->session->Poll(open_[i].call);
    if (!Lives()) return;
    if (!end) {
      ++i;
      continue;
    }
    const OpenCall ended = open_[i];
    open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(i));
    oracle_.CallEnds(current_->index, ended.id, *end);
    if (end->kind == CompleteCall::Kind::kFailed && end->outcome == Outcome::kNotSent) again_.push_back(ended.id);
    FreeCaller();
  }
}

bool DurableClient::CanCall(const Call& call) {
  if (!storage_.store()->HasRoom()) return false;
  const bool one_way = call.kind == CallKind::kOneWay || parameters_.traffic == Traffic::kOneWay;
  const SessionState state = current_->session->state();
  if (one_way)
    return state == SessionState::kCreated || state == SessionState::kOpening || state == SessionState::kOpened;
  if (state == SessionState::kCreated && world_.now >= next_opening_) current_->session->BeginOpening(nullptr);
  return current_->session->CanSubmit() && !MessagesWait();
}

void DurableClient::StartCalls() {
  while (Lives() && idle_callers_ > 0 && !current_->closing) {
    const int id = NextCall();
    if (id == 0 || !CanCall(CallOf(id))) return;
    TakeNextCall();
    Submit(id);
  }
}

void DurableClient::Submit(int id) {
  const Call& call = CallOf(id);
  oracle_.CallBegins(id);
  engine::OutgoingMessage message;
  message.payload = testing::MakePayload(parameters_.client_options.protocol, TextOfCall(call));
  message.action = "urn:echo";
  message.kind = parameters_.traffic == Traffic::kOneWay ? CallKind::kOneWay : call.kind;
  const auto caller = std::make_shared<Caller>(&world_);
  ClientSession::Submission submission =
      current_->session->Submit(std::move(message), nullptr, session::InterruptHandle{caller, 1});
  if (Lives()) TakeSubmission(call, std::move(submission), caller);
}

void DurableClient::TakeSubmission(const Call& call, ClientSession::Submission submission,
                                   const std::shared_ptr<Caller>& caller) {
  if (!submission.status.ok()) {
    CompleteCall end;
    end.status = submission.status;
    end.outcome = submission.outcome;
    if (submission.outcome == Outcome::kNotSent) {
      again_.push_back(call.id);
    } else {
      oracle_.CallUncertain(call.id, end);
    }
    return;
  }
  if (submission.kind == CallKind::kOneWay) {
    // Whoever sends a one-way message goes on at once, and is told nothing more.
    oracle_.CallDeposited(call.id);
    --idle_callers_;
    FreeCaller();
  } else {
    oracle_.CallTaken(current_->index, call.id, submission.call->number);
    open_.push_back(OpenCall{call.id, submission.call});
    --idle_callers_;
  }
  if (submission.first) RunFirst(submission.call, *submission.first, caller);
}

void DurableClient::RunFirst(const ClientSession::CallPointer& call, engine::Transmit transmit,
                             const std::shared_ptr<Caller>& caller) {
  const ExchangeId id = transmit.exchange;
  const auto exchange =
      std::make_shared<Exchange>(world_.now, [this, id, call, session = current_](engine::ExchangeResult result) {
        if (session->ports->dead()) return;
        oracle_.ClientReceives(session->index, result);
        session->session->Fail(call, id, std::move(result));
      });
  caller->Wait(exchange);
  current_->ports->Run(transmit, exchange);
}

}  // namespace gsoaprm::simulation
