// What of a durable session is done with since its store was told the last time.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/initiator_session.h"
#include "engine/rms/source_sequence.h"

namespace gsoaprm::engine {

class InitiatorJournal {
 public:
  // A session that is not durable has none.
  explicit InitiatorJournal(bool kept) : kept_(kept) {}

  void Advance() { changes_.advanced = kept_; }
  void End() { changes_.ended = kept_; }
  void Settle(MessageNumber number) {
    if (kept_) changes_.settled.push_back(number);
  }
  // Acknowledged on an exchange of its own: beyond a gap of an ordered sequence it may still never run.
  void SettleWhenCertain(MessageNumber number, const SourceSequence& source) {
    if (!kept_) return;
    acknowledged_.push_back(number);
    SettleCertain(source);
  }
  void SettleCertain(const SourceSequence& source) {
    const auto rest = std::stable_partition(acknowledged_.begin(), acknowledged_.end(),
                                            [&](MessageNumber number) { return !source.CertainlyTaken(number); });
    changes_.settled.insert(changes_.settled.end(), rest, acknowledged_.end());
    acknowledged_.erase(rest, acknowledged_.end());
  }
  // Those that were acknowledged and are not certain.
  std::vector<MessageNumber> TakeUncertain() { return std::exchange(acknowledged_, {}); }

  InitiatorChanges Take() { return std::exchange(changes_, InitiatorChanges()); }

 private:
  const bool kept_;
  InitiatorChanges changes_;
  std::vector<MessageNumber> acknowledged_;
};

}  // namespace gsoaprm::engine
