// Writes into the store what becomes of the messages of one session, and what its next process has to know of it.
// Guarded by the session's lock.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/initiator_session.h"
#include "session/outbox.h"

namespace gsoaprm::session {

class ClientJournal {
 public:
  ClientJournal(std::shared_ptr<Outbox> outbox, bool resend_after_loss)
      : outbox_(std::move(outbox)), resend_(resend_after_loss) {}

  // The messages that an earlier process has left in the window.
  void Restore(const engine::RecoveredInitiator& recovered);

  // ---- each is written with the next Write ----
  // It has this number for good, and is new to the store, or has waited there.
  void Enters(engine::OutgoingRecord message, const SequenceId& sequence, MessageNumber number);
  void LeavesOutbox(engine::OutgoingId id, const SequenceId& sequence, MessageNumber number);
  // Whoever waits for it is told how it ended: after the end of the session nobody else need care.
  void CallerKnows(MessageNumber number);
  // What the engine has done.
  void Collect(engine::InitiatorSession* engine);
  // The session has ended: what is left waits again, or becomes a dead letter.
  void Ends(const SequenceId& sequence, const engine::StateChanged& change);

  void Write();
  // What a message of the session that leaves now relies on.
  store::Ticket ticket() const { return ticket_; }

 private:
  struct Kept {
    engine::OutgoingId id = 0;
    bool caller_knows = false;
  };
  using Messages = std::map<MessageNumber, Kept>;
  void WaitsAgain(const Kept& message);

  const std::shared_ptr<Outbox> outbox_;
  const bool resend_;
  Messages messages_;  // in the window
  engine::Changes pending_;
  store::Ticket ticket_ = 0;
  bool assigned_ = false;     // pending_ takes messages out of the outbox
  bool waits_again_ = false;  // pending_ puts messages back there
  bool over_ = false;         // the store keeps nothing of the session any more
};

}  // namespace gsoaprm::session
