// What a run consists of, all of it drawn from its seed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "engine/options.h"

namespace gsoaprm::simulation {

enum class Traffic { kOneWay, kRequestReply, kMixed };

// Of the network, until it heals. Probabilities are per message and direction.
struct Faults {
  double request_loss = 0;
  double response_loss = 0;
  double duplication = 0;
  double replay = 0;  // of a message of any age
  double corruption = 0;
  double black_hole = 0;  // nothing arrives for a while
  double mixing_up = 0;   // two replies change places
  Duration longest_hole;
  Duration longest_delay;  // messages overtake each other within it
  // What a lost message looks like to the client: a connection that breaks, or one that brings nothing.
  double hanging = 0;
  Duration hanging_time;  // until the transport gives up
};

struct ServerSide {
  int threads = 1;              // 1: iterative, no message may wait
  bool dispatches_kept = true;  // the serve loop comes round for messages that were kept
  Duration longest_operation;
  Duration longest_return;     // of a one-way operation, after its answer
  double operation_fault = 0;  // the operation answers with a fault of its own
};

struct ClientSide {
  int callers = 1;
  int calls = 30;
  int sessions = 1;  // after each part of the calls it closes the session and opens another
  Duration longest_pause;
  std::size_t connections = 8;
  bool closes_at_once = false;  // while calls are still under way
  double vanishing = 0;         // it drops its session without a word, per session
  double aborting = 0;
  Duration idle_time;  // in a healed network, before it closes
};

struct Parameters {
  std::uint64_t seed = 1;
  Traffic traffic = Traffic::kRequestReply;
  engine::Options client_options;
  engine::Options server_options;
  Faults faults;
  ServerSide server;
  ClientSide client;
  Duration chaos;  // its length
  std::int64_t client_clock = 1000;
  std::int64_t server_clock = 1000;
  // Time-outs and retries without end: no session may die, whatever the network does.
  bool patient = false;
};

Parameters Draw(std::uint64_t seed);

// As lines.
std::vector<std::string> Describe(const Parameters& parameters);

}  // namespace gsoaprm::simulation
