// The header blocks of WS-ReliableMessaging (WS-RM 1.1 sections 3.7 to 3.9). Each function starts behind the block's
// start tag. Without a problem the block is closed; with one, or when the reader is no longer ok, it may be half read.
#pragma once

#include "wire/header_blocks.h"
#include "wire/read_problem.h"
#include "wire/xml_reader.h"

namespace gsoaprm::wire {

// On a wrong MessageNumber, `header` has its id, so that a fault can name the sequence.
ReadProblem ReadSequence(XmlReader* reader, RmVersion version, SequenceHeader* header);
ReadProblem ReadAcknowledgement(XmlReader* reader, RmVersion version, const ReaderLimits& limits,
                                AcknowledgementHeader* header);
ReadProblem ReadAckRequested(XmlReader* reader, RmVersion version, AckRequestedHeader* header);

}  // namespace gsoaprm::wire
