// Errors of the disk and failures of the power at every place of a fixed course: nothing that was confirmed is missing,
// and the file is always in one of the committed states.
#include <gtest/gtest.h>

#include "tests/store/fault_vfs.h"
#include "tests/store/samples.h"
#include "tests/store/temporary_folder.h"
#include "tests/store/workload.h"
#include "tests/support/fault_points.h"

namespace gsoaprm::testing {
namespace {

constexpr Duration kLong = Duration::Seconds(60);

// Every operation; an instrumented run, which is slow, looks for other mistakes than these, and takes every fourth.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr std::uint64_t kStride = 4;
#else
constexpr std::uint64_t kStride = 1;
#endif

class StoreFaults : public ::testing::Test {
 protected:
  StoreFaults() {
    workload_.MakeFile(template_);
    options_.path = file_;
    options_.vfs = vfs_.name();
    // The store's own thread does nothing but heal, so that the operations come in the same order each time.
    options_.lazy_delay = options_.poll_interval = Duration::Seconds(3600);
    options_.first_retry = Duration::Milliseconds(1);
    options_.longest_retry = Duration::Milliseconds(2);
  }

  ~StoreFaults() override {
    if (points_ > 0) ReportFaultPoints("operations of the disk", points_, passed_);
  }

  void BeginAnew() {
    vfs_.Repair();
    vfs_.RestorePower(Loss::kNothing, 1);
    for (const char* suffix : {"-wal", "-shm", ""}) std::filesystem::remove(file_ + suffix);
    std::filesystem::copy_file(template_, file_);
  }

  // How many operations the course takes when nothing fails.
  std::uint64_t Operations() {
    BeginAnew();
    std::uint64_t before = vfs_.operations();
    Workload::Progress progress = workload_.Run(options_, kLong, nullptr);
    EXPECT_EQ(progress.confirmed, workload_.size());
    return vfs_.operations() - before;
  }

  void ExpectACommittedState(const Workload::Progress& progress, const std::string& where) {
    ++points_;
    CheckState(progress, where);
    passed_ += HasFailure() ? 0 : 1;
  }

  void CheckState(const Workload::Progress& progress, const std::string& where) {
    std::string text = TextWithApplication(file_, vfs_.name());
    std::size_t steps = workload_.StepsIn(text);
    ASSERT_NE(steps, std::string::npos) << where << ": none of the committed states:\n" << text;
    EXPECT_GE(steps, progress.confirmed) << where << ": what was confirmed is missing";
    EXPECT_LE(steps, progress.begun) << where;
  }

  TemporaryFolder folder_;
  FaultVfs vfs_{"store-faults"};
  Workload workload_;
  std::string template_ = folder_.File("template.db");
  std::string file_ = folder_.File("sessions.db");
  store::SqliteStoreOptions options_;
  std::uint64_t points_ = 0, passed_ = 0;
};

TEST_F(StoreFaults, WithoutAFaultTheFileEndsInTheLastState) {
  ASSERT_GT(Operations(), 100u);
  EXPECT_EQ(workload_.StepsIn(TextWithApplication(file_, vfs_.name())), workload_.size());
}

TEST_F(StoreFaults, AnErrorAtAnyOperationIsHealedOrReported) {
  std::uint64_t operations = Operations();
  std::uint64_t healed = 0;
  for (std::uint64_t at = 1; at <= operations; at += kStride) {
    for (bool full : {false, true}) {
      BeginAnew();
      vfs_.FailAt(at, 1, full);
      Workload::Progress progress = workload_.Run(options_, kLong, nullptr);
      ASSERT_TRUE(!progress.opened || progress.confirmed == workload_.size()) << "error at operation " << at;
      healed += progress.opened ? 1 : 0;
      vfs_.Repair();
      ExpectACommittedState(progress, "error at operation " + std::to_string(at));
    }
  }
  EXPECT_GT(healed * kStride, operations);
}

// With more errors while it heals.
TEST_F(StoreFaults, AfterErrorsThatWereHealedNothingRestsOnWhatFailed) {
  std::uint64_t operations = Operations();
  for (std::uint64_t how_many : {1, 2, 5}) {
    for (std::uint64_t at = 1; at <= operations; at += kStride) {
      BeginAnew();
      vfs_.FailAt(at, how_many);
      Workload::Progress progress = workload_.Run(options_, kLong, &vfs_);
      ASSERT_TRUE(!progress.opened || progress.confirmed == workload_.size()) << "error at operation " << at;
      vfs_.RestorePower(Loss::kAll, at);
      ExpectACommittedState(progress, std::to_string(how_many) + " errors at operation " + std::to_string(at) +
                                          ", then the power failed");
    }
  }
}

TEST_F(StoreFaults, WhileErrorsLastNothingIsConfirmedThatIsNotThere) {
  std::uint64_t operations = Operations();
  for (std::uint64_t at = 1; at <= operations; at += kStride) {
    BeginAnew();
    vfs_.FailAt(at, FaultVfs::kForEver);
    Workload::Progress progress = workload_.Run(options_, Duration::Milliseconds(3), &vfs_);
    vfs_.RestorePower(at % 2 == 0 ? Loss::kAll : Loss::kTorn, at);
    ExpectACommittedState(progress, "errors from operation " + std::to_string(at) + " on");
  }
}

TEST_F(StoreFaults, AfterAPowerFailureAtAnySyncTheFileIsInACommittedState) {
  BeginAnew();
  std::uint64_t before = vfs_.count(Operation::kSync);
  workload_.Run(options_, kLong, nullptr);
  std::uint64_t syncs = vfs_.count(Operation::kSync) - before;
  ASSERT_GE(syncs, workload_.size());
  for (std::uint64_t at = 1; at <= syncs; at += kStride) {
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
      Loss loss = seed == 0 ? Loss::kAll : seed == 1 ? Loss::kNothing : seed % 2 == 0 ? Loss::kSome : Loss::kTorn;
      BeginAnew();
      vfs_.LosePowerAt(at, Operation::kSync);
      Workload::Progress progress = workload_.Run(options_, Duration::Milliseconds(0), nullptr);
      vfs_.RestorePower(loss, at * 100 + seed);
      ExpectACommittedState(progress, "power failed at sync " + std::to_string(at) + ", seed " + std::to_string(seed));
    }
  }
}

TEST_F(StoreFaults, AfterAPowerFailureAtAnyOperationTheFileIsInACommittedState) {
  std::uint64_t operations = Operations();
  for (std::uint64_t at = 1; at <= operations; at += kStride) {
    for (Loss loss : {at % 2 == 0 ? Loss::kAll : Loss::kNothing, at % 2 == 0 ? Loss::kSome : Loss::kTorn}) {
      BeginAnew();
      vfs_.LosePowerAt(at);
      Workload::Progress progress = workload_.Run(options_, Duration::Milliseconds(0), nullptr);
      vfs_.RestorePower(loss, at);
      ExpectACommittedState(progress, "power failed at operation " + std::to_string(at));
    }
  }
}

// The log is written back in between, over and over.
TEST_F(StoreFaults, TheSameHoldsWhileTheLogIsWrittenBack) {
  options_.checkpoint_pages = 8;
  std::uint64_t operations = Operations();
  for (std::uint64_t at = 1; at <= operations; at += kStride) {
    BeginAnew();
    vfs_.LosePowerAt(at);
    Workload::Progress progress = workload_.Run(options_, Duration::Milliseconds(0), nullptr);
    vfs_.RestorePower(at % 2 == 0 ? Loss::kSome : Loss::kTorn, at);
    ExpectACommittedState(progress, "power failed at operation " + std::to_string(at));
    BeginAnew();
    vfs_.FailAt(at, 1, at % 3 == 0);
    progress = workload_.Run(options_, kLong, &vfs_);
    vfs_.RestorePower(Loss::kAll, at);
    ExpectACommittedState(progress, "error at operation " + std::to_string(at));
  }
}

// What a killed process has written and not synced counts for the next: it must be on the disk before anybody sees it.
TEST_F(StoreFaults, WhatIsFoundAfterAKillSurvivesAPowerFailureRightAfter) {
  std::uint64_t operations = Operations();
  for (std::uint64_t at = 1; at <= operations; at += kStride) {
    BeginAnew();
    vfs_.LosePowerAt(at);
    workload_.Run(options_, Duration::Milliseconds(0), nullptr);
    vfs_.RestartProcess();
    Status problem;
    auto store = store::OpenSqliteStore(options_, &problem);
    ASSERT_NE(store, nullptr) << problem.reason;
    StateReader found;
    ASSERT_TRUE(found.Read(store.get(), file_).ok());
    vfs_.LosePower();
    store.reset();
    vfs_.RestorePower(Loss::kAll, at);
    std::string text = TextWithApplication(file_, vfs_.name());
    EXPECT_NE(workload_.StepsIn(text), std::string::npos);
    ASSERT_EQ(text.substr(0, found.state.Text().size()), found.state.Text()) << "killed at operation " << at;
  }
}

TEST_F(StoreFaults, ASecondPowerFailureWhileTheFileIsOpenedChangesNothing) {
  BeginAnew();
  vfs_.LosePowerAt(12, Operation::kSync);
  Workload::Progress progress = workload_.Run(options_, Duration::Milliseconds(0), nullptr);
  vfs_.RestorePower(Loss::kNothing, 1);
  std::filesystem::copy_file(file_ + "-wal", folder_.File("wal"));
  std::filesystem::copy_file(file_, folder_.File("main"));
  for (std::uint64_t at = 1;; at += kStride) {
    std::filesystem::copy_file(folder_.File("wal"), file_ + "-wal", std::filesystem::copy_options::overwrite_existing);
    std::filesystem::copy_file(folder_.File("main"), file_, std::filesystem::copy_options::overwrite_existing);
    vfs_.LosePowerAt(at);
    std::uint64_t before = vfs_.operations();
    TextWithApplication(file_, vfs_.name());
    bool struck = vfs_.operations() - before >= at;
    vfs_.RestorePower(at % 2 == 0 ? Loss::kAll : Loss::kTorn, at);
    ExpectACommittedState(progress, "power failed again at operation " + std::to_string(at));
    if (!struck || HasFatalFailure()) break;
  }
}

TEST_F(StoreFaults, ASyncThatFailedOnceIsNotTakenForOneThatSucceededLater) {
  for (std::uint64_t at = 1; at <= workload_.size(); ++at) {
    BeginAnew();
    vfs_.FailAt(at, 1, false, Operation::kSync);
    std::uint64_t writes = vfs_.count(Operation::kWrite);
    Workload::Progress progress = workload_.Run(options_, kLong, &vfs_);
    ASSERT_TRUE(vfs_.failed());
    ASSERT_GT(vfs_.count(Operation::kWrite), writes);
    vfs_.RestorePower(Loss::kAll, at);
    ExpectACommittedState(progress, "sync " + std::to_string(at) + " failed");
  }
}

TEST_F(StoreFaults, AFileThatWasBeingMadeWhenThePowerFailedDoesNotHinderTheNextStart) {
  for (std::uint64_t at = 1;; at += kStride) {
    BeginAnew();
    std::filesystem::remove(file_);
    std::uint64_t before = vfs_.operations();
    vfs_.LosePowerAt(at);
    Status problem;
    store::OpenSqliteStore(options_, &problem).reset();
    bool struck = vfs_.operations() - before >= at;
    vfs_.RestorePower(at % 2 == 0 ? Loss::kAll : Loss::kTorn, at);
    auto store = store::OpenSqliteStore(options_, &problem);
    ASSERT_TRUE(problem.ok()) << "at operation " << at << ": " << problem.reason;
    store.reset();
    EXPECT_EQ(TextOfFile(file_), "");
    if (!struck) break;
  }
}

}  // namespace
}  // namespace gsoaprm::testing
