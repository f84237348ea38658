// A session that goes on after its process was killed: at each boundary, in each mode of delivery.
#include <gtest/gtest.h>

#include "engine/acceptor_answers.h"
#include "tests/unit/engine/durable_acceptor.h"
#include "wire/envelope_writer.h"

namespace gsoaprm::acceptor_testing {
namespace {

using engine::Delivery;

class DurableRestart : public DurableAcceptorTest {};
INSTANTIATE_TEST_SUITE_P(Rm, DurableRestart, BothVersions(), VersionName);

// ---- at least once ----

TEST_P(DurableRestart, AMessageWhoseOperationWasCutShortRunsAgain) {
  client.Call(1);
  EXPECT_EQ(client.Send(client.Request(2)), "deliver 2");
  SaveAndCrash();
  EXPECT_EQ(client.Send(client.AckRequested()), "200 SequenceAcknowledgement ack=[1-1]");
  EXPECT_EQ(client.Send(client.Request(2)), "deliver 2");
  EXPECT_EQ(client.Answer(2), "200 reply seq=2 ack=[1-2]");
}

TEST_P(DurableRestart, AMessageWhoseMarkWasNotWrittenRunsAgain) {
  EXPECT_EQ(client.Send(client.Request(1)), "deliver 1");
  Save();
  client.Answer(1);
  Crash();
  EXPECT_EQ(client.Send(client.Request(1)), "deliver 1");
}

TEST_P(DurableRestart, AReplyThatWasNotSentIsSentToTheCopy) {
  EXPECT_EQ(client.Send(client.Request(1)), "deliver 1");
  engine::OperationAnswer answer;
  answer.reply = MakePayload("a fault of the operation", true);
  answer.http_status = 500;
  const std::string line = Line(client.AnswerOf(1, answer));
  EXPECT_EQ(line, "500 reply seq=1 ack=[1-1]");
  const wire::Envelope before = ReplyTo(1);
  SaveAndCrash();
  EXPECT_EQ(client.Send(client.Request(1)), line);
  const wire::Envelope after = ReplyTo(1);
  EXPECT_EQ((*after.payload())->entity, (*before.payload())->entity);
  EXPECT_EQ(after.addressing.action, before.addressing.action);
  EXPECT_EQ(after.addressing.relates_to, before.addressing.relates_to);
  EXPECT_EQ(client.session().metrics().delivered, 0u);
}

TEST_P(DurableRestart, RepliesGoOnWithTheNextNumber) {
  client.Call(1);
  client.Send(client.Acking(client.Request(2), {1}));
  client.Answer(2);
  client.Return(2);
  SaveAndCrash();
  EXPECT_EQ(KeptReplies(), 1u) << "the first was acknowledged";
  EXPECT_EQ(client.Send(client.Request(1)), "200 SequenceAcknowledgement ack=[1-2]");
  EXPECT_EQ(client.Call(3), "200 reply seq=3 ack=[1-3]");
  EXPECT_EQ(client.Send(client.AckAlone({1, 2, 3})), "202");
  EXPECT_EQ(client.Send(client.AckAlone({4})), "500 InvalidAcknowledgement");
}

TEST_P(DurableRestart, AReleasedReplyMayComeBackAndIsReleasedAgain) {
  client.Call(1);
  Save();
  client.Send(client.AckAlone({1}));
  Crash();  // that it was released was not written yet
  EXPECT_EQ(client.Send(client.Request(1)), "200 reply seq=1 ack=[1-1]");
  client.Send(client.AckAlone({1}));
  Save();
  EXPECT_EQ(KeptReplies(), 0u);
}

TEST_P(DurableRestart, AKeptMessageRunsOnceWhenTheGapCloses) {
  EXPECT_EQ(client.Send(client.Request(2, "early"), kIterative), "202");
  SaveAndCrash();
  EXPECT_EQ(client.TakeReady(), "nothing");
  EXPECT_EQ(client.Call(1), "200 reply seq=1 ack=[1-2]");
  const auto ready = client.session().TakeReady(client.now);
  ASSERT_TRUE(ready);
  EXPECT_EQ(ready->payload->entity, "early");
  EXPECT_EQ(ready->message_id, MessageId("urn:m2"));
  EXPECT_EQ(ready->action, "urn:calculator/Add");
  SaveAndCrash();
  EXPECT_EQ(KeptRows(), 1u) << "it has not answered";
  EXPECT_EQ(client.TakeReady(), "deliver 2");
  client.Answer(2);
  client.Return(2);
  SaveAndCrash();
  EXPECT_EQ(KeptRows(), 0u);
  EXPECT_EQ(client.TakeReady(), "nothing");
  EXPECT_EQ(client.Send(client.Request(2)), "200 reply seq=2 ack=[1-2]");
}

TEST_P(DurableRestart, ACopyMayRunAKeptMessage) {
  client.Call(1);
  EXPECT_EQ(client.Send(client.Request(3), kIterative), "202");
  SaveAndCrash();
  client.Call(2);
  EXPECT_EQ(client.Send(client.Request(3)), "deliver 3");
}

TEST_P(DurableRestart, OperationsBesideEachOtherRunAgainWithoutThoseThatHadAnswered) {
  client.options.concurrency_mode = engine::ConcurrencyMode::kMultiple;
  for (std::uint64_t number = 1; number <= 3; ++number) client.Send(client.Request(number));
  client.Answer(2);
  SaveAndCrash();
  EXPECT_EQ(Acked(), "[2-2]");
  EXPECT_EQ(client.Send(client.Request(1)), "deliver 1");
  EXPECT_EQ(client.Send(client.Request(2)), "200 reply seq=1 ack=[2-2]");
  EXPECT_EQ(client.Send(client.Request(3)), "deliver 3");
  client.Answer(1);
  EXPECT_EQ(client.Answer(3), "200 reply seq=3 ack=[1-3]");
}

TEST_P(DurableRestart, AcknowledgementsNeverShrink) {
  client.options.ordered = false;
  client.options.concurrency_mode = engine::ConcurrencyMode::kMultiple;
  MessageRanges told;
  for (const std::uint64_t number : {2, 5, 1, 4, 3, 7, 6}) {
    client.Send(client.Request(number));
    const engine::Disposition answer = client.AnswerOf(number, {MakePayload("reply"), 200, ""});
    client.Return(number);
    Save();  // before it is seen
    const MessageRanges now = std::get<engine::Respond>(answer).envelope.acknowledgement->ranges;
    EXPECT_TRUE(now.Covers(told));
    told = now;
    client.Send(client.Request(number + 7));  // runs into the crash
    Crash();
    const engine::Disposition after = client.Handle(client.AckRequested());
    EXPECT_EQ(std::get<engine::Respond>(after).envelope.acknowledgement->ranges, told);
  }
}

// ---- at most once ----

TEST_P(DurableRestart, AtMostOnceAMessageThatWasBegunIsNotRunAgain) {
  Use(Delivery::kAtMostOnce);
  EXPECT_EQ(client.Send(client.Request(1, "the order")), "deliver 1");
  SaveAndCrash();
  // Its client learns that nobody knows what came of it, and waits no longer.
  EXPECT_EQ(client.Send(client.Request(1)), "500 reply seq=1 ack=[1-1]");
  const wire::Envelope reply = ReplyTo(1);
  EXPECT_TRUE((*reply.payload())->is_fault);
  EXPECT_NE((*reply.payload())->entity.find("The server stopped while the operation ran; its outcome is unknown."),
            std::string::npos);
  EXPECT_NE((*reply.payload())->entity.find("Receiver"), std::string::npos);
  EXPECT_EQ(reply.addressing.relates_to, MessageId("urn:m1"));
  EXPECT_EQ(reply.addressing.action, wire::SoapFaultAction(reply.protocol.addressing));
  EXPECT_NE(wire::WriteEnvelope(reply).entity.find("Sequence"), std::string::npos);
  Save();
  ASSERT_EQ(disk.dead_letters.size(), 1u);
  EXPECT_EQ(disk.dead_letters[0].payload->entity, "the order");
  EXPECT_EQ(KeptRows(), 0u);
  EXPECT_EQ(client.Call(2), "200 reply seq=2 ack=[1-2]");
}

TEST_P(DurableRestart, AtMostOnceAOneWayMessageThatWasBegunIsADeadLetter) {
  Use(Delivery::kAtMostOnce);
  EXPECT_EQ(client.Send(client.OneWay(1)), "deliver 1");
  SaveAndCrash();
  EXPECT_EQ(client.Send(client.OneWay(1)), "200 SequenceAcknowledgement ack=[1-1]");
  Save();
  EXPECT_EQ(disk.dead_letters.size(), 1u);
  EXPECT_EQ(KeptReplies(), 0u);
}

TEST_P(DurableRestart, AtMostOnceAMessageWhoseBeginningWasNotWrittenRuns) {
  Use(Delivery::kAtMostOnce);
  Save();
  EXPECT_EQ(client.Send(client.Request(1)), "deliver 1");
  Crash();
  EXPECT_EQ(client.Send(client.Request(1)), "deliver 1");
}

TEST_P(DurableRestart, AtMostOnceAnAnsweredMessageIsNoDeadLetter) {
  Use(Delivery::kAtMostOnce);
  client.Call(1);
  client.Note(2);
  SaveAndCrash();
  Save();
  EXPECT_TRUE(disk.dead_letters.empty());
  EXPECT_EQ(KeptRows(), 0u);
  EXPECT_EQ(client.Send(client.Request(1)), "200 reply seq=1 ack=[1-2]");
}

TEST_P(DurableRestart, AtMostOnceAKeptMessageThatWasNotBegunRuns) {
  Use(Delivery::kAtMostOnce);
  EXPECT_EQ(client.Send(client.Request(2), kIterative), "202");
  SaveAndCrash();
  client.Call(1);
  EXPECT_EQ(client.TakeReady(), "deliver 2");
  SaveAndCrash();
  Save();
  EXPECT_EQ(client.TakeReady(), "nothing");
  EXPECT_EQ(disk.dead_letters.size(), 1u);
  EXPECT_EQ(client.Send(client.Request(2)), "500 reply seq=2 ack=[1-2]");
}

TEST_P(DurableRestart, TheFaultIsOfTheSessionsSoapVersion) {
  Use(Delivery::kAtMostOnce);
  client.options.protocol.soap = wire::SoapVersion::k11;
  EXPECT_EQ(client.Send(client.Request(1)), "deliver 1");
  SaveAndCrash();
  const wire::Envelope reply = ReplyTo(1);
  EXPECT_NE((*reply.payload())->entity.find("http://schemas.xmlsoap.org/soap/envelope/"), std::string::npos);
  EXPECT_NE((*reply.payload())->entity.find("Server"), std::string::npos);
}

// ---- exactly once: a transaction that could not be committed ----

TEST_P(DurableRestart, AnOperationThatWasUndoneRunsAgainWithTheNextCopy) {
  Use(Delivery::kExactlyOnce);
  client.Call(1);
  EXPECT_EQ(client.Send(client.Request(2)), "deliver 2");
  client.Undo(2);
  EXPECT_EQ(client.Send(client.AckRequested()), "200 SequenceAcknowledgement ack=[1-1]");
  EXPECT_EQ(client.Send(client.Request(2)), "deliver 2");
  EXPECT_EQ(client.Answer(2), "200 reply seq=2 ack=[1-2]");
}

TEST_P(DurableRestart, AnOperationThatDoesNotRunCannotBeUndone) {
  Use(Delivery::kExactlyOnce);
  client.Call(1);
  EXPECT_EQ(client.Send(client.Request(2)), "deliver 2");
  for (const std::uint64_t number : {1, 3, 4}) client.Undo(number);
  client.Undo(2);
  client.Undo(2);
  EXPECT_EQ(client.Send(client.AckRequested()), "200 SequenceAcknowledgement ack=[1-1]");
  EXPECT_EQ(client.Send(client.Request(2)), "deliver 2");
  EXPECT_EQ(client.Send(client.Request(1)), "200 reply seq=1 ack=[1-1]");
}

TEST_P(DurableRestart, AnAnswerThatWasUndoneLeavesNothing) {
  Use(Delivery::kExactlyOnce);
  client.Call(1);
  Save();
  const std::string before = disk.Text();
  EXPECT_EQ(client.Send(client.Request(2)), "deliver 2");
  EXPECT_EQ(client.Answer(2), "200 reply seq=2 ack=[1-2]");
  client.session().TakeChanges();  // that is what could not be committed
  client.Undo(2);
  Save();
  EXPECT_EQ(disk.Text(), before);
  EXPECT_EQ(client.Send(client.Request(2)), "deliver 2");
  EXPECT_EQ(client.Answer(2), "200 reply seq=2 ack=[1-2]") << "the number of the reply is given again";
  SaveAndCrash();
  EXPECT_EQ(client.Send(client.Request(2)), "200 reply seq=2 ack=[1-2]");
}

TEST_P(DurableRestart, AKeptMessageThatWasUndoneIsKeptAgain) {
  Use(Delivery::kExactlyOnce);
  EXPECT_EQ(client.Send(client.Request(2, "early"), kIterative), "202");
  client.Call(1);
  Save();
  for (const bool answered : {false, true}) {
    EXPECT_EQ(client.TakeReady(), "deliver 2");
    if (answered) client.Answer(2);
    client.session().TakeChanges();
    client.Undo(2);
    EXPECT_EQ(client.Send(client.AckRequested()), "200 SequenceAcknowledgement ack=[1-2]");
  }
  Crash();
  const auto again = client.session().TakeReady(client.now);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->payload->entity, "early");
}

TEST_P(DurableRestart, AThreadThatAwaitedAnUndoneMessageIsLetGo) {
  Use(Delivery::kExactlyOnce);
  EXPECT_EQ(client.Send(client.Request(2), kIterative), "202");
  client.Call(1);
  EXPECT_EQ(client.TakeReady(), "deliver 2");
  EXPECT_EQ(client.Send(client.Request(2)), "wait 2");
  client.Undo(2);
  EXPECT_EQ(client.TryBegin(2), "202");
  EXPECT_EQ(client.Send(client.Request(2)), "deliver 2");
}

TEST_P(DurableRestart, AThreadThatAwaitedAnUndoneMessageAndAskedLateDoesNotRunItBesideTheNextCopy) {
  Use(Delivery::kExactlyOnce);
  client.options.ordered = false;
  client.Call(1);
  EXPECT_EQ(client.Send(client.Request(4)), "deliver 4");
  EXPECT_EQ(client.Send(client.Request(2), kIterative), "202");
  client.Answer(4);
  client.Return(4);
  EXPECT_EQ(client.TakeReady(), "deliver 2");
  EXPECT_EQ(client.Send(client.Request(2)), "wait 2");
  client.Undo(2);
  EXPECT_EQ(client.Send(client.Request(3)), "deliver 3");
  EXPECT_EQ(client.Send(client.Request(2)), "wait 2");  // both wait
  client.Answer(3);
  client.Return(3);
  EXPECT_EQ(client.TryBegin(2), "deliver 2");
  EXPECT_EQ(client.TryBegin(2), "202");
  EXPECT_EQ(client.Answer(2), "200 reply seq=4 ack=[1-4]");
}

TEST_P(DurableRestart, OneOfSeveralBesideEachOtherIsUndone) {
  Use(Delivery::kExactlyOnce);
  client.options.concurrency_mode = engine::ConcurrencyMode::kMultiple;
  for (std::uint64_t number = 1; number <= 3; ++number) client.Send(client.Request(number));
  client.Undo(2);
  client.Answer(1);
  EXPECT_EQ(client.Answer(3), "200 reply seq=2 ack=[1-1][3-3]");
  EXPECT_EQ(client.Send(client.Request(4), kIterative), "202") << "number 2 has to be begun first";
  EXPECT_EQ(client.Send(client.Request(2)), "deliver 2");
  EXPECT_EQ(client.TakeReady(), "deliver 4");
}

// ---- the end of the sequence ----

TEST_P(DurableRestart, ASequenceThatWasClosedStaysClosed) {
  if (!client.is_11()) return;  // 2005 has no CloseSequence
  client.Call(1);
  EXPECT_EQ(client.Send(client.Close(1)), "200 CloseSequenceResponse ack=[1-1] final");
  SaveAndCrash();
  EXPECT_EQ(client.Send(client.Close(1)), "200 CloseSequenceResponse ack=[1-1] final");
  EXPECT_EQ(client.Send(client.Close(2)), "500 SequenceTerminated") << "another last number";
}

TEST_P(DurableRestart, AClosedSequenceRefusesNewMessages) {
  if (!client.is_11()) return;
  client.Call(1);
  client.Send(client.Close(1));
  SaveAndCrash();
  EXPECT_EQ(client.Send(client.Request(2)), "500 SequenceClosed ack=[1-1] final");
}

TEST_P(DurableRestart, TheLastMessageIsRemembered) {
  if (client.is_11()) return;  // 1.1 has no LastMessage
  client.Call(1);
  EXPECT_EQ(client.Send(client.LastMessage(2)), "200 LastMessage seq=2 last ack=[1-2]");
  SaveAndCrash();
  EXPECT_EQ(client.Send(client.LastMessage(2)), "200 LastMessage seq=2 last ack=[1-2]");
  EXPECT_EQ(client.Send(client.Request(3)), "500 LastMessageNumberExceeded");
}

TEST_P(DurableRestart, TheFinalAnswerIsReadAsItWasWritten) {
  for (const auto addressing : {wire::AddressingVersion::k10, wire::AddressingVersion::kAugust2004}) {
    AcceptorClient other(GetParam());
    other.options.protocol.addressing = addressing;
    other.options.durable = true;
    other.Call(1);
    wire::Envelope terminate = other.Terminate(other.is_11() ? std::optional<std::uint64_t>(1) : std::nullopt);
    terminate.addressing.reply_to = Uri(std::string(wire::AnonymousAddress(addressing)));
    const std::string answer = other.Send(terminate);
    EXPECT_EQ(answer.substr(0, 3), "200");
    disk = testing::FakeDisk();
    disk.Apply({engine::SequenceCreated{other.identity(), MessageId("urn:create"), std::nullopt}});
    disk.Apply(other.session().TakeChanges());
    const engine::RecoveredAcceptor recovered = disk.RecoveredAcceptors().at(0);
    EXPECT_TRUE(recovered.ended);
    EXPECT_TRUE(recovered.replies.empty());
    const auto read = engine::ReadFinalAnswer(recovered.final_answer);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->http_status, 200);
    EXPECT_EQ(read->envelope.protocol, other.options.protocol);
    EXPECT_EQ(Line(*read), answer);
    const auto repeated = engine::RepeatFinalAnswer(*read, terminate);
    ASSERT_TRUE(repeated);
    EXPECT_EQ(Line(*repeated), answer);
    EXPECT_EQ(wire::WriteEnvelope(repeated->envelope).entity, recovered.final_answer);
  }
}

TEST_P(DurableRestart, ASessionThatEndedBadlyHasNoFinalAnswer) {
  client.Call(1);
  client.Send(client.Fault(wire::FaultCode::kSequenceTerminated, "urn:s"));
  Save();
  const engine::RecoveredAcceptor recovered = disk.RecoveredAcceptors().at(0);
  EXPECT_TRUE(recovered.ended);
  EXPECT_EQ(recovered.final_answer, "");
  EXPECT_FALSE(engine::ReadFinalAnswer(recovered.final_answer));
  EXPECT_FALSE(engine::ReadFinalAnswer("<damaged"));
}

TEST_P(DurableRestart, AcknowledgedMessagesThatTheEndStrandedAreDeadLetters) {
  client.Call(1);
  EXPECT_EQ(client.Send(client.Request(3, "stranded"), kIterative), "202");
  client.Send(client.Fault(wire::FaultCode::kSequenceTerminated, "urn:s"));
  EXPECT_TRUE(client.session().idle()) << "number 2 never came";
  Save();
  ASSERT_EQ(disk.dead_letters.size(), 1u);
  EXPECT_EQ(disk.dead_letters[0].payload->entity, "stranded");
  EXPECT_EQ(disk.dead_letters[0].reason, "The session ended before the operation ran.");
}

TEST_P(DurableRestart, WhatACrashLeftOfAnEndedSessionIsDeadLetters) {
  EXPECT_EQ(client.Send(client.Request(2), kIterative), "202");
  client.Send(client.Request(1));
  client.Send(client.Fault(wire::FaultCode::kSequenceTerminated, "urn:s"));
  Save();
  EXPECT_EQ(KeptRows(), 1u) << "it is still to run";
  const engine::RecoveredAcceptor recovered = disk.RecoveredAcceptors().at(0);
  disk.Apply(engine::BuryLeftovers(recovered));
  EXPECT_EQ(KeptRows(), 0u);
  EXPECT_EQ(disk.dead_letters.size(), 1u);
}

TEST_P(DurableRestart, WhatNobodyComesToRunAfterTheEndIsBuried) {
  EXPECT_EQ(client.Send(client.Request(2), kIterative), "202");
  client.Send(client.Request(1));
  client.Send(client.Fault(wire::FaultCode::kSequenceTerminated, "urn:s"));
  client.Return(1);
  client.session().BuryLeftovers();
  EXPECT_TRUE(client.session().idle());
  Save();
  EXPECT_EQ(disk.dead_letters.size(), 1u);
}

// Its client has no acknowledgement of it, and sends it again elsewhere.
TEST_P(DurableRestart, WhatRanButWasNeverTakenIsNotBuried) {
  client.Send(client.Request(1));
  client.Send(client.Fault(wire::FaultCode::kSequenceTerminated, "urn:s"));
  client.session().BuryLeftovers();
  for (const engine::Change& change : client.session().TakeChanges())
    EXPECT_FALSE(std::holds_alternative<engine::MessageBuried>(change));
}

// ---- twice ----

TEST_P(DurableRestart, RestoringTwiceGivesTheSame) {
  for (const Delivery delivery : {Delivery::kAtLeastOnce, Delivery::kAtMostOnce, Delivery::kExactlyOnce}) {
    disk = testing::FakeDisk();
    client = AcceptorClient(GetParam());
    Use(delivery);
    client.Call(1);
    client.Send(client.Request(4), kIterative);
    client.Send(client.Request(2));
    SaveAndCrash();
    testing::FakeDisk once = disk;
    once.Apply(client.session().TakeChanges());
    Crash();  // before any of that was written
    testing::FakeDisk twice = disk;
    twice.Apply(client.session().TakeChanges());
    EXPECT_EQ(once.Text(), twice.Text());
    disk = once;
    Crash();
    EXPECT_TRUE(client.session().TakeChanges().empty()) << "nothing is left to do";
  }
}

TEST_P(DurableRestart, MoreMayHaveBeenKeptThanIsAllowedNow) {
  client.options.max_transfer_window_size = 8;
  for (const std::uint64_t number : {3, 5, 7}) client.Send(client.Request(number), kIterative);
  Save();
  client.options.max_transfer_window_size = 1;
  client.options.acknowledgement_ranges = 1;
  Crash();
  client.Call(1);
  client.Call(2);
  EXPECT_EQ(client.TakeReady(), "deliver 3");
}

TEST_P(DurableRestart, ASessionThatWasNeverUsedGoesOn) {
  Save();
  Crash();
  EXPECT_FALSE(client.session().has_received_message());
  EXPECT_EQ(client.Call(1), "200 reply seq=1 ack=[1-1]");
  SaveAndCrash();
  EXPECT_TRUE(client.session().has_received_message());
}

TEST_P(DurableRestart, TheSilenceOfTheClientIsCountedFromTheRestart) {
  client.Call(1);
  Save();
  client.now = client.now + client.options.inactivity_timeout;
  Crash();
  EXPECT_EQ(client.session().NextTimeout(), client.now + client.options.inactivity_timeout);
}

}  // namespace
}  // namespace gsoaprm::acceptor_testing
