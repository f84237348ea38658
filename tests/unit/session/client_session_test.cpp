// The client's session without a network: a clock that stands still, exchanges that the test answers.
#include "session/client_session.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <future>
#include <thread>

#include "support/seeded_ids.h"

namespace gsoaprm::session {
namespace {

using engine::CallKind;
using engine::CompleteCall;
using engine::ExchangeResult;
using engine::SessionState;
using engine::Transmit;

class FakeClock : public Clock {
 public:
  Timestamp Now() override {
    if (watched_.exchange(false)) reading_.set_value();
    return Timestamp::FromMicroseconds(now_);
  }
  void Advance(Duration by) { now_ += by.microseconds(); }
  // Ready when somebody has looked at the clock. Once in a test.
  std::future<void> NextReading() {
    watched_ = true;
    return reading_.get_future();
  }

 private:
  std::atomic<std::int64_t> now_{1000000};
  std::atomic<bool> watched_{false};
  std::promise<void> reading_;
};

class FakeTimer : public Timer {
 public:
  void Watch(const std::shared_ptr<Timed>&, Timestamp at) override {
    std::lock_guard<std::mutex> lock(mutex_);
    watched_.push_back(at);
  }
  std::size_t count() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return watched_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Timestamp> watched_;
};

// Answers CreateSequence at once; keeps the rest for the test.
class FakeExchanges : public Exchanges {
 public:
  void Start(const std::shared_ptr<ClientSession>& session, Transmit transmit, CallSettingsPointer settings) override {
    if (transmit.envelope.rm_action == wire::RmAction::kCreateSequence && answer_create) {
      session->FinishExchange(transmit.exchange, Created(transmit.envelope));
      return;
    }
    std::lock_guard<std::mutex> lock(mutex_);
    started_.push_back(std::move(transmit));
    settings_.push_back(std::move(settings));
    changed_.notify_all();
  }
  void Cancel(ExchangeId exchange) override {
    std::lock_guard<std::mutex> lock(mutex_);
    cancelled_.push_back(exchange);
  }

  static ExchangeResult Created(const wire::Envelope& request) {
    ExchangeResult result;
    result.kind = ExchangeResult::Kind::kEnvelope;
    result.http_status = 200;
    result.envelope.protocol = request.protocol;
    result.envelope.rm_action = wire::RmAction::kCreateSequenceResponse;
    result.envelope.addressing.relates_to = request.addressing.message_id;
    const auto& create = std::get<wire::CreateSequence>(request.body);
    wire::CreateSequenceResponse response;
    response.id = SequenceId("urn:test:sequence");
    if (create.offer) response.accept_acks_to = request.addressing.to;
    result.envelope.body = response;
    return result;
  }

  std::vector<Transmit> started() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return started_;
  }
  std::vector<ExchangeId> cancelled() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return cancelled_;
  }
  CallSettingsPointer settings(std::size_t i) const {
    std::lock_guard<std::mutex> lock(mutex_);
    return settings_.at(i);
  }
  bool WaitForStarted(std::size_t count) const {
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return started_.size() >= count; });
  }

  std::size_t MostAtOnce() const override { return most_at_once; }

  std::atomic<bool> answer_create{true};
  std::size_t most_at_once = 8;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<Transmit> started_;
  std::vector<CallSettingsPointer> settings_;
  std::vector<ExchangeId> cancelled_;
};

class FakeObserver : public ClientObserver {
 public:
  void SessionChanged(const SequenceId&, const engine::StateChanged& change) override {
    std::lock_guard<std::mutex> lock(mutex_);
    states_.push_back(change.state);
    if (hook) hook();
  }
  std::vector<SessionState> states() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return states_;
  }
  std::function<void()> hook;

 private:
  mutable std::mutex mutex_;
  std::vector<SessionState> states_;
};

class FakeReader : public Interruptible {
 public:
  void Interrupt(std::uint64_t turn) override { turns.push_back(turn); }
  std::vector<std::uint64_t> turns;
};

class ClientSessionTest : public ::testing::Test {
 protected:
  ClientSessionTest() { options_.protocol.rm = wire::RmVersion::k11; }

  ClientSession& session() {
    if (!session_) {
      ClientSession::Ports ports{&clock_, &timer_, &ids_, exchanges_, observer_};
      session_ = std::make_shared<ClientSession>(options_, Uri("http://service/"), std::move(ports));
    }
    return *session_;
  }
  engine::OutgoingMessage Message(CallKind kind = CallKind::kTwoWay) {
    auto payload = std::make_shared<wire::Payload>();
    payload->entity = "<e/>";
    engine::OutgoingMessage message;
    message.payload = payload;
    message.action = "urn:action";
    message.kind = kind;
    return message;
  }
  ClientSession::Submission Submit(CallKind kind = CallKind::kTwoWay) {
    return session().Submit(Message(kind), nullptr, InterruptHandle{reader_, 7});
  }
  ExchangeResult Acknowledgement(std::uint64_t upto) {
    ExchangeResult result;
    result.kind = ExchangeResult::Kind::kEnvelope;
    result.http_status = 200;
    result.envelope.protocol = options_.protocol;
    result.envelope.rm_action = wire::RmAction::kSequenceAcknowledgement;
    wire::AcknowledgementHeader header;
    header.id = SequenceId("urn:test:sequence");
    header.ranges.InsertRange(MessageNumber(1), MessageNumber(upto));
    result.envelope.acknowledgement = header;
    return result;
  }
  // The reply to the request that is transmitted, as number `reply` of the offered sequence.
  ExchangeResult Reply(const Transmit& request, std::uint64_t reply, SequenceId offered) {
    ExchangeResult result = Acknowledgement(request.number.value());
    result.envelope.rm_action = wire::RmAction::kNone;
    result.envelope.sequence = wire::SequenceHeader{std::move(offered), MessageNumber(reply), false};
    result.envelope.addressing.relates_to = request.envelope.addressing.message_id;
    auto payload = std::make_shared<wire::Payload>();
    payload->entity = "<reply/>";
    result.envelope.body = wire::PayloadPointer(payload);
    return result;
  }
  // Its identifier is the one that the CreateSequence offered: the second that was drawn.
  SequenceId Offered() {
    testing::SeededIds same(1);
    same.NewUuid();
    return SequenceId(same.NewUuid());
  }

  FakeClock clock_;
  FakeTimer timer_;
  testing::SeededIds ids_{1};
  engine::Options options_;
  std::shared_ptr<FakeExchanges> exchanges_ = std::make_shared<FakeExchanges>();
  std::shared_ptr<FakeObserver> observer_ = std::make_shared<FakeObserver>();
  std::shared_ptr<FakeReader> reader_ = std::make_shared<FakeReader>();

 private:
  std::shared_ptr<ClientSession> session_;
};

ExchangeResult NoAnswer(int status = 0) {
  ExchangeResult result;
  result.http_status = status;
  result.reason = "nobody there";
  return result;
}

// ---- opening ----

TEST_F(ClientSessionTest, OpensWithTheFirstSubmissionAndLeavesItsExchangeToTheCaller) {
  const auto submission = Submit();
  ASSERT_TRUE(submission.status.ok()) << submission.status.reason;
  ASSERT_TRUE(submission.first);
  EXPECT_EQ(submission.first->number, MessageNumber(1));
  EXPECT_TRUE(exchanges_->started().empty());
  EXPECT_EQ(observer_->states(), (std::vector<SessionState>{SessionState::kOpening, SessionState::kOpened}));
}

TEST_F(ClientSessionTest, LetsOthersWaitWhileOneOpens) {
  exchanges_->answer_create = false;
  auto one = std::async(std::launch::async, [this] { return session().Open(nullptr).ok(); });
  ASSERT_TRUE(exchanges_->WaitForStarted(1));
  auto other = std::async(std::launch::async, [this] { return session().Open(nullptr).ok(); });
  const Transmit create = exchanges_->started()[0];
  session().FinishExchange(create.exchange, FakeExchanges::Created(create.envelope));
  EXPECT_TRUE(one.get());
  EXPECT_TRUE(other.get());
  EXPECT_EQ(exchanges_->started().size(), 1u);
}

TEST_F(ClientSessionTest, FailsEverybodyWhoWaitsWhenItCannotBeOpened) {
  exchanges_->answer_create = false;
  auto waiting = std::async(std::launch::async, [this] { return Submit().status; });
  ASSERT_TRUE(exchanges_->WaitForStarted(1));
  session().FinishExchange(exchanges_->started()[0].exchange, NoAnswer());
  clock_.Advance(options_.open_timeout + Duration::Seconds(1));
  session().HandleDeadline(clock_.Now());
  const Status status = waiting.get();
  EXPECT_EQ(status.code, "OpenTimeout");
  EXPECT_NE(status.reason.find("nobody there"), std::string::npos) << "the last failure is named: " << status.reason;
}

TEST_F(ClientSessionTest, TellsTheObserverWithoutHoldingItsLock) {
  observer_->hook = [this] { session().metrics(); };
  EXPECT_TRUE(Submit().status.ok());
}

// ---- calls ----

TEST_F(ClientSessionTest, CompletesACallByTheAnswerOfItsOwnExchange) {
  const auto submission = Submit();
  const SequenceId offered = Offered();
  const CompleteCall done =
      session().Finish(submission.call, submission.first->exchange, Reply(*submission.first, 1, offered));
  EXPECT_EQ(done.kind, CompleteCall::Kind::kReply) << done.status.reason;
  ASSERT_TRUE(done.reply);
  EXPECT_EQ(done.reply->entity, "<reply/>");
  EXPECT_TRUE(reader_->turns.empty());
}

TEST_F(ClientSessionTest, WakesTheCallersReaderWhenARetransmissionBringsTheReply) {
  const auto submission = Submit();
  clock_.Advance(Duration::Seconds(2));
  session().HandleDeadline(clock_.Now());
  ASSERT_EQ(exchanges_->started().size(), 1u);
  const Transmit copy = exchanges_->started()[0];
  EXPECT_TRUE(copy.retransmission);
  session().FinishExchange(copy.exchange, Reply(copy, 1, Offered()));
  EXPECT_EQ(reader_->turns, (std::vector<std::uint64_t>{7}));
  const CompleteCall done = session().Finish(submission.call, submission.first->exchange, NoAnswer());
  EXPECT_EQ(done.kind, CompleteCall::Kind::kReply);
}

TEST_F(ClientSessionTest, CancelsTheCopiesWhenTheCallersOwnExchangeBringsTheReply) {
  const auto submission = Submit();
  clock_.Advance(Duration::Seconds(2));
  session().HandleDeadline(clock_.Now());
  ASSERT_EQ(exchanges_->started().size(), 1u);
  session().Finish(submission.call, submission.first->exchange, Reply(*submission.first, 1, Offered()));
  EXPECT_EQ(exchanges_->cancelled(), (std::vector<ExchangeId>{exchanges_->started()[0].exchange}));
}

TEST_F(ClientSessionTest, WaitsForARetransmissionWhenTheCallersOwnExchangeBringsNothing) {
  const auto submission = Submit();
  auto waiting = std::async(std::launch::async,
                            [&] { return session().Finish(submission.call, submission.first->exchange, NoAnswer()); });
  clock_.Advance(Duration::Seconds(2));
  session().HandleDeadline(clock_.Now());
  ASSERT_TRUE(exchanges_->WaitForStarted(1));
  const Transmit copy = exchanges_->started()[0];
  session().FinishExchange(copy.exchange, Reply(copy, 1, Offered()));
  EXPECT_EQ(waiting.get().kind, CompleteCall::Kind::kReply);
}

TEST_F(ClientSessionTest, GivesUpACallAtTheSendTimeOutAndNotBefore) {
  options_.max_retry_count = 100;
  for (const std::int64_t off : {-1, 0, 1}) {
    SetUp();
    ClientSession::Ports ports{&clock_, &timer_, &ids_, exchanges_, observer_};
    auto own = std::make_shared<ClientSession>(options_, Uri("http://service/"), std::move(ports));
    auto submission = own->Submit(Message(), nullptr, InterruptHandle{reader_, 7});
    reader_->turns.clear();
    clock_.Advance(options_.send_timeout + Duration::Microseconds(off));
    own->HandleDeadline(clock_.Now());
    EXPECT_EQ(own->state(), off < 0 ? SessionState::kOpened : SessionState::kFaulted) << off;
    EXPECT_EQ(reader_->turns.empty(), off < 0) << "who is blocked on the network must see it";
    if (off >= 0) {
      const CompleteCall done = own->Finish(submission.call, submission.first->exchange, NoAnswer());
      EXPECT_EQ(done.status.code, "SendTimeout");
      EXPECT_EQ(done.outcome, Outcome::kUnknown);
    }
  }
}

TEST_F(ClientSessionTest, StartsOneWayMessagesInTheBackgroundAndWaitsForNobody) {
  options_.shape = engine::SessionShape::kOneWay;
  const auto submission = Submit(CallKind::kUnknown);
  EXPECT_EQ(submission.kind, CallKind::kOneWay) << "without an Offer nothing is answered";
  EXPECT_FALSE(submission.first);
  EXPECT_EQ(exchanges_->started().size(), 1u);
}

TEST_F(ClientSessionTest, BlocksAtAFullWindowUntilThereIsRoom) {
  options_.shape = engine::SessionShape::kOneWay;
  options_.max_transfer_window_size = 2;
  EXPECT_TRUE(Submit().status.ok());
  EXPECT_TRUE(Submit().status.ok());
  const auto looked = clock_.NextReading();
  auto third = std::async(std::launch::async, [this] { return Submit().status.ok(); });
  looked.wait();  // at the clock, for how long it may wait: with the session's lock, which it then gives up
  EXPECT_EQ(session().metrics().messages.messages, 2u);
  session().FinishExchange(exchanges_->started()[0].exchange, Acknowledgement(1));
  EXPECT_TRUE(third.get());
  EXPECT_EQ(session().metrics().messages.messages, 3u);
}

TEST_F(ClientSessionTest, SendsEachCopyWithTheSettingsOfItsCall) {
  auto mine = std::make_shared<CallSettings>();
  auto others = std::make_shared<CallSettings>();
  options_.ordered = false;
  auto first = session().Submit(Message(), mine, InterruptHandle{reader_, 1});
  session().Submit(Message(), others, InterruptHandle{reader_, 2});
  clock_.Advance(Duration::Seconds(2));
  session().HandleDeadline(clock_.Now());
  ASSERT_FALSE(exchanges_->started().empty());
  ASSERT_EQ(exchanges_->started()[0].number, MessageNumber(1));
  EXPECT_EQ(exchanges_->settings(0), mine);
}

TEST_F(ClientSessionTest, ContinuesAnAbandonedExchangeOnlyWhileItIsOfUse) {
  auto submission = Submit();
  EXPECT_TRUE(session().Abandon(submission.call, submission.first->exchange));
  session().FinishExchange(submission.first->exchange, Reply(*submission.first, 1, Offered()));
  auto second = Submit();
  ASSERT_TRUE(second.first);
  session().Abort();
  EXPECT_FALSE(session().Abandon(second.call, second.first->exchange));
}

// ---- several callers ----

TEST_F(ClientSessionTest, LeavesSeveralMessagesToTheirCallersAtOnce) {
  // Room for two at once, from the second answer on.
  auto first = Submit();
  session().Finish(first.call, first.first->exchange, Reply(*first.first, 1, Offered()));
  EXPECT_TRUE(Submit().first);
  EXPECT_TRUE(Submit().first);
}

// ---- exchanges that hang ----

// The exchanges that were given up when CreateSequence had hung for so many intervals.
std::vector<ExchangeId> GivenUp(ClientSession* session, FakeExchanges* exchanges, FakeClock* clock, int intervals) {
  auto waiting = std::async(std::launch::async, [session] { return session->Open(nullptr).ok(); });
  EXPECT_TRUE(exchanges->WaitForStarted(1));
  for (int i = 0; i < intervals; i++) {
    clock->Advance(Duration::Seconds(10));
    session->HandleDeadline(clock->Now());
  }
  EXPECT_EQ(exchanges->started().size(), 1u + static_cast<std::size_t>(intervals));
  std::vector<ExchangeId> given_up = exchanges->cancelled();
  session->Drop();
  EXPECT_FALSE(waiting.get());
  return given_up;
}

TEST_F(ClientSessionTest, LetsAnExchangeThatHangsGoOnBesideItsCopyWhileThereIsRoomForBoth) {
  exchanges_->answer_create = false;
  exchanges_->most_at_once = 3;
  EXPECT_TRUE(GivenUp(&session(), exchanges_.get(), &clock_, 2).empty());
}

TEST_F(ClientSessionTest, GivesUpTheEarliestExchangeThatHangsWhenThereIsNoRoomForItsCopy) {
  exchanges_->answer_create = false;
  exchanges_->most_at_once = 3;
  EXPECT_EQ(GivenUp(&session(), exchanges_.get(), &clock_, 4), (std::vector<ExchangeId>{ExchangeId(1), ExchangeId(2)}));
}

TEST_F(ClientSessionTest, GivesUpTheOnlyExchangeWhenThereIsRoomForOne) {
  exchanges_->answer_create = false;
  exchanges_->most_at_once = 1;
  EXPECT_EQ(GivenUp(&session(), exchanges_.get(), &clock_, 1), (std::vector<ExchangeId>{ExchangeId(1)}));
}

TEST_F(ClientSessionTest, GivesUpNoExchangeOfAMessageBeforeItHasHungForTheInterval) {
  options_.shape = engine::SessionShape::kOneWay;
  exchanges_->most_at_once = 1;
  Submit();
  const Timestamp start = clock_.Now();
  while (exchanges_->cancelled().empty() && clock_.Now() - start < Duration::Seconds(60)) {
    clock_.Advance(Duration::Milliseconds(100));
    session().HandleDeadline(clock_.Now());
  }
  EXPECT_GE(clock_.Now() - start, Duration::Seconds(10));
  ASSERT_EQ(exchanges_->cancelled().size(), 1u);
  EXPECT_EQ(exchanges_->cancelled()[0], exchanges_->started()[0].exchange);
  EXPECT_EQ(exchanges_->started().back().number, MessageNumber(1));
}

TEST_F(ClientSessionTest, GivesUpNoExchangeOfAnotherMessage) {
  options_.shape = engine::SessionShape::kOneWay;
  options_.handshake_retry_interval = Duration::Milliseconds(1);
  Submit();
  session().FinishExchange(exchanges_->started()[0].exchange, Acknowledgement(1));
  exchanges_->most_at_once = 1;
  Submit();
  clock_.Advance(Duration::Milliseconds(1));
  Submit();
  EXPECT_EQ(exchanges_->started().size(), 3u);
  EXPECT_TRUE(exchanges_->cancelled().empty());
}

TEST_F(ClientSessionTest, GivesUpTheEarliestExchangeOfAnotherMessageForACopyThatHoldsNoPlace) {
  options_.shape = engine::SessionShape::kOneWay;
  Submit();
  session().FinishExchange(exchanges_->started()[0].exchange, Acknowledgement(1));
  Submit();
  Submit();
  const std::vector<Transmit> started = exchanges_->started();
  ASSERT_EQ(started.size(), 3u);
  exchanges_->most_at_once = 1;
  // The second message's exchange breaks, and the third's hangs in the place that the second's copies need.
  session().FinishExchange(started[1].exchange, NoAnswer());
  const Timestamp start = clock_.Now();
  while (exchanges_->cancelled().empty() && clock_.Now() - start < Duration::Seconds(60)) {
    clock_.Advance(Duration::Milliseconds(100));
    session().HandleDeadline(clock_.Now());
  }
  EXPECT_GE(clock_.Now() - start, Duration::Seconds(10));
  EXPECT_EQ(exchanges_->cancelled(), (std::vector<ExchangeId>{started[2].exchange}));
}

TEST_F(ClientSessionTest, GivesUpCreateSequenceThatStillHangsWhenTheSessionIsOpen) {
  exchanges_->answer_create = false;
  auto waiting = std::async(std::launch::async, [this] { return session().Open(nullptr).ok(); });
  ASSERT_TRUE(exchanges_->WaitForStarted(1));
  clock_.Advance(Duration::Seconds(10));
  session().HandleDeadline(clock_.Now());
  const auto creates = exchanges_->started();
  ASSERT_EQ(creates.size(), 2u);
  session().FinishExchange(creates[1].exchange, FakeExchanges::Created(creates[1].envelope));
  EXPECT_TRUE(waiting.get());
  EXPECT_EQ(exchanges_->cancelled(), (std::vector<ExchangeId>{creates[0].exchange}));
}

// ---- the end ----

TEST_F(ClientSessionTest, FailsWaitingCallsWithReasonAndOutcomeWhenItDies) {
  const auto submission = Submit();
  auto waiting = std::async(std::launch::async, [&] { return session().Wait(submission.call); });
  session().Abort();
  const CompleteCall done = waiting.get();
  EXPECT_EQ(done.kind, CompleteCall::Kind::kFailed);
  EXPECT_EQ(done.status.code, "Aborted");
  EXPECT_EQ(done.outcome, Outcome::kUnknown);
  EXPECT_FALSE(Submit().status.ok());
}

TEST_F(ClientSessionTest, LetsGoOfEverybodyWhenItIsDropped) {
  const auto submission = Submit();
  auto waiting = std::async(std::launch::async, [&] { return session().Wait(submission.call); });
  session().Drop();
  EXPECT_EQ(waiting.get().kind, CompleteCall::Kind::kFailed);
  EXPECT_FALSE(Submit().status.ok());
  EXPECT_TRUE(session().HandleDeadline(clock_.Now() + Duration::Seconds(100)).never());
  EXPECT_TRUE(exchanges_->started().empty()) << "nothing is started any more";
}

TEST_F(ClientSessionTest, FlushesWhenEverythingIsSettled) {
  options_.shape = engine::SessionShape::kOneWay;
  Submit();
  EXPECT_EQ(session().Flush(Duration()), ClientSession::FlushResult::kTimeOut);
  session().FinishExchange(exchanges_->started()[0].exchange, Acknowledgement(1));
  EXPECT_EQ(session().Flush(Duration()), ClientSession::FlushResult::kDone);
  session().Abort();
  Submit();
}

TEST_F(ClientSessionTest, CountsWhatItDid) {
  Submit();
  clock_.Advance(Duration::Seconds(2));
  session().HandleDeadline(clock_.Now());
  const ClientMetrics metrics = session().metrics();
  EXPECT_EQ(metrics.messages.messages, 1u);
  EXPECT_EQ(metrics.messages.retransmissions, 1u);
  EXPECT_EQ(metrics.opened, 1u);
  EXPECT_EQ(metrics.faulted, 0u);
}

TEST_F(ClientSessionTest, DoesNotTellTheTimerOfEveryCall) {
  for (std::uint64_t n = 1; n <= 20; n++) {
    auto submission = Submit();
    session().Finish(submission.call, submission.first->exchange, Reply(*submission.first, n, Offered()));
  }
  EXPECT_LE(timer_.count(), 3u);
}

}  // namespace
}  // namespace gsoaprm::session
