// Text of a SOAP message -> Envelope. Reads the Header, and the Body only of protocol messages and faults; the
// application's body is never parsed here. Works on bytes in memory, allocates no more than the header needs, and
// refuses DOCTYPE and everything over its limits.
#pragma once

#include <string>
#include <string_view>

#include "wire/envelope.h"

namespace gsoaprm::wire {

// Limits on what a peer may send (assurance.md section 4). Every one is tested at limit - 1, limit, limit + 1.
struct ReaderLimits {
  std::size_t depth = 128;
  std::size_t attributes_per_element = 256;
  std::size_t namespaces_per_element = 64;
  std::size_t header_blocks = 64;
  std::size_t header_bytes = 64 * 1024;
  std::size_t nacks = 128;
  std::size_t ranges = 128;
};

enum class ReadError {
  kNone,
  kNotSoap,           // no SOAP 1.1 or 1.2 envelope: leave it to the application
  kMalformed,         // not well-formed as far as it was read, or a DOCTYPE
  kLimitExceeded,     // one of ReaderLimits
  kInvalidRm,         // an RM element with a wrong content (number 0, Lower 0 in 1.1, missing Identifier)
  kNumberRollover,    // a MessageNumber above 2^63-1
  kDuplicateHeader,   // two Sequence, SequenceAcknowledgement or AckRequested (wire.md 2): a MustUnderstand fault
  kMixedVersions,     // RM header blocks of both versions in one message
};

struct ReadResult {
  ReadError error = ReadError::kNone;
  std::string reason;  // a sentence for the peer and the log; names the element
  Envelope envelope;   // as far as it was read: protocol and addressing are set when they were seen
  bool ok() const { return error == ReadError::kNone; }
};

// `entity` is consumed: for an application message it becomes the payload with the RM header blocks taken out and
// mustUnderstand taken off the WS-Addressing blocks. `content_type` is the HTTP header's value; for multipart/related
// the root part is found by `start` and only it is changed. `soap_action` is SOAPAction or the action parameter, used
// when the message has no wsa:Action.
ReadResult ReadEnvelope(std::string entity, std::string_view content_type, std::string_view soap_action,
                        const ReaderLimits& limits = ReaderLimits());

// For a message that this side's application has just written: finds the place for header blocks and which
// WS-Addressing blocks are there already, and returns it as an application message (body = PayloadPointer, addressing
// as far as written). Never fails on what gSOAP writes.
ReadResult ReadOwnEnvelope(std::string entity, std::string_view content_type);

}  // namespace gsoaprm::wire
