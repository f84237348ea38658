#include "session/client_journal.h"

#include <algorithm>
#include <utility>

#include "store/fail_point.h"

namespace gsoaprm::session {

void ClientJournal::Restore(const engine::RecoveredInitiator& recovered) {
  for (const engine::OutgoingRecord& message : recovered.messages) messages_[message.number].id = message.id;
}

void ClientJournal::Enters(engine::OutgoingRecord message, const SequenceId& sequence, MessageNumber number) {
  messages_[number].id = message.id;
  message.endpoint = outbox_->endpoint();
  message.sequence = sequence;
  message.number = number;
  pending_.push_back(engine::OutgoingPut{std::move(message)});
}

void ClientJournal::LeavesOutbox(engine::OutgoingId id, const SequenceId& sequence, MessageNumber number) {
  messages_[number].id = id;
  pending_.push_back(engine::OutgoingAssigned{id, sequence, number});
  assigned_ = true;
}

void ClientJournal::CallerKnows(MessageNumber number) {
  const auto found = messages_.find(number);
  if (found != messages_.end()) found->second.caller_knows = true;
}

void ClientJournal::Collect(engine::InitiatorSession* engine) {
  engine::InitiatorChanges changes = engine->TakeChanges();
  if (!changes.settled.empty()) FailPoint("client.done.before_enqueue");
  for (MessageNumber number : changes.settled) {
    const auto found = messages_.find(number);
    if (found == messages_.end()) continue;
    pending_.push_back(engine::OutgoingDone{found->second.id});
    messages_.erase(found);
  }
  if (over_) return;
  // Also with a message that is done: its number must not be given out again.
  if (changes.advanced && !engine->sequence().empty()) pending_.push_back(engine::InitiatorAdvanced{engine->record()});
  if (!changes.ended || !messages_.empty()) return;
  over_ = true;
  if (!engine->sequence().empty()) pending_.push_back(engine::InitiatorEnded{engine->sequence()});
}

void ClientJournal::Ends(const SequenceId& sequence, const engine::StateChanged& change) {
  const auto& unsent = change.not_sent;
  const std::string reason =
      change.reason.code + ": " + change.reason.reason + " Whether the service has run the message is not known.";
  for (const auto& [number, message] : messages_) {
    const bool certainly_not_sent = std::find(unsent.begin(), unsent.end(), number) != unsent.end();
    if (message.caller_knows || change.reason.ok()) {
      pending_.push_back(engine::OutgoingDone{message.id});
    } else if (certainly_not_sent || resend_) {
      WaitsAgain(message);
    } else {
      pending_.push_back(engine::OutgoingBuried{message.id, reason});
    }
  }
  messages_.clear();
  if (over_) return;
  over_ = true;
  if (!sequence.empty()) pending_.push_back(engine::InitiatorEnded{sequence});
}

void ClientJournal::WaitsAgain(const Kept& message) {
  pending_.push_back(engine::OutgoingAssigned{message.id, SequenceId(), MessageNumber()});
  waits_again_ = true;
}

void ClientJournal::Write() {
  if (pending_.empty()) return;
  ticket_ = outbox_->store().Enqueue(std::exchange(pending_, engine::Changes()));
  if (std::exchange(assigned_, false)) outbox_->Assigned(ticket_);
  if (std::exchange(waits_again_, false)) outbox_->LookAgain(ticket_);
}

}  // namespace gsoaprm::session
