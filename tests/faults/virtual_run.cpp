#include "tests/faults/virtual_run.h"

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "session/client_call_state.h"
#include "session/client_session.h"
#include "session/server_sessions.h"
#include "tests/faults/allocations.h"
#include "tests/support/pair_server.h"
#include "wire/envelope_reader.h"
#include "wire/envelope_writer.h"

namespace gsoaprm::faults {

namespace {

using engine::ExchangeResult;
using session::ClientSession;

constexpr int kTwoWayCalls = 3;
constexpr int kCalls = kTwoWayCalls + 1;
constexpr Duration kPatience = Duration::Seconds(3600);

class CountedIds : public engine::IdSource {
 public:
  std::string NewUuid() override {
    return "urn:uuid:00000000-0000-4000-8000-" + std::to_string(100000000000 + ++count_);
  }

 private:
  std::uint64_t count_ = 0;
};

class ManualClock : public session::Clock {
 public:
  Timestamp Now() override { return now; }
  Timestamp now = Timestamp::FromMicroseconds(1000000);
};

// What a port does outside may fail, too.
void UseMemory() { std::make_unique<int>(1); }

class ManualTimer : public session::Timer {
 public:
  void Watch(const std::shared_ptr<session::Timed>& timed, Timestamp at) override {
    if (at.never()) return;
    UseMemory();
    const Exempt exempt;
    auto& due = entries_[timed.get()];
    if (!due.timed.expired() && due.at <= at) return;
    due = Entry{timed, at};
  }
  Timestamp Next() const {
    Timestamp next = Timestamp::Never();
    for (const auto& entry : entries_) next = std::min(next, entry.second.at);
    return next;
  }
  void Run(Timestamp now) {
    std::vector<std::shared_ptr<session::Timed>> due;
    for (auto it = entries_.begin(); it != entries_.end();) {
      if (it->second.at > now) {
        ++it;
        continue;
      }
      if (auto timed = it->second.timed.lock()) due.push_back(std::move(timed));
      it = entries_.erase(it);
    }
    for (const auto& timed : due) {
      // As the timer thread: what throws is asked again a little later.
      Timestamp again = now + Duration::Milliseconds(100);
      try {
        const Armed armed;
        again = timed->HandleDeadline(now);
      } catch (const std::bad_alloc&) {
      }
      if (!again.never()) entries_[timed.get()] = Entry{timed, again};
    }
  }

 private:
  struct Entry {
    std::weak_ptr<session::Timed> timed;
    Timestamp at;
  };
  std::map<session::Timed*, Entry> entries_;
};

class Run {
 public:
  explicit Run(wire::RmVersion version) {
    options_.protocol.rm = version;
    options_.inactivity_timeout = Duration::Seconds(60);
  }

  RunResult Result() {
    MakeServer();
    for (int id = 1; id <= kCalls && broken_.empty(); ++id) MakeCall(id);
    if (client_) CloseClient();
    Settle();
    Judge();
    result_.broken = broken_;
    return result_;
  }

 private:
  struct Exchanges;
  struct Observer;

  struct Call {
    ClientSession::CallPointer pointer;
    std::shared_ptr<ClientSession> session;
    bool submitted = false;
    bool ended = false;
    bool failed = false;
    bool replied = false;
  };

  void Broken(std::string sentence) {
    if (broken_.empty()) broken_ = std::move(sentence);
  }

  // False when memory ran out within.
  template <class Action>
  bool Try(Action action) {
    try {
      const Armed armed;
      action();
      return true;
    } catch (const std::bad_alloc&) {
      return false;
    }
  }

  void MakeServer() {
    // A program whose server cannot be made says so and ends.
    while (!Try(
        [this] { server_ = std::make_shared<session::ServerSessions>(options_, &server_ids_, &clock_, &timer_); })) {
    }
  }

  // ---- the client ----

  bool Ended() const {
    const engine::SessionState state = client_->state();
    return state == engine::SessionState::kClosed || state == engine::SessionState::kFaulted;
  }
  void OpenClient();
  void MakeCall(int id);
  void Submit(int id);
  void RunFirst(int id, engine::Transmit transmit);
  void AwaitCall(int id);
  void TakeEnd(int id, const engine::CompleteCall& end);
  void CloseClient();
  // False when there is nothing more to wait for.
  bool Step();
  void Settle();

  // ---- the network ----

  ExchangeResult Exchange(const wire::Envelope& request);
  std::optional<engine::Respond> Serve(const wire::Envelope& request);
  std::optional<engine::Respond> Execute(session::ServerSession* session, engine::Disposition disposition);
  void Judge();

  engine::Options options_;
  ManualClock clock_;
  ManualTimer timer_;
  CountedIds client_ids_, server_ids_;
  std::shared_ptr<session::ServerSessions> server_;
  std::shared_ptr<Exchanges> exchanges_;
  std::shared_ptr<Observer> observer_;
  std::shared_ptr<ClientSession> client_;
  std::deque<std::function<void()>> background_;
  std::map<int, Call> calls_;
  std::vector<int> executed_;
  std::string broken_;
  RunResult result_;
};

struct Run::Exchanges : session::Exchanges {
  explicit Exchanges(Run* the_run) : run(*the_run) {}
  void Start(const std::shared_ptr<ClientSession>& session, engine::Transmit transmit,
             session::CallSettingsPointer) override {
    // Promised is that its end is reported, so it can fail only by that.
    const Exempt exempt;
    run.background_.push_back([this, session, order = std::move(transmit)] {
      ExchangeResult result = run.Exchange(order.envelope);
      // As a worker: without memory for the report it is made again.
      while (!run.Try([&] { session->FinishExchange(order.exchange, result); })) {
      }
    });
  }
  void Cancel(ExchangeId) override {}
  std::size_t MostAtOnce() const override { return 4; }
  Run& run;
};

struct Run::Observer : session::ClientObserver {
  void SessionChanged(const SequenceId&, const engine::StateChanged& change) override {
    UseMemory();
    const bool bad_end = change.state == engine::SessionState::kFaulted;
    told_why = told_why || (bad_end && !change.reason.code.empty());
  }
  bool told_why = false;
};

void Run::OpenClient() {
  if (client_ && !Ended()) return;
  client_.reset();
  ++result_.sessions;
  while (!Try([this] {
    exchanges_ = std::make_shared<Exchanges>(this);
    observer_ = std::make_shared<Observer>();
    client_ =
        std::make_shared<ClientSession>(options_, Uri("http://example.test/echo"),
                                        ClientSession::Ports{&clock_, &timer_, &client_ids_, exchanges_, observer_});
  })) {
  }
}

void Run::MakeCall(int id) {
  const Timestamp deadline = clock_.now + kPatience;
  // A session that failed is followed by another, as the plugin does it; a call is made once.
  for (int sessions = 0; sessions < 3; ++sessions) {
    OpenClient();
    Try([this] { client_->BeginOpening(nullptr); });
    while (!client_->CanSubmit() && !Ended() && clock_.now < deadline && Step()) {
    }
    if (client_->CanSubmit()) break;
    if (!Ended()) {
      Broken("A session neither opens nor fails.");
      return;
    }
    if (client_->fault().code.empty()) Broken("A session failed and does not say why.");
  }
  if (!client_->CanSubmit()) {
    Broken("No session can be opened any more.");
    return;
  }
  Submit(id);
  AwaitCall(id);
}

void Run::Submit(int id) {
  Call& call = calls_[id];
  call.session = client_;
  const bool two_way = id <= kTwoWayCalls;
  engine::OutgoingMessage message;
  message.payload = testing::MakePayload(options_.protocol, "call " + std::to_string(id));
  message.action = "urn:echo/Echo";
  message.kind = two_way ? engine::CallKind::kTwoWay : engine::CallKind::kOneWay;
  ClientSession::Submission submission;
  const bool told = Try([&] { submission = client_->Submit(std::move(message), nullptr, session::InterruptHandle()); });
  if (!told || !submission.status.ok()) {
    if (told && submission.status.code.empty()) Broken("A call was refused without a reason.");
    call.ended = call.failed = true;
    return;
  }
  call.submitted = true;
  call.pointer = submission.call;
  if (submission.first) RunFirst(id, std::move(*submission.first));
}

void Run::RunFirst(int id, engine::Transmit transmit) {
  const ExchangeResult result = Exchange(transmit.envelope);
  Call& call = calls_[id];
  while (!Try([&] { call.session->Fail(call.pointer, transmit.exchange, result); })) {
  }
}

void Run::AwaitCall(int id) {
  Call& call = calls_[id];
  const Timestamp deadline = clock_.now + kPatience;
  while (!call.ended) {
    std::optional<engine::CompleteCall> end;
    while (!Try([&] { end = call.session->Poll(call.pointer); })) {
    }
    if (end) {
      TakeEnd(id, *end);
    } else if (clock_.now >= deadline || !Step()) {
      Broken("Call " + std::to_string(id) + " has no end.");
      return;
    }
  }
}

void Run::TakeEnd(int id, const engine::CompleteCall& end) {
  Call& call = calls_[id];
  call.ended = true;
  switch (end.kind) {
    case engine::CompleteCall::Kind::kReply:
      call.replied = true;
      if (!end.reply || testing::TextOf(*end.reply) != "reply " + std::to_string(id)) {
        Broken("Call " + std::to_string(id) + " got another's reply.");
      }
      break;
    case engine::CompleteCall::Kind::kAcknowledged:
      call.replied = true;
      break;
    case engine::CompleteCall::Kind::kFailed:
      call.failed = true;
      if (end.status.code.empty()) Broken("Call " + std::to_string(id) + " failed and does not say why.");
      break;
  }
}

void Run::CloseClient() {
  while (!Try([this] { client_->Close(); })) {
  }
  const Timestamp deadline = clock_.now + kPatience;
  while (!Ended() && clock_.now < deadline && Step()) {
  }
  if (!Ended()) Broken("The session neither closes nor fails.");
}

bool Run::Step() {
  if (!background_.empty()) {
    const std::function<void()> job = std::move(background_.front());
    background_.pop_front();
    job();
    return true;
  }
  const Timestamp next = timer_.Next();
  if (next.never()) return false;
  clock_.now = std::max(clock_.now, next);
  timer_.Run(clock_.now);
  return true;
}

// The server's sessions end with their client's, or when it is silent for too long.
void Run::Settle() {
  const Timestamp deadline = clock_.now + kPatience;
  while (clock_.now < deadline && Step()) {
  }
}

// ---- the network and the server's program ----

ExchangeResult Run::Exchange(const wire::Envelope& request) {
  ExchangeResult result;
  const bool answered = Try([&] {
    const wire::WrittenMessage written = wire::WriteEnvelope(request);
    wire::ReadResult read = wire::ReadEnvelope(written.entity, written.content_type, "");
    if (!read.ok()) {
      Broken("A message cannot be read: " + read.reason);
      return;
    }
    const std::optional<engine::Respond> respond = Serve(read.envelope);
    result.http_status = 202;
    if (!respond) return;
    const wire::WrittenMessage answer = wire::WriteEnvelope(respond->envelope);
    wire::ReadResult back = wire::ReadEnvelope(answer.entity, answer.content_type, "");
    if (!back.ok()) {
      Broken("An answer cannot be read: " + back.reason);
      return;
    }
    result.http_status = respond->http_status;
    result.envelope = std::move(back.envelope);
    result.kind = ExchangeResult::Kind::kEnvelope;
  });
  if (answered) return result;
  // The connection ends without an answer.
  return ExchangeResult();
}

std::optional<engine::Respond> Run::Serve(const wire::Envelope& request) {
  session::ServerSessions::Route route = server_->Find(request, Principal());
  if (auto* respond = std::get_if<engine::Respond>(&route)) return std::move(*respond);
  auto* found = std::get_if<std::shared_ptr<session::ServerSession>>(&route);
  if (found == nullptr) return std::nullopt;
  const std::shared_ptr<session::ServerSession> session = *found;
  // The program has one thread, and a serve loop.
  while (const auto kept = session->TakeReady()) Execute(session.get(), *kept);
  return Execute(session.get(), session->ReceiveAtOnce(request, engine::ExchangeTraits{false, true}));
}

std::optional<engine::Respond> Run::Execute(session::ServerSession* session, engine::Disposition disposition) {
  if (auto* respond = std::get_if<engine::Respond>(&disposition)) return std::move(*respond);
  const auto* deliver = std::get_if<engine::Deliver>(&disposition);
  if (deliver == nullptr) return std::nullopt;
  engine::OperationAnswer answer;
  {
    const Exempt exempt;
    const std::string text = testing::TextOf(*deliver->payload);
    const int id = std::stoi(text.substr(text.find(' ')));
    executed_.push_back(id);
    if (id <= kTwoWayCalls) answer.reply = testing::MakePayload(options_.protocol, "reply " + std::to_string(id));
  }
  const bool one_way = answer.reply == nullptr;
  engine::Disposition given;
  try {
    given = session->Answer(deliver->number, std::move(answer));
  } catch (const std::bad_alloc&) {
    // As the plugin: an operation that has ended without an answer returns.
    session->Returned(deliver->number);
    throw;
  }
  if (one_way) session->Returned(deliver->number);
  auto* respond = std::get_if<engine::Respond>(&given);
  return respond ? std::make_optional(std::move(*respond)) : std::nullopt;
}

// ---- what must hold ----

void Run::Judge() {
  for (std::size_t i = 1; i < executed_.size(); ++i) {
    if (executed_[i] <= executed_[i - 1]) Broken("A call was executed twice, or not in its order.");
  }
  for (const auto& [id, call] : calls_) {
    const bool executed = std::find(executed_.begin(), executed_.end(), id) != executed_.end();
    if (call.replied && !executed) Broken("Call " + std::to_string(id) + " has an end and was not executed.");
    result_.calls_failed += call.failed ? 1 : 0;
  }
  if (server_->metrics().open != 0) Broken("A session of the server is left over.");
}

}  // namespace

RunResult RunInVirtualTime(wire::RmVersion version, std::uint64_t failing) {
  const std::int64_t before = LiveAllocations();
  RunResult result;
  {
    FailAllocation(failing);
    Run run(version);
    result = run.Result();
  }
  result.allocations = CountedAllocations();
  result.failed = HasFailed();
  const auto strings = static_cast<std::int64_t>(result.broken.capacity() > 15 ? 1 : 0);
  const std::int64_t left = LiveAllocations() - before - strings;
  if (result.broken.empty() && left != 0) result.broken = std::to_string(left) + " allocations are never given back.";
  FailAllocation(0);
  return result;
}

}  // namespace gsoaprm::faults
