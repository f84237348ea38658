// The bodies of the protocol's own messages (WS-RM 1.1 sections 3.4 to 3.6). Starts behind the start tag of the
// element in the SOAP Body and closes it, unless there is a problem or the reader is no longer ok.
#pragma once

#include "wire/envelope.h"
#include "wire/read_problem.h"
#include "wire/xml_reader.h"

namespace gsoaprm::wire {

// The local name of the element that a message with this action has in its Body; empty when it has none.
std::string_view ControlElement(RmAction action);

// `action` is one of those for which ControlElement is not empty.
ReadProblem ReadControlBody(XmlReader* reader, RmVersion version, RmAction action, Body* body);

}  // namespace gsoaprm::wire
