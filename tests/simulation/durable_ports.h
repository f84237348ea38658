// What a durable ClientSession needs from outside: exchanges end without a word with their process.
#pragma once

#include <memory>
#include <vector>

#include "tests/simulation/connections.h"
#include "tests/simulation/host_store.h"

namespace gsoaprm::simulation {

class DurablePorts : public Connections {
 public:
  DurablePorts(World* world, Network* network, Oracle* oracle, const HostStore* storage, std::size_t index,
               std::size_t connections)
      : Connections(world, network, oracle, index, connections), storage_(*storage) {}

  void SessionChanged(const SequenceId& sequence, const engine::StateChanged& change) override;
  void Made(const engine::Transmit& transmit) override { oracle_.ClientMakes(index_, transmit); }
  void Sending(const engine::Transmit& transmit) override { oracle_.ClientSends(index_, transmit); }
  void Received(ExchangeId, const engine::ExchangeResult& result) override { oracle_.ClientReceives(index_, result); }
  bool dead() const override { return dead_ || storage_.stopped(); }

  // An exchange in the caller's own thread.
  void Run(const engine::Transmit& transmit, const ExchangePointer& exchange);
  // The process is over.
  void Die();

 private:
  const HostStore& storage_;
  std::vector<std::weak_ptr<Exchange>> own_;  // of callers
  bool dead_ = false;
};

}  // namespace gsoaprm::simulation
