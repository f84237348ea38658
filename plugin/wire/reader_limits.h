// What the reader refuses: limits on what a peer may send, and the kinds of error.
#pragma once

#include <cstddef>

#include "wire/xml_guard.h"

namespace gsoaprm::wire {

// Limits on what a peer may send. Every one is tested at limit - 1, limit, limit + 1.
struct ReaderLimits {
  std::size_t depth = 128;
  std::size_t attributes_per_element = 256;  // namespace declarations not counted
  std::size_t namespaces_per_element = 64;
  std::size_t namespaces_in_scope = 256;
  std::size_t header_blocks = 64;
  std::size_t header_bytes = 64 * 1024;  // of the Header; of the Body, too, where the message is one of the protocol
  std::size_t nacks = 128;
  std::size_t ranges = 128;
  XmlGuardLimits guard;
};

enum class ReadError {
  kNone,
  kNotXml,
  kNotSoap,          // XML, but no SOAP 1.1 or 1.2 envelope: leave it to the application
  kMalformed,        // not well-formed
  kForbidden,        // a DOCTYPE or a processing instruction
  kLimitExceeded,    // one of ReaderLimits
  kInvalidRm,        // an RM element with a wrong content (number 0, Lower 0 in 1.1, missing Identifier)
  kNumberRollover,   // a MessageNumber above 2^63-1
  kDuplicateHeader,  // two Sequence, SequenceAcknowledgement or AckRequested: answered with a MustUnderstand fault, as
                     // WCF does
  kMixedVersions,    // RM header blocks of both versions in one message
};

}  // namespace gsoaprm::wire
