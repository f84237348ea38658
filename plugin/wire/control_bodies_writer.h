// The bodies of the protocol's own messages, shaped as WCF writes them.
#pragma once

#include "wire/envelope.h"
#include "wire/xml_writer.h"

namespace gsoaprm::wire {

// Whether there is anything to write: not for EmptyBody, faults and application messages.
bool HasControlBody(const Body& body);

// `r_is_declared`: in scope stands r for the RM namespace; otherwise the element makes it the default namespace, as WCF
// does. a stands for WS-Addressing.
void WriteControlBody(const Body& body, RmVersion version, bool r_is_declared, XmlWriter* out);

}  // namespace gsoaprm::wire
