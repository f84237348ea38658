#include "tests/simulation/host_store.h"

#include <algorithm>

namespace gsoaprm::simulation {
namespace {

// The store's own thread writes what nobody waits for within this time.
constexpr Duration kKeeper = Duration::Milliseconds(100);

}  // namespace

void HostStore::Plan(World* world, Tally* tally) {
  world_ = world;
  tally_ = tally;
  if (!durable()) return;
  for (int i = 0; i < parameters_.crashes; ++i) PlanCrash();
  for (int i = 0; i < parameters_.stalls; ++i)
    PlanTrouble(Event::kStalledStore, &testing::FakeStore::Stall, true, false, &stalled_);
  for (int i = 0; i < parameters_.full; ++i)
    PlanTrouble(Event::kFullStore, &testing::FakeStore::SetRoom, false, true, &full_);
}

void HostStore::PlanCrash() {
  const bool at_a_wait = chance_.Happens(parameters_.at_a_wait);
  world_->agenda.At(world_->now + chance_.Between(Duration(), world_->heal - world_->now), [this, at_a_wait] {
    if (at_a_wait) {
      armed_ = true;
    } else if (!stopped_) {
      if (chance_.Happens(0.5)) CommitSome();
      Stop();
    }
  });
}

void HostStore::PlanTrouble(Event event, void (testing::FakeStore::*change)(bool), bool on, bool off, bool* state) {
  const Timestamp begin = world_->now + chance_.Between(Duration(), world_->heal - world_->now);
  const Timestamp end = std::min(world_->heal, begin + chance_.Between(Duration(), parameters_.longest_trouble));
  world_->agenda.At(begin, [this, event, change, on, state] {
    ++(*tally_)[event];
    *state = true;
    (store()->*change)(on);
  });
  world_->agenda.At(end, [this, change, off, state] {
    *state = false;
    (store()->*change)(off);
  });
}

Duration HostStore::DrawPause() {
  return std::min(chance_.Between(Duration(), parameters_.longest_pause),
                  std::max(Duration(), world_->heal - world_->now));
}

void HostStore::Start() {
  if (!durable()) return;
  stopped_ = false;
  stores_.push_back(std::make_unique<testing::FakeStore>(&disk_));
  store()->OnWait([this] { AtWait(); });
  store()->Stall(stalled_);
  store()->SetRoom(!full_);
}

void HostStore::Stop() {
  stopped_ = true;
  store()->Crash();
}

// The crash comes between two commits, or in one that was written in part.
void HostStore::CommitSome() {
  if (stalled_) return;
  const std::size_t lists = store()->enqueued();
  store()->CommitFirst(static_cast<std::size_t>(chance_.Number(0, static_cast<std::int64_t>(lists))));
}

void HostStore::AtWait() {
  if (!world_->chaos() || stopped_) return;
  if (armed_) {
    PassCommit();
  } else if (chance_.Happens(parameters_.failed_commit)) {
    ++(*tally_)[Event::kFailedCommit];
    store()->FailCommits(static_cast<int>(chance_.Number(1, 2)), chance_.Happens(parameters_.reaching_the_disk));
  }
}

void HostStore::PassCommit() {
  if (!durable() || !armed_ || stopped_ || !world_->chaos()) return;
  armed_ = false;
  ++(*tally_)[Event::kCrashAtCommit];
  switch (chance_.Index(3)) {
    case 0:
      break;
    case 1:
      CommitSome();
      break;
    default:
      store()->Commit();
  }
  Stop();
}

void HostStore::PlanKeeper() {
  if (!durable() || stopped_ || keeper_planned_ || store()->enqueued() == 0) return;
  keeper_planned_ = true;
  world_->In(chance_.Between(Duration(), kKeeper), [this] {
    keeper_planned_ = false;
    if (!stopped_) store()->Commit();
  });
}

}  // namespace gsoaprm::simulation
