// Writes down a run as scenario scripts, one of each client session and one of the server, each in its host's own time:
// what was found by chance can be played again, and kept as a test.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "engine/initiator_session.h"
#include "tests/scenarios/script.h"
#include "tests/simulation/parameters.h"

namespace gsoaprm::simulation {

class ScriptWriter {
 public:
  explicit ScriptWriter(bool enabled) : enabled_(enabled) {}

  bool enabled() const { return enabled_; }
  void ClientActs(std::size_t session, Timestamp at, std::string verb, std::vector<std::string> arguments = {});
  void ClientSends(std::size_t session, Timestamp at, const engine::Transmit& transmit);
  void ClientReceives(std::size_t session, Timestamp at, ExchangeId exchange, const engine::ExchangeResult& result);
  void ServerActs(Timestamp at, std::string verb, std::vector<std::string> arguments);
  void ServerReceives(Timestamp at, std::uint64_t exchange, const wire::Envelope& message, bool by_stranger);
  // Null: no content.
  void ServerAnswers(Timestamp at, std::uint64_t exchange, const wire::Envelope* answer, int http_status);

  std::size_t sessions() const { return clients_.size(); }
  std::string OfClient(std::size_t session, const Parameters& parameters) const;
  std::string OfServer(const Parameters& parameters) const;

 private:
  struct Event {
    Timestamp at;
    std::variant<wire::TraceMessage, scenarios::Act> what;
  };
  using Events = std::vector<Event>;

  void Add(std::size_t session, Timestamp at, std::variant<wire::TraceMessage, scenarios::Act> what);
  static std::vector<scenarios::Line> Lines(const Events& events);

  bool enabled_;
  std::vector<Events> clients_;
  Events server_;
};

}  // namespace gsoaprm::simulation
