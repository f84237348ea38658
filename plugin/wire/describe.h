// One line for logs and traces: "Add seq=6bcfcd#3 ack=a00cff[1-1] buf=8".
#pragma once

#include <string>

#include "wire/envelope.h"

namespace gsoaprm::wire {

std::string Describe(const Envelope& envelope);

// The words of the protocol, for logs and errors.
const char* Name(FaultCode code);
const char* Name(RmAction action);

}  // namespace gsoaprm::wire
