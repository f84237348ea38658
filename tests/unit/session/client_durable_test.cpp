// Durable sessions of the client: durable before visible, and on after a restart.
#include <future>

#include "session/client_call_state.h"
#include "tests/unit/session/durable_client.h"

namespace gsoaprm::session {
namespace {

using engine::CallKind;
using engine::CompleteCall;
using engine::SessionState;

engine::Options Window(int window) {
  engine::Options options = DurableClient::Defaults();
  options.max_transfer_window_size = window;
  return options;
}

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

// ---- restart ----

TEST(ClientDurable, ResumesItsSessionWhereItWas) {
  DurableClient client;
  client.Tell("a");
  client.Serve();
  client.AskAndWait("b");
  client.store->Commit();
  client.Restart();
  EXPECT_EQ(client.session->state(), SessionState::kOpened);
  client.Tell("c");
  client.Serve();
  client.AskAndWait("d");
  EXPECT_EQ(client.Ran(), "a b c d");
  EXPECT_EQ(client.service.created.size(), 1u);
}

TEST(ClientDurable, TellsTheApplicationThatTheSessionIsOpen) {
  DurableClient client;
  client.Tell("a");
  client.Serve();
  client.Restart();
  ASSERT_FALSE(client.observer->changes.empty());
  EXPECT_EQ(client.observer->changes.back().state, SessionState::kOpened);
  EXPECT_EQ(client.observer->sequences.back(), "urn:sequence:1");
  EXPECT_EQ(client.session->metrics().opened, 1u);
}

TEST(ClientDurable, SendsUnsettledMessagesAgainAfterARestart) {
  DurableClient client;
  client.Tell("a");
  client.Serve();
  client.service.up = false;
  client.Tell("b");
  client.Ask("c");
  client.Serve();
  client.service.up = true;
  client.Restart();
  client.RunFor(Duration::Seconds(1));
  EXPECT_EQ(client.Ran(), "a b c");
  client.store->Commit();
  EXPECT_EQ(client.Kept(), "");
}

TEST(ClientDurable, RunsNothingTwiceAfterARestart) {
  DurableClient client;
  client.Tell("a");
  client.Serve();
  client.AskAndWait("b");
  client.Tell("c");
  client.Serve();
  client.Restart();  // what was done is not written yet
  EXPECT_EQ(client.Kept(), "3=c");
  client.RunFor(Duration::Seconds(5));
  EXPECT_EQ(client.Ran(), "a b c");
}

TEST(ClientDurable, NeverUsesANumberTwiceOverManyRestarts) {
  DurableClient client;
  std::string expected;
  for (int i = 0; i < 20; ++i) {
    const std::string text = "m" + std::to_string(i);
    if (i % 3 == 0) client.service.up = i % 2 == 0;
    client.Tell(text);
    if (i % 4 != 0) client.RunFor(Duration::Milliseconds(100));
    expected += (expected.empty() ? "" : " ") + text;
    if (i % 2 == 0) client.Restart();
  }
  client.service.up = true;
  client.RunFor(Duration::Seconds(3600));
  EXPECT_EQ(client.Ran(), expected);
  EXPECT_EQ(client.service.created.size(), 1u);
}

TEST(ClientDurable, DropsTheReplyOfACallWhoseProcessIsGone) {
  DurableClient client;
  client.Tell("a");
  client.Serve();
  client.Ask("b");
  client.Restart();
  client.RunFor(Duration::Seconds(1));
  EXPECT_EQ(client.Ran(), "a b");
  EXPECT_EQ(client.AskAndWait("c").reply->entity, "reply to c");
}

TEST(ClientDurable, LeavesWhatIsUnsettledInTheStoreWhenItIsDropped) {
  DurableClient client;
  client.Tell("a");
  client.Serve();
  client.service.up = false;
  client.Tell("b");
  client.Serve();
  EXPECT_TRUE(client.session->HasWork());
  client.session->Drop();
  client.store->Commit();
  EXPECT_EQ(client.Kept(), "2=b");
  client.service.up = true;
  client.Restart();
  client.RunFor(Duration::Seconds(1));
  EXPECT_EQ(client.Ran(), "a b");
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

// ---- the service has forgotten ----

TEST(ClientDurable, BuriesWhatMayHaveRunWhenTheServiceHasForgotten) {
  DurableClient client;
  client.Tell("a");
  client.Serve();
  client.service.up = false;
  for (const char* text : {"b", "c", "d", "e"}) client.Tell(text);
  client.Serve();
  client.service.Forget();
  client.service.up = true;
  client.RunFor(Duration::Seconds(1));
  EXPECT_EQ(client.session->state(), SessionState::kFaulted);
  client.store->Commit();
  EXPECT_EQ(client.DeadLetters(), "b c");
  EXPECT_EQ(client.Waiting(), "d e") << "they were certainly not sent";
  EXPECT_TRUE(client.disk.initiators.empty());
  const std::string& reason = client.disk.dead_letters[0].reason;
  EXPECT_NE(reason.find("UnknownSequence"), std::string::npos) << reason;
  EXPECT_NE(reason.find("the service says so"), std::string::npos) << reason;
  EXPECT_NE(reason.find("not known"), std::string::npos) << reason;
}

TEST(ClientDurable, SendsWhatWaitsInANewSessionAfterwards) {
  DurableClient client;
  client.Tell("a");
  client.Serve();
  client.service.up = false;
  for (const char* text : {"b", "c", "d", "e"}) client.Tell(text);
  client.Serve();
  client.service.Forget();
  client.service.up = true;
  client.RunFor(Duration::Seconds(1));
  ASSERT_EQ(client.session->state(), SessionState::kFaulted);
  EXPECT_EQ(client.session->Flush(Duration()), ClientSession::FlushResult::kDead);
  client.NextSession();
  client.RunFor(Duration::Seconds(1));
  EXPECT_EQ(client.Ran(), "a d e");
  EXPECT_EQ(client.service.created.size(), 2u);
  EXPECT_FALSE(client.session->HasWork());
}

TEST(ClientDurable, SendsWhatMayHaveRunAgainWhenItIsToldTo) {
  engine::Options options = DurableClient::Defaults();
  options.resend_after_loss = true;
  DurableClient client(options);
  client.Tell("a");
  client.Serve();
  client.service.up = false;
  client.Tell("b");
  client.Tell("c");
  client.Serve();
  client.service.Forget();
  client.service.up = true;
  client.RunFor(Duration::Seconds(1));
  client.NextSession();
  client.Tell("d");
  client.RunFor(Duration::Seconds(1));
  EXPECT_EQ(client.Ran(), "a b c d");
  client.store->Commit();
  EXPECT_EQ(client.DeadLetters(), "");
}

TEST(ClientDurable, TellsACallerWhoIsThereAndWritesNoDeadLetter) {
  for (bool resend : {false, true}) {
    engine::Options options = DurableClient::Defaults();
    options.resend_after_loss = resend;
    DurableClient client(options);
    client.Tell("a");
    client.Serve();
    const auto submission = client.Ask("b");
    client.service.Forget();
    const CompleteCall end = client.session->Finish(submission.call, submission.first->exchange,
                                                    client.service.Serve(submission.first->envelope));
    EXPECT_EQ(end.kind, CompleteCall::Kind::kFailed);
    EXPECT_EQ(end.status.code, "UnknownSequence");
    client.store->Commit();
    EXPECT_TRUE(client.disk.outgoing.empty());
    EXPECT_EQ(client.DeadLetters(), "");
  }
}

TEST(ClientDurable, BuriesACallWhoseCallerHasLeft) {
  DurableClient client;
  client.Tell("a");
  client.Serve();
  const auto submission = client.Ask("b");
  EXPECT_TRUE(client.session->Abandon(submission.call, submission.first->exchange));
  client.service.Forget();
  client.RunFor(Duration::Seconds(1));
  client.store->Commit();
  EXPECT_EQ(client.DeadLetters(), "b");
}

TEST(ClientDurable, LearnsAfterARestartThatTheServiceHasForgotten) {
  DurableClient client;
  client.Tell("a");
  client.Serve();
  client.service.up = false;
  client.Tell("b");
  client.Ask("c");
  client.Restart();
  client.service.Forget();
  client.service.up = true;
  client.RunFor(Duration::Seconds(1));
  EXPECT_EQ(client.session->state(), SessionState::kFaulted);
  client.store->Commit();
  EXPECT_EQ(client.DeadLetters(), "b c") << "whoever waited for the reply has gone with his process";
  EXPECT_TRUE(client.disk.initiators.empty());
}

TEST(ClientDurable, KeepsWaitingMessagesWhenTheApplicationAborts) {
  DurableClient client(Window(1));
  client.Tell("a");
  client.Serve();
  client.service.up = false;
  client.Tell("b");
  client.Tell("c");
  client.Serve();
  client.session->Abort();
  client.store->Commit();
  EXPECT_EQ(client.DeadLetters(), "b");
  EXPECT_EQ(client.Waiting(), "c");
  EXPECT_TRUE(client.disk.initiators.empty());
}

TEST(ClientDurable, CallsAMessageCertainlyNotSentOnlyWhenTheNextProcessWillNotSendItEither) {
  for (const bool stalled : {false, true}) {
    DurableClient client;
    client.Tell("a");
    client.Serve();
    client.service.up = false;
    client.Ask("b");
    client.Ask("c");
    const ClientSession::Submission held = client.Ask("d");
    ASSERT_FALSE(held.first) << "there is no room for its first sending yet";
    client.store->Commit();
    client.store->Stall(stalled);
    client.session->Abort();
    const auto end = client.session->Poll(held.call);
    ASSERT_TRUE(end);
    EXPECT_EQ(end->outcome, stalled ? Outcome::kUnknown : Outcome::kNotSent);
    client.service.up = true;
    client.Restart();
    client.Serve();
    EXPECT_EQ(client.Ran().find('d') == std::string::npos, !stalled);
  }
}

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
