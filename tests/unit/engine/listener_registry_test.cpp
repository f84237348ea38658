// What the listener remembers of its sequences: said twice, or of one that it does not know, nothing changes.
#include "engine/listener_registry.h"

#include <gtest/gtest.h>

namespace gsoaprm::engine {
namespace {

constexpr Timestamp kStart = Timestamp::FromMicroseconds(1000000);

SequenceRecord RecordOf(const std::string& sequence, const std::string& message_id = "",
                        const std::string& offered = "") {
  SequenceRecord record;
  record.sequence = SequenceId(sequence);
  record.offered = SequenceId(offered);
  if (!message_id.empty()) {
    record.create = std::make_unique<CreateMemory>();
    record.create->message_id = MessageId(message_id);
  }
  return record;
}

class ListenerRegistryTest : public ::testing::Test {
 protected:
  std::string CreatedBy(const std::string& message_id) const {
    const SequenceRecord* record = registry.FindCreate(MessageId(message_id), Principal());
    return record == nullptr ? "none" : record->sequence.text();
  }
  ListenerRegistry registry{true};
};

TEST_F(ListenerRegistryTest, LeavesWhatItDoesNotKnowAlone) {
  registry.Add(kStart, RecordOf("urn:s"));
  const SequenceId unknown("urn:unknown");
  registry.Activate(unknown);
  registry.GiveUp(unknown);
  registry.Withdraw(unknown);
  registry.End(kStart, unknown, std::nullopt);
  EXPECT_EQ(registry.live(), 1u);
  EXPECT_EQ(registry.pending(), 1u);
  EXPECT_EQ(registry.Find(unknown), nullptr);
  EXPECT_TRUE(registry.TakeForgotten().empty());
}

TEST_F(ListenerRegistryTest, KnowsOfNoPendingSequenceWhenAllAreActive) {
  EXPECT_EQ(registry.OldestPending(), nullptr);
  registry.Add(kStart, RecordOf("urn:s1"));
  registry.Add(kStart, RecordOf("urn:s2"));
  EXPECT_EQ(registry.OldestPending()->sequence, SequenceId("urn:s1"));
  registry.Activate(SequenceId("urn:s1"));
  registry.Activate(SequenceId("urn:s1"));
  EXPECT_EQ(registry.OldestPending()->sequence, SequenceId("urn:s2"));
  registry.GiveUp(SequenceId("urn:s2"));
  registry.GiveUp(SequenceId("urn:s2"));
  EXPECT_EQ(registry.OldestPending(), nullptr);
  EXPECT_EQ(registry.live(), 2u);
}

TEST_F(ListenerRegistryTest, KeepsTheFirstFinalAnswerOfASequenceThatEndsTwice) {
  registry.Add(kStart, RecordOf("urn:s"));
  Respond answer;
  answer.http_status = 200;
  registry.End(kStart, SequenceId("urn:s"), answer);
  answer.http_status = 500;
  registry.End(kStart + Duration::Seconds(1), SequenceId("urn:s"), answer);
  const SequenceRecord* record = registry.Find(SequenceId("urn:s"));
  ASSERT_NE(record, nullptr);
  EXPECT_EQ(record->final_answer->http_status, 200);
  EXPECT_EQ(record->since, kStart);
  EXPECT_EQ(registry.live(), 0u);
}

TEST_F(ListenerRegistryTest, ForgetsAWithdrawnSequenceWithItsCreateSequenceAndOffer) {
  registry.Add(kStart, RecordOf("urn:s", "urn:m", "urn:o"));
  EXPECT_EQ(CreatedBy("urn:m"), "urn:s");
  registry.Withdraw(SequenceId("urn:s"));
  EXPECT_EQ(registry.Find(SequenceId("urn:s")), nullptr);
  EXPECT_EQ(registry.FindOffer(SequenceId("urn:o")), nullptr);
  EXPECT_EQ(CreatedBy("urn:m"), "none");
  EXPECT_EQ(registry.live(), 0u);
  EXPECT_EQ(registry.pending(), 0u);
  EXPECT_TRUE(registry.NextForget(Duration::Seconds(1), Duration::Seconds(1)).never());
}

TEST_F(ListenerRegistryTest, KeepsTheOfferOfTheSuccessorWhenItsPredecessorIsForgotten) {
  registry.Add(kStart, RecordOf("urn:s1", "", "urn:o"));
  registry.End(kStart, SequenceId("urn:s1"), std::nullopt);
  registry.Add(kStart, RecordOf("urn:s2", "", "urn:o"));
  registry.Forget(kStart + Duration::Seconds(10), Duration::Seconds(1), Duration::Seconds(10));
  EXPECT_EQ(registry.Find(SequenceId("urn:s1")), nullptr);
  ASSERT_NE(registry.FindOffer(SequenceId("urn:o")), nullptr);
  EXPECT_EQ(registry.FindOffer(SequenceId("urn:o"))->sequence, SequenceId("urn:s2"));
  EXPECT_EQ(registry.TakeForgotten(), std::vector<SequenceId>{SequenceId("urn:s1")});
}

TEST_F(ListenerRegistryTest, CountsTheSequencesOfAPrincipalAndNobodysAreNotCounted) {
  for (const char* sequence : {"urn:s1", "urn:s2"}) {
    SequenceRecord record = RecordOf(sequence);
    record.principal = Principal("alice");
    registry.Add(kStart, std::move(record));
  }
  registry.Add(kStart, RecordOf("urn:s3"));
  EXPECT_EQ(registry.LiveOf(Principal("alice")), 2u);
  EXPECT_EQ(registry.LiveOf(Principal("mallory")), 0u);
  EXPECT_EQ(registry.LiveOf(Principal()), 0u);
  registry.Withdraw(SequenceId("urn:s1"));
  EXPECT_EQ(registry.LiveOf(Principal("alice")), 1u);
  registry.Withdraw(SequenceId("urn:s2"));
  EXPECT_EQ(registry.LiveOf(Principal("alice")), 0u);
}

}  // namespace
}  // namespace gsoaprm::engine
