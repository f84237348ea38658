// SOAP faults, 1.1 and 1.2, with what WS-ReliableMessaging puts into them (WS-RM 1.1 section 4), shaped as WCF does.
#pragma once

#include "wire/header_blocks.h"
#include "wire/protocol_version.h"
#include "wire/xml_writer.h"

namespace gsoaprm::wire {

// Whether WriteFaultHeader writes a block with the prefix r.
bool HasSequenceFault(const Fault& fault, SoapVersion soap);

// The header blocks that belong to a fault: in SOAP 1.1 SequenceFault and FaultDetail, in 1.2 NotUnderstood. In scope
// are s, a and, if HasSequenceFault, r.
void WriteFaultHeader(const Fault& fault, const Protocol& protocol, XmlWriter* out);

// The element Fault. In scope are s, a and, when `r_is_declared`, r.
void WriteFault(const Fault& fault, const Protocol& protocol, bool r_is_declared, XmlWriter* out);

}  // namespace gsoaprm::wire
