// A full store, and a full disk: what is new is refused, what was accepted is kept, and service resumes.
#include "store/quota.h"

#include <gtest/gtest.h>

#include <thread>

#include "tests/store/fault_vfs.h"
#include "tests/store/samples.h"
#include "tests/store/temporary_folder.h"

namespace gsoaprm::testing {
namespace {

TEST(Quota, HasRoomUpToTheReserve) {
  for (std::uint64_t quota : {std::uint64_t{1} << 20, std::uint64_t{100} << 20, std::uint64_t{1} << 30,
                              std::uint64_t{1} << 40, std::uint64_t{100000}, std::uint64_t{10}}) {
    std::uint64_t limit = quota - store::QuotaReserve(quota);
    EXPECT_TRUE(store::QuotaHasRoom(limit - 1, quota)) << quota;
    EXPECT_FALSE(store::QuotaHasRoom(limit, quota)) << quota;
    EXPECT_FALSE(store::QuotaHasRoom(limit + 1, quota)) << quota;
    EXPECT_FALSE(store::QuotaHasRoom(quota + 1, quota)) << quota;
  }
}

TEST(Quota, TheReserveIsASixteenthWithinBounds) {
  EXPECT_EQ(store::QuotaReserve(0), 0u);
  EXPECT_EQ(store::QuotaReserve(100000), 50000u);
  EXPECT_EQ(store::QuotaReserve(16 * store::kSmallestReserve - 16), store::kSmallestReserve);
  EXPECT_EQ(store::QuotaReserve(16 * store::kSmallestReserve), store::kSmallestReserve);
  EXPECT_EQ(store::QuotaReserve(16 * store::kSmallestReserve + 16), store::kSmallestReserve + 1);
  EXPECT_EQ(store::QuotaReserve(16 * store::kLargestReserve - 16), store::kLargestReserve - 1);
  EXPECT_EQ(store::QuotaReserve(16 * store::kLargestReserve), store::kLargestReserve);
  EXPECT_EQ(store::QuotaReserve(16 * store::kLargestReserve + 16), store::kLargestReserve);
}

class StoreRoom : public ::testing::Test {
 protected:
  StoreRoom() {
    options_.path = file_;
    options_.vfs = vfs_.name();
    options_.first_retry = Duration::Milliseconds(1);
    options_.longest_retry = Duration::Milliseconds(4);
    options_.lazy_delay = Duration::Seconds(3600);
  }
  void Open() {
    store_.reset();
    Status problem;
    store_ = store::OpenSqliteStore(options_, &problem);
    ASSERT_NE(store_, nullptr) << problem.reason;
  }
  bool Confirmed(const engine::Changes& changes) { return store_->WaitDurable(store_->Enqueue(changes), kPatience); }

  TemporaryFolder folder_;
  FaultVfs vfs_{"store-room"};
  std::string file_ = folder_.File("sessions.db");
  std::string large_ = std::string(20000, 'x');
  store::SqliteStoreOptions options_;
  std::unique_ptr<store::Store> store_;
};

TEST_F(StoreRoom, WhenTheQuotaIsUsedUpWhatIsNewIsRefusedUntilSomethingIsDone) {
  options_.quota_bytes = 1 << 20;
  Open();
  int id = 0;
  while (store_->HasRoom()) ASSERT_TRUE(Confirmed({Put(++id, "", 0, large_)}));
  EXPECT_EQ(store_->problem().code, "StoreFull");
  EXPECT_EQ(store_->problem().error, ErrorClass::kTryAgain);
  EXPECT_LT(store_->metrics().bytes, options_.quota_bytes);
  EXPECT_GT(store_->metrics().bytes, options_.quota_bytes - store::QuotaReserve(options_.quota_bytes) - 1);
  // What concerns accepted ones still goes, and nothing is lost.
  ASSERT_TRUE(Confirmed({Session("s", 1, 0), engine::OutgoingAssigned{1, SequenceId("urn:uuid:s"), MessageNumber(1)}}));
  EXPECT_EQ(store_->Waiting(Uri("http://server/service"), 0, 1000).size(), static_cast<std::size_t>(id - 1));
  EXPECT_FALSE(store_->HasRoom());
  // The file does not shrink, but what was deleted is room.
  ASSERT_TRUE(Confirmed({engine::OutgoingDone{1}, engine::OutgoingDone{2}}));
  EXPECT_TRUE(store_->HasRoom());
  EXPECT_TRUE(store_->problem().ok());
}

TEST_F(StoreRoom, WhatIsEnqueuedAndNotYetWrittenCounts) {
  options_.quota_bytes = 1 << 20;
  Open();
  std::uint64_t limit = options_.quota_bytes - store::QuotaReserve(options_.quota_bytes);
  std::uint64_t free = limit - store_->metrics().bytes;
  // 256 for the row.
  for (std::uint64_t size : {free - 256 - 1, free - 256, free - 256 + 1}) {
    store::Ticket ticket = store_->Enqueue({Put(1, "", 0, std::string(size, 'x'))});
    EXPECT_EQ(store_->HasRoom(), size < free - 256);
    ASSERT_TRUE(store_->WaitDurable(ticket, kPatience));
    ASSERT_TRUE(Confirmed({engine::OutgoingDone{1}}));
    Open();
    free = limit - store_->metrics().bytes;
  }
}

TEST_F(StoreRoom, AfterARestartTheQuotaIsStillUsedUp) {
  options_.quota_bytes = 1 << 20;
  Open();
  int id = 0;
  while (store_->HasRoom()) ASSERT_TRUE(Confirmed({Put(++id, "", 0, large_)}));
  Open();
  EXPECT_FALSE(store_->HasRoom());
}

TEST_F(StoreRoom, OnAFullDiskAcceptedMessagesAreKeptAndServiceResumes) {
  Open();
  ASSERT_TRUE(Confirmed({Put(1)}));
  vfs_.LimitSpace(600000);
  int confirmed = 1;
  while (store_->WaitDurable(store_->Enqueue({Put(confirmed + 1, "", 0, large_)}), Duration::Milliseconds(50))) {
    ++confirmed;
    ASSERT_LT(confirmed, 100);
  }
  EXPECT_GT(confirmed, 3);
  EXPECT_FALSE(store_->HasRoom());
  EXPECT_EQ(store_->problem().code, "StoreFull");
  EXPECT_EQ(store_->Waiting(Uri("http://server/service"), 0, 1000).size(), static_cast<std::size_t>(confirmed));
  vfs_.Repair();
  while (!store_->HasRoom()) std::this_thread::yield();
  // The one that did not fit has been written since.
  EXPECT_EQ(store_->Waiting(Uri("http://server/service"), 0, 1000).size(), static_cast<std::size_t>(confirmed + 1));
  EXPECT_TRUE(Confirmed({Put(confirmed + 2)}));
}

TEST_F(StoreRoom, ADiskThatIsFullAtTheStartTakesNothingUntilThereIsRoom) {
  vfs_.LimitSpace(30000);
  Open();
  store::Ticket ticket = store_->Enqueue({Put(1)});
  EXPECT_FALSE(store_->WaitDurable(ticket, Duration::Milliseconds(20)));
  EXPECT_FALSE(store_->HasRoom());
  EXPECT_EQ(store_->problem().code, "StoreFull");
  EXPECT_EQ(store_->problem().error, ErrorClass::kTryAgain);
  vfs_.Repair();
  EXPECT_TRUE(store_->WaitDurable(ticket, kPatience));
}

TEST_F(StoreRoom, AFileThatCannotBeMadeOnAFullDiskIsReported) {
  vfs_.LimitSpace(0);
  Status problem;
  EXPECT_EQ(store::OpenSqliteStore(options_, &problem), nullptr);
  EXPECT_EQ(problem.code, "StoreFull");
  vfs_.Repair();
  Open();
}

}  // namespace
}  // namespace gsoaprm::testing
