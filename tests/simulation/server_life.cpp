// A server whose sessions outlive its process: it crashes, comes back, and answers in transactions.
#include <utility>

#include "tests/simulation/server_host.h"

namespace gsoaprm::simulation {

using engine::Disposition;

namespace {

class Takeover : public store::Recovery {
 public:
  explicit Takeover(session::ServerSessions* sessions) : sessions_(*sessions) {}

  void Acceptor(engine::RecoveredAcceptor acceptor) override { sessions_.Restore(acceptor); }
  void Initiator(engine::RecoveredInitiator) override {}
  void Progress(std::uint64_t, std::uint64_t) override {}

 private:
  session::ServerSessions& sessions_;
};

}  // namespace

void ServerHost::In(Duration delay, Then action) {
  world_.In(delay, [this, life = life_, action = std::move(action)] {
    if (life == life_ && !storage_.stopped()) action();
  });
}

void ServerHost::Start(std::int64_t clock) {
  storage_.Start();
  lives_.push_back(std::make_unique<Life>(&world_, parameters_.server_clock, clock));
  life_ = lives_.back().get();
  life_->sessions = std::make_shared<session::ServerSessions>(parameters_.server_options, &ids_, &life_->clock,
                                                              &life_->timer, storage_.store());
  if (!storage_.store()) return;
  Takeover takeover(life_->sessions.get());
  storage_.store()->Load(&takeover);
}

void ServerHost::Stop() {
  Count();
  down_ = true;
  ++tally_[Event::kServerRestart];
  oracle_.ServerStops();
  life_->sessions.reset();
  life_->timer.Clear();
  seen_.clear();
  line_.clear();
  waiting_.clear();
  busy_ = 0;
  const std::map<std::uint64_t, RequestPointer> open = std::exchange(open_, {});
  for (const auto& entry : open) entry.second->broken();
  world_.In(storage_.DrawPause(), [this] { Recover(); });
}

// Now and then the crash comes during the recovery, or right after its first commit: the same must come of both.
void ServerHost::Recover() {
  Start(storage_.DrawClock());
  if (storage_.Happens(0.2)) {
    const std::string before = storage_.disk().Text();
    Restart();
    oracle_.Check(storage_.disk().Text() == before, "S20, a recovery that was cut short has left something");
  }
  if (storage_.Happens(0.2) && storage_.CommitAll()) {
    const std::string before = storage_.disk().Text();
    Restart();
    const bool same = !storage_.CommitAll() || storage_.disk().Text() == before;
    oracle_.Check(same, "S20, a second recovery has changed what the first one had left");
  }
  down_ = false;
  oracle_.ServerStarts();
}

void ServerHost::Restart() {
  storage_.Crash();
  life_->sessions.reset();
  Start(storage_.DrawClock());
}

bool ServerHost::AnswerOperation(const SessionPointer& session, MessageNumber number, const std::string& text,
                                 engine::OperationAnswer answer, Disposition* disposition) {
  if (parameters_.exactly_once()) return AnswerInTransaction(session, number, text, std::move(answer), disposition);
  oracle_.OperationAnswers(text);
  *disposition = session->Answer(number, std::move(answer));
  return true;
}

bool ServerHost::AnswerInTransaction(const SessionPointer& session, MessageNumber number, const std::string& text,
                                     engine::OperationAnswer answer, Disposition* disposition) {
  const std::unique_ptr<store::Transaction> transaction =
      storage_.store()->Begin(session::ServerSession::kStorePatience);
  const SequenceId sequence = session->identity().sequence;
  if (!transaction) {
    session->Undone(number);
    oracle_.OperationIsUndone(sequence, number);
    return false;
  }
  auto& rows = *static_cast<testing::FakeStore::Application*>(transaction->handle());
  rows[text] += "x";
  if (answer.http_status == 500) transaction->Undo();
  const std::string serial = std::to_string(++transactions_);
  rows["transaction"] = serial;
  storage_.PassCommit();
  *disposition = session->Answer(number, std::move(answer), transaction.get());
  const auto newest = storage_.disk().application.find("transaction");
  const bool committed = newest != storage_.disk().application.end() && newest->second == serial;
  if (committed) {
    oracle_.OperationCommits(sequence, number, text);
  } else {
    oracle_.OperationIsUndone(sequence, number);
  }
  storage_.PassCommit();
  return committed;
}

// What goes on the exchange of a one-way operation may wait for the store until the operation has returned.
void ServerHost::AnswerWhileItGoesOn(const SessionPointer& session, MessageNumber number, const std::string& text,
                                     const std::function<void(Disposition)>& answered, const Then& end) {
  oracle_.OperationAnswers(text);
  const Disposition disposition = session->AnswerAtOnce(number, engine::OperationAnswer());
  In(chance_.Between(Duration(), parameters_.server.longest_return), [=] {
    session->Returned(number);
    late_answer_ = true;
    answered(session->AwaitDurable() ? disposition : engine::RespondEmpty{});
    late_answer_ = false;
    end();
  });
}

}  // namespace gsoaprm::simulation
