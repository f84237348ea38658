// Whether an acknowledgement is possible (WS-RM 1.1 section 3.9: ranges are cumulative and name only what was sent).
#pragma once

#include "base/message_ranges.h"
#include "base/types.h"

namespace gsoaprm::engine {

enum class AcknowledgementVerdict {
  kValid,
  kStale,      // lacks a number acknowledged before: late or repeated, to be ignored, never fatal
  kNeverSent,  // names a number that was not sent: InvalidAcknowledgement
};

AcknowledgementVerdict JudgeAcknowledgement(const MessageRanges& ranges, const MessageRanges& acknowledged_before,
                                            MessageNumber highest_sent);

}  // namespace gsoaprm::engine
