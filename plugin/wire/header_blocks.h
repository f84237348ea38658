// The header blocks and bodies of WS-ReliableMessaging as plain data (WS-RM 1.1 section 3).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/message_ranges.h"
#include "base/types.h"
#include "wire/payload.h"

namespace gsoaprm::wire {

// wsrm:Sequence, written with mustUnderstand (WS-RM 1.1 section 3.7).
struct SequenceHeader {
  SequenceId id;
  MessageNumber number;
  bool last_message = false;  // February 2005 only
};

// wsrm:SequenceAcknowledgement (section 3.9), written without mustUnderstand.
struct AcknowledgementHeader {
  SequenceId id;
  MessageRanges ranges;                           // empty: None in 1.1, 0-0 in 2005
  bool final = false;                             // 1.1 only
  std::optional<std::uint32_t> buffer_remaining;  // netrm:BufferRemaining
};

// wsrm:AckRequested (section 3.8), written without mustUnderstand.
struct AckRequestedHeader {
  SequenceId id;
};

enum class IncompleteSequenceBehavior { kDiscardEntireSequence, kDiscardFollowingFirstGap, kNoDiscard };

struct Offer {
  SequenceId id;
  std::optional<Uri> endpoint;                              // 1.1 only, and required there
  std::optional<std::string> expires;                       // xs:duration, as written
  std::optional<std::string> incomplete_sequence_behavior;  // as written: a third value is refused, not unreadable
};

struct CreateSequence {
  Uri acks_to;
  std::optional<std::string> expires;
  std::optional<Offer> offer;
  bool security_token_reference = false;  // wsse:SecurityTokenReference in the body
  bool uses_sequence_str = false;         // the header UsesSequenceSTR
  bool uses_sequence_ssl = false;         // the header UsesSequenceSSL
};

struct CreateSequenceResponse {
  SequenceId id;
  std::optional<std::string> expires;
  std::optional<std::string> incomplete_sequence_behavior;  // 1.1
  std::optional<Uri> accept_acks_to;                        // Accept/AcksTo; present exactly when there was an Offer
};

struct CloseSequence {
  SequenceId id;
  std::optional<MessageNumber> last_message_number;
};

struct CloseSequenceResponse {
  SequenceId id;
};

struct TerminateSequence {
  SequenceId id;
  std::optional<MessageNumber> last_message_number;  // 1.1
};

struct TerminateSequenceResponse {
  SequenceId id;
};

// The faults that a reliable session may meet.
enum class FaultCode {
  kSequenceTerminated,
  kUnknownSequence,
  kInvalidAcknowledgement,
  kMessageNumberRollover,
  kLastMessageNumberExceeded,  // 2005
  kSequenceClosed,             // 1.1
  kCreateSequenceRefused,
  kWsrmRequired,                     // 1.1; WCF writes WsrmRequired, the schema WSRMRequired: both are read
  kConnectionLimitReached,           // netrm, nested below CreateSequenceRefused
  kEndpointUnavailable,              // WS-Addressing
  kMessageAddressingHeaderRequired,  // WS-Addressing
  kOnlyAnonymousAddressSupported,    // WS-Addressing 1.0, nested below InvalidAddressingHeader
  kActionNotSupported,               // WS-Addressing
  kMustUnderstand,                   // SOAP
  kOther,                            // a fault of the application, or one that we do not know
};

struct Fault {
  FaultCode code = FaultCode::kOther;
  bool sender = true;  // Sender/Client, or Receiver/Server
  std::string reason;
  std::optional<SequenceId> id;                          // Detail/Identifier
  std::optional<AcknowledgementHeader> acknowledgement;  // Detail of InvalidAcknowledgement
  std::optional<MessageNumber> max_message_number;       // Detail of MessageNumberRollover, 1.1
  std::string other_code;                                // "{namespace}name" of the subcode, when kOther
  std::string problem_header;                            // "{namespace}name" of the header block that is meant, of
                                                         // WS-Addressing's faults and MustUnderstand
  PayloadPointer payload;  // a fault that was read: the whole message, for the application should it be its own
};

}  // namespace gsoaprm::wire
