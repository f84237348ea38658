// The way between the hosts. Until it heals it loses, repeats, replays, delays, damages and mixes up.
#pragma once

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "engine/acceptor_session.h"
#include "tests/simulation/exchange.h"
#include "tests/simulation/message.h"
#include "tests/simulation/parameters.h"
#include "tests/simulation/tally.h"
#include "tests/simulation/trace.h"

namespace gsoaprm::simulation {

// The two principals that the server knows.
constexpr char kClient[] = "client";
constexpr char kStranger[] = "stranger";

class Network {
 public:
  // Empty: HTTP 202.
  using Answer = std::function<void(std::optional<engine::Respond>)>;
  using Broken = std::function<void()>;  // instead of an answer: the server is gone
  using Server = std::function<void(const wire::Envelope&, const Principal&, Answer, Broken)>;

  Network(World* world, const Faults& faults, std::uint64_t seed, Tally* tally, Trace* trace)
      : world_(*world), faults_(faults), chance_(seed), tally_(*tally), trace_(*trace) {}

  void Connect(Server server) { server_ = std::move(server); }
  void Send(const wire::Envelope& envelope, const ExchangePointer& exchange);

 private:
  struct Request {
    MessagePointer message;
    Principal principal;
    ExchangePointer exchange;  // null: nobody gets the answer
    std::uint64_t serial = 0;  // of the sending; 0 for replays
  };
  struct Response {
    int status = 202;
    MessagePointer message;  // null: empty
  };

  bool Happens(double probability) { return world_.chaos() && chance_.Happens(probability); }
  Duration Delay();
  bool InBlackHole();
  void Lose(const ExchangePointer& exchange, const char* reason);
  void Repeat(Request request);
  void Replay();
  void Carry(Request request);
  void Arrive(const Request& request);
  void NoteOrder(const Request& request);
  void Respond(const ExchangePointer& exchange, const std::optional<engine::Respond>& answer, bool in_session);
  void Hold(const ExchangePointer& exchange, const Response& response);
  bool Cached(const ExchangePointer& exchange);
  bool MixUp(const ExchangePointer& exchange, const Response& response, bool in_session);
  void CarryBack(const ExchangePointer& exchange, Response response);
  void ArriveBack(const ExchangePointer& exchange, const Response& response);

  World& world_;
  const Faults faults_;
  testing::Chance chance_;
  Tally& tally_;
  Trace& trace_;
  Server server_;
  Timestamp hole_end_ = Timestamp::FromMicroseconds(0);
  std::vector<MessagePointer> sent_;                          // to be replayed
  std::vector<Response> replies_;                             // likewise
  std::optional<std::pair<ExchangePointer, Response>> held_;  // a reply that is given to the next one's request
  std::uint64_t last_serial_ = 0;
  std::uint64_t latest_arrived_ = 0;
};

}  // namespace gsoaprm::simulation
