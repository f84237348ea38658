// All sessions of a server without gSOAP: which message belongs to which session, whose it is, when it is forgotten.
#include "session/server_sessions.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/seeded_ids.h"
#include "tests/unit/engine/acceptor_client.h"
#include "tests/unit/session/fake_time.h"

namespace gsoaprm::session {
namespace {

using acceptor_testing::kThreaded;
using wire::RmAction;

class LockedIds : public engine::IdSource {
 public:
  std::string NewUuid() override {
    std::lock_guard<std::mutex> lock(mutex_);
    return ids_.NewUuid();
  }

 private:
  std::mutex mutex_;
  testing::SeededIds ids_{7};
};

class ServerSessionsTest : public ::testing::TestWithParam<wire::RmVersion> {
 protected:
  ServerSessionsTest() { options.protocol.rm = GetParam(); }

  ServerSessions& sessions() {
    if (!sessions_) sessions_ = std::make_shared<ServerSessions>(options, &ids_, &clock, &timer);
    return *sessions_;
  }

  // ---- messages ----
  wire::Envelope Message(RmAction action) const {
    wire::Envelope message;
    message.protocol = options.protocol;
    message.rm_action = action;
    message.addressing.action = wire::ActionUri(options.protocol.rm, action);
    return message;
  }
  wire::Envelope Create(const std::string& name) const {
    wire::Envelope message = Message(RmAction::kCreateSequence);
    message.addressing.message_id = MessageId("urn:create:" + name);
    message.addressing.to = Uri("http://server/");
    wire::CreateSequence create;
    create.acks_to = Uri(std::string(wire::AnonymousAddress(options.protocol.addressing)));
    create.offer.emplace();
    create.offer->id = Offered(name);
    if (options.protocol.rm == wire::RmVersion::k11) create.offer->endpoint = create.acks_to;
    message.body = create;
    return message;
  }
  static SequenceId Offered(const std::string& name) { return SequenceId("urn:offer:" + name); }
  wire::Envelope Request(const SequenceId& sequence, std::uint64_t number = 1) const {
    wire::Envelope message = Message(RmAction::kNone);
    message.addressing.action = "urn:calculator/Add";
    message.addressing.message_id = MessageId(sequence.text() + std::to_string(number));
    message.sequence = wire::SequenceHeader{sequence, MessageNumber(number), false};
    message.body = acceptor_testing::MakePayload("request");
    return message;
  }
  wire::Envelope Terminate(const SequenceId& sequence) const {
    wire::Envelope message = Message(RmAction::kTerminateSequence);
    message.addressing.message_id = MessageId("urn:terminate");
    message.body = wire::TerminateSequence{sequence, std::nullopt};
    return message;
  }
  wire::Envelope Gone(const SequenceId& sequence) const {
    wire::Envelope message = Message(RmAction::kFault);
    wire::Fault fault;
    fault.code = wire::FaultCode::kSequenceTerminated;
    fault.id = sequence;
    message.body = fault;
    return message;
  }

  // ---- events ----
  SequenceId Open(const std::string& name, const std::string& principal = "") {
    const auto route = sessions().Find(Create(name), Principal(principal));
    const auto* answer = std::get_if<engine::Respond>(&route);
    if (answer == nullptr) return SequenceId();
    const auto* created = std::get_if<wire::CreateSequenceResponse>(&answer->envelope.body);
    EXPECT_NE(created, nullptr) << acceptor_testing::Line(*answer);
    return created == nullptr ? SequenceId() : created->id;
  }
  std::shared_ptr<ServerSession> Find(const wire::Envelope& message, const std::string& principal = "") {
    const auto route = sessions().Find(message, Principal(principal));
    const auto* session = std::get_if<std::shared_ptr<ServerSession>>(&route);
    return session == nullptr ? nullptr : *session;
  }
  // The answer to a message that belongs to no session here.
  std::string Refused(const wire::Envelope& message, const std::string& principal = "") {
    const auto route = sessions().Find(message, Principal(principal));
    const auto* answer = std::get_if<engine::Respond>(&route);
    return answer == nullptr ? "found" : acceptor_testing::Line(*answer);
  }
  std::string Receive(const wire::Envelope& message) {
    const std::shared_ptr<ServerSession> session = Find(message);
    if (!session) return "no session";
    return acceptor_testing::Line(session->Receive(message, kThreaded, Duration::Seconds(60)));
  }
  static void Reply(ServerSession* session, std::uint64_t number) {
    engine::OperationAnswer answer;
    answer.reply = acceptor_testing::MakePayload("reply");
    session->Answer(MessageNumber(number), answer);
  }

  engine::Options options;
  FakeClock clock;
  FakeTimer timer;

 private:
  LockedIds ids_;
  std::shared_ptr<ServerSessions> sessions_;
};
INSTANTIATE_TEST_SUITE_P(Rm, ServerSessionsTest, acceptor_testing::BothVersions(), acceptor_testing::VersionName);

// ---- which session ----

TEST_P(ServerSessionsTest, FindsTheSessionByWhateverNamesIt) {
  const SequenceId one = Open("one"), other = Open("other");
  ASSERT_NE(one, other);
  std::vector<wire::Envelope> messages = {Request(one), Terminate(one), Gone(one), Gone(Offered("one"))};
  messages.push_back(Message(RmAction::kAckRequested));
  messages.back().ack_requested = wire::AckRequestedHeader{one};
  messages.push_back(Message(RmAction::kSequenceAcknowledgement));
  messages.back().acknowledgement = wire::AcknowledgementHeader();
  messages.back().acknowledgement->id = Offered("one");
  messages.push_back(Message(RmAction::kCloseSequence));
  messages.back().body = wire::CloseSequence{one, std::nullopt};
  for (const wire::Envelope& message : messages) {
    const std::shared_ptr<ServerSession> session = Find(message);
    ASSERT_NE(session, nullptr) << wire::Name(message.rm_action);
    EXPECT_EQ(session->identity().sequence, one) << wire::Name(message.rm_action);
  }
  EXPECT_EQ(Find(Request(other))->identity().sequence, other);
}

TEST_P(ServerSessionsTest, RefusesAMessageOfNoSession) {
  Open("one");
  EXPECT_EQ(Refused(Request(SequenceId("urn:nobody"))), "500 UnknownSequence");
  EXPECT_EQ(Refused(Terminate(SequenceId("urn:nobody"))), "500 UnknownSequence");
}

TEST_P(ServerSessionsTest, ASessionDoesNotExistForAnotherPrincipal) {
  const SequenceId sequence = Open("one", "alice");
  EXPECT_EQ(Refused(Request(sequence), "mallory"), "500 UnknownSequence");
  EXPECT_EQ(Refused(Request(sequence), ""), "500 UnknownSequence");
  EXPECT_EQ(Refused(Terminate(sequence), "mallory"), "500 UnknownSequence");
  EXPECT_NE(Find(Request(sequence), "alice"), nullptr);
}

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr int kGuesses = 100000;
#else
constexpr int kGuesses = 1000000;
#endif

// Neighbours of identifiers that exist, and others that the same generator might have made.
TEST_P(ServerSessionsTest, AMillionGuessesFindNoSession) {
  const SequenceId victims[] = {Open("one"), Open("other"), Offered("one")};
  const std::shared_ptr<ServerSession> owned = Find(Request(victims[0]));
  testing::SeededIds other_ids(8);
  for (int i = 0; i < kGuesses; i++) {
    std::string guess = i % 2 == 0 ? other_ids.NewUuid() : victims[i % 3].text();
    if (i % 2 != 0) {
      const std::size_t at = static_cast<std::size_t>(i) * 7 % guess.size();
      guess[at] = static_cast<char>(guess[at] ^ (1 << i % 5));
    }
    wire::Envelope message = i % 4 < 2 ? Request(SequenceId(guess)) : Terminate(SequenceId(guess));
    const auto route = sessions().Find(message, Principal(""));
    ASSERT_NE(std::get_if<engine::Respond>(&route), nullptr) << guess;
  }
  EXPECT_EQ(Find(Request(victims[0])), owned);
  EXPECT_EQ(sessions().metrics().open, 2u);
}

TEST_P(ServerSessionsTest, ARepeatedCreateSequenceOpensNoSecondSession) {
  const SequenceId sequence = Open("one");
  EXPECT_EQ(Open("one"), sequence);
  EXPECT_EQ(sessions().metrics().opened, 1u);
}

TEST_P(ServerSessionsTest, RefusesAMessageWithoutASession) {
  wire::Envelope plain = Message(RmAction::kNone);
  plain.body = acceptor_testing::MakePayload("request");
  const char* const expected = GetParam() == wire::RmVersion::k11 ? "500 WsrmRequired" : "500 ActionNotSupported";
  EXPECT_EQ(acceptor_testing::Line(sessions().RefusePlain(plain)), expected);
}

// ---- the end of a session ----

TEST_P(ServerSessionsTest, ForgetsASessionThatEndsAndRepeatsItsLastAnswer) {
  const SequenceId sequence = Open("one");
  std::weak_ptr<ServerSession> watched = Find(Request(sequence));
  EXPECT_EQ(Receive(Request(sequence)), "deliver 1");
  Reply(watched.lock().get(), 1);
  const std::string last = Receive(Terminate(sequence));
  EXPECT_EQ(last.substr(0, 3), "200");
  EXPECT_TRUE(watched.expired());
  EXPECT_EQ(Refused(Terminate(sequence)), last);
  EXPECT_EQ(Refused(Request(sequence)), "500 UnknownSequence");
  wire::Envelope acknowledging = Message(RmAction::kSequenceAcknowledgement);
  acknowledging.acknowledgement = wire::AcknowledgementHeader();
  acknowledging.acknowledgement->id = Offered("one");
  EXPECT_EQ(Refused(acknowledging), "500 UnknownSequence");
}

TEST_P(ServerSessionsTest, SumsOverLivingAndEndedSessions) {
  const SequenceId first = Open("first"), second = Open("second"), third = Open("third");
  for (const SequenceId& sequence : {first, second, third}) {
    EXPECT_EQ(Receive(Request(sequence)), "deliver 1");
    Reply(Find(Request(sequence)).get(), 1);
  }
  Receive(Terminate(first));
  Receive(Gone(second));
  const ServerMetrics metrics = sessions().metrics();
  EXPECT_EQ(metrics.opened, 3u);
  EXPECT_EQ(metrics.faulted, 1u);
  EXPECT_EQ(metrics.open, 1u);
  EXPECT_EQ(metrics.messages.delivered, 3u);
}

TEST_P(ServerSessionsTest, TheApplicationsPointerIsDestroyedWhenTheLastExchangeLetsGo) {
  const SequenceId sequence = Open("one");
  std::shared_ptr<ServerSession> exchange = Find(Request(sequence));
  // What it looks at would hang if a lock were held.
  struct User {
    ServerSessions* sessions;
    std::uint64_t open = 99;
  } user{&sessions()};
  exchange->user().Set(&user, [](void* p) {
    auto* const self = static_cast<User*>(p);
    self->open = self->sessions->metrics().open;
  });
  Receive(Terminate(sequence));
  EXPECT_EQ(user.open, 99u);
  exchange.reset();
  EXPECT_EQ(user.open, 0u);
}

// ---- time ----

TEST_P(ServerSessionsTest, WatchesTheInactivityOfEachSession) {
  const SequenceId sequence = Open("one");
  const std::shared_ptr<ServerSession> session = Find(Request(sequence));
  const Timestamp deadline = timer.DeadlineOf(*session);
  EXPECT_EQ(deadline, clock.Now() + options.inactivity_timeout);
  clock.Advance(options.inactivity_timeout);
  session->HandleDeadline(deadline);
  EXPECT_EQ(Find(Request(sequence)), nullptr);
  EXPECT_EQ(sessions().metrics().faulted, 1u);
}

TEST_P(ServerSessionsTest, GivesUpTheOldestSilentSessionBeyondTheLimitAfterItsTime) {
  options.max_pending_channels = 1;
  const SequenceId busy = Open("busy");
  EXPECT_EQ(Receive(Request(busy)), "deliver 1");
  const Timestamp start = clock.Now();
  const SequenceId older = Open("older"), younger = Open("younger");
  const Timestamp deadline = timer.DeadlineOf(sessions());
  EXPECT_EQ(deadline, start + options.pending_timeout);
  clock.Advance(options.pending_timeout - Duration::Microseconds(1));
  sessions().HandleDeadline(clock.Now());
  EXPECT_EQ(sessions().metrics().open, 3u);
  clock.Advance(Duration::Microseconds(1));
  sessions().HandleDeadline(clock.Now());
  EXPECT_EQ(sessions().metrics().open, 2u);
  EXPECT_EQ(Refused(Request(older)), "500 UnknownSequence");
  EXPECT_NE(Find(Request(younger)), nullptr);
  EXPECT_NE(Find(Request(busy, 2)), nullptr);
}

// ---- threads ----

TEST_P(ServerSessionsTest, ThreadsOpenUseAndEndTheirSessionsBesideEachOther) {
  constexpr int kThreads = 8, kSessions = 50;
  options.max_pending_channels = kThreads;
  sessions();
  std::atomic<int> ended{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; thread++) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kSessions; i++) {
        const SequenceId sequence = Open(std::to_string(thread) + "/" + std::to_string(i));
        if (Receive(Request(sequence)) == "deliver 1") Reply(Find(Request(sequence)).get(), 1);
        ended += Receive(Terminate(sequence)).rfind("200", 0) == 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ended, kThreads * kSessions);
  const ServerMetrics metrics = sessions().metrics();
  EXPECT_EQ(metrics.opened, static_cast<std::uint64_t>(kThreads * kSessions));
  EXPECT_EQ(metrics.messages.delivered, static_cast<std::uint64_t>(kThreads * kSessions));
  EXPECT_EQ(metrics.open, 0u);
  EXPECT_EQ(metrics.faulted, 0u);
}

// ---- what cannot be read, and the end of the endpoint ----

TEST_P(ServerSessionsTest, AMessageThatCannotBeReadEndsTheSessionOfItsOwnerOnly) {
  const SequenceId one = Open("one", "alice");
  wire::ReadResult result;
  result.error = wire::ReadError::kInvalidRm;
  result.reason = "The element Sequence has no MessageNumber.";
  result.envelope = Request(one);
  for (const char* stranger : {"mallory", ""}) {
    EXPECT_EQ(acceptor_testing::Line(sessions().RefuseUnreadable(result, Principal(stranger))),
              "500 SequenceTerminated");
    EXPECT_EQ(sessions().metrics().open, 1u);
  }
  EXPECT_EQ(acceptor_testing::Line(sessions().RefuseUnreadable(result, Principal("alice"))), "500 SequenceTerminated");
  EXPECT_EQ(sessions().metrics().open, 0u);
  EXPECT_EQ(sessions().metrics().faulted, 1u);
  EXPECT_EQ(Refused(Request(one), "alice"), "500 UnknownSequence");
}

TEST_P(ServerSessionsTest, AMessageWhoseSequenceCannotBeReadIsFoundByItsAcknowledgement) {
  Open("one");
  wire::ReadResult result;
  result.error = wire::ReadError::kInvalidRm;
  result.envelope = Message(RmAction::kNone);
  result.envelope.sequence = wire::SequenceHeader();  // its identifier was not read
  result.envelope.acknowledgement = wire::AcknowledgementHeader();
  result.envelope.acknowledgement->id = Offered("one");
  sessions().RefuseUnreadable(result, Principal());
  EXPECT_EQ(sessions().metrics().open, 0u);
}

TEST_P(ServerSessionsTest, AnEndpointThatClosesFinishesTheSessionsItHas) {
  const SequenceId one = Open("one");
  sessions().StopAccepting();
  EXPECT_EQ(Open("one"), one);
  EXPECT_EQ(Refused(Create("two")), "500 EndpointUnavailable");
  EXPECT_EQ(Receive(Request(one)), "deliver 1");
  EXPECT_EQ(sessions().metrics().open, 1u);
}

}  // namespace
}  // namespace gsoaprm::session
