// Whether a CreateSequence may be accepted, judged by its own text alone.
#pragma once

#include <optional>

#include "engine/options.h"
#include "wire/envelope.h"

namespace gsoaprm::engine {

// Where answers are to be posted to; empty where they stay on the client's exchanges.
Uri AcksToElsewhere(const wire::Envelope& message, const wire::CreateSequence& create);

// The fault for the first thing that is wrong with it, in the order in which WCF looks; empty when nothing is.
std::optional<wire::Fault> CheckCreateSequence(const Options& options, const wire::Envelope& message,
                                               const wire::CreateSequence& create);

}  // namespace gsoaprm::engine
