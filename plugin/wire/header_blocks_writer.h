// The header blocks of a message, RM and WS-Addressing, in the order in which WCF writes them.
#pragma once

#include <string_view>

#include "wire/envelope.h"
#include "wire/xml_writer.h"

namespace gsoaprm::wire {

// Blocks are written with the prefixes r and a.
struct BlockStyle {
  bool declare_r = false;        // each RM block declares r itself
  bool declare_a = false;        // each WS-Addressing block declares a itself
  bool declare_soap = false;     // each block with mustUnderstand declares soap_prefix itself
  std::string_view soap_prefix;  // never empty
};

struct BlocksToWrite {
  bool rm = false;
  bool addressing = false;
};

// Whether WriteHeaderBlocks would write blocks of either kind. `payload` may be null.
BlocksToWrite FindBlocksToWrite(const Envelope& envelope, const Payload* payload);

// Leaves out the WS-Addressing blocks that `payload`, which may be null, holds already.
void WriteHeaderBlocks(const Envelope& envelope, const Payload* payload, const BlockStyle& style, XmlWriter* out);

// Also found in the detail of InvalidAcknowledgement.
void WriteAcknowledgement(const AcknowledgementHeader& header, RmVersion version, std::string_view rm_prefix,
                          bool declare_rm, XmlWriter* out);

}  // namespace gsoaprm::wire
