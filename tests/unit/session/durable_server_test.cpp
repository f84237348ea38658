// Durable sessions of a server from their beginning to their end: the store fails, stalls and is full. What the
// delivery modes and restarts ask of them is in the files durable_server_NAME_test.cpp.
#include "tests/unit/session/durable_server.h"

#include <gtest/gtest.h>

#include <thread>

namespace gsoaprm::session {
namespace {

using engine::Delivery;

INSTANTIATE_TEST_SUITE_P(Rm, DurableServer, acceptor_testing::BothVersions(), acceptor_testing::VersionName);

// ---- the door ----

TEST_P(DurableServer, ASessionIsOnTheDiskBeforeItsCreateSequenceIsAnswered) {
  EXPECT_EQ(Open(), "200 CreateSequenceResponse");
  ASSERT_NE(Row(), nullptr);
  const SequenceId first = sequence;
  Crash();
  EXPECT_EQ(Open(), "200 CreateSequenceResponse");
  EXPECT_EQ(sequence, first);
  EXPECT_EQ(Call(1), "200 reply seq=1 ack=[1-1]");
}

TEST_P(DurableServer, RefusesASessionThatCannotBeWritten) {
  store->Stall(true);
  EXPECT_EQ(Open(), "500 ConnectionLimitReached");
  EXPECT_EQ(Open(), "500 ConnectionLimitReached") << "a repeat is not answered either";
  store->Stall(false);
  EXPECT_EQ(Open(), "200 CreateSequenceResponse");
  EXPECT_EQ(sessions->metrics().opened, 1u);
}

TEST_P(DurableServer, InSoap11AnOfferThatCannotBeWrittenIsNotAnswered) {
  options.protocol.soap = wire::SoapVersion::k11;
  Start();
  store->Stall(true);
  EXPECT_EQ(Open(), "202") << "CreateSequenceRefused would be taken for a refusal of the Offer";
  store->Stall(false);
  store->SetRoom(false);
  EXPECT_EQ(Open(), "200 CreateSequenceResponse") << "that one is there";
  wire::Envelope other = Create();
  other.addressing.message_id = MessageId("urn:create:other");
  std::get<wire::CreateSequence>(other.body).offer->id = SequenceId("urn:offer:other");
  EXPECT_EQ(Send(other), "202");
  other.addressing.message_id = MessageId("urn:create:one-way");
  std::get<wire::CreateSequence>(other.body).offer.reset();
  EXPECT_EQ(Send(other), "500 ConnectionLimitReached");
  store->SetRoom(true);
  EXPECT_EQ(Send(other), "200 CreateSequenceResponse");
}

TEST_P(DurableServer, RefusesNewSessionsWhileTheStoreIsFullAndServesThoseItHas) {
  Open();
  store->SetRoom(false);
  wire::Envelope other = Create();
  other.addressing.message_id = MessageId("urn:create:other");
  std::get<wire::CreateSequence>(other.body).offer->id = SequenceId("urn:offer:other");
  EXPECT_EQ(Send(other), "500 ConnectionLimitReached") << "CreateSequenceRefused might make it do without its Offer";
  EXPECT_EQ(Open(), "200 CreateSequenceResponse");
  EXPECT_EQ(Send(Request(1)), "202") << "a new message is not taken";
  EXPECT_EQ(Send(AckRequested()), "200 SequenceAcknowledgement ack=none");
  store->SetRoom(true);
  EXPECT_EQ(Call(1), "200 reply seq=1 ack=[1-1]");
}

// ---- the end ----

TEST_P(DurableServer, ATerminatedSequenceIsRememberedWithItsAnswer) {
  Open();
  Call(1);
  const std::string answer = Send(Terminate());
  EXPECT_EQ(answer.substr(0, 3), "200");
  EXPECT_TRUE(Row()->ended);
  EXPECT_TRUE(Row()->replies.empty());
  Crash();
  EXPECT_EQ(Send(Terminate()), answer);
  EXPECT_EQ(Send(Request(1)), "500 UnknownSequence");
  EXPECT_EQ(sessions->metrics().open, 0u);
}

TEST_P(DurableServer, TheFinalAnswerDoesNotLeaveBeforeTheEndIsWritten) {
  Open();
  Call(1);
  store->Stall(true);
  EXPECT_EQ(Send(Terminate()), "202");
  EXPECT_EQ(Send(Terminate()), "202") << "nor its repeat";
  testing::FakeDisk before = disk;
  store->Stall(false);
  EXPECT_EQ(Send(Terminate()).substr(0, 3), "200");
  disk = before;  // as if it had been killed before that
  Crash();
  EXPECT_EQ(Send(Terminate()).substr(0, 3), "200");
}

TEST_P(DurableServer, NothingIsLeftOfAnEndedSequenceWhenItsTimeIsOver) {
  Open();
  Call(1);
  Send(Terminate());
  Crash();
  clock.Advance(options.tombstone_lifetime);
  sessions->HandleDeadline(clock.Now());
  store->Commit();
  EXPECT_EQ(disk.Text(), "");
}

TEST_P(DurableServer, AnInactiveSessionIsEndedOnTheDiskToo) {
  Open();
  Call(1);
  clock.Advance(options.inactivity_timeout);
  Session()->HandleDeadline(clock.Now());
  store->Commit();
  EXPECT_TRUE(Row()->ended);
  EXPECT_EQ(Row()->final_answer, "");
}

TEST_P(DurableServer, APendingSessionThatIsGivenUpIsEndedOnTheDiskToo) {
  Open();
  options.max_pending_channels = 0;
  Crash();
  ASSERT_NE(Row(), nullptr);
  clock.Advance(options.pending_timeout);
  sessions->HandleDeadline(clock.Now());
  store->Commit();
  EXPECT_TRUE(Row()->ended);
  EXPECT_EQ(Send(Request(1)), "500 UnknownSequence");
}

TEST_P(DurableServer, WhatWasKeptInAnEndedSequenceIsADeadLetterAfterARestart) {
  Open();
  EXPECT_EQ(Send(Request(2, "early")), "202");
  EXPECT_EQ(Send(Request(1)), "deliver 1");
  std::shared_ptr<ServerSession> session = Session();
  Send(Gone());
  store->Commit();
  EXPECT_EQ(Row()->messages.size(), 1u) << "it is still to run";
  store->Crash();
  session.reset();
  Crash();
  store->Commit();
  ASSERT_EQ(disk.dead_letters.size(), 1u);
  EXPECT_EQ(disk.dead_letters[0].payload->entity, "early");
}

TEST_P(DurableServer, ALiveSessionIsNotBuriedWhenTheProgramStops) {
  Open();
  EXPECT_EQ(Send(Request(2)), "202");
  store->Commit();
  Start();  // in order, without a crash
  EXPECT_EQ(Row()->messages.size(), 1u);
  EXPECT_TRUE(disk.dead_letters.empty());
  EXPECT_EQ(Call(1), "200 reply seq=1 ack=[1-2]");
}

// ---- many threads ----

engine::Disposition Run(MessageNumber number, ServerSession* session, testing::FakeStore* store, Delivery delivery) {
  engine::OperationAnswer answer;
  answer.reply = acceptor_testing::MakePayload("reply");
  std::unique_ptr<store::Transaction> transaction;
  if (delivery == Delivery::kExactlyOnce) {
    transaction = store->Begin(kPatience);
    if (!transaction) {
      session->Undone(number);
      return engine::RespondEmpty{};
    }
    (*static_cast<testing::FakeStore::Application*>(transaction->handle()))[std::to_string(number.value())] = "done";
  }
  return session->Answer(number, answer, transaction.get());
}
// One call on a thread of its own, as a client that sends it again until it is answered.
void Carry(const wire::Envelope& request, ServerSession* session, testing::FakeStore* store, Delivery delivery) {
  for (;;) {
    engine::Disposition answer = session->Receive(request, {true, false}, kPatience);
    if (std::holds_alternative<engine::Deliver>(answer)) {
      answer = Run(request.sequence->number, session, store, delivery);
    }
    if (std::holds_alternative<engine::Respond>(answer)) return;
  }
}

TEST_P(DurableServer, ThreadsBesideEachOtherShareTheStore) {
  constexpr std::uint64_t kCalls = 40;
  for (const Delivery delivery : {Delivery::kAtLeastOnce, Delivery::kAtMostOnce, Delivery::kExactlyOnce}) {
    disk = testing::FakeDisk();
    options.concurrency_mode = engine::ConcurrencyMode::kMultiple;
    options.max_transfer_window_size = static_cast<int>(kCalls);
    Use(delivery);
    Open();
    const std::shared_ptr<ServerSession> session = Session();
    std::vector<std::thread> threads;
    for (std::uint64_t first = 1; first <= 4; ++first) {
      threads.emplace_back([&, first] {
        for (std::uint64_t number = first; number <= kCalls; number += 4)
          Carry(Request(number), session.get(), store.get(), delivery);
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(testing::Text(Row()->state.acknowledged), "[1-40]");
    EXPECT_EQ(Row()->replies.size(), kCalls);
    EXPECT_TRUE(Row()->messages.empty());
    EXPECT_EQ(disk.application.size(), delivery == Delivery::kExactlyOnce ? kCalls : 0);
  }
}

// ---- without a store ----

TEST_P(DurableServer, WithoutAStoreNothingIsDurable) {
  options.durable = true;  // by mistake
  sessions = std::make_shared<ServerSessions>(options, &ids, &clock, &timer);
  Open();
  EXPECT_EQ(Send(Request(1)), "deliver 1");
  EXPECT_EQ(Send(AckRequested()), "200 SequenceAcknowledgement ack=[1-1]") << "acknowledged when begun, as ever";
  EXPECT_EQ(Reply(1), "200 reply seq=1 ack=[1-1]");
  EXPECT_EQ(store->newest(), 0u);
}

}  // namespace
}  // namespace gsoaprm::session
