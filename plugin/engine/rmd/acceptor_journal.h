// What of a durable session has changed since somebody last asked: each entry is a whole value, so that writing it
// again does no harm.
#pragma once

#include <optional>
#include <string>

#include "engine/records.h"
#include "engine/rmd/delivery_queue.h"

namespace gsoaprm::engine {

class AcceptorJournal {
 public:
  // `written`: the state that the store has.
  AcceptorJournal(SequenceId sequence, AcceptorState written);

  // The message is to survive from now on: its operation has not answered.
  void Taken(MessageNumber number, const QueuedMessage& message, bool begun);
  void Done(MessageNumber number);
  void Buried(MessageNumber number, std::string reason);
  void ReplyMade(MessageNumber request, const KeptReply& reply);
  void ReplyReleased(MessageNumber request);
  void Ended(std::string final_answer);

  // What was taken last was not written.
  void TakenInVain() { written_.reset(); }
  // All of that, and the state where it is another one than at the last call.
  Changes Take(const AcceptorState& state);

 private:
  SequenceId sequence_;
  std::optional<AcceptorState> written_;  // empty: not known
  Changes changes_;
};

}  // namespace gsoaprm::engine
