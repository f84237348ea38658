// What is enqueued comes back after the store has been closed and opened again.
#include <gtest/gtest.h>

#include "tests/store/samples.h"
#include "tests/store/state.h"
#include "tests/store/temporary_folder.h"

namespace gsoaprm::testing {
namespace {

using engine::Changes;

// Each step is committed by itself, and compared after a reopen.
class StoreRoundTrip : public ::testing::Test {
 protected:
  void ExpectToComeBack(const std::vector<Changes>& steps) {
    State expected;
    for (const Changes& step : steps) {
      std::unique_ptr<store::Store> store = OpenStore(file_);
      ASSERT_NE(store, nullptr);
      ASSERT_TRUE(store->WaitDurable(store->Enqueue(step), kPatience));
      store.reset();
      expected.Apply(step);
      ASSERT_EQ(TextOfFile(file_), expected.Text());
    }
  }

  TemporaryFolder folder_;
  std::string file_ = folder_.File("sessions.db");
};

TEST_F(StoreRoundTrip, AnAcceptorWithMessagesAndRepliesComesBack) {
  engine::SequenceAdvanced far = Advanced("a", 7, 4);
  far.state.acknowledged.Insert(MessageNumber(9));
  far.state.acknowledged.InsertRange(MessageNumber(MessageNumber::kMaximum - 1),
                                     MessageNumber(MessageNumber::kMaximum));
  far.state.last = MessageNumber(MessageNumber::kMaximum);
  far.state.closed = true;
  engine::ReplyKept empty = Kept("a", 3, 3);
  empty.reply.payload = nullptr;
  empty.reply.relates_to.reset();
  empty.reply.last_message = true;
  empty.reply.http_status = 500;
  ExpectToComeBack({
      {Created("a")},
      {Created("b"), Advanced("b", 1)},
      {Taken("a", 1), Taken("a", 2, true), Taken("b", 3), far},
      {Taken("a", 1, true)},
      {engine::MessageDone{SequenceId("urn:uuid:a"), MessageNumber(1)}, Kept("a", 1, 1), Kept("a", 2, 2), empty},
      {engine::ReplyReleased{SequenceId("urn:uuid:a"), MessageNumber(1)}, Kept("b", 1, 1)},
      {engine::MessageBuried{SequenceId("urn:uuid:a"), MessageNumber(2), "the server stopped while its operation ran"}},
      {engine::SequenceEnded{SequenceId("urn:uuid:a"), "<the final answer>"}},
      {engine::SequenceForgotten{SequenceId("urn:uuid:b")}},
      {engine::SequenceForgotten{SequenceId("urn:uuid:a")}},
  });
}

TEST_F(StoreRoundTrip, AnInitiatorWithItsMessagesComesBack) {
  ExpectToComeBack({
      {Put(1), Put(2)},
      {Session("s", 2, 0), engine::OutgoingAssigned{1, SequenceId("urn:uuid:s"), MessageNumber(1)}},
      {Put(3, "s", 2), Session("s", 2, 1, 1)},
      {engine::OutgoingDone{1}},
      {engine::OutgoingAssigned{3, SequenceId(), MessageNumber()}},
      {engine::OutgoingBuried{2, "nobody wants it"}, engine::InitiatorEnded{SequenceId("urn:uuid:s")}},
      {engine::OutgoingDone{3}},
  });
}

TEST_F(StoreRoundTrip, AMessageMayComeBeforeTheRowOfItsSequenceInOneStep) {
  ExpectToComeBack({{Put(1, "s", 1), Session("s", 1, 0)}});
}

TEST_F(StoreRoundTrip, BytesThatAreNoTextComeBack) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  std::string large(300000, 'x');
  ExpectToComeBack({{Put(1, "", 0, bytes), Put(2, "", 0, large)}});
}

TEST_F(StoreRoundTrip, AChangeOfASequenceThatIsNotThereChangesNothing) {
  ExpectToComeBack(
      {{Advanced("nobody", 3), Taken("nobody", 1), Kept("nobody", 1, 1),
        engine::MessageDone{SequenceId("urn:uuid:nobody"), MessageNumber(1)},
        engine::MessageBuried{SequenceId("urn:uuid:nobody"), MessageNumber(1), "why"}, engine::OutgoingDone{99},
        engine::OutgoingBuried{99, "why"}, engine::SequenceEnded{SequenceId("urn:uuid:nobody"), "x"},
        engine::SequenceForgotten{SequenceId("urn:uuid:nobody")},
        engine::InitiatorEnded{SequenceId("urn:uuid:nobody")}}});
}

TEST_F(StoreRoundTrip, WhatASessionLeavesBehindAgainstTheRuleBecomesADeadLetter) {
  std::unique_ptr<store::Store> store = OpenStore(file_);
  store->Enqueue({Session("s", 1, 0), Put(1, "s", 1)});
  ASSERT_TRUE(store->WaitDurable(store->Enqueue({engine::InitiatorEnded{SequenceId("urn:uuid:s")}}), kPatience));
  store.reset();
  EXPECT_EQ(TextOfFile(file_),
            "letter client to=http://server/service sequence=urn:uuid:s 1 one_way=0 urn:send 'urn:uuid:outgoing-1' "
            "<outgoing 1> because its session has ended\n");
}

TEST_F(StoreRoundTrip, WhatNobodyWaitedForIsWrittenWhenTheStoreIsClosed) {
  std::unique_ptr<store::Store> store = OpenStore(file_);
  State expected;
  expected.Apply({Put(1)});
  store->Enqueue({Put(1)});
  store.reset();
  EXPECT_EQ(TextOfFile(file_), expected.Text());
}

TEST_F(StoreRoundTrip, OutgoingIdsRiseOverRestarts) {
  engine::OutgoingId last = 0;
  for (int round = 0; round < 3; ++round) {
    std::unique_ptr<store::Store> store = OpenStore(file_);
    for (int i = 0; i < 3; ++i) {
      engine::OutgoingId id = store->NextOutgoingId();
      EXPECT_GT(id, last);
      last = id;
      // Nothing is left from which the next could be told.
      ASSERT_TRUE(store->WaitDurable(store->Enqueue({Put(id), engine::OutgoingDone{id}}), kPatience));
    }
  }
}

TEST_F(StoreRoundTrip, WaitingMessagesArePagedInTheirOrder) {
  std::unique_ptr<store::Store> store = OpenStore(file_);
  engine::OutgoingPut elsewhere = Put(3);
  elsewhere.message.endpoint = Uri("http://other/");
  ASSERT_TRUE(store->WaitDurable(
      store->Enqueue({Session("s", 1, 0), Put(1), Put(2, "s", 1), elsewhere, Put(4), Put(5)}), kPatience));
  auto page = store->Waiting(Uri("http://server/service"), 0, 2);
  ASSERT_EQ(page.size(), 2u);
  EXPECT_EQ(page[0].id, 1);
  EXPECT_EQ(page[1].id, 4);
  page = store->Waiting(Uri("http://server/service"), 4, 2);
  ASSERT_EQ(page.size(), 1u);
  EXPECT_EQ(page[0].id, 5);
  EXPECT_TRUE(store->Waiting(Uri("http://server/service"), 5, 2).empty());
  EXPECT_TRUE(store->Waiting(Uri("http://nobody/"), 0, 2).empty());
  EXPECT_EQ(store->WaitingEndpoints(), (std::vector<Uri>{Uri("http://server/service"), Uri("http://other/")}));
}

TEST_F(StoreRoundTrip, ProgressIsToldAfterEveryThousandRowsAndAtTheEnd) {
  for (std::uint64_t rows : {0, 999, 1000, 1001, 2000, 2001}) {
    std::filesystem::remove(file_);
    std::unique_ptr<store::Store> store = OpenStore(file_);
    Changes changes;
    if (rows > 0) changes.push_back(Session("s", rows, 0));
    for (std::uint64_t i = 1; i < rows; ++i) changes.push_back(Put(static_cast<engine::OutgoingId>(i), "s", i));
    ASSERT_TRUE(store->WaitDurable(store->Enqueue(std::move(changes)), kPatience));
    store = nullptr;
    store = OpenStore(file_);
    StateReader reader;
    ASSERT_TRUE(store->Load(&reader).ok());
    ASSERT_EQ(reader.progress.size(), rows == 0 ? 1 : (rows - 1) / 1000 + 1) << rows;
    EXPECT_EQ(reader.progress.back(), std::make_pair(rows, rows));
  }
}

}  // namespace
}  // namespace gsoaprm::testing
