// SOAP faults, 1.1 and 1.2, with what WS-ReliableMessaging puts into them (WS-RM 1.1 section 4). Lenient, because
// stacks differ and a fault that is not understood helps nobody: detail that is wrong counts as absent.
#pragma once

#include <optional>

#include "wire/header_blocks.h"
#include "wire/reader_limits.h"
#include "wire/xml_reader.h"

namespace gsoaprm::wire {

struct FaultReading {
  Fault fault;
  std::optional<RmVersion> rm;  // by the namespace of a code or detail
};

// The SOAP 1.1 header block SequenceFault, from behind its start tag; closes it.
void ReadSequenceFault(XmlReader* reader, const ReaderLimits& limits, FaultReading* reading);

// The element Fault in the Body, from behind its start tag. What a SequenceFault header said is in `reading` already.
// Stops before the detail of a fault that is not ours, however long that is.
void ReadFault(XmlReader* reader, SoapVersion soap, const ReaderLimits& limits, FaultReading* reading);

}  // namespace gsoaprm::wire
