// One session of a server without gSOAP: threads that wait for their turn and for a gap, and the application's pointer.
#include "session/server_session.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/unit/engine/acceptor_client.h"
#include "tests/unit/session/fake_time.h"

namespace gsoaprm::session {
namespace {

using acceptor_testing::AcceptorClient;
using acceptor_testing::kIterative;
using acceptor_testing::kThreaded;
using acceptor_testing::Line;

constexpr Duration kLong = Duration::Seconds(60);

// Looks at the session as the registry does: that would hang if the session held its lock.
class FakeObserver : public SessionObserver {
 public:
  void SessionEnded(const std::shared_ptr<ServerSession>& session) override {
    told++;
    delivered += session->metrics().delivered;
    faulted = session->faulted();
  }
  std::shared_ptr<SharedMemory> memory() override { return all; }
  std::shared_ptr<SharedMemory> all = std::make_shared<SharedMemory>(100000);
  std::atomic<int> told{0};
  std::atomic<std::uint64_t> delivered{0};
  std::atomic<bool> faulted{false};
};

class ServerSessionTest : public ::testing::TestWithParam<wire::RmVersion> {
 protected:
  ServerSessionTest() { Start(); }

  void Start() {
    engine::AcceptorSession::Identity identity;
    identity.sequence = SequenceId("urn:s");
    identity.offered = SequenceId("urn:o");
    identity.protocol = client.options.protocol;
    session = std::make_shared<ServerSession>(client.options, identity, &clock, &observer);
  }
  std::string Receive(const wire::Envelope& message, engine::ExchangeTraits traits = kThreaded,
                      Duration patience = kLong) {
    return Line(session->Receive(message, traits, patience));
  }
  // On a thread of its own; returns when that waits for its turn, or has come back without.
  std::future<std::string> ReceiveBeside(const wire::Envelope& message, Duration patience = kLong) {
    const int before = clock.readings();
    std::future<std::string> line =
        std::async(std::launch::async, [=] { return Receive(message, kThreaded, patience); });
    // When it came, for the deadline, to try, and before it waits: it has the lock from the first to the wait.
    EXPECT_TRUE(clock.WaitForReadings(before + 4));
    return line;
  }
  // The line, or "still waiting" after ten seconds.
  static std::string Get(std::future<std::string>* line) {
    if (line->wait_for(std::chrono::seconds(10)) != std::future_status::ready) return "still waiting";
    return line->get();
  }
  std::string Reply(std::uint64_t number) {
    engine::OperationAnswer answer;
    answer.reply = acceptor_testing::MakePayload("reply");
    return Line(session->Answer(MessageNumber(number), answer));
  }
  std::string AnswerNothing(std::uint64_t number) {
    return Line(session->Answer(MessageNumber(number), engine::OperationAnswer()));
  }

  AcceptorClient client{GetParam()};  // makes the messages
  FakeClock clock;
  FakeObserver observer;
  std::shared_ptr<ServerSession> session;
};
INSTANTIATE_TEST_SUITE_P(Rm, ServerSessionTest, acceptor_testing::BothVersions(), acceptor_testing::VersionName);

// ---- turns ----

TEST_P(ServerSessionTest, AMessageWaitsUntilTheOneBeforeItHasReplied) {
  EXPECT_EQ(Receive(client.Request(1)), "deliver 1");
  std::future<std::string> second = ReceiveBeside(client.Request(2));
  EXPECT_EQ(Reply(1), "200 reply seq=1 ack=[1-1]");  // the other may still give up
  EXPECT_EQ(Get(&second), "deliver 2");
}

TEST_P(ServerSessionTest, AMessageWaitsUntilAOneWayOperationThatHasAnsweredReturns) {
  EXPECT_EQ(Receive(client.OneWay(1)), "deliver 1");
  EXPECT_EQ(AnswerNothing(1), "200 SequenceAcknowledgement ack=[1-1]");
  std::future<std::string> second = ReceiveBeside(client.OneWay(2));
  session->Returned(MessageNumber(1));
  EXPECT_EQ(Get(&second), "deliver 2");
}

TEST_P(ServerSessionTest, WaitsForATurnUntilThePatienceIsOver) {
  const Duration patience = Duration::Milliseconds(5);
  EXPECT_EQ(Receive(client.Request(1)), "deliver 1");
  std::future<std::string> second = ReceiveBeside(client.Request(2), patience);
  clock.Advance(patience - Duration::Microseconds(1));
  EXPECT_TRUE(clock.WaitForReadings(clock.readings() + 6));  // it has looked again, and waits on
  EXPECT_NE(second.wait_for(std::chrono::seconds(0)), std::future_status::ready);
  clock.Advance(Duration::Microseconds(1));
  EXPECT_EQ(Get(&second), "202");
}

TEST_P(ServerSessionTest, AMessageWhoseThreadGaveUpRunsOnceWhenItsCopyComes) {
  EXPECT_EQ(Receive(client.Request(1)), "deliver 1");
  EXPECT_EQ(Receive(client.Request(2), kThreaded, Duration()), "202");
  Reply(1);
  EXPECT_FALSE(session->TakeReady());  // it was not acknowledged, and not kept
  EXPECT_EQ(Receive(client.Request(2)), "deliver 2");
  Reply(2);
  EXPECT_EQ(Receive(client.Request(2)), "200 reply seq=2 ack=[1-2]");
  EXPECT_EQ(session->metrics().delivered, 2u);
}

TEST_P(ServerSessionTest, ACopyOfAKeptMessageThatRunsWaitsForItsReply) {
  EXPECT_EQ(Receive(client.Request(2), kIterative), "202");
  EXPECT_EQ(Receive(client.Request(1)), "deliver 1");
  Reply(1);
  ASSERT_TRUE(session->TakeReady());
  std::future<std::string> copy = ReceiveBeside(client.Request(2));
  Reply(2);
  EXPECT_EQ(Get(&copy), "200 reply seq=2 ack=[1-2]");
}

// ---- gaps ----

TEST_P(ServerSessionTest, AnEarlyMessageHoldsItsExchangeForAMoment) {
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(Receive(client.Request(2)), "202");
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(50));
}

TEST_P(ServerSessionTest, AnEarlyMessageRunsOnItsExchangeWhenTheGapClosesWithinTheMoment) {
  std::string line;
  for (int attempt = 0; attempt < 100 && line != "deliver 2"; attempt++) {
    Start();
    const int before = clock.readings();
    std::future<std::string> second = std::async(std::launch::async, [this] { return Receive(client.Request(2)); });
    EXPECT_TRUE(clock.WaitForReadings(before + 1));
    EXPECT_EQ(Receive(client.Request(1)), "deliver 1");
    Reply(1);
    line = Get(&second);  // 202 where the machine took longer than the moment
  }
  EXPECT_EQ(line, "deliver 2");
}

TEST_P(ServerSessionTest, AnOnlyThreadDoesNotWaitForAGap) {
  // Were it to wait, the message would be delivered, since the gap closes as soon as it lets go of the lock.
  const int before = clock.readings();
  std::thread closing([&] {
    clock.WaitForReadings(before + 1);
    Receive(client.Request(1), kIterative);
    Reply(1);
  });
  EXPECT_EQ(Receive(client.Request(2), kIterative), "202");
  closing.join();
  EXPECT_TRUE(session->HasReady());
}

// ---- time ----

TEST_P(ServerSessionTest, EndsWhenTheClientFallsSilentAfterAnOperationThatRanAtItsDeadline) {
  EXPECT_EQ(Receive(client.Request(1)), "deliver 1");
  clock.Advance(client.options.inactivity_timeout);
  const Timestamp next = session->HandleDeadline(clock.Now());
  EXPECT_EQ(next, clock.Now() + client.options.inactivity_timeout) << "nobody else looks at it again";
  Reply(1);
  clock.Advance(client.options.inactivity_timeout);
  EXPECT_TRUE(session->HandleDeadline(clock.Now()).never());
  EXPECT_EQ(observer.told, 1);
}

TEST_P(ServerSessionTest, IsNotLookedAtAgainWhereTheClientMayBeSilentForEver) {
  client.options.inactivity_timeout = Timestamp::Never() - Timestamp();
  Start();
  EXPECT_EQ(Receive(client.Request(1)), "deliver 1");
  EXPECT_TRUE(session->HandleDeadline(clock.Now()).never());
}

// ---- many threads ----

TEST_P(ServerSessionTest, ThreadsThatComeBackwardsRunInOrder) {
  constexpr std::uint64_t kMessages = 8;
  std::mutex mutex;
  std::vector<std::uint64_t> order;
  std::vector<std::thread> threads;
  for (std::uint64_t number = kMessages; number >= 1; number--) {
    threads.emplace_back([&, number] {
      for (;;) {
        const std::string line = Receive(client.Request(number), {true, false});
        if (line.rfind("200 reply", 0) == 0) return;
        if (line != "deliver " + std::to_string(number)) continue;  // a copy, as the client's timer would send
        {
          std::lock_guard<std::mutex> lock(mutex);
          order.push_back(number);
        }
        Reply(number);
        return;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(order, (std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(session->metrics().delivered, kMessages);
}

TEST_P(ServerSessionTest, OfManyCopiesAtOnceOneIsDelivered) {
  for (int round = 0; round < 20; round++) {
    Start();
    for (std::uint64_t number = 1; number <= 5; number++) {
      std::atomic<int> delivered{0};
      std::vector<std::thread> threads;
      for (int copy = 0; copy < 4; copy++)
        threads.emplace_back([&] { delivered += Receive(client.Request(number)).rfind("deliver", 0) == 0; });
      for (std::thread& thread : threads) thread.join();
      EXPECT_EQ(delivered, 1);
      Reply(number);
    }
    EXPECT_EQ(session->metrics().duplicates_suppressed, 15u);
  }
}

// ---- the end ----

TEST_P(ServerSessionTest, TheEndOfTheSessionLetsAWaitingThreadGo) {
  EXPECT_EQ(Receive(client.Request(1)), "deliver 1");
  std::future<std::string> second = ReceiveBeside(client.Request(2));
  Receive(client.Fault(wire::FaultCode::kSequenceTerminated, "urn:s"));
  EXPECT_EQ(Get(&second), "202");
  EXPECT_TRUE(session->faulted());
}

TEST_P(ServerSessionTest, InactivityEndsTheSession) {
  const Timestamp deadline = clock.Now() + client.options.inactivity_timeout;
  EXPECT_EQ(session->NextTimeout(), deadline);
  EXPECT_EQ(session->HandleDeadline(deadline + Duration::Microseconds(-1)), deadline);
  EXPECT_EQ(observer.told, 0);
  EXPECT_EQ(session->HandleDeadline(deadline), Timestamp::Never());
  EXPECT_EQ(observer.told, 1);
  EXPECT_TRUE(observer.faulted);
}

TEST_P(ServerSessionTest, ASessionWhoseOperationRunsIsNotInactive) {
  EXPECT_EQ(Receive(client.Request(1)), "deliver 1");
  clock.Advance(client.options.inactivity_timeout * 2);
  EXPECT_EQ(session->HandleDeadline(clock.Now()), clock.Now() + client.options.inactivity_timeout);
  EXPECT_EQ(observer.told, 0);
  Reply(1);
  EXPECT_EQ(session->NextTimeout(), clock.Now() + client.options.inactivity_timeout);
}

TEST_P(ServerSessionTest, TheEndIsReportedOnceAndWithoutTheLock) {
  EXPECT_EQ(Receive(client.OneWay(1)), "deliver 1");
  AnswerNothing(1);
  session->Returned(MessageNumber(1));
  EXPECT_EQ(observer.told, 0);
  EXPECT_FALSE(session->FinalAnswer());
  if (client.is_11()) Receive(client.Close(1));
  const std::string answer = Receive(client.Terminate(client.is_11() ? std::optional<std::uint64_t>(1) : std::nullopt));
  EXPECT_EQ(answer.substr(0, 3), "200");
  EXPECT_EQ(observer.told, 1);
  EXPECT_EQ(observer.delivered, 1u);
  EXPECT_FALSE(observer.faulted);
  session->HandleDeadline(clock.Now() + client.options.inactivity_timeout);
  EXPECT_EQ(observer.told, 1);
  ASSERT_TRUE(session->FinalAnswer());
  EXPECT_EQ(Line(*session->FinalAnswer()), answer);
}

// ---- the application's pointer ----

void Count(void* user) { ++*static_cast<int*>(user); }

TEST(SessionUser, IsDestroyedWhenAnotherIsSetAndAtTheEnd) {
  int first = 0, second = 0;
  {
    SessionUser user;
    EXPECT_EQ(user.get(), nullptr);
    user.Set(&first, Count);
    EXPECT_EQ(user.get(), &first);
    user.Set(&second, Count);
    EXPECT_EQ(user.get(), &second);
    EXPECT_EQ(first, 1);
    EXPECT_EQ(second, 0);
  }
  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 1);
}

TEST(SessionUser, IsNotDestroyedWhenItIsSetAgain) {
  int calls = 0;
  {
    SessionUser user;
    user.Set(&calls, Count);
    user.Set(&calls, Count);
    EXPECT_EQ(calls, 0);
  }
  EXPECT_EQ(calls, 1);
}

TEST(SessionUser, NeedsNoDestructor) {
  int calls = 0;
  SessionUser user;
  user.Set(&calls, nullptr);
  user.Set(nullptr, nullptr);
  EXPECT_EQ(user.get(), nullptr);
  EXPECT_EQ(calls, 0);
}

TEST_P(ServerSessionTest, DestroysTheApplicationsPointerWithItself) {
  int calls = 0;
  session->user().Set(&calls, Count);
  Receive(client.Fault(wire::FaultCode::kSequenceTerminated, "urn:s"));
  EXPECT_EQ(calls, 0);  // an operation may still use it
  session.reset();
  EXPECT_EQ(calls, 1);
}

// Two sessions share what the observer gives them.
TEST_P(ServerSessionTest, TakesNoMoreThanIsLeftOfTheMemoryOfAllSessionsAndGivesItBack) {
  const auto kept = [&] { return session->metrics().early_kept; };
  const auto first = session;
  for (const std::uint64_t number : {2u, 3u})
    Receive(client.Request(number, std::string(45000 - 512, 'x')), kIterative);
  EXPECT_EQ(kept(), 2u);
  EXPECT_EQ(observer.all->left(), 10000u);
  Start();
  Receive(client.Request(2, std::string(engine::kGuaranteedMemory - 512, 'x')), kIterative);
  EXPECT_EQ(kept(), 1u);  // it is guaranteed
  EXPECT_EQ(observer.all->left(), 0u);
  Receive(client.Request(3, "x"), kIterative);
  EXPECT_EQ(kept(), 1u);
  // The first one's messages run, and its replies are acknowledged.
  const auto second = std::exchange(session, first);
  Receive(client.Request(1), kIterative);
  Reply(1);
  for (const std::uint64_t number : {2u, 3u}) {
    EXPECT_TRUE(session->TakeReady());
    Reply(number);
  }
  EXPECT_EQ(Receive(client.Acking(client.Request(4), {1, 2, 3}), kIterative), "deliver 4");
  EXPECT_EQ(observer.all->left(), 100000 - engine::kGuaranteedMemory);
}

TEST_P(ServerSessionTest, GivesTheMemoryOfAllSessionsBackWhenItGoes) {
  Receive(client.Request(2, std::string(50000 - 512, 'x')), kIterative);
  EXPECT_EQ(observer.all->left(), 50000u);
  session.reset();
  EXPECT_EQ(observer.all->left(), 100000u);
}

}  // namespace
}  // namespace gsoaprm::session
