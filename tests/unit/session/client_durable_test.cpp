// Durable sessions of the client in one process: durable before visible, waits that end, closing.
#include <future>

#include "session/client_call_state.h"
#include "tests/unit/session/durable_client.h"

namespace gsoaprm::session {
namespace {

using engine::CompleteCall;
using engine::SessionState;

// ---- durable before visible ----

TEST(ClientDurable, HandsOutTheFirstSendingWhenTheStoreHasTheMessage) {
  DurableClient client;
  client.session->Resume(nullptr);
  auto opening = client.Tell("a");
  client.Serve();
  std::string kept;
  client.store->OnWait([&] { kept = client.Kept(); });
  const auto submission = client.Ask("b");
  ASSERT_TRUE(submission.first);
  EXPECT_EQ(kept.find("=b"), std::string::npos);
  EXPECT_NE(client.Kept().find("2=b"), std::string::npos);
}

TEST(ClientDurable, TakesAOneWayMessageWhenTheStoreHasIt) {
  DurableClient client;
  int waits = 0;
  client.store->OnWait([&] { ++waits; });
  EXPECT_TRUE(client.Tell("a").status.ok());
  EXPECT_EQ(waits, 1);
  EXPECT_EQ(client.Waiting(), "a");
}

TEST(ClientDurable, WritesAMessageWithItsNumberInOneCommitWhenTheWindowHasRoom) {
  DurableClient client;
  client.Tell("a");
  client.Serve();
  client.store->Commit();
  const auto before = client.store->metrics().commits;
  EXPECT_TRUE(client.Tell("b").status.ok());
  EXPECT_EQ(client.Kept(), "2=b");
  client.Serve();
  EXPECT_EQ(client.store->metrics().commits, before + 1);
  EXPECT_EQ(client.Ran(), "a b");
}

TEST(ClientDurable, CommitsOncePerCallInALongRow) {
  DurableClient client;
  client.Tell("a");
  client.Serve();
  client.AskAndWait("b");
  const auto before = client.store->metrics().commits;
  for (int i = 0; i < 10; ++i) client.AskAndWait("c");
  EXPECT_EQ(client.store->metrics().commits, before + 10);
}

TEST(ClientDurable, SendsNothingWhileTheStoreIsStalled) {
  DurableClient client;
  client.Tell("a");
  client.Serve();
  client.store->Stall(true);
  const auto submission = client.Ask("b");
  EXPECT_TRUE(submission.status.ok());
  EXPECT_FALSE(submission.first);
  client.RunFor(Duration::Seconds(5));
  EXPECT_EQ(client.Ran(), "a");
  client.store->Stall(false);
  client.RunFor(Duration::Seconds(10));
  EXPECT_EQ(client.Ran(), "a b");
  EXPECT_EQ(client.session->Wait(submission.call).kind, CompleteCall::Kind::kReply);
}

TEST(ClientDurable, DoesNotTakeAOneWayMessageThatTheStoreDoesNotTake) {
  DurableClient client;
  client.store->Stall(true);
  const auto submission = client.Tell("a");
  EXPECT_EQ(submission.status.code, "SendTimeout");
  EXPECT_EQ(submission.status.error, ErrorClass::kTryAgain);
  EXPECT_EQ(submission.outcome, Outcome::kUnknown) << "the store may take it later";
  client.store->Stall(false);
  client.store->Commit();
  client.RunFor(Duration::Seconds(1));
  EXPECT_EQ(client.Ran(), "a");
}

TEST(ClientDurable, WaitsOnceForACommitThatDoesNotCome) {
  DurableClient client;
  client.Tell("a");
  client.Serve();
  client.store->Stall(true);
  const int waits = client.store->waits();
  EXPECT_EQ(client.Tell("b").status.code, "SendTimeout");
  EXPECT_EQ(client.store->waits(), waits + 1) << "the send time-out is spent once";
  client.store->Stall(false);
  client.RunFor(Duration::Seconds(10));
  EXPECT_EQ(client.Ran(), "a b");
}

TEST(ClientDurable, AcknowledgesNoReplyThatTheStoreDoesNotHave) {
  DurableClient client;
  client.Tell("a");
  client.Serve();
  client.AskAndWait("b");
  client.store->Stall(true);
  client.RunFor(Duration::Seconds(400));  // keep-alives name the reply
  client.store->Crash();
  client.store->Stall(false);
  client.Restart();
  client.RunFor(Duration::Seconds(5));  // which is fetched again: the service has not been told that it is here
  EXPECT_EQ(client.Ran(), "a b");
  client.store->Commit();
  EXPECT_EQ(client.Kept(), "");
}

TEST(ClientDurable, ForgetsMessagesThatAreDone) {
  DurableClient client;
  client.Tell("a");
  client.Serve();
  client.AskAndWait("b");
  client.Tell("c");
  client.Serve();
  client.store->Commit();
  EXPECT_TRUE(client.disk.outgoing.empty());
  ASSERT_EQ(client.disk.initiators.size(), 1u);
  EXPECT_EQ(client.disk.initiators.begin()->second.newest, MessageNumber(3));
  EXPECT_TRUE(client.disk.initiators.begin()->second.acknowledged.IsExactly(MessageNumber(3)));
  EXPECT_TRUE(client.disk.initiators.begin()->second.replies.IsExactly(MessageNumber(1)));
}

TEST(ClientDurable, LeavesNothingOfAClosedSession) {
  DurableClient client;
  client.Tell("a");
  client.Serve();
  client.AskAndWait("b");
  client.session->Close();
  client.Serve();
  EXPECT_EQ(client.session->state(), SessionState::kClosed);
  client.store->Commit();
  EXPECT_TRUE(client.disk.initiators.empty());
  EXPECT_TRUE(client.disk.outgoing.empty());
}

TEST(ClientDurable, HasForgottenTheSessionBeforeItAsksTheServiceToCloseIt) {
  DurableClient client;
  client.Tell("a");
  client.Serve();
  client.session->Close();
  ASSERT_TRUE(client.ServeNext());
  EXPECT_TRUE(client.disk.initiators.empty()) << "a restart must not go on with a sequence that is closed";
}

TEST(ClientDurable, DoesNotRememberAClosingSessionForALateAnswer) {
  DurableClient client;
  client.Tell("a");
  client.Serve();
  client.Tell("b");
  const auto slow = client.exchanges->Take();
  client.RunFor(Duration::Seconds(1));  // its copy is answered
  client.session->Close();
  client.session->FinishExchange(slow->transmit.exchange, client.service.Serve(slow->transmit.envelope));
  client.store->Commit();
  EXPECT_EQ(client.session->state(), SessionState::kClosing);
  EXPECT_TRUE(client.disk.initiators.empty());
}

// ---- time ----

TEST(ClientDurable, LetsACallerGoAndTheMessageStay) {
  DurableClient client;
  client.Tell("a");
  client.Serve();
  client.service.up = false;
  const auto submission = client.Ask("b");
  ASSERT_TRUE(submission.first);
  client.session->Fail(submission.call, submission.first->exchange, engine::ExchangeResult());
  client.RunFor(client.options.send_timeout);
  const CompleteCall end = client.session->Wait(submission.call);
  EXPECT_EQ(end.kind, CompleteCall::Kind::kFailed);
  EXPECT_EQ(end.status.code, "SendTimeout");
  EXPECT_EQ(client.session->state(), SessionState::kOpened);
  client.RunFor(Duration::Seconds(3600));
  client.service.up = true;
  client.RunFor(Duration::Seconds(60));
  EXPECT_EQ(client.Ran(), "a b");
  client.store->Commit();
  EXPECT_EQ(client.Kept(), "");
}

TEST(ClientDurable, BoundsTheWaitForASessionByTheOpenTimeOutOfTheCaller) {
  DurableClient client;
  client.service.up = false;
  auto call = std::async(std::launch::async, [&] { return client.Ask("a").status; });
  // The caller looks at the clock when he wakes.
  while (call.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) {
    client.clock.Advance(Duration::Seconds(10));
    client.session->HandleDeadline(client.clock.Now());
  }
  const Status status = call.get();
  EXPECT_EQ(status.code, "OpenTimeout");
  EXPECT_EQ(status.error, ErrorClass::kTryAgain);
  EXPECT_EQ(client.session->state(), SessionState::kOpening) << "it goes on trying";
  EXPECT_EQ(client.Waiting(), "");
}

// ---- closing ----

TEST(ClientDurable, ClosesWhenEverythingIsSettled) {
  DurableClient client;
  client.Tell("a");
  client.Serve();
  client.service.up = false;
  client.Tell("b");
  client.session->Close();
  client.RunFor(client.options.close_timeout - Duration::Seconds(10));
  EXPECT_EQ(client.session->state(), SessionState::kOpened);
  client.service.up = true;
  client.RunFor(Duration::Seconds(60));
  EXPECT_EQ(client.session->state(), SessionState::kClosed);
  EXPECT_EQ(client.Ran(), "a b");
  EXPECT_TRUE(client.session->WaitForEnd(client.clock.Now()).ok());
}

TEST(ClientDurable, StaysOpenWhenThatTakesLongerThanTheCloseTimeOut) {
  DurableClient client;
  client.Tell("a");
  client.Serve();
  client.service.up = false;
  client.Tell("b");
  client.session->Close();
  client.RunFor(client.options.close_timeout);
  EXPECT_EQ(client.session->WaitForEnd(client.clock.Now()).code, "CloseTimeout");
  client.service.up = true;
  client.RunFor(Duration::Seconds(120));
  EXPECT_EQ(client.session->state(), SessionState::kOpened);
  EXPECT_EQ(client.Ran(), "a b");
}

// ---- without a store ----

TEST(ClientDurable, IsAsBeforeWithoutAStore) {
  FakeClock clock;
  FakeTimer timer;
  testing::SeededIds ids{1};
  engine::Options options;
  options.protocol.rm = wire::RmVersion::k11;
  auto exchanges = std::make_shared<QueuedExchanges>();
  auto session = std::make_shared<ClientSession>(
      options, DurableClient::To(),
      ClientSession::Ports{&clock, &timer, &ids, exchanges, std::make_shared<QuietObserver>()});
  session->Resume(nullptr);
  EXPECT_EQ(session->state(), SessionState::kCreated);
  session->BeginOpening(nullptr);
  EXPECT_TRUE(session->MaySend(exchanges->Take()->transmit.exchange));
  clock.Advance(options.open_timeout);
  session->HandleDeadline(clock.Now());
  EXPECT_EQ(session->state(), SessionState::kFaulted) << "it has an open time-out";
}

}  // namespace
}  // namespace gsoaprm::session
