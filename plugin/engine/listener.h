// The server's door: CreateSequence, refused or accepted, repeated or new; sequences that are no more; messages that
// belong to none. No I/O, no clock; holds no sessions, only what must be known to decide.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "engine/acceptor_session.h"

namespace gsoaprm::engine {

// A new session is to be made with this identity; then answer with `response`.
struct SessionAccepted {
  AcceptorSession::Identity identity;
  Respond response;
};

using CreateDisposition = std::variant<SessionAccepted, Respond>;

class Listener {
 public:
  Listener(const Options& options, IdSource* ids);
  ~Listener();

  // ---- events ----
  // A CreateSequence. Repeats (same MessageID and principal, or same Offer and principal) get the same answer for
  // create_memory; what is wrong, or one too many, is refused.
  CreateDisposition HandleCreate(Timestamp now, const wire::Envelope& message, const Principal& principal);
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
  std::size_t open_sequences() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// A fault as a message on the response of `request`: action, RelatesTo and SOAP form follow the request's protocol.
Respond FaultResponse(const wire::Envelope& request, wire::Fault fault);

}  // namespace gsoaprm::engine
