// Who commits, who waits, and what a transaction keeps others from.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "store/sqlite_connection.h"
#include "store/sqlite_database.h"
#include "tests/store/fault_vfs.h"
#include "tests/store/samples.h"
#include "tests/store/temporary_folder.h"

namespace gsoaprm::testing {
namespace {

class StoreCommits : public ::testing::Test {
 protected:
  StoreCommits() {
    options_.path = file_;
    options_.vfs = vfs_.name();
    options_.first_retry = Duration::Milliseconds(1);
    options_.longest_retry = Duration::Milliseconds(4);
    Open();
  }

  void Open() {
    store_.reset();
    Status problem;
    store_ = store::OpenSqliteStore(options_, &problem);
    ASSERT_NE(store_, nullptr) << problem.reason;
  }
  bool Confirmed(const engine::Changes& changes) { return store_->WaitDurable(store_->Enqueue(changes), kPatience); }
  bool Execute(store::Transaction* transaction, const std::string& sql) {
    return sqlite3_exec(static_cast<sqlite3*>(transaction->handle()), sql.c_str(), nullptr, nullptr, nullptr) ==
           SQLITE_OK;
  }
  std::int64_t RowsOfApplication() {
    int result = SQLITE_OK;
    auto file = store::Connection::Open(file_, "", SQLITE_OPEN_READWRITE, &result);
    return file->Number("SELECT count(*) FROM application").value_or(-1);
  }
  void MakeApplicationTable() {
    auto transaction = store_->Begin(kPatience);
    ASSERT_NE(transaction, nullptr);
    ASSERT_TRUE(Execute(transaction.get(), "CREATE TABLE application(value INTEGER)"));
    ASSERT_TRUE(transaction->Commit({}));
  }
  std::string Text() {
    store_.reset();
    return TextOfFile(file_);
  }

  TemporaryFolder folder_;
  FaultVfs vfs_{"store-commits"};
  std::string file_ = folder_.File("sessions.db");
  store::SqliteStoreOptions options_;
  std::unique_ptr<store::Store> store_;
};

TEST_F(StoreCommits, NothingIsDurableBeforeItsCommit) {
  options_.lazy_delay = Duration::Seconds(3600);
  Open();
  EXPECT_TRUE(store_->IsDurable(0));
  store::Ticket ticket = store_->Enqueue({Put(1)});
  EXPECT_FALSE(store_->IsDurable(ticket));
  EXPECT_TRUE(store_->Waiting(Uri("http://server/service"), 0, 10).empty());
  EXPECT_TRUE(store_->WaitDurable(ticket, kPatience));
  EXPECT_TRUE(store_->IsDurable(ticket));
  EXPECT_FALSE(store_->IsDurable(ticket + 1));
  EXPECT_EQ(store_->Waiting(Uri("http://server/service"), 0, 10).size(), 1u);
}

TEST_F(StoreCommits, ATicketOfTheFutureIsNotWaitedFor) {
  EXPECT_FALSE(store_->WaitDurable(store_->Enqueue({Put(1)}) + 1, kPatience));
}

TEST_F(StoreCommits, NoChangesAreAsDurableAsWhatCameBefore) {
  EXPECT_EQ(store_->Enqueue({}), 0u);
  store::Ticket ticket = store_->Enqueue({Put(1)});
  EXPECT_EQ(store_->Enqueue({}), ticket);
}

TEST_F(StoreCommits, OneCallerNeedsOneCommitForEachStep) {
  std::uint64_t before = store_->metrics().commits;
  for (int id = 1; id <= 20; ++id) ASSERT_TRUE(Confirmed({Put(id)}));
  EXPECT_EQ(store_->metrics().commits, before + 20);
  EXPECT_EQ(store_->metrics().failed_commits, 0u);
}

TEST_F(StoreCommits, ACommitTakesAllThatWasEnqueuedBeforeIt) {
  options_.lazy_delay = Duration::Seconds(3600);
  Open();
  store::Ticket first = store_->Enqueue({Put(1)});
  store::Ticket last = first;
  for (int id = 2; id <= 100; ++id) last = store_->Enqueue({Put(id)});
  ASSERT_TRUE(store_->WaitDurable(first, kPatience));
  EXPECT_TRUE(store_->IsDurable(last));
  EXPECT_EQ(store_->metrics().commits, 1u);
}

TEST_F(StoreCommits, ACommitHasOneSync) {
  ASSERT_TRUE(Confirmed({Put(1)}));
  std::uint64_t before = vfs_.count(Operation::kSync);
  for (int id = 2; id <= 11; ++id) ASSERT_TRUE(Confirmed({Put(id)}));
  EXPECT_EQ(vfs_.count(Operation::kSync), before + 10);
}

TEST_F(StoreCommits, WhatNobodyWaitsForIsCommittedByTheStoreItself) {
  options_.lazy_delay = Duration::Milliseconds(1);
  Open();
  for (int id = 1; id <= 3; ++id) {
    store::Ticket ticket = store_->Enqueue({Put(id)});
    while (!store_->IsDurable(ticket)) std::this_thread::yield();
  }
  EXPECT_EQ(store_->metrics().commits, 3u);
}

TEST_F(StoreCommits, ManyThreadsKeepTheirOrderAndShareCommits) {
  constexpr int kThreads = 16;
  constexpr int kEach = 100;
  ASSERT_TRUE(Confirmed({Session("s", 0, 0)}));
  // Each thread takes its message from the one waiting row to the next: in another order the last would be lost.
  std::vector<std::thread> threads;
  std::atomic<int> confirmed{0};
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 1; i <= kEach; ++i) {
        engine::OutgoingId id = thread * 1000 + i;
        engine::Changes changes = {Put(id)};
        if (i > 1) changes.push_back(engine::OutgoingDone{id - 1});
        if (store_->WaitDurable(store_->Enqueue(std::move(changes)), kPatience)) ++confirmed;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(confirmed, kThreads * kEach);
  auto rest = store_->Waiting(Uri("http://server/service"), 0, 1000);
  ASSERT_EQ(rest.size(), static_cast<std::size_t>(kThreads));
  for (const engine::OutgoingRecord& message : rest) EXPECT_EQ(message.id % 1000, kEach);
  EXPECT_LT(store_->metrics().commits, static_cast<std::uint64_t>(kThreads * kEach));
}

TEST_F(StoreCommits, ThreadsThatWaitTogetherGoThroughFailuresTogether) {
  std::vector<std::thread> threads;
  std::atomic<int> confirmed{0};
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 1; i <= 50; ++i) {
        if (i % 10 == 0) vfs_.FailAt(1, 2, i % 20 == 0, Operation::kWrite);
        if (store_->WaitDurable(store_->Enqueue({Put(thread * 1000 + i)}), kPatience)) ++confirmed;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(confirmed, 400);
  EXPECT_GT(store_->metrics().failed_commits, 0u);
  while (!store_->HasRoom()) std::this_thread::yield();
  EXPECT_EQ(store_->Waiting(Uri("http://server/service"), 0, 1000).size(), 400u);
}

TEST_F(StoreCommits, WhileTheDiskFailsNothingNewIsTakenAndTheReasonIsGiven) {
  EXPECT_TRUE(store_->HasRoom());
  EXPECT_TRUE(store_->problem().ok());
  vfs_.FailAt(1, FaultVfs::kForEver, false, Operation::kWrite);
  store::Ticket ticket = store_->Enqueue({Put(1)});
  EXPECT_FALSE(store_->WaitDurable(ticket, Duration::Milliseconds(20)));
  EXPECT_FALSE(store_->HasRoom());
  EXPECT_EQ(store_->problem().code, "StoreUnavailable");
  EXPECT_NE(store_->problem().reason.find(file_), std::string::npos);
  EXPECT_FALSE(store_->problem().advice.empty());
  EXPECT_EQ(store_->Begin(Duration::Milliseconds(1)), nullptr);
  vfs_.Repair();
  EXPECT_TRUE(store_->WaitDurable(ticket, kPatience));
  EXPECT_TRUE(store_->HasRoom());
  EXPECT_TRUE(store_->problem().ok());
}

TEST_F(StoreCommits, ATransactionCommitsTheOperationsWritesWithTheChanges) {
  MakeApplicationTable();
  store_->Enqueue({Created("a")});
  auto transaction = store_->Begin(kPatience);
  ASSERT_NE(transaction, nullptr);
  ASSERT_TRUE(Execute(transaction.get(), "INSERT INTO application VALUES(1)"));
  store::Ticket meanwhile = store_->Enqueue({Taken("a", 2)});
  EXPECT_TRUE(transaction->Commit({Advanced("a", 1)}));
  EXPECT_EQ(transaction->handle(), nullptr);
  EXPECT_FALSE(transaction->Commit({})) << "it has ended";
  EXPECT_TRUE(store_->IsDurable(meanwhile));
  EXPECT_EQ(RowsOfApplication(), 1);
  State expected;
  expected.Apply({Created("a"), Taken("a", 2), Advanced("a", 1)});
  EXPECT_EQ(Text(), expected.Text());
}

TEST_F(StoreCommits, ATransactionThatIsDroppedLosesNothingOfOthers) {
  MakeApplicationTable();
  store_->Enqueue({Created("a")});
  auto transaction = store_->Begin(kPatience);
  ASSERT_TRUE(Execute(transaction.get(), "INSERT INTO application VALUES(1)"));
  store_->Enqueue({Taken("a", 2)});
  transaction.reset();
  EXPECT_EQ(RowsOfApplication(), 0);
  State expected;
  expected.Apply({Created("a"), Taken("a", 2)});
  EXPECT_EQ(Text(), expected.Text());
}

TEST_F(StoreCommits, AnOperationThatFailedIsUndoneAndItsMarkCommitted) {
  MakeApplicationTable();
  auto transaction = store_->Begin(kPatience);
  ASSERT_TRUE(Execute(transaction.get(), "INSERT INTO application VALUES(1)"));
  EXPECT_TRUE(transaction->Undo());
  EXPECT_TRUE(transaction->Undo());
  ASSERT_TRUE(Execute(transaction.get(), "INSERT INTO application VALUES(2)"));
  EXPECT_TRUE(transaction->Undo());
  EXPECT_TRUE(transaction->Commit({Created("a")}));
  EXPECT_EQ(RowsOfApplication(), 0);
  State expected;
  expected.Apply({Created("a")});
  EXPECT_EQ(Text(), expected.Text());
}

// Whatever the application does with the transaction itself, nothing of it stays, and the mark neither.
TEST_F(StoreCommits, ATransactionThatTheApplicationEndsIsUndone) {
  MakeApplicationTable();
  for (const char* mischief : {"COMMIT", "ROLLBACK", "ROLLBACK; BEGIN; INSERT INTO application VALUES(2)", "END",
                               "RELEASE rm_operation", "ROLLBACK; INSERT INTO application VALUES(3)"}) {
    auto transaction = store_->Begin(kPatience);
    ASSERT_NE(transaction, nullptr) << mischief;
    ASSERT_TRUE(Execute(transaction.get(), "INSERT INTO application VALUES(1)"));
    Execute(transaction.get(), mischief);
    if (std::string(mischief) == "RELEASE rm_operation") {
      EXPECT_FALSE(transaction->Undo());
      transaction.reset();
    } else {
      EXPECT_FALSE(transaction->Commit({Created("a")})) << mischief;
    }
    EXPECT_EQ(RowsOfApplication(), 0) << mischief;
    EXPECT_TRUE(Confirmed({Put(1)})) << mischief;
  }
  State expected;
  expected.Apply({Put(1)});
  EXPECT_EQ(Text(), expected.Text());
}

TEST_F(StoreCommits, AStatementThatTheApplicationLeavesUnfinishedDoesNotHoldTheFile) {
  MakeApplicationTable();
  sqlite3_stmt* unfinished = nullptr;
  auto transaction = store_->Begin(kPatience);
  ASSERT_TRUE(Execute(transaction.get(), "INSERT INTO application VALUES(1), (2)"));
  sqlite3_prepare_v2(static_cast<sqlite3*>(transaction->handle()), "SELECT value FROM application", -1, &unfinished,
                     nullptr);
  ASSERT_EQ(sqlite3_step(unfinished), SQLITE_ROW);
  EXPECT_TRUE(transaction->Commit({Created("a")}));
  EXPECT_EQ(sqlite3_stmt_busy(unfinished), 0);
  sqlite3_finalize(unfinished);
  EXPECT_TRUE(Confirmed({Put(1)}));
}

TEST_F(StoreCommits, AThreadHasOneTransactionAtATime) {
  auto transaction = store_->Begin(kPatience);
  ASSERT_NE(transaction, nullptr);
  EXPECT_TRUE(store_->problem().ok());
  EXPECT_EQ(store_->Begin(kPatience), nullptr);
  EXPECT_EQ(store_->problem().code, "StoreTransaction");
  EXPECT_EQ(store_->problem().error, ErrorClass::kMisuse);
  EXPECT_TRUE(store_->HasRoom());
  transaction.reset();
  EXPECT_TRUE(store_->problem().ok());
  EXPECT_NE(store_->Begin(kPatience), nullptr);
}

TEST_F(StoreCommits, WithinItsTransactionAThreadDoesNotWaitForItself) {
  store::Ticket before = store_->Enqueue({Put(1)});
  auto transaction = store_->Begin(kPatience);
  EXPECT_FALSE(store_->WaitDurable(before, kPatience));
  EXPECT_FALSE(store_->WaitDurable(store_->Enqueue({Put(2)}), kPatience));
  EXPECT_TRUE(store_->Waiting(Uri("http://server/service"), 0, 10).empty());
  EXPECT_TRUE(transaction->Commit({}));
  EXPECT_TRUE(store_->WaitDurable(before, kPatience));
}

TEST_F(StoreCommits, OthersWaitWhileATransactionIsOpenAndGoOnAfterIt) {
  auto transaction = store_->Begin(kPatience);
  std::atomic<bool> confirmed{false};
  std::thread other([&] {
    store::Ticket ticket = store_->Enqueue({Put(1)});
    EXPECT_EQ(store_->Begin(Duration::Milliseconds(1)), nullptr);
    EXPECT_FALSE(store_->WaitDurable(ticket, Duration::Milliseconds(1)));
    confirmed = true;
    EXPECT_TRUE(store_->WaitDurable(ticket, kPatience));
  });
  while (!confirmed) std::this_thread::yield();
  transaction.reset();
  other.join();
}

TEST_F(StoreCommits, ACommitOfATransactionThatFailsLeavesNothing) {
  MakeApplicationTable();
  for (Operation operation : {Operation::kWrite, Operation::kSync}) {
    store::Ticket other = store_->Enqueue({Put(7)});
    auto transaction = store_->Begin(kPatience);
    ASSERT_NE(transaction, nullptr);
    ASSERT_TRUE(Execute(transaction.get(), "INSERT INTO application VALUES(1)"));
    vfs_.FailAt(1, 1, false, operation);
    EXPECT_FALSE(transaction->Commit({Created("a")}));
    transaction.reset();
    EXPECT_EQ(RowsOfApplication(), 0);
    EXPECT_TRUE(store_->WaitDurable(other, kPatience));
  }
  State expected;
  expected.Apply({Put(7)});
  EXPECT_EQ(Text(), expected.Text());
}

TEST_F(StoreCommits, TheLogIsWrittenBackBeforeItGrowsLarge) {
  options_.checkpoint_pages = 50;
  Open();
  std::string large(20000, 'x');
  // A commit behind another, so that the store's own thread hardly gets its turn.
  for (int id = 1; id <= 300; ++id) ASSERT_TRUE(Confirmed({Put(id, "", 0, large), engine::OutgoingDone{id - 1}}));
  EXPECT_LT(std::filesystem::file_size(file_ + "-wal"), 300 * 20000 / 10);
}

TEST_F(StoreCommits, TheLogIsWrittenBackBeforeItGrowsLargeByTransactions) {
  options_.checkpoint_pages = 50;
  Open();
  MakeApplicationTable();
  for (int row = 1; row <= 300; ++row) {
    auto transaction = store_->Begin(kPatience);
    ASSERT_NE(transaction, nullptr);
    ASSERT_TRUE(Execute(transaction.get(), "INSERT INTO application VALUES(randomblob(20000))"));
    ASSERT_TRUE(transaction->Commit({}));
  }
  EXPECT_LT(std::filesystem::file_size(file_ + "-wal"), 300 * 20000 / 10);
}

TEST_F(StoreCommits, ALogInWhichSomebodyReadsIsWrittenBackWhenItHasGrownAndNotAtEachCommit) {
  store_.reset();
  options_.checkpoint_pages = 20;
  store::SqliteDatabase database(options_);
  ASSERT_TRUE(database.Open().ok());
  std::int64_t id = 0;
  const auto commits_until_due = [&] {
    int commits = 0;
    while (!database.checkpoint_due() && commits < 100) {
      EXPECT_TRUE(database.Commit({{Put(++id)}}));
      ++commits;
    }
    EXPECT_TRUE(database.Checkpoint());
    return commits;
  };
  const int alone = commits_until_due();
  int result = SQLITE_OK;
  auto reader = store::Connection::Open(file_, "", SQLITE_OPEN_READONLY, &result);
  ASSERT_NE(reader, nullptr);
  ASSERT_EQ(reader->Execute("BEGIN; SELECT count(*) FROM rm_outgoing"), SQLITE_OK);
  for (int round = 0; round < 3; ++round) EXPECT_GE(commits_until_due(), alone / 2);
  ASSERT_EQ(reader->Execute("ROLLBACK"), SQLITE_OK);
  for (int round = 0; round < 2; ++round) EXPECT_GE(commits_until_due(), alone / 2);
  EXPECT_LT(alone, 100);
}

TEST_F(StoreCommits, ALogThatCannotBeWrittenBackStopsWhatIsNewAndNotWhatIsAccepted) {
  options_.checkpoint_pages = 1;
  Open();
  vfs_.FailWritesTo(file_);
  ASSERT_TRUE(Confirmed({Put(1)}));
  while (store_->HasRoom()) std::this_thread::yield();
  EXPECT_EQ(store_->problem().code, "StoreUnavailable");
  EXPECT_NE(store_->problem().reason.find("log"), std::string::npos);
  EXPECT_TRUE(Confirmed({Put(2)}));
  vfs_.Repair();
  while (!store_->HasRoom()) std::this_thread::yield();
  EXPECT_TRUE(store_->problem().ok());
}

}  // namespace
}  // namespace gsoaprm::testing
