// What the ClientSession of a client without a store needs from outside: all that passes is written into the scripts.
#pragma once

#include "tests/simulation/client_host.h"
#include "tests/simulation/connections.h"

namespace gsoaprm::simulation {

class ClientHost::Ports : public Connections {
 public:
  Ports(World* world, SkewedClock* clock, ScriptWriter* scripts, Network* network, Oracle* oracle, std::size_t index,
        std::size_t connections)
      : Connections(world, network, oracle, index, connections), clock_(*clock), scripts_(*scripts) {}

  void SessionChanged(const SequenceId& sequence, const engine::StateChanged& change) override;
  void Made(const engine::Transmit& transmit) override;
  void Received(ExchangeId id, const engine::ExchangeResult& result) override;

 private:
  SkewedClock& clock_;
  ScriptWriter& scripts_;
};

}  // namespace gsoaprm::simulation
