#include "tests/simulation/durable_ports.h"

namespace gsoaprm::simulation {

void DurablePorts::Run(const engine::Transmit& transmit, const ExchangePointer& exchange) {
  own_.push_back(exchange);
  Made(transmit);
  Sending(transmit);
  network_.Send(transmit.envelope, exchange);
}

void DurablePorts::SessionChanged(const SequenceId&, const engine::StateChanged& change) {
  if (!dead()) oracle_.ClientChanges(index_, change);
}

void DurablePorts::Die() {
  dead_ = true;
  Forget();
  for (const std::weak_ptr<Exchange>& own : own_) {
    if (const ExchangePointer exchange = own.lock()) exchange->Forget();
  }
  own_.clear();
}

}  // namespace gsoaprm::simulation
