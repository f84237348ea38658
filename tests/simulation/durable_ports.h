// What a durable ClientSession needs from outside, in virtual time: exchanges that first ask whether they may be sent,
// and that end without a word with their process.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <vector>

#include "session/client_ports.h"
#include "session/client_session.h"
#include "tests/simulation/host_store.h"
#include "tests/simulation/network.h"
#include "tests/simulation/oracle.h"

namespace gsoaprm::simulation {

class DurablePorts : public session::Exchanges,
                     public session::ClientObserver,
                     public std::enable_shared_from_this<DurablePorts> {
 public:
  DurablePorts(World* world, Network* network, Oracle* oracle, const HostStore* storage, std::size_t index,
               std::size_t connections)
      : world_(*world),
        network_(*network),
        oracle_(*oracle),
        storage_(*storage),
        index_(index),
        connections_(connections) {}

  void Start(const std::shared_ptr<session::ClientSession>& session, engine::Transmit transmit,
             session::CallSettingsPointer settings) override;
  void Cancel(ExchangeId id) override;
  std::size_t MostAtOnce() const override { return connections_; }
  void SessionChanged(const SequenceId& sequence, const engine::StateChanged& change) override;

  // An exchange in the caller's own thread.
  void Run(const engine::Transmit& transmit, const ExchangePointer& exchange);
  // The process is over: nothing ends any more.
  void Die();
  bool dead() const { return dead_ || storage_.stopped(); }

 private:
  struct Order {
    std::shared_ptr<session::ClientSession> session;
    engine::Transmit transmit;
  };
  void SendNext();
  void Send(const std::shared_ptr<Order>& order);
  void Ended(const Order& order, engine::ExchangeResult result);
  void EndLater(const std::shared_ptr<Order>& order, const char* reason);

  World& world_;
  Network& network_;
  Oracle& oracle_;
  const HostStore& storage_;
  const std::size_t index_;
  const std::size_t connections_;
  std::deque<std::shared_ptr<Order>> waiting_;  // for a connection
  std::map<ExchangeId, ExchangePointer> running_;
  std::vector<std::weak_ptr<Exchange>> own_;  // of callers
  bool dead_ = false;
};

}  // namespace gsoaprm::simulation
