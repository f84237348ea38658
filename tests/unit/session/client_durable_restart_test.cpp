// Durable sessions of the client go on: after a restart of the process, and when the service has forgotten them.
#include "session/client_call_state.h"
#include "tests/unit/session/durable_client.h"

namespace gsoaprm::session {
namespace {

using engine::CompleteCall;
using engine::SessionState;

// ---- restart ----

TEST(ClientDurableRestart, ResumesItsSessionWhereItWas) {
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

TEST(ClientDurableRestart, TellsTheApplicationThatTheSessionIsOpen) {
  DurableClient client;
  client.Tell("a");
  client.Serve();
  client.Restart();
  ASSERT_FALSE(client.observer->changes.empty());
  EXPECT_EQ(client.observer->changes.back().state, SessionState::kOpened);
  EXPECT_EQ(client.observer->sequences.back(), "urn:sequence:1");
  EXPECT_EQ(client.session->metrics().opened, 1u);
}

TEST(ClientDurableRestart, SendsUnsettledMessagesAgainAfterARestart) {
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

TEST(ClientDurableRestart, RunsNothingTwiceAfterARestart) {
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

TEST(ClientDurableRestart, NeverUsesANumberTwiceOverManyRestarts) {
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

TEST(ClientDurableRestart, DropsTheReplyOfACallWhoseProcessIsGone) {
  DurableClient client;
  client.Tell("a");
  client.Serve();
  client.Ask("b");
  client.Restart();
  client.RunFor(Duration::Seconds(1));
  EXPECT_EQ(client.Ran(), "a b");
  EXPECT_EQ(client.AskAndWait("c").reply->entity, "reply to c");
}

TEST(ClientDurableRestart, LeavesWhatIsUnsettledInTheStoreWhenItIsDropped) {
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

// ---- the service has forgotten ----

// After "a", these are told while the service is away; when it is back, it knows nothing of the session.
void BeForgottenWith(DurableClient* client, std::initializer_list<const char*> texts) {
  client->Tell("a");
  client->Serve();
  client->service.up = false;
  for (const char* text : texts) client->Tell(text);
  client->Serve();
  client->service.Forget();
  client->service.up = true;
  client->RunFor(Duration::Seconds(1));
}

TEST(ClientDurableRestart, BuriesWhatMayHaveRunWhenTheServiceHasForgotten) {
  DurableClient client;
  BeForgottenWith(&client, {"b", "c", "d", "e"});
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

TEST(ClientDurableRestart, SendsWhatWaitsInANewSessionAfterwards) {
  DurableClient client;
  BeForgottenWith(&client, {"b", "c", "d", "e"});
  ASSERT_EQ(client.session->state(), SessionState::kFaulted);
  EXPECT_EQ(client.session->Flush(Duration()), ClientSession::FlushResult::kDead);
  client.NextSession();
  client.RunFor(Duration::Seconds(1));
  EXPECT_EQ(client.Ran(), "a d e");
  EXPECT_EQ(client.service.created.size(), 2u);
  EXPECT_FALSE(client.session->HasWork());
}

TEST(ClientDurableRestart, SendsWhatMayHaveRunAgainWhenItIsToldTo) {
  engine::Options options = DurableClient::Defaults();
  options.resend_after_loss = true;
  DurableClient client(options);
  BeForgottenWith(&client, {"b", "c"});
  client.NextSession();
  client.Tell("d");
  client.RunFor(Duration::Seconds(1));
  EXPECT_EQ(client.Ran(), "a b c d");
  client.store->Commit();
  EXPECT_EQ(client.DeadLetters(), "");
}

TEST(ClientDurableRestart, TellsACallerWhoIsThereAndWritesNoDeadLetter) {
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

TEST(ClientDurableRestart, BuriesACallWhoseCallerHasLeft) {
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

TEST(ClientDurableRestart, LearnsAfterARestartThatTheServiceHasForgotten) {
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

TEST(ClientDurableRestart, KeepsWaitingMessagesWhenTheApplicationAborts) {
  engine::Options options = DurableClient::Defaults();
  options.max_transfer_window_size = 1;
  DurableClient client(options);
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

TEST(ClientDurableRestart, CallsAMessageCertainlyNotSentOnlyWhenTheNextProcessWillNotSendItEither) {
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

}  // namespace
}  // namespace gsoaprm::session
