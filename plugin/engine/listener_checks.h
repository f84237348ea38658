// Whether a CreateSequence may be accepted, judged by its own text alone.
#pragma once

#include <optional>

#include "wire/envelope.h"

namespace gsoaprm::engine {

// The fault for the first thing that is wrong with it, in the order in which WCF looks; empty when nothing is.
std::optional<wire::Fault> CheckCreateSequence(const wire::Envelope& message, const wire::CreateSequence& create);

}  // namespace gsoaprm::engine
