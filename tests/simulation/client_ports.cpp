#include "tests/simulation/client_ports.h"

#include <utility>

namespace gsoaprm::simulation {

void ClientHost::Ports::Made(const engine::Transmit& transmit) {
  oracle_.ClientSends(index_, transmit);
  scripts_.ClientSends(index_, clock_.Now(), transmit);
}

void ClientHost::Ports::Received(ExchangeId id, const engine::ExchangeResult& result) {
  oracle_.ClientReceives(index_, result);
  scripts_.ClientReceives(index_, clock_.Now(), id, result);
}

void ClientHost::Ports::SessionChanged(const SequenceId&, const engine::StateChanged& change) {
  oracle_.ClientChanges(index_, change);
  if (!scripts_.enabled()) return;
  std::vector<std::string> words = {engine::Name(change.state)};
  if (!change.reason.ok()) words.push_back(change.reason.code);
  scripts_.ClientActs(index_, clock_.Now(), "state", std::move(words));
}

}  // namespace gsoaprm::simulation
