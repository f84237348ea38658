// Text of a SOAP message -> Envelope. Reads the Header, and the Body of protocol messages and faults; through the
// application's body it only runs, so that nothing comes to gSOAP's parser that is not well-formed, has a DOCTYPE or a
// processing instruction, or is over a limit. Works on bytes in memory, in one pass, and allocates no more than the
// header needs.
#pragma once

#include <string>
#include <string_view>

#include "wire/envelope.h"
#include "wire/reader_limits.h"

namespace gsoaprm::wire {

// kNotSoap is the answer to XML of another kind, which has then been held against the same limits.
struct ReadResult {
  ReadError error = ReadError::kNone;
  std::string reason;   // a sentence for the peer and the log; names the element
  std::string element;  // local name of the RM element that is wrong or stands twice; may be empty
  Envelope envelope;    // as far as it was read: protocol and addressing are set when they were seen,
                        // and sequence->id when only the MessageNumber was wrong
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
// as far as written). Never fails on what gSOAP writes. WS-Addressing blocks that only repeat those of `received`, the
// message before it, are taken out: gSOAP sends a header that it has received again from programs that leave it alone.
ReadResult ReadOwnEnvelope(std::string entity, std::string_view content_type, const Addressing* received = nullptr);

}  // namespace gsoaprm::wire
