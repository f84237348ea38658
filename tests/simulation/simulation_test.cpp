// A short form of the simulation, and what it rests on.
#include "tests/simulation/simulation.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/scenarios/play.h"
#include "tests/simulation/message.h"
#include "tests/simulation/virtual_time.h"

namespace gsoaprm::simulation {
namespace {

constexpr std::uint64_t kSeeds = 500;

TEST(Simulation, KeepsEveryPromiseOverABadNetwork) {
  Tally seen;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Trace silent(false);
    const RunResult result = Simulate(Draw(seed), &silent);
    for (const std::string& violation : result.violations) ADD_FAILURE() << "seed " << seed << " " << violation;
    EXPECT_GE(result.tally.messages, 30u) << "seed " << seed;
    for (std::size_t i = 0; i < seen.events.size(); ++i) seen.events[i] += result.tally.events[i];
  }
  for (std::size_t i = 0; i < seen.events.size(); ++i) {
    EXPECT_GT(seen.events[i], 0u) << "no seed saw " << Name(static_cast<Event>(i));
  }
}

TEST(Simulation, RunsTheSameFromTheSameSeed) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Trace first(true), second(true);
    Simulate(Draw(seed), &first);
    Simulate(Draw(seed), &second);
    EXPECT_EQ(first.Text(), second.Text()) << "seed " << seed;
  }
}

// What the client's session did behind its lock and its ports is what the engine alone does.
TEST(Simulation, WritesScriptsOfItsClientsThatCanBePlayed) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const Parameters parameters = Draw(seed);
    // What no script can say.
    if (parameters.client.vanishing > 0 || parameters.client_store.durable) continue;
    Trace trace(true);
    Simulate(parameters, &trace);
    for (std::size_t session = 0; session < trace.scripts().sessions(); ++session) {
      const std::string name = "seed " + std::to_string(seed) + " session " + std::to_string(session + 1);
      EXPECT_EQ("", scenarios::PlayText(trace.scripts().OfClient(session, parameters), name));
    }
  }
}

TEST(Message, IsNeverTakenForWhatItWasWhenItIsDamaged) {
  wire::Envelope envelope;
  envelope.rm_action = wire::RmAction::kAckRequested;
  envelope.ack_requested = wire::AckRequestedHeader{SequenceId("urn:uuid:1")};
  envelope.addressing.action = wire::ActionUri(envelope.protocol.rm, envelope.rm_action);
  const MessagePointer message = Write(envelope);
  EXPECT_EQ(Reading::Kind::kRead, Read(*message).kind);
  testing::Chance chance(1);
  int refused = 0, altered = 0;
  for (int i = 0; i < 1000; ++i) {
    const MessagePointer damaged = Damage(*message, &chance);
    if (damaged->bytes.entity == message->bytes.entity) continue;  // a bit was flipped back
    const Reading::Kind kind = Read(*damaged).kind;
    EXPECT_NE(Reading::Kind::kRead, kind);
    ++(kind == Reading::Kind::kRefused ? refused : altered);
  }
  EXPECT_GT(refused, 0);
  EXPECT_GT(altered, 0);
}

TEST(SkewedClock, KnowsTheEarliestTimeOfTheWorldForEachOfItsOwn) {
  for (const std::int64_t speed : {900, 999, 1000, 1001, 1100}) {
    World world;
    SkewedClock clock(&world, speed);
    for (std::int64_t us = 1; us < 100000; us += 997) {
      const Timestamp own = clock.Now() + Duration::Microseconds(us);
      World later;
      later.now = clock.WorldTime(own);
      EXPECT_GE(SkewedClock(&later, speed).Now(), own);
      later.now = later.now + Duration::Microseconds(-1);
      EXPECT_LT(SkewedClock(&later, speed).Now(), own);
    }
  }
  World world;
  EXPECT_TRUE(SkewedClock(&world, 1100).WorldTime(Timestamp::Never()).never());
}

}  // namespace
}  // namespace gsoaprm::simulation
