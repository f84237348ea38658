// The server's half of a reliable session: RMD of the created sequence, RMS of the offered one, whose messages travel
// only on the responses of the client's own exchanges. A state machine without I/O, clock or thread.
//
// The caller holds one thread per exchange. It asks what to do with a message (HandleMessage), runs the operation when
// told so, and reports OperationAnswered and OperationReturned. Nothing here waits.
//
// A durable session (Options::durable) says after each event what of it must survive (TakeChanges); the caller lets
// nothing be seen of the event before that is written. With delivery at least or exactly once a message is acknowledged
// when its operation has answered, otherwise when it is begun.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "base/status.h"
#include "base/time.h"
#include "base/types.h"
#include "engine/id_source.h"
#include "engine/options.h"
#include "engine/records.h"
#include "wire/envelope_reader.h"

namespace gsoaprm::engine {

// ---- what to do with the exchange on which a message came ----

// Answer with this message, now. 500 for faults.
struct Respond {
  wire::Envelope envelope;
  int http_status = 200;
  // Not empty: the message is posted to this address, and the exchange itself gets "no answer yet". Once: what is lost
  // on the way, the client asks for by sending its message again.
  Uri post_to;
  std::shared_ptr<const Respond> besides;  // another message, to be posted
};

// "No answer yet": HTTP 202 with an empty body; the peer's timer goes on.
struct RespondEmpty {};

// Run the operation with this message, on this exchange; its answer goes to OperationAnswered.
struct Deliver {
  MessageNumber number;
  wire::PayloadPointer payload;
  std::string action;                   // wsa:Action of the request
  std::optional<MessageId> message_id;  // for RelatesTo
};

// In order, but the operation before it still runs; or a copy of a message whose own operation runs without an
// exchange. A thread that may wait calls TryBegin(number) whenever the session changes; one that may not is never told
// this, and no two threads are for the same message.
struct WaitTurn {
  MessageNumber number;
};

using Disposition = std::variant<Respond, RespondEmpty, Deliver, WaitTurn>;

// What a session may keep in any case, so that others that keep much do not stop it.
constexpr std::size_t kGuaranteedMemory = 64 * 1024;

// What the caller can do, which decides what is kept and what is acknowledged.
struct ExchangeTraits {
  bool may_wait = true;          // another thread can make progress while this one waits
  bool dispatches_kept = false;  // early messages kept now will certainly be run later (the serve loop comes round)
  bool store_has_room = true;    // of a durable session: false makes it take nothing new
  // What all sessions together may keep beyond what they keep now.
  std::size_t memory_left = SIZE_MAX;
};

// The application's answer to a delivered message.
struct OperationAnswer {
  wire::PayloadPointer reply;  // null: the operation is one-way
  int http_status = 200;       // 500 and others for faults, as the host chose
  std::string action;          // wsa:Action of the reply; empty: the request's with "Response", or the fault action
};

struct AcceptorMetrics {
  std::uint64_t delivered = 0;              // operations started
  std::uint64_t duplicates_suppressed = 0;  // copies of messages already taken
  std::uint64_t replies_repeated = 0;       // kept replies sent again
  std::uint64_t early_kept = 0;             // messages kept until a gap closed
  std::uint64_t dropped = 0;                // messages not taken for want of room; never acknowledged
};

class AcceptorSession {
 public:
  using Identity = AcceptorIdentity;
  AcceptorSession(const Options& options, Identity identity, Timestamp now);
  // Goes on where a store left off; `recovered` has not ended. What the restart itself changes is in TakeChanges():
  // messages whose operation a crash has cut short, and that may run at most once, become dead letters and get a fault
  // for a reply.
  AcceptorSession(const Options& options, const RecoveredAcceptor& recovered, Timestamp now);
  ~AcceptorSession();

  // ---- getters ----
  const Identity& identity() const;
  // Terminated, aborted by the peer, faulted, or inactive for too long; to be forgotten by the registry, which keeps
  // FinalAnswer() for repeated Terminate messages.
  bool ended() const;
  const Status& end_reason() const;   // ok when terminated in order
  std::size_t kept_bytes() const;     // early messages and kept replies
  bool has_received_message() const;  // false: still pending in the sense of MaxPendingChannels
  // No operation runs, waits or is kept.
  bool idle() const;
  const AcceptorMetrics& metrics() const;
  bool IsConsistent() const;

  // ---- events ----
  // Any message of this session except CreateSequence: application messages, LastMessage, AckRequested,
  // SequenceAcknowledgement, Close, Terminate, and faults that end it. The principal was checked by the caller.
  Disposition HandleMessage(Timestamp now, const wire::Envelope& message, const ExchangeTraits& traits);

  // A message of this session that could not be read: its fault, which ends the session where that is its meaning.
  Respond RefuseUnreadable(const wire::ReadResult& result);

  // A waiting message whose turn has come: Deliver; still to wait: WaitTurn; answered meanwhile, or no longer wanted
  // since the session ended: Respond or RespondEmpty.
  Disposition TryBegin(Timestamp now, MessageNumber number);
  // The thread that waited gives up (time-out, shutdown): the message becomes a kept one, or is forgotten if it was not
  // acknowledged.
  void StopWaiting(Timestamp now, MessageNumber number);

  // The operation's answer is there: what to put on its exchange. Keeps the reply until it is acknowledged.
  // For messages that ran without an exchange of their own the result is not sent; copies collect it.
  Disposition OperationAnswered(Timestamp now, MessageNumber number, OperationAnswer answer);
  // The operation has returned; the next may start (concurrency single). One that returns without an answer will never
  // give one: it counts as one-way.
  void OperationReturned(Timestamp now, MessageNumber number);

  // The operation ran in a transaction that could not be committed: it counts as not run, and its answer, if it gave
  // one, as not given. A copy of the message, or the next turn, runs it again. Only where nothing was told of the
  // answer.
  void OperationUndone(Timestamp now, MessageNumber number);

  void HandleTimeout(Timestamp now);

  // ---- a durable session ----
  // What is to be written since the last call; empty in sessions that are not durable.
  Changes TakeChanges();
  // Nobody will run what is left of this session, which has ended: it becomes dead letters.
  void BuryLeftovers();

  // ---- polls ----
  // Whether a kept message could run now.
  bool HasReady() const;
  // Whether this message is kept because one before it is missing.
  bool IsKeptBehindGap(MessageNumber number) const;
  // Claims it: from now on it counts as running.
  std::optional<Deliver> TakeReady(Timestamp now);
  // The answer to repeat to a copy of the message that ended the session; empty if none.
  std::optional<Respond> FinalAnswer() const;
  Timestamp NextTimeout() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// What a store gave back of a session that had ended and whose process stopped before all of it was run.
Changes BuryLeftovers(const RecoveredAcceptor& ended);

}  // namespace gsoaprm::engine
