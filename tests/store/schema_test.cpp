// How a file of an older version becomes one of this: by steps, all of them or none.
#include <gtest/gtest.h>

#include "store/sqlite_schema.h"
#include "tests/store/samples.h"
#include "tests/store/temporary_folder.h"

namespace gsoaprm::testing {
namespace {

using store::Connection;
using store::Migration;

class StoreSchema : public ::testing::Test {
 protected:
  StoreSchema() {
    auto store = OpenStore(file_);
    engine::Changes changes = {Created("a"), Advanced("a", 3), Session("s", 1, 0), Put(1, "s", 1), Put(2)};
    EXPECT_TRUE(store->WaitDurable(store->Enqueue(changes), kPatience));
    expected_.Apply(changes);
    store.reset();
    int result = SQLITE_OK;
    connection_ = Connection::Open(file_, "", SQLITE_OPEN_READWRITE, &result);
  }
  std::int64_t Version() { return connection_->Number("PRAGMA user_version").value_or(-1); }
  std::vector<Migration> With(std::vector<Migration> more) {
    std::vector<Migration> all = store::Migrations();
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  TemporaryFolder folder_;
  std::string file_ = folder_.File("sessions.db");
  std::unique_ptr<Connection> connection_;
  State expected_;
};

constexpr Migration kColumn = {2, "ALTER TABLE rm_dead_letter ADD COLUMN note TEXT"};
constexpr Migration kTable = {3, "CREATE TABLE rm_note(x); INSERT INTO rm_note SELECT count(*) FROM rm_outgoing"};
constexpr Migration kBroken = {4, "CREATE TABLE rm_last(x); INSERT INTO nowhere VALUES(1)"};

TEST_F(StoreSchema, AFileOfThisVersionIsLeftAsItIs) {
  EXPECT_TRUE(store::CheckVersion(connection_.get(), file_, store::Migrations()).ok());
  EXPECT_TRUE(store::Migrate(connection_.get(), file_, store::Migrations()).ok());
  EXPECT_TRUE(store::CheckTables(connection_.get(), file_, store::Migrations()).ok());
  EXPECT_EQ(Version(), store::Migrations().back().version);
}

TEST_F(StoreSchema, AFileOfAnOlderVersionTakesTheStepsThatItLacks) {
  std::vector<Migration> newer = With({kColumn, kTable});
  EXPECT_TRUE(store::CheckVersion(connection_.get(), file_, newer).ok());
  EXPECT_TRUE(store::CheckTables(connection_.get(), file_, newer).ok()) << "it is sound, as what it is";
  EXPECT_TRUE(store::Migrate(connection_.get(), file_, newer).ok());
  EXPECT_EQ(Version(), 3);
  EXPECT_EQ(connection_->Number("SELECT x FROM rm_note"), 2);
  EXPECT_TRUE(store::CheckTables(connection_.get(), file_, newer).ok());
  EXPECT_FALSE(store::CheckTables(connection_.get(), file_, store::Migrations()).ok());
  // The program of before knows that it does not know it.
  EXPECT_EQ(store::CheckVersion(connection_.get(), file_, store::Migrations()).code, "StoreNewer");
  // What is in it is still there.
  connection_->Execute("ALTER TABLE rm_dead_letter DROP COLUMN note; DROP TABLE rm_note; PRAGMA user_version=1");
  connection_.reset();
  EXPECT_EQ(TextOfFile(file_), expected_.Text());
}

TEST_F(StoreSchema, ANewFileIsLikeOneThatHasTakenAllSteps) {
  std::vector<Migration> newer = With({kColumn, kTable});
  int result = SQLITE_OK;
  auto fresh = Connection::Open(folder_.File("fresh.db"), "", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &result);
  ASSERT_TRUE(store::Migrate(fresh.get(), file_, newer).ok());
  EXPECT_TRUE(store::CheckVersion(fresh.get(), file_, newer).ok());
  EXPECT_TRUE(store::CheckTables(fresh.get(), file_, newer).ok());
}

TEST_F(StoreSchema, AStepThatFailsUndoesThoseBeforeIt) {
  Status problem = store::Migrate(connection_.get(), file_, With({kColumn, kTable, kBroken}));
  EXPECT_FALSE(problem.ok());
  EXPECT_NE(problem.reason.find("from version 1 to 4"), std::string::npos) << problem.reason;
  EXPECT_EQ(Version(), 1);
  EXPECT_TRUE(store::CheckTables(connection_.get(), file_, store::Migrations()).ok());
  connection_.reset();
  EXPECT_EQ(TextOfFile(file_), expected_.Text());
}

TEST_F(StoreSchema, StepsAreNumberedFromOneWithoutAGap) {
  std::int64_t version = 0;
  for (const Migration& step : store::Migrations()) EXPECT_EQ(step.version, ++version);
}

}  // namespace
}  // namespace gsoaprm::testing
