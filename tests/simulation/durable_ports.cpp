#include "tests/simulation/durable_ports.h"

#include <algorithm>
#include <utility>

namespace gsoaprm::simulation {

void DurablePorts::Start(const std::shared_ptr<session::ClientSession>& session, engine::Transmit transmit,
                         session::CallSettingsPointer) {
  if (dead()) return;
  oracle_.ClientMakes(index_, transmit);
  waiting_.push_back(std::make_shared<Order>(Order{session, std::move(transmit)}));
  SendNext();
}

void DurablePorts::SendNext() {
  while (!dead() && !waiting_.empty() && running_.size() < connections_) {
    const std::shared_ptr<Order> order = std::move(waiting_.front());
    waiting_.pop_front();
    Send(order);
  }
}

void DurablePorts::Send(const std::shared_ptr<Order>& order) {
  const ExchangeId id = order->transmit.exchange;
  const auto exchange = std::make_shared<Exchange>(
      world_.now,
      [self = shared_from_this(), order](engine::ExchangeResult result) { self->Ended(*order, std::move(result)); });
  running_.emplace(id, exchange);
  const bool may_send = order->session->MaySend(id);
  if (dead()) return;
  if (!may_send) {
    world_.agenda.At(world_.now, [exchange] { exchange->Break("the store does not take what is written"); });
    return;
  }
  oracle_.ClientSends(index_, order->transmit);
  network_.Send(order->transmit.envelope, exchange);
}

void DurablePorts::Run(const engine::Transmit& transmit, const ExchangePointer& exchange) {
  own_.push_back(exchange);
  oracle_.ClientMakes(index_, transmit);
  oracle_.ClientSends(index_, transmit);
  network_.Send(transmit.envelope, exchange);
}

void DurablePorts::Ended(const Order& order, engine::ExchangeResult result) {
  if (dead()) return;
  running_.erase(order.transmit.exchange);
  oracle_.ClientReceives(index_, result);
  order.session->FinishExchange(order.transmit.exchange, std::move(result));
  SendNext();
}

void DurablePorts::EndLater(const std::shared_ptr<Order>& order, const char* reason) {
  engine::ExchangeResult result;
  result.reason = reason;
  world_.agenda.At(world_.now, [self = shared_from_this(), order, result] { self->Ended(*order, result); });
}

void DurablePorts::Cancel(ExchangeId id) {
  if (dead()) return;
  const auto running = running_.find(id);
  if (running != running_.end()) {
    world_.agenda.At(world_.now, [exchange = running->second] { exchange->Break(""); });
    return;
  }
  const auto waiting = std::find_if(waiting_.begin(), waiting_.end(),
                                    [id](const auto& order) { return order->transmit.exchange == id; });
  if (waiting == waiting_.end()) return;
  EndLater(*waiting, "");
  waiting_.erase(waiting);
}

void DurablePorts::SessionChanged(const SequenceId&, const engine::StateChanged& change) {
  if (!dead()) oracle_.ClientChanges(index_, change);
}

void DurablePorts::Die() {
  dead_ = true;
  waiting_.clear();
  for (const auto& running : running_) running.second->Forget();
  running_.clear();
  for (const std::weak_ptr<Exchange>& own : own_) {
    if (const ExchangePointer exchange = own.lock()) exchange->Forget();
  }
  own_.clear();
}

}  // namespace gsoaprm::simulation
