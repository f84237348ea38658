// What a ClientSession needs from outside, in virtual time.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <utility>

#include "session/client_ports.h"
#include "tests/simulation/client_host.h"

namespace gsoaprm::simulation {

// A caller's thread that waits on its own exchange and can be woken.
class Caller : public session::Interruptible {
 public:
  explicit Caller(World* world) : world_(*world) {}

  void Wait(const ExchangePointer& exchange) { exchange_ = exchange; }
  void Interrupt(std::uint64_t) override {
    // The session must not be called from within itself.
    if (const ExchangePointer exchange = exchange_.lock())
      world_.agenda.At(world_.now, [exchange] { exchange->Break(""); });
  }

 private:
  World& world_;
  std::weak_ptr<Exchange> exchange_;
};

class ClientHost::Ports : public session::Exchanges,
                          public session::ClientObserver,
                          public std::enable_shared_from_this<ClientHost::Ports> {
 public:
  Ports(World* world, SkewedClock* clock, ScriptWriter* scripts, Network* network, Oracle* oracle, std::size_t index,
        std::size_t connections)
      : world_(*world),
        clock_(*clock),
        scripts_(*scripts),
        network_(*network),
        oracle_(*oracle),
        index_(index),
        connections_(connections) {}

  void Start(const std::shared_ptr<session::ClientSession>& session, engine::Transmit transmit,
             session::CallSettingsPointer settings) override;
  void Cancel(ExchangeId id) override;
  std::size_t MostAtOnce() const override { return connections_; }
  void SessionChanged(const SequenceId& sequence, const engine::StateChanged& change) override;

 private:
  struct Order {
    std::shared_ptr<session::ClientSession> session;
    engine::Transmit transmit;
  };
  void SendNext();
  void Send(Order order);
  void Ended(const Order& order, engine::ExchangeResult result);

  World& world_;
  SkewedClock& clock_;
  ScriptWriter& scripts_;
  Network& network_;
  Oracle& oracle_;
  const std::size_t index_;
  const std::size_t connections_;
  std::deque<Order> waiting_;  // for a connection
  std::map<ExchangeId, ExchangePointer> running_;
};

}  // namespace gsoaprm::simulation
