// What the peer's faults mean for the user: class, the peer's reason, one sentence of advice.
#pragma once

#include "base/status.h"
#include "wire/envelope.h"

namespace gsoaprm::engine {

// A fault in answer to CreateSequence.
Status CreateRefusal(const wire::Fault& fault);
// A fault without Sequence header in an open session; always its end (as in WCF).
Status PeerFault(const wire::Envelope& answer);

}  // namespace gsoaprm::engine
