#include "tests/simulation/connections.h"

#include <algorithm>
#include <utility>

namespace gsoaprm::simulation {

void Connections::Start(const std::shared_ptr<session::ClientSession>& session, engine::Transmit transmit,
                        session::CallSettingsPointer) {
  if (dead()) return;
  Made(transmit);
  waiting_.push_back(std::make_shared<Order>(Order{session, std::move(transmit)}));
  SendNext();
}

void Connections::SendNext() {
  while (!dead() && !waiting_.empty() && running_.size() < most_) {
    const std::shared_ptr<Order> order = std::move(waiting_.front());
    waiting_.pop_front();
    Send(order);
  }
}

void Connections::Send(const std::shared_ptr<Order>& order) {
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
  Sending(order->transmit);
  network_.Send(order->transmit.envelope, exchange);
}

void Connections::Ended(const Order& order, engine::ExchangeResult result) {
  if (dead()) return;
  running_.erase(order.transmit.exchange);
  Received(order.transmit.exchange, result);
  order.session->FinishExchange(order.transmit.exchange, std::move(result));
  SendNext();
}

void Connections::Cancel(ExchangeId id) {
  if (dead()) return;
  const auto running = running_.find(id);
  if (running != running_.end()) {
    world_.agenda.At(world_.now, [exchange = running->second] { exchange->Break(""); });
    return;
  }
  const auto waiting = std::find_if(waiting_.begin(), waiting_.end(),
                                    [id](const auto& order) { return order->transmit.exchange == id; });
  if (waiting == waiting_.end()) return;
  world_.agenda.At(world_.now,
                   [self = shared_from_this(), order = *waiting] { self->Ended(*order, engine::ExchangeResult()); });
  waiting_.erase(waiting);
}

void Connections::Forget() {
  waiting_.clear();
  for (const auto& running : running_) running.second->Forget();
  running_.clear();
}

}  // namespace gsoaprm::simulation
