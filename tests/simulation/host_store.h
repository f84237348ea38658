// The store of a host whose sessions outlive its process: a disk that lasts, a FakeStore of each process on it, and
// what is drawn to happen to both during the chaos.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "tests/simulation/parameters.h"
#include "tests/simulation/tally.h"
#include "tests/simulation/virtual_time.h"
#include "tests/support/chance.h"
#include "tests/support/fake_disk.h"
#include "tests/support/fake_store.h"

namespace gsoaprm::simulation {

// Must outlive what is planned in the world: that may keep sessions.
class HostStore {
 public:
  HostStore(const Durability& parameters, std::uint64_t seed) : parameters_(parameters), chance_(seed) {}

  // Plans what will happen. Without a store nothing does.
  void Plan(World* world, Tally* tally);

  bool durable() const { return parameters_.durable; }
  const testing::FakeDisk& disk() const { return disk_; }
  // Nothing but dead letters and what the application wrote.
  bool IsEmpty() const { return disk_.acceptors.empty() && disk_.initiators.empty() && disk_.outgoing.empty(); }
  // Of the process that runs; null: its sessions live in memory.
  testing::FakeStore* store() const { return stores_.empty() ? nullptr : stores_.back().get(); }

  // A crash has come: whatever the process does now, nobody sees it.
  bool stopped() const { return stopped_; }
  // A process starts, on the disk as it is.
  void Start();
  Duration DrawPause();
  // A clock of the new process begins anywhere.
  std::int64_t DrawClock() { return chance_.Number(1, 1000000000000); }
  bool Happens(double probability) { return chance_.Happens(probability); }

  // Beside a commit: one of the places in which a crash may come.
  void PassCommit();
  // After each event: what nobody waits for is written after a while.
  void PlanKeeper();
  // False when that does not succeed.
  bool CommitAll() { return !stopped_ && store()->Commit(); }
  // Nothing of this process reaches the disk any more.
  void Crash() { store()->Crash(); }

 private:
  void PlanCrash();
  void PlanTrouble(Event event, void (testing::FakeStore::*change)(bool), bool on, bool off, bool* state);
  void Stop();
  void AtWait();
  void CommitSome();

  const Durability parameters_;
  testing::Chance chance_;
  World* world_ = nullptr;
  Tally* tally_ = nullptr;
  testing::FakeDisk disk_;
  std::vector<std::unique_ptr<testing::FakeStore>> stores_;
  bool stopped_ = false;
  bool armed_ = false;  // the next commit that somebody waits for is the place of a crash
  bool stalled_ = false;
  bool full_ = false;
  bool keeper_planned_ = false;
};

}  // namespace gsoaprm::simulation
