// What each fault is called: qualified names to FaultCode and back.
#pragma once

#include <string_view>

#include "wire/header_blocks.h"
#include "wire/protocol_version.h"
#include "wire/xml_reader.h"

namespace gsoaprm::wire {

// kOther when the name is not that of a fault we know.
FaultCode ClassifyFaultCode(const XmlName& name);

// Local name of the code as we write it: in the RM namespace, except for kConnectionLimitReached (netrm), those of
// WS-Addressing, and kMustUnderstand (SOAP). Empty for kOther.
std::string_view FaultLocalName(FaultCode code, AddressingVersion addressing);

// Whether the code is defined by WS-Addressing.
bool IsAddressingFault(FaultCode code);
// Whether the detail of WS-Addressing's fault says which header block it is about.
bool NamesProblemHeader(FaultCode code);
// Whether SOAP 1.1 carries the code in a SequenceFault header, because it is about a sequence (WS-RM 1.1 section 4).
bool IsSequenceFault(FaultCode code);

}  // namespace gsoaprm::wire
