// The door of a durable server: what it knows after a restart, and what it refuses while its store takes nothing.
#include <gtest/gtest.h>

#include "engine/acceptor_answers.h"
#include "tests/unit/engine/listener_client.h"

namespace gsoaprm::acceptor_testing {
namespace {

class DurableListener : public ListenerTest {
 protected:
  DurableListener() { options.durable = true; }

  static engine::RecoveredAcceptor RecordOf(const engine::CreateDisposition& disposition) {
    engine::RecoveredAcceptor record;
    const auto* accepted = std::get_if<engine::SessionAccepted>(&disposition);
    if (accepted == nullptr) {
      ADD_FAILURE() << "no session";
      return record;
    }
    record.created = {accepted->identity, accepted->create_message_id, accepted->expires};
    return record;
  }
  // Another process, with what the store gave back.
  void Restart(const engine::RecoveredAcceptor& record) {
    restarted = std::make_unique<engine::Listener>(options, &ids);
    restarted->Restore(now, record);
  }
  engine::CreateDisposition AfterRestart(const wire::Envelope& message, const std::string& principal = "") {
    return restarted->HandleCreate(now, message, Principal(principal));
  }
  static std::string FaultName(const engine::Respond& respond) {
    return respond.envelope.fault() ? wire::Name(respond.envelope.fault()->code) : "no fault";
  }

  std::unique_ptr<engine::Listener> restarted;
};
INSTANTIATE_TEST_SUITE_P(Rm, DurableListener, BothVersions(), VersionName);

TEST_P(DurableListener, GivesARepeatedCreateSequenceTheSameAnswerAfterARestart) {
  wire::Envelope create = Create("urn:m1", "urn:o");
  BodyOf(create).expires = "PT1H";
  const engine::CreateDisposition first = Handle(create);
  Restart(RecordOf(first));
  const engine::CreateDisposition again = AfterRestart(create);
  ASSERT_TRUE(std::holds_alternative<engine::Respond>(again)) << "no second session";
  EXPECT_EQ(IdOf(again), IdOf(first));
  const auto& body = std::get<wire::CreateSequenceResponse>(ResponseOf(again).envelope.body);
  EXPECT_EQ(body.expires, "PT1H");
  EXPECT_EQ(body.accept_acks_to,
            std::get<wire::CreateSequenceResponse>(ResponseOf(first).envelope.body).accept_acks_to);
  // With another MessageID, known by its Offer, as WCF's service knows it.
  EXPECT_EQ(IdOf(AfterRestart(Create("urn:m2", "urn:o"))), IdOf(first));
}

TEST_P(DurableListener, ForgetsCreateSequenceAWhileAfterTheRestart) {
  const engine::CreateDisposition first = Handle(Create("urn:m1", "urn:o"));
  Pass(options.create_memory * 10);  // clocks do not outlive a process
  Restart(RecordOf(first));
  Pass(options.create_memory - Duration::Microseconds(1));
  EXPECT_EQ(IdOf(AfterRestart(Create("urn:m1", "urn:o"))), IdOf(first));
  Pass(Duration::Microseconds(1));
  EXPECT_EQ(FaultName(ResponseOf(AfterRestart(Create("urn:m1", "urn:o")))), "CreateSequenceRefused");
}

TEST_P(DurableListener, StrangersGetNothingOfIt) {
  const engine::CreateDisposition first = Handle(Create("urn:m1", "urn:o"), "alice");
  Restart(RecordOf(first));
  EXPECT_EQ(FaultName(ResponseOf(AfterRestart(Create("urn:m1", "urn:o"), "mallory"))), "CreateSequenceRefused");
  EXPECT_EQ(IdOf(AfterRestart(Create("urn:m1", "urn:o"), "alice")), IdOf(first));
}

TEST_P(DurableListener, OnlySequencesThatWereNeverUsedArePending) {
  engine::RecoveredAcceptor record = RecordOf(Handle(Create("urn:m1", "")));
  options.max_pending_channels = 0;
  Restart(record);
  Pass(options.pending_timeout);
  EXPECT_EQ(restarted->PollGiveUp(now), record.created.identity.sequence);
  record.state.acknowledged.Insert(MessageNumber(1));
  record.state.highest = MessageNumber(1);
  Restart(record);
  Pass(options.pending_timeout);
  EXPECT_FALSE(restarted->PollGiveUp(now));
  EXPECT_EQ(restarted->open_sequences(), 1u);
}

// An announced end is use, too: its client knows the session.
TEST_P(DurableListener, ASequenceThatWasOnlyEndedIsNotPending) {
  engine::RecoveredAcceptor record = RecordOf(Handle(Create("urn:m1", "")));
  options.max_pending_channels = 0;
  if (is_11()) {
    record.state.closed = true;
  } else {
    record.state.last = MessageNumber(2);
  }
  Restart(record);
  Pass(options.pending_timeout);
  EXPECT_FALSE(restarted->PollGiveUp(now));
  EXPECT_TRUE(engine::AcceptorSession(options, record, now).has_received_message());
}

TEST_P(DurableListener, RepeatsTheFinalAnswerAfterARestartAsLongAsBefore) {
  engine::RecoveredAcceptor record = RecordOf(Handle(Create("urn:m1", "urn:o")));
  const SequenceId sequence = record.created.identity.sequence;
  record.ended = true;
  engine::Respond final_answer = Final(sequence);
  final_answer.envelope.addressing.action = wire::ActionUri(
      GetParam(), is_11() ? wire::RmAction::kTerminateSequenceResponse : wire::RmAction::kTerminateSequence);
  record.final_answer = engine::FinalAnswerText(final_answer);
  Restart(record);
  EXPECT_EQ(restarted->open_sequences(), 0u);
  Pass(options.tombstone_lifetime - Duration::Microseconds(1));
  EXPECT_EQ(Line(restarted->HandleUnknown(now, Terminate(sequence), Principal())), Line(final_answer));
  Pass(Duration::Microseconds(1));
  EXPECT_EQ(Line(restarted->HandleUnknown(now, Terminate(sequence), Principal())), "500 UnknownSequence");
}

TEST_P(DurableListener, SaysWhichSequencesItHasForgotten) {
  engine::RecoveredAcceptor record = RecordOf(Handle(Create("urn:m1", "")));
  record.ended = true;
  Restart(record);
  EXPECT_EQ(restarted->NextTimeout(), now + options.create_memory);
  Pass(options.tombstone_lifetime - Duration::Microseconds(1));
  restarted->HandleTimeout(now);
  EXPECT_TRUE(restarted->TakeForgotten().empty());
  Pass(Duration::Microseconds(1));
  restarted->HandleTimeout(now);
  EXPECT_EQ(restarted->TakeForgotten(), std::vector<SequenceId>{record.created.identity.sequence});
  EXPECT_TRUE(restarted->TakeForgotten().empty());
}

TEST_P(DurableListener, SaysSoToOfTheOldestOfTooMany) {
  options.sequences_per_endpoint = 2000;
  const SequenceId first = Open("urn:first");
  listener().SessionEnded(now, first, std::nullopt);
  for (int i = 1; i < 1024; ++i) listener().SessionEnded(now, Open("urn:" + std::to_string(i)), std::nullopt);
  EXPECT_TRUE(listener().TakeForgotten().empty());
  listener().SessionEnded(now, Open("urn:last"), std::nullopt);
  EXPECT_EQ(listener().TakeForgotten(), std::vector<SequenceId>{first});
}

TEST_P(DurableListener, WithoutAStoreNobodyIsTold) {
  options.durable = false;
  listener().SessionEnded(now, Open("urn:m1"), std::nullopt);
  Pass(options.tombstone_lifetime);
  listener().HandleTimeout(now);
  EXPECT_TRUE(listener().TakeForgotten().empty());
}

TEST_P(DurableListener, RefusesNewSessionsWithTheStoresOwnReason) {
  const Status full = Status::Error(ErrorClass::kTryAgain, "StoreFull", "The quota is used up.", "");
  const wire::Envelope known = Create("urn:m1", "urn:o1");
  const SequenceId sequence = IdOf(Handle(known));
  const engine::CreateDisposition refused = listener().HandleCreate(now, Create("urn:m2", "urn:o2"), Principal(), full);
  EXPECT_EQ(FaultName(ResponseOf(refused)), "ConnectionLimitReached");
  EXPECT_EQ(ResponseOf(refused).envelope.fault()->reason, "The quota is used up.");
  EXPECT_FALSE(ResponseOf(refused).envelope.fault()->sender);
  EXPECT_EQ(IdOf(listener().HandleCreate(now, known, Principal(), full)), sequence) << "that one is there";
  EXPECT_EQ(Send(Create("urn:m2", "urn:o2")), "accepted") << "there is room again";
}

}  // namespace
}  // namespace gsoaprm::acceptor_testing
