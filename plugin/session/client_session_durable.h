// What a client session keeps only when it is durable, guarded by the session's lock.
#pragma once

#include <cstddef>
#include <memory>
#include <set>
#include <utility>

#include "session/client_journal.h"
#include "session/client_session.h"

namespace gsoaprm::session {

// What the store keeps of a message; gives it a MessageID where the reply will need one.
engine::OutgoingRecord RecordOf(engine::OutgoingId id, engine::OutgoingMessage* message, engine::IdSource* ids);

struct ClientSession::Durable {
  Durable(const engine::Options& options, std::shared_ptr<Outbox> outbox_given)
      : outbox(std::move(outbox_given)),
        journal(outbox, options.resend_after_loss),
        window(static_cast<std::size_t>(options.max_transfer_window_size)) {}

  const std::shared_ptr<Outbox> outbox;
  ClientJournal journal;
  const std::size_t window;
  std::set<engine::OutgoingId> turns;       // callers that wait for their place behind the outbox, by their message
  Timestamp open_at = Timestamp::Never();   // to be opened then, since messages wait
  Timestamp look_at = Timestamp::Never();   // the outbox is to be filled, which could not be done
  Timestamp close_by = Timestamp::Never();  // to be closed when there is nothing left to do until then
};

}  // namespace gsoaprm::session
