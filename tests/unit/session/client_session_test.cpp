// The client's session: it opens, carries calls, and ends.
#include "tests/unit/session/client_session.h"

#include <gtest/gtest.h>

#include <future>

namespace gsoaprm::session {
namespace {

using engine::CallKind;
using engine::CompleteCall;
using engine::SessionState;
using engine::Transmit;

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
  const int readings = clock_.readings();
  auto third = std::async(std::launch::async, [this] { return Submit().status.ok(); });
  // At the clock, for how long it may wait: with the session's lock, which it then gives up.
  EXPECT_TRUE(clock_.WaitForReadings(readings + 1));
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
