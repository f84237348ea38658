// The server's door: CreateSequence, refused or accepted, repeated or new; sequences that are no more; messages that
// belong to none. No I/O, no clock; holds no sessions, only what must be known to decide.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/status.h"
#include "engine/acceptor_session.h"

namespace gsoaprm::engine {

// A new session is to be made with this identity; then answer with `response`.
struct SessionAccepted {
  AcceptorSession::Identity identity;
  Respond response;
  // For a store: what a repeated CreateSequence is known by, and the Expires of its answer.
  MessageId create_message_id;
  std::optional<std::string> expires;
};

using CreateDisposition = std::variant<SessionAccepted, Respond>;

class Listener {
 public:
  Listener(const Options& options, IdSource* ids);
  ~Listener();

  // ---- events ----
  // A CreateSequence. Repeats (same MessageID and principal, or same Offer and principal) get the same answer for
  // create_memory; what is wrong, or one too many, is refused, and so is every new one while the store has a problem.
  CreateDisposition HandleCreate(Timestamp now, const wire::Envelope& message, const Principal& principal,
                                 const Status& store_problem = Status());
  // A sequence that a store gave back, live or ended. Its times start anew: no clock outlives a process.
  void Restore(Timestamp now, const RecoveredAcceptor& recovered);
  // The session that was accepted could not be made: as if it had not been asked for.
  void SessionLost(const SequenceId& sequence);
  // The first message of a sequence came: it is no longer pending.
  void SessionActive(const SequenceId& sequence);
  // The session is over: its place is free; a tombstone answers repeats.
  void SessionEnded(Timestamp now, const SequenceId& sequence, std::optional<Respond> final_answer);
  // A message that names a sequence nobody holds (never known, ended, or another principal's). Repeats of the message
  // that ended a sequence get its final answer, everything else UnknownSequence.
  Respond HandleUnknown(Timestamp now, const wire::Envelope& message, const Principal& principal);
  // A message without RM at an endpoint that requires it: WsrmRequired (1.1) or ActionNotSupported (2005).
  Respond HandlePlain(const wire::Envelope& message);
  // The endpoint closes: new sessions are refused with EndpointUnavailable, those that are open go on.
  void StopAccepting();
  void HandleTimeout(Timestamp now);

  // ---- polls ----
  // Pending sequences to be given up, oldest first (more than max_pending_channels for longer than pending_timeout).
  std::optional<SequenceId> PollGiveUp(Timestamp now);
  Timestamp NextTimeout() const;
  // Durable: sequences of which nothing is known any more since the last call.
  std::vector<SequenceId> TakeForgotten();
  std::size_t open_sequences() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// The answer to a CreateSequence that a store cannot take.
Respond StoreRefusal(const wire::Envelope& request, const Status& problem);

// A fault as a message on the response of `request`: action, RelatesTo and SOAP form follow the request's protocol.
Respond FaultResponse(const wire::Envelope& request, wire::Fault fault);

}  // namespace gsoaprm::engine
