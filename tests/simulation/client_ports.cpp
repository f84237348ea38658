#include "tests/simulation/client_ports.h"

#include <algorithm>

namespace gsoaprm::simulation {

void ClientHost::Ports::Start(const std::shared_ptr<session::ClientSession>& session, engine::Transmit transmit,
                              session::CallSettingsPointer) {
  // What is demanded of messages is demanded in the order of their making, whenever a connection is free.
  oracle_.ClientSends(index_, transmit);
  scripts_.ClientSends(index_, clock_.Now(), transmit);

  waiting_.push_back(Order{session, std::move(transmit)});
  SendNext();
}

void ClientHost::Ports::SendNext() {
  while (!waiting_.empty() && running_.size() < connections_) {
    Order order = std::move(waiting_.front());
    waiting_.pop_front();
    Send(std::move(order));
  }
}

void ClientHost::Ports::Send(Order order) {
  const auto shared = std::make_shared<Order>(std::move(order));
  const auto exchange = std::make_shared<Exchange>(
      world_.now,
      [self = shared_from_this(), shared](engine::ExchangeResult result) { self->Ended(*shared, std::move(result)); });
  running_.emplace(shared->transmit.exchange, exchange);
  network_.Send(shared->transmit.envelope, exchange);
}

void ClientHost::Ports::Ended(const Order& order, engine::ExchangeResult result) {
  running_.erase(order.transmit.exchange);
  oracle_.ClientReceives(index_, result);
  scripts_.ClientReceives(index_, clock_.Now(), order.transmit.exchange, result);
  order.session->FinishExchange(order.transmit.exchange, std::move(result));
  SendNext();
}

void ClientHost::Ports::Cancel(ExchangeId id) {
  const auto running = running_.find(id);
  if (running != running_.end()) {
    world_.agenda.At(world_.now, [exchange = running->second] { exchange->Break(""); });
    return;
  }
  const auto waiting = std::find_if(waiting_.begin(), waiting_.end(),
                                    [id](const Order& order) { return order.transmit.exchange == id; });
  if (waiting == waiting_.end()) return;
  world_.agenda.At(world_.now,
                   [self = shared_from_this(), order = *waiting] { self->Ended(order, engine::ExchangeResult()); });
  waiting_.erase(waiting);
}

void ClientHost::Ports::SessionChanged(const SequenceId&, const engine::StateChanged& change) {
  oracle_.ClientChanges(index_, change);
  if (!scripts_.enabled()) return;
  std::vector<std::string> words = {engine::Name(change.state)};
  if (!change.reason.ok()) words.push_back(change.reason.code);
  scripts_.ClientActs(index_, clock_.Now(), "state", std::move(words));
}

}  // namespace gsoaprm::simulation
