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

// A host whose sessions outlive its process. Everything happens during the chaos.
struct Durability {
  bool durable = false;
  int crashes = 0;
  double at_a_wait = 0;    // of the crashes: just before, in or just after the next commit that somebody waits for
  Duration longest_pause;  // until it is back
  int stalls = 0;          // for a while nothing is written
  int full = 0;            // for a while nothing new is taken
  Duration longest_trouble;
  double failed_commit = 0;      // of those that somebody waits for
  double reaching_the_disk = 0;  // of those that failed
};

struct Parameters {
  std::uint64_t seed = 1;
  Traffic traffic = Traffic::kRequestReply;
  engine::Options client_options;
  engine::Options server_options;
  Faults faults;
  ServerSide server;
  ClientSide client;
  Durability server_store;
  Durability client_store;
  Duration chaos;  // its length
  std::int64_t client_clock = 1000;
  std::int64_t server_clock = 1000;
  // Time-outs and retries without end: no session may die, whatever the network does.
  bool patient = false;

  bool exactly_once() const {
    return server_store.durable && server_options.delivery == engine::Delivery::kExactlyOnce;
  }
  bool at_most_once() const { return server_store.durable && server_options.delivery == engine::Delivery::kAtMostOnce; }
};

Parameters Draw(std::uint64_t seed);

// As lines.
std::vector<std::string> Describe(const Parameters& parameters);

}  // namespace gsoaprm::simulation
