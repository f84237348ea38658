// Which protocols a message is written in, and what each calls things. Chosen at run time, per session.
#pragma once

#include <string_view>

namespace gsoaprm::wire {

enum class RmVersion { kFebruary2005, k11 };        // WCF: WSReliableMessagingFebruary2005, WSReliableMessaging11
enum class AddressingVersion { kAugust2004, k10 };  // WCF: WSAddressingAugust2004, WSAddressing10
enum class SoapVersion { k11, k12 };

struct Protocol {
  SoapVersion soap = SoapVersion::k12;
  AddressingVersion addressing = AddressingVersion::k10;
  RmVersion rm = RmVersion::kFebruary2005;  // WCF's default
  friend bool operator==(const Protocol& a, const Protocol& b) {
    return a.soap == b.soap && a.addressing == b.addressing && a.rm == b.rm;
  }
  friend bool operator!=(const Protocol& a, const Protocol& b) { return !(a == b); }
};

std::string_view SoapNamespace(SoapVersion version);
std::string_view AddressingNamespace(AddressingVersion version);
// The address that means "on the response of this exchange" (WS-Addressing 1.0 section 2.1).
std::string_view AnonymousAddress(AddressingVersion version);
// Whether it is another address than the anonymous one and "none" (WS-Addressing 1.0 section 2.1; 2004/08 has no such).
bool LeadsElsewhere(std::string_view address, AddressingVersion version);
std::string_view RmNamespace(RmVersion version);
// http://schemas.microsoft.com/ws/2006/05/rm : BufferRemaining, ConnectionLimitReached.
std::string_view NetrmNamespace();

// The messages of the protocol itself.
enum class RmAction {
  kNone,  // an application message
  kCreateSequence,
  kCreateSequenceResponse,
  kSequenceAcknowledgement,
  kAckRequested,
  kLastMessage,            // February 2005 only
  kCloseSequence,          // 1.1 only
  kCloseSequenceResponse,  // 1.1 only
  kTerminateSequence,
  kTerminateSequenceResponse,  // 1.1 only
  kFault,                      // 1.1 only; 2005 uses the fault action of WS-Addressing
};

// wsa:Action of a protocol message; empty when the version has no such message.
std::string_view ActionUri(RmVersion version, RmAction action);
// The other way round. True when the text is an action of either version.
bool ParseRmAction(std::string_view uri, RmVersion* version, RmAction* action);

// wsa:Action of an RM fault: 1.1 has its own, 2005 uses the SOAP fault action of WS-Addressing.
std::string_view RmFaultAction(const Protocol& protocol);
// wsa:Action of a fault of the application.
std::string_view SoapFaultAction(AddressingVersion version);
// wsa:Action of a fault that WS-Addressing defines (ActionNotSupported, MessageAddressingHeaderRequired).
std::string_view AddressingFaultAction(AddressingVersion version);

// "application/soap+xml; charset=utf-8" or "text/xml; charset=utf-8".
std::string_view ContentType(SoapVersion version);

}  // namespace gsoaprm::wire
