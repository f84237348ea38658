#include "engine/rmd/acceptor_journal.h"

#include <utility>

namespace gsoaprm::engine {

namespace {

bool IsSame(const AcceptorState& a, const AcceptorState& b) {
  return a.acknowledged == b.acknowledged && a.highest == b.highest && a.last == b.last && a.closed == b.closed &&
         a.last_reply == b.last_reply;
}

}  // namespace

AcceptorJournal::AcceptorJournal(SequenceId sequence, AcceptorState written)
    : sequence_(std::move(sequence)), written_(std::move(written)) {}

void AcceptorJournal::Taken(MessageNumber number, const QueuedMessage& message, bool begun) {
  ReceivedMessage received;
  received.number = number;
  received.begun = begun;
  received.one_way = message.one_way;
  received.payload = message.payload;
  received.action = message.action;
  received.message_id = message.message_id;
  changes_.push_back(MessageTaken{sequence_, std::move(received)});
}

void AcceptorJournal::Done(MessageNumber number) { changes_.push_back(MessageDone{sequence_, number}); }

void AcceptorJournal::Buried(MessageNumber number, std::string reason) {
  changes_.push_back(MessageBuried{sequence_, number, std::move(reason)});
}

void AcceptorJournal::ReplyMade(MessageNumber request, const KeptReply& reply) {
  changes_.push_back(ReplyKept{sequence_, request, reply});
}

void AcceptorJournal::ReplyReleased(MessageNumber request) {
  changes_.push_back(engine::ReplyReleased{sequence_, request});
}

void AcceptorJournal::Ended(std::string final_answer) {
  changes_.push_back(SequenceEnded{sequence_, std::move(final_answer)});
}

Changes AcceptorJournal::Take(const AcceptorState& state) {
  Changes taken = std::exchange(changes_, {});
  if (!written_ || !IsSame(state, *written_)) {
    written_ = state;
    taken.push_back(SequenceAdvanced{sequence_, state});
  }
  return taken;
}

}  // namespace gsoaprm::engine
