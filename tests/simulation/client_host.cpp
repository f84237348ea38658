#include "tests/simulation/client_host.h"

#include <utility>

#include "session/client_call_state.h"
#include "tests/simulation/client_ports.h"
#include "tests/support/pair_server.h"

namespace gsoaprm::simulation {

using engine::CallKind;
using engine::CompleteCall;
using engine::SessionState;
using session::ClientSession;

namespace {

constexpr Duration kBeforeReopening = Duration::Milliseconds(200);
constexpr Duration kBeforeIdling = Duration::Seconds(70);  // for what is still under way

}  // namespace

bool ClientHost::Session::ended() const {
  const SessionState state = session->state();
  return gone || state == SessionState::kClosed || state == SessionState::kFaulted;
}

ClientHost::ClientHost(const Parameters& parameters, World* world, Network* network, Oracle* oracle, Tally* tally,
                       Trace* trace)
    : ClientProgram(parameters, world, network, oracle, tally),
      scripts_(trace->scripts()),
      clock_(world, parameters.client_clock),
      timer_(&clock_) {}

void ClientHost::Count() {
  for (const auto& session : sessions_) CountSession(*session->session);
}

bool ClientHost::IsConsistent() const { return !current_ || current_->session->IsConsistent(); }

void ClientHost::Advance() {
  if (done_) return;
  Collect();
  if (current_ && current_->ended() && current_->open.empty()) {
    current_ = nullptr;
    next_opening_ = world_.now + kBeforeReopening;
    world_.agenda.At(next_opening_, [] {});
  }
  if (!current_ && !CallsLeft()) {
    done_ = true;
  } else if (!current_ && world_.now >= next_opening_) {
    Open();
  }
  if (!current_ || current_->gone) return;
  StartCalls();
  CloseWhenDue();
}

void ClientHost::Open() {
  auto session = std::make_unique<Session>();
  session->index = oracle_.SessionBegins();
  session->ports = std::make_shared<Ports>(&world_, &clock_, &scripts_, &network_, &oracle_, session->index,
                                           parameters_.client.connections);
  session->session =
      std::make_shared<ClientSession>(parameters_.client_options, Uri("http://example.test/echo"),
                                      ClientSession::Ports{&clock_, &timer_, &ids_, session->ports, session->ports});
  current_ = session.get();
  sessions_.push_back(std::move(session));
  PlanDeparture();
  Write(*current_, "open");
  current_->session->BeginOpening(nullptr);
}

void ClientHost::PlanDeparture() {
  const bool vanishes = chance_.Happens(parameters_.client.vanishing);
  const bool aborts = !vanishes && chance_.Happens(parameters_.client.aborting);
  if (!world_.chaos() || (!vanishes && !aborts)) return;
  const Timestamp at = world_.now + chance_.Between(Duration(), world_.heal - world_.now);
  world_.agenda.At(at, [this, session = current_, aborts] {
    if (session == current_ && !session->ended()) Leave(session, aborts);
  });
}

void ClientHost::Leave(Session* session, bool abort) {
  oracle_.ClientLeaves(session->index);
  if (abort) {
    ++tally_[Event::kAbortedSession];
    Write(*session, "abort");
    session->session->Abort();
  } else {
    ++tally_[Event::kVanishedClient];
    session->gone = true;
    session->session->Drop();
  }
}

void ClientHost::Collect() {
  if (!current_) return;
  std::vector<OpenCall>& open = current_->open;
  for (std::size_t i = 0; i < open.size();) {
    const std::optional<CompleteCall> end = current_->session->Poll(open[i].call);
    if (!end) {
      ++i;
      continue;
    }
    const OpenCall ended = open[i];
    open.erase(open.begin() + static_cast<std::ptrdiff_t>(i));
    End(ended, *end);
  }
}

void ClientHost::End(const OpenCall& open, const CompleteCall& end) {
  const Call& call = CallOf(open.id);
  oracle_.CallEnds(current_->index, open.id, end);
  // Certainly not sent: to make it again cannot run it twice.
  if (end.kind == CompleteCall::Kind::kFailed && end.outcome == Outcome::kNotSent) again_.push_back(open.id);
  if (call.kind != CallKind::kOneWay && parameters_.traffic != Traffic::kOneWay) FreeCaller();
}

void ClientHost::Write(const Session& session, const char* verb, std::vector<std::string> arguments) {
  if (scripts_.enabled()) scripts_.ClientActs(session.index, clock_.Now(), verb, std::move(arguments));
}

void ClientHost::StartCalls() {
  while (idle_callers_ > 0 && !current_->closing && current_->session->CanSubmit()) {
    const int id = NextCall();
    if (id == 0) return;
    TakeNextCall();
    Submit(id);
  }
}

void ClientHost::Submit(int id) {
  const Call& call = CallOf(id);
  engine::OutgoingMessage message;
  message.payload = testing::MakePayload(parameters_.client_options.protocol, TextOfCall(call));
  message.action = "urn:echo";
  message.kind = call.kind;
  std::vector<std::string> words = {"echo"};
  if (call.kind == CallKind::kOneWay) words.push_back("one-way");
  if (call.kind == CallKind::kUnknown) words.push_back("unknown");
  Write(*current_, "call", std::move(words));
  const auto caller = std::make_shared<Caller>(&world_);
  const ClientSession::Submission submission =
      current_->session->Submit(std::move(message), nullptr, session::InterruptHandle{caller, 1});
  if (!submission.status.ok()) {
    oracle_.Broken("a session with room takes no call: " + submission.status.code);
    return;
  }
  oracle_.CallTaken(current_->index, id, submission.call->number);
  current_->open.push_back(OpenCall{id, submission.call});
  --idle_callers_;
  // Whoever sends a one-way message goes on at once.
  if (submission.kind == CallKind::kOneWay) FreeCaller();
  if (submission.first) RunFirst(submission.call, *submission.first, caller);
}

// The first exchange of a call runs in the caller's own thread.
void ClientHost::RunFirst(const ClientSession::CallPointer& call, engine::Transmit transmit,
                          const std::shared_ptr<Caller>& caller) {
  oracle_.ClientSends(current_->index, transmit);
  scripts_.ClientSends(current_->index, clock_.Now(), transmit);
  const std::size_t index = current_->index;
  const ExchangeId id = transmit.exchange;
  const auto exchange = std::make_shared<Exchange>(
      world_.now, [this, index, id, call, session = current_->session](engine::ExchangeResult result) {
        oracle_.ClientReceives(index, result);
        scripts_.ClientReceives(index, clock_.Now(), id, result);
        session->Fail(call, id, std::move(result));
      });
  caller->Wait(exchange);
  network_.Send(transmit.envelope, exchange);
}

void ClientHost::CloseWhenDue() {
  Session& session = *current_;
  if (session.closing || session.idling || begun_ < Quota() || !again_.empty() || session.ended()) return;
  if (!parameters_.client.closes_at_once && !session.open.empty()) return;
  const bool last = begun_ == parameters_.client.calls;
  if (last && !world_.chaos() && session.open.empty() && parameters_.client.idle_time > Duration()) {
    Idle();
    return;
  }
  ++part_;
  session.closing = true;
  Write(session, "close");
  session.session->Close();
}

void ClientHost::Idle() {
  Session* const session = current_;
  session->idling = true;
  world_.In(kBeforeIdling, [this, session] {
    if (!session->ended()) oracle_.IdleBegins(session->index);
  });
  world_.In(kBeforeIdling + parameters_.client.idle_time, [this, session] {
    oracle_.IdleEnds(session->index, parameters_.client.idle_time);
    session->closing = true;
    Write(*session, "close");
    session->session->Close();
  });
}

}  // namespace gsoaprm::simulation
