// A message whose header blocks or body of the protocol cannot be read: which fault it gets, and what that means for
// its session.
#pragma once

#include "engine/acceptor_session.h"
#include "wire/envelope_reader.h"

namespace gsoaprm::engine {

// `result` is an error.
wire::Fault UnreadableFault(const wire::ReadResult& result);

// Whether the fault ends the session of the message. The client's half dies of it in any case, and WCF's service ends
// its own then, too. A number above the maximum is no error of the sequence (WS-RM 1.1 section 4.4); what may have been
// damaged on its way (no XML), is over a limit, or speaks another version says nothing of the session.
bool UnreadableEndsSession(wire::ReadError error);

// The fault on the response of the exchange.
Respond UnreadableResponse(const wire::ReadResult& result, wire::Fault fault);

}  // namespace gsoaprm::engine
