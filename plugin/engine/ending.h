// How a session ends, and which answers end it (WS-RM 1.1 sections 3.5 and 3.6; February 2005: LastMessage and
// TerminateSequence), as WCF's client judges them.
#pragma once

#include <optional>

#include "base/status.h"
#include "base/types.h"
#include "wire/envelope.h"

namespace gsoaprm::engine {

// Where the ending stands.
enum class EndingStep {
  kNone,
  kDraining,     // every message is to be settled first
  kLastMessage,  // February 2005: sent, to be settled
  kClose,        // 1.1: CloseSequence sent
  kTerminate,    // TerminateSequence sent
};

struct EndingVerdict {
  bool accepted = false;
  wire::FaultCode fault = wire::FaultCode::kSequenceTerminated;  // to be posted when not accepted
  Status reason;
};

// A CloseSequenceResponse or TerminateSequenceResponse of 1.1: RelatesTo, and a final acknowledgement of
// exactly 1..last (None when nothing was sent) are demanded.
EndingVerdict JudgeFinalAnswer(const wire::Envelope& answer, wire::RmAction expected, const MessageId& request,
                               const SequenceId& sequence, MessageNumber last);

}  // namespace gsoaprm::engine
