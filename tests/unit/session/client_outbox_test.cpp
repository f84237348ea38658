// Store-and-forward: messages wait in the store for a session that takes them, in their order.
#include <future>

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

std::string Numbered(int first, int last) {
  std::string line;
  for (int i = first; i <= last; ++i) line += (i == first ? "" : " ") + std::to_string(i);
  return line;
}

// ---- while the service is away ----

TEST(ClientOutbox, TakesMessagesForHoursWhileTheServiceIsAwayAndSendsThemInOrder) {
  DurableClient client;
  client.service.up = false;
  for (int i = 1; i <= 300; ++i) {
    ASSERT_TRUE(client.Tell(std::to_string(i)).status.ok());
    client.RunFor(Duration::Seconds(60));
  }
  EXPECT_EQ(client.Ran(), "");
  EXPECT_EQ(client.session->state(), SessionState::kOpening);
  client.service.up = true;
  client.RunFor(Duration::Seconds(60));
  EXPECT_EQ(client.Ran(), Numbered(1, 300));
  client.store->Commit();
  EXPECT_TRUE(client.disk.outgoing.empty());
}

TEST(ClientOutbox, TakesMessagesWhenTheServiceGoesAwayInTheMiddle) {
  DurableClient client;
  client.Tell("1");
  client.Serve();
  client.service.up = false;
  for (int i = 2; i <= 200; ++i) ASSERT_TRUE(client.Tell(std::to_string(i)).status.ok());
  client.RunFor(Duration::Seconds(4 * 3600));
  client.service.up = true;
  client.RunFor(Duration::Seconds(120));
  EXPECT_EQ(client.Ran(), Numbered(1, 200));
  EXPECT_EQ(client.service.created.size(), 1u);
}

TEST(ClientOutbox, SurvivesARestartWhileTheServiceIsAway) {
  DurableClient client;
  client.service.up = false;
  for (int i = 1; i <= 100; ++i) {
    client.Tell(std::to_string(i));
    if (i % 10 == 0) client.Restart();
  }
  client.service.up = true;
  client.RunFor(Duration::Seconds(60));
  EXPECT_EQ(client.Ran(), Numbered(1, 100));
}

TEST(ClientOutbox, RefillsTheWindowAfterARestartInTheMiddle) {
  DurableClient client;
  client.Tell("1");
  client.Serve();
  for (int i = 2; i <= 200; ++i) client.Tell(std::to_string(i));
  for (int i = 0; i < 50; ++i) client.ServeNext();
  client.Restart();
  client.RunFor(Duration::Seconds(10));
  EXPECT_EQ(client.Ran(), Numbered(1, 200));
  EXPECT_EQ(client.service.created.size(), 1u);
}

TEST(ClientOutbox, OpensWhenMessagesWaitAndNobodyCalls) {
  DurableClient client;
  client.service.up = false;
  client.Tell("1");
  client.Restart();
  EXPECT_EQ(client.session->state(), SessionState::kOpening);
  client.Restart();
  client.service.up = true;
  client.RunFor(Duration::Seconds(1));
  EXPECT_EQ(client.Ran(), "1");
}

TEST(ClientOutbox, DoesNotOpenForNothing) {
  DurableClient client;
  client.session->Resume(nullptr);
  EXPECT_EQ(client.session->state(), SessionState::kCreated);
  EXPECT_FALSE(client.session->HasWork());
}

TEST(ClientOutbox, OpensAgainNotBeforeItsTime) {
  DurableClient client;
  client.service.refuses = true;
  client.Tell("1");
  client.Serve();
  ASSERT_EQ(client.session->state(), SessionState::kFaulted);
  client.service.refuses = false;
  client.NextSession(client.clock.Now() + Duration::Seconds(10));
  client.Tell("2");
  client.RunFor(Duration::Milliseconds(9999));
  EXPECT_EQ(client.Ran(), "");
  client.RunFor(Duration::Milliseconds(1));
  EXPECT_EQ(client.Ran(), "1 2");
}

TEST(ClientOutbox, TakesNothingForASessionThatHasEnded) {
  DurableClient client;
  client.service.refuses = true;
  client.Tell("1");
  client.Serve();
  const auto submission = client.Tell("2");
  EXPECT_EQ(submission.status.code, "CreateSequenceRefused");
  EXPECT_EQ(submission.outcome, Outcome::kNotSent);
  EXPECT_EQ(client.Waiting(), "1") << "the caller turns to the next session";
}

// ---- order ----

TEST(ClientOutbox, LetsNothingOvertakeWhatWaits) {
  DurableClient client(Window(2));
  client.Tell("1");
  client.Serve();
  client.service.up = false;
  for (int i = 2; i <= 5; ++i) client.Tell(std::to_string(i));
  client.Serve();
  client.service.up = true;
  client.RunFor(Duration::Milliseconds(1));
  client.Tell("6");
  client.RunFor(Duration::Seconds(10));
  client.Tell("7");
  client.RunFor(Duration::Seconds(10));
  EXPECT_EQ(client.Ran(), Numbered(1, 7));
}

TEST(ClientOutbox, SendsACallBehindTheMessagesThatWait) {
  DurableClient client(Window(2));
  client.Tell("1");
  client.Serve();
  client.service.up = false;
  for (int i = 2; i <= 9; ++i) client.Tell(std::to_string(i));
  client.Serve();
  client.service.up = true;
  auto call = std::async(std::launch::async, [&] { return client.Ask("10"); });
  while (call.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) {
    client.clock.Advance(Duration::Milliseconds(100));
    client.session->HandleDeadline(client.clock.Now());
    for (int i = 0; i < 3; ++i) client.ServeNext();
  }
  const auto submission = call.get();
  ASSERT_TRUE(submission.status.ok()) << submission.status.reason;
  client.Tell("11");
  if (submission.first)
    client.session->Fail(submission.call, submission.first->exchange, client.service.Serve(submission.first->envelope));
  client.RunFor(Duration::Seconds(10));
  EXPECT_EQ(client.Ran(), Numbered(1, 11));
  EXPECT_EQ(client.session->Wait(submission.call).reply->entity, "reply to 10");
}

TEST(ClientOutbox, KeepsLaterMessagesBehindACallThatWaits) {
  DurableClient client(Window(1));
  client.Tell("1");
  client.Serve();
  client.service.up = false;
  client.Tell("2");
  const int before = client.clock.readings();
  auto call = std::async(std::launch::async, [&] { return client.Ask("3"); });
  // For the open time-out, the send time-out, and before it waits: it has its place then, and the lock until it waits.
  ASSERT_TRUE(client.clock.WaitForReadings(before + 3));
  client.Tell("4");
  client.service.up = true;
  while (call.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) {
    client.clock.Advance(Duration::Milliseconds(100));
    client.session->HandleDeadline(client.clock.Now());
    client.Serve();
  }
  const auto submission = call.get();
  ASSERT_TRUE(submission.first);
  EXPECT_EQ(client.Ran(), "1 2");
  client.session->Fail(submission.call, submission.first->exchange, client.service.Serve(submission.first->envelope));
  client.RunFor(Duration::Seconds(5));
  EXPECT_EQ(client.Ran(), "1 2 3 4");
}

TEST(ClientOutbox, GivesACallBackWhenTheOutboxDoesNotEmptyInTime) {
  engine::Options options = Window(1);
  options.send_timeout = Duration::Milliseconds(50);  // for which a thread really waits
  DurableClient client(options);
  client.Tell("1");
  client.Serve();
  client.service.up = false;
  client.Tell("2");
  client.Tell("3");
  auto call = std::async(std::launch::async, [&] { return client.Ask("4").status; });
  while (call.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready)
    client.clock.Advance(Duration::Milliseconds(1));
  EXPECT_EQ(call.get().code, "SendTimeout");
  client.service.up = true;
  client.RunFor(Duration::Seconds(200));
  EXPECT_EQ(client.Ran(), "1 2 3") << "what was certainly not sent does not come later";
}

// ---- commits ----

TEST(ClientOutbox, AssignsSeveralMessagesInOneCommitBeforeTheFirstOfThemLeaves) {
  DurableClient client;
  client.service.up = false;
  for (int i = 1; i <= 8; ++i) client.Tell(std::to_string(i));
  client.service.up = true;
  client.Serve();  // what was under way in vain
  const auto before = client.store->metrics().commits;
  std::string kept;
  client.store->OnWait([&] { kept = kept.empty() ? "-" + client.Kept() : kept; });
  client.RunFor(Duration::Milliseconds(10000));
  EXPECT_EQ(client.Ran(), Numbered(1, 8));
  EXPECT_LE(client.store->metrics().commits - before, 8u);
}

TEST(ClientOutbox, SendsNothingWhoseNumberTheStoreDoesNotHave) {
  DurableClient client;
  client.service.up = false;
  client.Tell("1");
  client.service.up = true;
  client.store->Stall(true);
  client.RunFor(Duration::Seconds(20));
  EXPECT_EQ(client.service.created.size(), 1u);
  EXPECT_EQ(client.Ran(), "");
  client.store->Stall(false);
  client.RunFor(Duration::Seconds(20));
  EXPECT_EQ(client.Ran(), "1");
}

// ---- pages ----

TEST(ClientOutbox, HoldsOnePageInMemory) {
  for (int count : {63, 64, 65, 127, 128, 129, 200}) {
    DurableClient client;
    client.service.up = false;
    for (int i = 1; i <= count; ++i) client.Tell(std::to_string(i));
    client.Restart();
    client.service.up = true;
    client.RunFor(Duration::Seconds(20));
    EXPECT_EQ(client.Ran(), Numbered(1, count)) << count;
    EXPECT_FALSE(client.session->HasWork()) << count;
  }
}

class OutboxTest : public ::testing::Test {
 protected:
  engine::OutgoingId Put() {
    engine::OutgoingRecord record;
    auto payload = std::make_shared<wire::Payload>();
    payload->entity = "tell it";
    record.payload = payload;
    record.one_way = true;
    store.WaitDurable(outbox.Put(std::move(record)), Duration());
    return store.NextOutgoingId() - 1;
  }
  // Its identifier, 0 for none. As the session does: it gets a number.
  engine::OutgoingId Take(engine::OutgoingId before = 1000000) {
    const auto taken = outbox.TakeBefore(before);
    if (!taken) return 0;
    outbox.Assigned(store.Enqueue({engine::OutgoingAssigned{taken->id, SequenceId("s"), MessageNumber(1)}}));
    return taken->id;
  }

  testing::FakeDisk disk;
  testing::FakeStore store{&disk};
  Outbox outbox{&store, Uri("http://service/")};
};

TEST_F(OutboxTest, DoesNotKnowWhetherAnythingWaitsBeforeItHasAskedTheStore) {
  EXPECT_TRUE(outbox.Waits());
  EXPECT_TRUE(outbox.WantsPage());
  EXPECT_TRUE(outbox.LoadPage());
  EXPECT_FALSE(outbox.Waits());
  EXPECT_FALSE(outbox.WantsPage());
  EXPECT_FALSE(outbox.LoadPage());
}

TEST_F(OutboxTest, GivesMessagesInTheirOrderAndNoneTwice) {
  outbox.LoadPage();
  const engine::OutgoingId first = Put();
  const engine::OutgoingId second = Put();
  EXPECT_EQ(Take(), first);
  EXPECT_EQ(Take(), second);
  EXPECT_EQ(Take(), 0);
  EXPECT_FALSE(outbox.Waits());
}

TEST_F(OutboxTest, GivesOnlyWhatWasPutBefore) {
  outbox.LoadPage();
  const engine::OutgoingId id = Put();
  EXPECT_EQ(Take(id - 1), 0);
  EXPECT_EQ(Take(id), 0);
  EXPECT_FALSE(outbox.IsPast(id + 1));
  EXPECT_TRUE(outbox.IsPast(id));
  EXPECT_EQ(Take(id + 1), id);
  EXPECT_TRUE(outbox.IsPast(id + 1));
}

TEST_F(OutboxTest, IsNotPastWhatItHasNotReadYet) {
  const engine::OutgoingId id = Put();
  EXPECT_TRUE(outbox.IsPast(1));
  EXPECT_FALSE(outbox.IsPast(id + 1));
  outbox.LoadPage();
  EXPECT_FALSE(outbox.IsPast(id + 1));
  Take();
  EXPECT_FALSE(outbox.IsPast(id + 2)) << "there may be more";
  outbox.LoadPage();
  EXPECT_TRUE(outbox.IsPast(id + 2));
}

TEST_F(OutboxTest, ReadsOnWhereThePageEnded) {
  outbox.LoadPage();
  const auto many = static_cast<engine::OutgoingId>(Outbox::kPage) + 1;
  for (engine::OutgoingId i = 0; i < many; ++i) Put();
  for (engine::OutgoingId i = 0; i + 1 < many; ++i) EXPECT_NE(Take(), 0);
  EXPECT_EQ(Take(), 0) << "the last one is in the store only";
  EXPECT_TRUE(outbox.Waits());
  EXPECT_TRUE(outbox.LoadPage());
  EXPECT_NE(Take(), 0);
  EXPECT_TRUE(outbox.LoadPage());
  EXPECT_FALSE(outbox.Waits());
}

TEST_F(OutboxTest, WaitsForWhatIsNotDurableYet) {
  outbox.LoadPage();
  for (std::size_t i = 0; i < Outbox::kPage; ++i) Put();
  store.Stall(true);
  engine::OutgoingRecord late;
  late.payload = std::make_shared<wire::Payload>();
  outbox.Put(late);
  for (std::size_t i = 0; i < Outbox::kPage; ++i) Take();
  EXPECT_FALSE(outbox.LoadPage()) << "nothing new is known";
  EXPECT_TRUE(outbox.Waits());
  store.Stall(false);
  store.Commit();
  EXPECT_TRUE(outbox.LoadPage());
  EXPECT_NE(Take(), 0);
}

TEST_F(OutboxTest, LooksFromTheStartWhenMessagesWaitAgain) {
  outbox.LoadPage();
  const engine::OutgoingId first = Put();
  const engine::OutgoingId second = Put();
  const engine::OutgoingId third = Put();
  Take();
  Take();
  outbox.LookAgain(store.Enqueue({engine::OutgoingAssigned{first, SequenceId(), MessageNumber()}}));
  EXPECT_FALSE(outbox.WantsPage()) << "until that is durable the store calls others waiting";
  EXPECT_TRUE(outbox.IsBlank());
  EXPECT_EQ(Take(), 0);
  store.Commit();
  EXPECT_TRUE(outbox.LoadPage());
  EXPECT_EQ(Take(), first);
  EXPECT_EQ(Take(), third);
  EXPECT_EQ(Take(), 0);
  static_cast<void>(second);
}

TEST_F(OutboxTest, KeepsWhatItHadWhenItLooksAgainBeforeThatIsDurable) {
  outbox.LoadPage();
  store.Stall(true);
  engine::OutgoingRecord record;
  record.payload = std::make_shared<wire::Payload>();
  outbox.Put(record);
  outbox.LookAgain(0);
  EXPECT_FALSE(outbox.LoadPage());
  EXPECT_TRUE(outbox.Waits());
  store.Stall(false);
  store.Commit();
  EXPECT_TRUE(outbox.LoadPage());
  EXPECT_NE(Take(), 0);
}

// ---- re-driven ----

TEST(ClientOutbox, SendsWhatIsReDriven) {
  DurableClient client;
  client.Tell("a");
  client.Serve();
  client.service.up = false;
  client.Tell("b");
  client.Serve();
  client.service.Forget();
  client.service.up = true;
  client.RunFor(Duration::Seconds(1));
  client.store->Commit();
  ASSERT_EQ(client.DeadLetters(), "b");
  client.NextSession();
  client.Tell("c");
  client.RunFor(Duration::Seconds(1));
  EXPECT_EQ(client.Ran(), "a c");
  ASSERT_TRUE(client.disk.Redrive(client.disk.dead_letters[0].id));
  client.session->LookAgain();
  client.RunFor(Duration::Seconds(1));
  EXPECT_EQ(client.Ran(), "a c b");
  EXPECT_EQ(client.DeadLetters(), "");
}

// ---- the quota ----

TEST(ClientOutbox, MakesCallersWaitWhileTheStoreIsFull) {
  for (CallKind kind : {CallKind::kOneWay, CallKind::kTwoWay}) {
    DurableClient client;
    client.Tell("a");
    client.Serve();
    client.store->SetRoom(false);
    auto call = std::async(std::launch::async, [&] {
      return kind == CallKind::kOneWay ? client.Tell("b").status : client.Ask("b").status;
    });
    const int before = client.clock.readings();
    ASSERT_TRUE(client.clock.WaitForReadings(before + 4));
    EXPECT_EQ(call.wait_for(std::chrono::milliseconds(0)), std::future_status::timeout);
    client.store->SetRoom(true);
    EXPECT_TRUE(call.get().ok());
    client.store->Commit();
    EXPECT_EQ(client.Kept(), "2=b");
  }
}

TEST(ClientOutbox, RefusesMessagesWhenTheStoreIsFullForTooLong) {
  DurableClient client;
  client.Tell("a");
  client.Serve();
  client.store->SetRoom(false);
  auto call = std::async(std::launch::async, [&] { return client.Tell("b"); });
  while (call.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready)
    client.clock.Advance(client.options.send_timeout);
  const auto submission = call.get();
  EXPECT_EQ(submission.status.code, "SendTimeout");
  EXPECT_EQ(submission.status.reason, "The store has used up its quota.");
  EXPECT_EQ(submission.outcome, Outcome::kNotSent);
  client.store->SetRoom(true);
  client.RunFor(Duration::Seconds(1));
  EXPECT_EQ(client.Ran(), "a");
}

TEST(ClientOutbox, GoesOnWithAcceptedMessagesWhileTheStoreIsFull) {
  DurableClient client;
  client.service.up = false;
  for (int i = 1; i <= 20; ++i) client.Tell(std::to_string(i));
  client.store->SetRoom(false);
  client.service.up = true;
  client.RunFor(Duration::Seconds(20));
  EXPECT_EQ(client.Ran(), Numbered(1, 20));
}

// ---- flush ----

TEST(ClientOutbox, FlushesWhatWaits) {
  DurableClient client;
  client.service.up = false;
  client.Tell("1");
  EXPECT_EQ(client.session->Flush(Duration()), ClientSession::FlushResult::kTimeOut);
  client.service.up = true;
  client.RunFor(Duration::Seconds(20));
  EXPECT_EQ(client.session->Flush(Duration()), ClientSession::FlushResult::kDone);
}

}  // namespace
}  // namespace gsoaprm::session
