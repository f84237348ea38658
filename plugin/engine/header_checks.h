// What is wrong with a message by its header alone, whichever sequence it belongs to.
#pragma once

#include <optional>

#include "wire/envelope.h"

namespace gsoaprm::engine {

// MustUnderstand: a message of the protocol has a block that must be understood, and nobody here knows it. In messages
// of the application such blocks are the application's own matter.
std::optional<wire::Fault> NotUnderstoodFault(const wire::Envelope& message);

// Replies or faults are to go to another place than the response of the exchange. gSOAP's WS-Addressing plugin in the
// application would follow such an address: the server would connect wherever a peer wants it to, and the session
// would never see the reply. "None" is not refused, since nothing is sent there; nor is `acks_to` (empty: there is
// none), to which the session itself posts.
std::optional<wire::Fault> ReturnAddressFault(const wire::Envelope& message, const Uri& acks_to);

// What a message of the protocol that is answered must have: MessageID, and with WS-Addressing 2004/08 ReplyTo (in 1.0
// absent means anonymous). WCF insists on both.
std::optional<wire::Fault> MissingHeaderFault(const wire::Envelope& message);

}  // namespace gsoaprm::engine
