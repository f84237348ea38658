// A file that cannot be trusted is refused and left as it is: an empty store in its place would run messages again.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <map>

#include "store/sqlite_connection.h"
#include "tests/store/fault_vfs.h"
#include "tests/store/samples.h"
#include "tests/store/temporary_folder.h"

namespace gsoaprm::testing {
namespace {

std::string Bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

void Write(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

class StoreRefusals : public ::testing::Test {
 protected:
  StoreRefusals() {
    engine::Changes changes = {Created("a"),
                               Advanced("a", 7, 3),
                               Taken("a", 9),
                               Kept("a", 7, 3),
                               Session("s", 2, 1),
                               Put(1, "s", 2),
                               Put(2),
                               Put(3, "", 0, std::string(9000, 'x')),
                               engine::OutgoingBuried{2, "nobody wants it"}};
    for (std::uint64_t i = 10; i < 60; ++i) changes.push_back(Taken("a", i));
    expected_.Apply(changes);
    auto store = OpenStore(file_);
    EXPECT_TRUE(store->WaitDurable(store->Enqueue(changes), kPatience));
    store.reset();
    sound_ = Bytes(file_);
  }

  Status StatusOfOpening() {
    Status problem;
    auto store = OpenStore(file_, &problem);
    StateReader reader;
    return store != nullptr ? reader.Read(store.get(), file_) : problem;
  }

  void ExpectRefusal(const std::string& code, const std::string& where = "") {
    std::string before = Bytes(file_);
    Status problem = StatusOfOpening();
    EXPECT_EQ(problem.code, code) << where << problem.reason;
    EXPECT_NE(problem.reason.find(file_), std::string::npos) << problem.reason;
    EXPECT_FALSE(problem.advice.empty());
    EXPECT_TRUE(Bytes(file_) == before) << where << ": it was changed";
  }

  // Waiting messages and dead letters are not loaded at the start: what is damaged of them is told when it is read. A
  // waiting message becomes a dead letter then, and a dead letter is not sent again.
  enum class Damage { kRefused, kNothing, kTold };
  Damage OpenDamaged(const std::string& bytes, const std::string& where) {
    Write(file_, bytes);
    Status problem;
    auto store = OpenStore(file_, &problem);
    StateReader reader;
    if (store != nullptr) problem = reader.Read(store.get(), file_);
    if (!problem.ok()) {
      EXPECT_FALSE(problem.reason.empty()) << where;
      return Damage::kRefused;
    }
    if (reader.state.Text() == expected_.Text()) return Damage::kNothing;
    State loaded = expected_;
    State found = reader.state;
    loaded.outgoing.erase(3);
    loaded.letters.clear();
    found.letters.clear();
    if (found.outgoing.erase(3) == 0) {
      EXPECT_TRUE(store->WaitDurable(store->Enqueue({}), kPatience));
      EXPECT_EQ(store->metrics().dead_letters, 1u) << where;
    }
    EXPECT_EQ(found.Text(), loaded.Text()) << where;
    return Damage::kTold;
  }

  void Execute(const char* sql) {
    int result = SQLITE_OK;
    auto file = store::Connection::Open(file_, "", SQLITE_OPEN_READWRITE, &result);
    ASSERT_EQ(file->Execute(sql), SQLITE_OK) << file->message();
  }

  TemporaryFolder folder_;
  std::string file_ = folder_.File("sessions.db");
  State expected_;
  std::string sound_;
};

TEST_F(StoreRefusals, ATruncatedFileIsRefused) {
  for (std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{15}, std::size_t{16}, std::size_t{99}, std::size_t{100},
        std::size_t{511}, std::size_t{512}, std::size_t{1023}, std::size_t{1024}, std::size_t{1025}, sound_.size() / 2,
        sound_.size() - 1025, sound_.size() - 1024, sound_.size() - 1}) {
    Write(file_, sound_.substr(0, size));
    ExpectRefusal("StoreDamaged", "truncated to " + std::to_string(size) + " bytes: ");
  }
}

TEST_F(StoreRefusals, AFileOfZerosIsRefused) {
  Write(file_, std::string(sound_.size(), '\0'));
  ExpectRefusal("StoreDamaged");
}

TEST_F(StoreRefusals, AnEmptyFileIsRefusedWithTheAdviceToDeleteIt) {
  Write(file_, "");
  EXPECT_NE(StatusOfOpening().advice.find("delete"), std::string::npos);
}

TEST_F(StoreRefusals, APageOfZerosIsFoundOrHeldNothing) {
  int refused = 0;
  for (std::size_t page = 0; page < sound_.size() / 1024; ++page) {
    std::string damaged = sound_;
    damaged.replace(page * 1024, 1024, std::string(1024, '\0'));
    if (OpenDamaged(damaged, "page " + std::to_string(page)) == Damage::kRefused) ++refused;
  }
  EXPECT_GT(refused, 15);
}

TEST_F(StoreRefusals, AFlippedBitIsFoundOrChangesNothing) {
  std::map<Damage, int> found;
  for (std::size_t at = 0; at < sound_.size(); at += at < 1200 ? 1 : 61) {
    std::string damaged = sound_;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 8)));
    ++found[OpenDamaged(damaged, "bit at " + std::to_string(at))];
    ASSERT_FALSE(HasFailure());
  }
  EXPECT_GT(found[Damage::kRefused], 200);
  EXPECT_GT(found[Damage::kNothing], 200) << "what nobody uses may flip";
  EXPECT_GT(found[Damage::kTold], 10);
}

TEST_F(StoreRefusals, AValueThatWasChangedBehindItsChecksumIsRefused) {
  for (const char* sql : {"UPDATE rm_acceptor SET principal='somebody else'",
                          "UPDATE rm_acceptor SET protocol=3",
                          "UPDATE rm_acceptor_state SET acknowledged='1-8'",
                          "UPDATE rm_acceptor_state SET closed=1",
                          "UPDATE rm_acceptor_state SET acknowledged='1-2 2-3'",
                          "UPDATE rm_message SET begun=1",
                          "UPDATE rm_message SET entity='x'",
                          "UPDATE rm_message SET insert_at=insert_at+1",
                          "UPDATE rm_reply SET http_status=500",
                          "UPDATE rm_reply SET soap_prefix='t'",
                          "UPDATE rm_initiator SET newest=3",
                          "UPDATE rm_initiator SET endpoint=99",
                          "UPDATE rm_endpoint SET uri='http://elsewhere/'",
                          "UPDATE rm_outgoing SET number=1",
                          "UPDATE rm_outgoing SET message_id=NULL WHERE id=1",
                          "UPDATE rm_message SET acceptor=99",
                          "DELETE FROM rm_acceptor_state",
                          "DELETE FROM rm_acceptor",
                          "DELETE FROM rm_initiator",
                          "UPDATE rm_meta SET value=1 WHERE name='outgoing_ids_reserved'"}) {
    Write(file_, sound_);
    Execute(sql);
    Status problem = StatusOfOpening();
    EXPECT_EQ(problem.code, "StoreDamaged") << sql << ": " << problem.reason;
  }
}

TEST_F(StoreRefusals, TablesThatAreNotThoseOfTheVersionAreRefused) {
  for (const char* sql : {"ALTER TABLE rm_message ADD COLUMN more", "DROP TABLE rm_tombstone", "DROP INDEX rm_waiting",
                          "CREATE TABLE rm_more(x)"}) {
    Write(file_, sound_);
    Execute(sql);
    ExpectRefusal("StoreDamaged", sql);
  }
}

TEST_F(StoreRefusals, TablesOfTheApplicationAreItsOwn) {
  Execute("CREATE TABLE application(x); CREATE INDEX application_x ON application(x)");
  EXPECT_EQ(TextOfFile(file_), expected_.Text());
}

TEST_F(StoreRefusals, AFileOfANewerVersionIsRefused) {
  Execute("PRAGMA user_version=2");
  ExpectRefusal("StoreNewer");
}

TEST_F(StoreRefusals, AFileThatIsNotAStoreIsRefused) {
  Execute("PRAGMA application_id=7");
  ExpectRefusal("StoreForeign");
  std::filesystem::remove(file_);
  int result = SQLITE_OK;
  auto file = store::Connection::Open(file_, "", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &result);
  file->Execute("CREATE TABLE other(x)");
  file.reset();
  ExpectRefusal("StoreForeign");
  Write(file_, "This is a letter to my aunt. " + std::string(5000, '.'));
  ExpectRefusal("StoreDamaged");
  std::filesystem::remove(file_);
  std::filesystem::create_directory(file_);
  EXPECT_EQ(StatusOfOpening().code, "StoreForeign");
}

TEST_F(StoreRefusals, AMissingFileIsMadeUnlessItsLogIsThere) {
  std::filesystem::remove(file_);
  Write(file_ + "-wal", "something");
  Status problem = StatusOfOpening();
  EXPECT_EQ(problem.code, "StoreDamaged");
  EXPECT_FALSE(std::filesystem::exists(file_));
  std::filesystem::remove(file_ + "-wal");
  EXPECT_EQ(TextOfFile(file_), "");
  EXPECT_TRUE(std::filesystem::exists(file_));
}

TEST_F(StoreRefusals, AFolderThatIsMissingIsReported) {
  Status problem;
  EXPECT_EQ(OpenStore(folder_.File("nowhere/sessions.db"), &problem), nullptr);
  EXPECT_EQ(problem.code, "StoreUnavailable");
}

TEST_F(StoreRefusals, NobodyElseMayReadTheFile) {
  auto store = OpenStore(file_);
  for (const char* suffix : {"", "-wal", "-shm", "-lock"}) {
    EXPECT_EQ(std::filesystem::status(file_ + suffix).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)
        << suffix;
  }
}

// In a process of its own, that is nobody's friend: root may write everything.
TEST_F(StoreRefusals, AFileThatCannotBeWrittenIsRefused) {
  for (bool folder : {false, true}) {
    std::filesystem::permissions(folder_.path(), std::filesystem::perms(folder ? 0555 : 0777));
    std::filesystem::permissions(file_, std::filesystem::perms(folder ? 0666 : 0444));
    Write(file_ + "-lock", "");
    std::filesystem::permissions(file_ + "-lock", std::filesystem::perms(0666));
    pid_t child = fork();
    if (child == 0) {
      bool other_user = getuid() != 0 || setuid(65534) == 0;
      Status problem = StatusOfOpening();
      if (!other_user || problem.code != "StoreReadOnly") std::fprintf(stderr, "%s\n", problem.reason.c_str());
      _exit(other_user && problem.code == "StoreReadOnly" ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    std::filesystem::permissions(folder_.path(), std::filesystem::perms(0755));
    EXPECT_EQ(status, 0) << (folder ? "the folder" : "the file");
    EXPECT_TRUE(Bytes(file_) == sound_);
  }
}

TEST_F(StoreRefusals, AFileInUseByThisProgramIsRefused) {
  auto store = OpenStore(file_);
  Status problem = StatusOfOpening();
  EXPECT_EQ(problem.code, "StoreInUse");
  EXPECT_EQ(problem.error, ErrorClass::kTryAgain);
  EXPECT_NE(problem.reason.find("another store of this program"), std::string::npos) << problem.reason;
  // By whatever name.
  std::filesystem::create_symlink(file_, folder_.File("link.db"));
  EXPECT_EQ(OpenStore(folder_.File("link.db"), &problem), nullptr);
  EXPECT_EQ(problem.code, "StoreInUse");
  store.reset();
  EXPECT_EQ(TextOfFile(file_), expected_.Text());
}

TEST_F(StoreRefusals, AFileInUseByAnotherProcessIsRefusedAndNamesIt) {
  int ready[2];
  int done[2];
  ASSERT_EQ(pipe(ready), 0);
  ASSERT_EQ(pipe(done), 0);
  pid_t child = fork();
  if (child == 0) {
    close(done[1]);
    auto store = OpenStore(file_);
    char byte = store != nullptr ? 'y' : 'n';
    bool told = write(ready[1], &byte, 1) == 1;
    bool asked = read(done[0], &byte, 1) == 0;
    store.reset();
    _exit(told && asked ? 0 : 1);
  }
  close(done[0]);
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  ASSERT_EQ(byte, 'y');
  Status problem = StatusOfOpening();
  EXPECT_EQ(problem.code, "StoreInUse");
  EXPECT_NE(problem.reason.find("pid " + std::to_string(child)), std::string::npos) << problem.reason;
  // It can be read meanwhile.
  int result = SQLITE_OK;
  auto reader = store::Connection::Open(file_, "", SQLITE_OPEN_READONLY, &result);
  ASSERT_NE(reader, nullptr);
  EXPECT_EQ(reader->Number("SELECT count(*) FROM rm_message"), 51);
  close(done[1]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  close(ready[0]);
  close(ready[1]);
  reader.reset();
  EXPECT_EQ(TextOfFile(file_), expected_.Text());
}

// The child of a fork does nothing to the parent's file, whatever it destroys.
TEST_F(StoreRefusals, TheChildOfAForkLeavesTheFileAlone) {
  auto store = OpenStore(file_);
  ASSERT_TRUE(store->WaitDurable(store->Enqueue({Put(100)}), kPatience));
  EXPECT_EQ(store->Waiting(Uri("http://server/service"), 99, 10).size(), 1u);
  pid_t child = fork();
  if (child == 0) {
    store.reset();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(store->WaitDurable(store->Enqueue({Put(101)}), kPatience));
  store.reset();
  expected_.Apply({Put(100), Put(101)});
  EXPECT_EQ(TextOfFile(file_), expected_.Text());
}

TEST_F(StoreRefusals, AFileThatCannotBeReadIsReported) {
  FaultVfs vfs("store-refusals");
  store::SqliteStoreOptions options;
  options.path = file_;
  options.vfs = vfs.name();
  vfs.FailAt(1, FaultVfs::kForEver, false, Operation::kRead);
  Status problem;
  EXPECT_EQ(store::OpenSqliteStore(options, &problem), nullptr);
  EXPECT_EQ(problem.code, "StoreUnavailable");
}

}  // namespace
}  // namespace gsoaprm::testing
