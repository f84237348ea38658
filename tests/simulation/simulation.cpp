#include "tests/simulation/simulation.h"

#include <algorithm>
#include <memory>

#include "tests/simulation/client_host.h"
#include "tests/simulation/durable_client.h"
#include "tests/simulation/network.h"
#include "tests/simulation/oracle.h"
#include "tests/simulation/server_host.h"

namespace gsoaprm::simulation {
namespace {

// A run of some dozens of calls takes some thousands of events; more mean that it turns in circles.
constexpr std::uint64_t kMostEvents = 200000;
// From the heal until everything is done: many of the longest waits one after the other.
constexpr Duration kTimeToComplete = Duration::Seconds(3600);

class Simulation {
 public:
  Simulation(const Parameters& parameters, Trace* trace)
      : parameters_(parameters),
        server_store_(parameters.server_store, parameters.seed * 1000003 + 1),
        client_store_(parameters.client_store, parameters.seed * 1000003 + 2),
        world_(MakeWorld(parameters)),
        oracle_(parameters, &world_, &result_.tally, trace),
        network_(&world_, parameters.faults, parameters.seed * 7 + 5, &result_.tally, trace),
        client_(MakeClient(trace)),
        server_(parameters, &server_store_, &world_, &oracle_, &result_.tally, trace) {
    network_.Connect(
        [this](const wire::Envelope& message, const Principal& principal, Network::Answer answer,
               Network::Broken broken) { server_.Receive(message, principal, std::move(answer), std::move(broken)); });
    server_store_.Plan(&world_, &result_.tally);
    client_store_.Plan(&world_, &result_.tally);
    oracle_.UseDisks(server_store_.durable() ? &server_store_.disk() : nullptr,
                     client_store_.durable() ? &client_store_.disk() : nullptr);
    const bool skewed = parameters.client_clock != parameters.server_clock;
    result_.tally[Event::kClockSkew] = skewed ? 1 : 0;
  }

  RunResult Run() {
    world_.agenda.At(world_.heal, [] {});
    client_->Advance();
    while (oracle_.violations().empty() && !client_->done() && Step()) {
      const Timestamp limit = world_.heal + kTimeToComplete + parameters_.client.idle_time * 2;
      if (world_.now > limit) oracle_.Broken("L1 to L3, not everything is done long after the network is sound");
    }
    // L4: what the client has left behind, and what was kept for those who might ask again, goes away by itself.
    while (oracle_.violations().empty() && Step()) {
    }
    if (oracle_.violations().empty()) JudgeEnd();
    client_->Count();
    server_.Count();
    result_.violations = oracle_.violations();
    return result_;
  }

 private:
  static World MakeWorld(const Parameters& parameters) {
    World world;
    world.heal = world.now + parameters.chaos;
    return world;
  }

  std::unique_ptr<ClientProgram> MakeClient(Trace* trace) {
    if (client_store_.durable()) {
      return std::make_unique<DurableClient>(parameters_, &client_store_, &world_, &network_, &oracle_, &result_.tally);
    }
    return std::make_unique<ClientHost>(parameters_, &world_, &network_, &oracle_, &result_.tally, trace);
  }

  // The next event and what follows from it. False when there is none.
  bool Step() {
    const Timestamp next = std::min({world_.agenda.Next(), client_->NextTimeout(), server_.NextTimeout()});
    if (next.never()) {
      if (!client_->done()) oracle_.Broken("L1 to L3, nothing will happen any more and not everything is done");
      return false;
    }
    if (++result_.events > kMostEvents) oracle_.Broken("L5, the hosts turn in circles");
    world_.now = std::max(world_.now, next);
    if (world_.agenda.Next() <= world_.now) {
      world_.agenda.Take()();
    } else {
      client_->HandleTimeout();
      server_.HandleTimeout();
    }
    server_.Advance();
    client_->Advance();
    server_store_.PlanKeeper();
    client_store_.PlanKeeper();
    if (!client_->IsConsistent()) oracle_.Broken("an invariant of the initiator");
    if (!server_.IsConsistent()) oracle_.Broken("an invariant of the acceptor");
    return true;
  }

  void JudgeEnd() {
    oracle_.Judge();
    if (server_.open() != 0) oracle_.Broken("L4, the server has kept a session for ever");
    if (!server_.idle()) oracle_.Broken("L4, a thread of the server waits for ever");
    if (!server_store_.IsEmpty())
      oracle_.Broken("L4, the server's store has kept something: " + server_store_.disk().Text());
    if (!client_store_.IsEmpty())
      oracle_.Broken("L4, the client's store has kept something: " + client_store_.disk().Text());
  }

  RunResult result_;
  const Parameters& parameters_;
  HostStore server_store_;
  HostStore client_store_;
  World world_;
  Oracle oracle_;
  Network network_;
  std::unique_ptr<ClientProgram> client_;
  ServerHost server_;
};

}  // namespace

RunResult Simulate(const Parameters& parameters, Trace* trace) { return Simulation(parameters, trace).Run(); }

}  // namespace gsoaprm::simulation
