// Durable sessions of a server after a restart: in every delivery mode, after any number of commits.
#include <gtest/gtest.h>

#include "tests/unit/session/durable_server.h"

namespace gsoaprm::session {
namespace {

using engine::Delivery;

TEST_P(DurableServer, RestartingTwiceGivesTheSame) {
  for (const Delivery delivery : {Delivery::kAtLeastOnce, Delivery::kAtMostOnce, Delivery::kExactlyOnce}) {
    disk = testing::FakeDisk();
    Use(delivery);
    Open();
    Call(1);
    Send(Request(4));
    Send(Request(2));
    store->Commit();
    Crash();
    store->Commit();
    const std::string once = disk.Text();
    Crash();
    store->Commit();
    EXPECT_EQ(disk.Text(), once);
  }
}

TEST_P(DurableServer, ARestoredSessionIsWatchedAndCounted) {
  Open();
  Call(1);
  clock.Advance(options.inactivity_timeout * 3);
  Crash();
  EXPECT_EQ(sessions->metrics().open, 1u);
  EXPECT_EQ(timer.DeadlineOf(*Session()), clock.Now() + options.inactivity_timeout);
  EXPECT_EQ(Session()->user().get(), nullptr);
  EXPECT_NE(timer.DeadlineOf(*sessions), Timestamp::Never());
}

TEST_P(DurableServer, KilledBetweenAnyTwoCommitsNothingAcknowledgedIsLost) {
  // What was seen with the first commits only, and what the restarted server says then.
  for (std::size_t commits = 0; commits <= 4; ++commits) {
    disk = testing::FakeDisk();
    Start();
    Open();
    store->Stall(true);
    Send(Request(2));
    Send(Request(1));
    Reply(1);
    if (Session()->TakeReady()) Reply(2);
    store->CommitFirst(commits);
    const std::string acknowledged = testing::Text(Row()->state.acknowledged);
    const std::size_t kept = Row()->messages.size();
    const std::size_t replies = Row()->replies.size();
    Crash();
    EXPECT_EQ(Send(AckRequested()), "200 SequenceAcknowledgement ack=" + acknowledged);
    const std::size_t done = Row()->state.acknowledged.Count() - kept;
    EXPECT_EQ(replies, done) << "a mark without its reply, or a reply without its mark";
  }
}

}  // namespace
}  // namespace gsoaprm::session
