// What the client sessions of either kind need from outside, in virtual time.
#pragma once

#include <deque>
#include <map>
#include <memory>

#include "session/client_ports.h"
#include "session/client_session.h"
#include "tests/simulation/network.h"
#include "tests/simulation/oracle.h"

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

// The connections of one session: exchanges wait for one that is free.
class Connections : public session::Exchanges,
                    public session::ClientObserver,
                    public std::enable_shared_from_this<Connections> {
 public:
  // `index`: of the session, for the oracle. `most`: so many at once.
  Connections(World* world, Network* network, Oracle* oracle, std::size_t index, std::size_t most)
      : world_(*world), network_(*network), oracle_(*oracle), index_(index), most_(most) {}

  void Start(const std::shared_ptr<session::ClientSession>& session, engine::Transmit transmit,
             session::CallSettingsPointer settings) override;
  void Cancel(ExchangeId id) override;
  std::size_t MostAtOnce() const override { return most_; }

 protected:
  // The process is over: nothing starts or ends any more.
  virtual bool dead() const { return false; }
  // In the order in which the session makes its messages, whenever a connection is free.
  virtual void Made(const engine::Transmit& transmit) = 0;
  virtual void Sending(const engine::Transmit&) {}
  virtual void Received(ExchangeId id, const engine::ExchangeResult& result) = 0;
  void Forget();

  World& world_;
  Network& network_;
  Oracle& oracle_;
  const std::size_t index_;

 private:
  struct Order {
    std::shared_ptr<session::ClientSession> session;
    engine::Transmit transmit;
  };
  void SendNext();
  void Send(const std::shared_ptr<Order>& order);
  void Ended(const Order& order, engine::ExchangeResult result);

  const std::size_t most_;
  std::deque<std::shared_ptr<Order>> waiting_;
  std::map<ExchangeId, ExchangePointer> running_;
};

}  // namespace gsoaprm::simulation
