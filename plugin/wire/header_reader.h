// The SOAP Header as a whole: tells RM blocks, WS-Addressing blocks and others apart, reads the first two kinds into
// an envelope, and notes what has to be cut out of the text before the application may see it.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "wire/envelope.h"
#include "wire/fault_reader.h"
#include "wire/read_problem.h"
#include "wire/xml_reader.h"

namespace gsoaprm::wire {

struct TextCut {
  std::size_t begin;
  std::size_t end;
};

// Whose message it is.
enum class Author {
  kPeer,      // RM blocks are read and cut out
  kThisSide,  // just written by the application: nothing is cut, no RM is expected
};

struct HeaderReading {
  ReadProblem problem;  // the first one; reading goes on, so that a fault has its addressing
  std::vector<TextCut> cuts;
  std::optional<AddressingVersion> addressing;
  std::optional<RmVersion> rm;
  bool has_action = false, has_message_id = false, has_to = false, has_reply_to = false, has_relates_to = false;
  bool uses_sequence_str = false, uses_sequence_ssl = false;
  FaultReading sequence_fault;  // SOAP 1.1
};

// From behind the start tag of Header to behind its end tag. `request` (may be null), for a reply just written: blocks
// that only repeat those of the request are cut out.
void ReadHeader(XmlReader* reader, Author author, const ReaderLimits& limits, const Addressing* request,
                Envelope* envelope, HeaderReading* reading);

}  // namespace gsoaprm::wire
