// Every knob of a reliable session as the engine uses it. Names, defaults and ranges are those of WCF's
// ReliableSessionBindingElement where WCF has them; the public header documents each for users.
#pragma once

#include <cstddef>
#include <vector>

#include "base/http_address.h"
#include "base/time.h"
#include "wire/protocol_version.h"

namespace gsoaprm::engine {

enum class ConcurrencyMode {
  kSingle,    // WCF's default: an operation of a session starts when the one before it has returned
  kMultiple,  // ordered sessions: only the starts are ordered; unordered: no restriction
};

// Whether the initiator offers a sequence for replies.
enum class SessionShape {
  kLearn,         // with an Offer first, without when the peer does not take it
  kRequestReply,  // always with
  kOneWay,        // always without
};

// Durable sessions: when a message counts as done, across a crash of the server.
enum class Delivery {
  kAtLeastOnce,  // when its operation has answered: a crash in between runs it again
  kAtMostOnce,   // before its operation is begun: a crash in between does not
  kExactlyOnce,  // with the operation's own writes, in one transaction
};

struct Options {
  wire::Protocol protocol;

  // ReliableSessionBindingElement
  Duration acknowledgement_interval = Duration::Milliseconds(200);
  bool flow_control_enabled = true;
  Duration inactivity_timeout = Duration::Seconds(600);
  int max_pending_channels = 4;
  int max_retry_count = 8;
  int max_transfer_window_size = 8;
  bool ordered = true;

  // Binding time-outs of WCF
  Duration open_timeout = Duration::Seconds(60);
  Duration send_timeout = Duration::Seconds(60);
  Duration close_timeout = Duration::Seconds(60);

  // Ours
  Duration retransmission_minimum = Duration::Milliseconds(400);  // WCF's constant in mean + 400 ms
  Duration retransmission_maximum = Duration::Seconds(60);        // WCF has no ceiling
  Duration handshake_retry_interval = Duration::Seconds(10);      // Create, Close, Terminate: WCF's 10 s
  SessionShape shape = SessionShape::kLearn;
  ConcurrencyMode concurrency_mode = ConcurrencyMode::kSingle;
  std::size_t acknowledgement_ranges = 128;
  std::size_t session_memory = 16 * 1024 * 1024;  // bytes of early messages and kept replies in one session
  std::size_t total_memory = 256 * 1024 * 1024;   // the same of all sessions of a server
  int sequences_per_endpoint = 1024;
  int sequences_per_principal = 64;
  Duration pending_timeout = Duration::Seconds(10);  // a created sequence beyond max_pending_channels is given up after
  Duration create_memory = Duration::Seconds(120);   // a repeated CreateSequence gets the same answer for this long
  // Sessions have a store and outlive the process. A client's then has no limit of retries, and no inactivity ends it.
  bool durable = false;
  Delivery delivery = Delivery::kAtLeastOnce;  // of durable sessions
  bool resend_after_loss = false;  // a durable client whose session the peer has forgotten: uncertain messages go again
  std::vector<HttpOrigin> response_endpoints;  // whom a server may post answers to, where a client wants them there
  Duration tombstone_lifetime = Duration::Seconds(300);  // a repeated Close or Terminate of an ended sequence likewise
};

}  // namespace gsoaprm::engine
