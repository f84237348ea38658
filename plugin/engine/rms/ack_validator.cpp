#include "engine/rms/ack_validator.h"

namespace gsoaprm::engine {

AcknowledgementVerdict JudgeAcknowledgement(const MessageRanges& ranges, const MessageRanges& acknowledged_before,
                                            MessageNumber highest_sent) {
  if (ranges.Highest() > highest_sent) {
    return AcknowledgementVerdict::kNeverSent;
  }
  // WCF faults when such a one also names something new; a reply that is repeated carries the ranges of its first
  // time, so all that lack something are taken for late here.
  return ranges.Covers(acknowledged_before) ? AcknowledgementVerdict::kValid : AcknowledgementVerdict::kStale;
}

}  // namespace gsoaprm::engine
