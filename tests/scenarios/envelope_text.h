// Reads what wire::Describe() writes.
#pragma once

#include <string>

#include "tests/scenarios/words.h"
#include "wire/envelope.h"

namespace gsoaprm::scenarios {

// The message that the words describe, in these versions of the protocols. Identifiers and addresses become what stands
// there. False and a sentence when a word has no place in such a message.
bool ReadEnvelopeText(Words words, const wire::Protocol& protocol, wire::Envelope* envelope, std::string* error);

}  // namespace gsoaprm::scenarios
