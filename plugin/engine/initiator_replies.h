// What arrived of the offered sequence, and what of it the peer has not been told.
#pragma once

#include <cstdint>

#include "base/message_ranges.h"
#include "base/types.h"
#include "engine/options.h"
#include "wire/header_blocks.h"

namespace gsoaprm::engine {

class InitiatorReplies {
 public:
  explicit InitiatorReplies(const Options& options) : received_(options.acknowledgement_ranges) {}
  // After a restart: told already, so that nothing goes out for their sake alone. The next message names them.
  void Restore(const MessageRanges& received) {
    for (const MessageRange& range : received.ranges()) {
      received_.InsertRange(range.lower, range.upper);
    }
    told_ = received_.Count();
  }

  bool Contains(MessageNumber number) const { return received_.Contains(number); }
  bool empty() const { return received_.empty(); }
  const MessageRanges& received() const { return received_; }
  // How many replies no acknowledgement has named yet.
  std::uint64_t unacknowledged() const { return received_.Count() - told_; }

  // False when it cannot be remembered: the reply must count as lost.
  bool Insert(MessageNumber number) { return received_.Insert(number); }
  // The acknowledgement for a message that leaves now.
  wire::AcknowledgementHeader Tell(const SequenceId& offered, bool final) {
    told_ = received_.Count();
    return wire::AcknowledgementHeader{offered, received_, final, {}};
  }

 private:
  MessageRanges received_;
  std::uint64_t told_ = 0;
};

}  // namespace gsoaprm::engine
