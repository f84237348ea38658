#include "wire/protocol_version.h"

#include <cstddef>

namespace gsoaprm::wire {

namespace {

constexpr std::string_view kRm2005 = "http://schemas.xmlsoap.org/ws/2005/02/rm";
constexpr std::string_view kRm11 = "http://docs.oasis-open.org/ws-rx/wsrm/200702";

struct ActionRow {
  RmAction action;
  std::string_view february2005;
  std::string_view version11;
};

// WS-RM February 2005 knows neither CloseSequence nor an answer to TerminateSequence; 1.1 dropped LastMessage.
constexpr ActionRow kActions[] = {
    {RmAction::kCreateSequence, "http://schemas.xmlsoap.org/ws/2005/02/rm/CreateSequence",
     "http://docs.oasis-open.org/ws-rx/wsrm/200702/CreateSequence"},
    {RmAction::kCreateSequenceResponse, "http://schemas.xmlsoap.org/ws/2005/02/rm/CreateSequenceResponse",
     "http://docs.oasis-open.org/ws-rx/wsrm/200702/CreateSequenceResponse"},
    {RmAction::kSequenceAcknowledgement, "http://schemas.xmlsoap.org/ws/2005/02/rm/SequenceAcknowledgement",
     "http://docs.oasis-open.org/ws-rx/wsrm/200702/SequenceAcknowledgement"},
    {RmAction::kAckRequested, "http://schemas.xmlsoap.org/ws/2005/02/rm/AckRequested",
     "http://docs.oasis-open.org/ws-rx/wsrm/200702/AckRequested"},
    {RmAction::kLastMessage, "http://schemas.xmlsoap.org/ws/2005/02/rm/LastMessage", ""},
    {RmAction::kCloseSequence, "", "http://docs.oasis-open.org/ws-rx/wsrm/200702/CloseSequence"},
    {RmAction::kCloseSequenceResponse, "", "http://docs.oasis-open.org/ws-rx/wsrm/200702/CloseSequenceResponse"},
    {RmAction::kTerminateSequence, "http://schemas.xmlsoap.org/ws/2005/02/rm/TerminateSequence",
     "http://docs.oasis-open.org/ws-rx/wsrm/200702/TerminateSequence"},
    {RmAction::kTerminateSequenceResponse, "",
     "http://docs.oasis-open.org/ws-rx/wsrm/200702/TerminateSequenceResponse"},
    {RmAction::kFault, "", "http://docs.oasis-open.org/ws-rx/wsrm/200702/fault"},
};

bool StartsWith(std::string_view text, std::string_view prefix) { return text.substr(0, prefix.size()) == prefix; }

}  // namespace

std::string_view SoapNamespace(SoapVersion version) {
  return version == SoapVersion::k12 ? "http://www.w3.org/2003/05/soap-envelope"
                                     : "http://schemas.xmlsoap.org/soap/envelope/";
}

std::string_view AddressingNamespace(AddressingVersion version) {
  return version == AddressingVersion::k10 ? "http://www.w3.org/2005/08/addressing"
                                           : "http://schemas.xmlsoap.org/ws/2004/08/addressing";
}

std::string_view AnonymousAddress(AddressingVersion version) {
  return version == AddressingVersion::k10 ? "http://www.w3.org/2005/08/addressing/anonymous"
                                           : "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous";
}

bool LeadsElsewhere(std::string_view address, AddressingVersion version) {
  const bool none = version == AddressingVersion::k10 && address == "http://www.w3.org/2005/08/addressing/none";
  return !none && address != AnonymousAddress(version);
}

std::string_view RmNamespace(RmVersion version) { return version == RmVersion::k11 ? kRm11 : kRm2005; }

std::string_view NetrmNamespace() { return "http://schemas.microsoft.com/ws/2006/05/rm"; }

std::string_view ActionUri(RmVersion version, RmAction action) {
  for (const ActionRow& row : kActions) {
    if (row.action == action) return version == RmVersion::k11 ? row.version11 : row.february2005;
  }
  return "";
}

bool ParseRmAction(std::string_view uri, RmVersion* version, RmAction* action) {
  // Called for every message: the actions of an application are told apart by their beginning.
  const bool is_2005 = StartsWith(uri, kRm2005);
  if (!is_2005 && !StartsWith(uri, kRm11)) return false;
  for (const ActionRow& row : kActions) {
    if (uri != (is_2005 ? row.february2005 : row.version11)) continue;
    *version = is_2005 ? RmVersion::kFebruary2005 : RmVersion::k11;
    *action = row.action;
    return true;
  }
  return false;
}

std::string_view RmFaultAction(const Protocol& protocol) {
  if (protocol.rm == RmVersion::k11) return ActionUri(RmVersion::k11, RmAction::kFault);
  return SoapFaultAction(protocol.addressing);
}

std::string_view SoapFaultAction(AddressingVersion version) {
  return version == AddressingVersion::k10 ? "http://www.w3.org/2005/08/addressing/soap/fault"
                                           : "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault";
}

std::string_view AddressingFaultAction(AddressingVersion version) {
  return version == AddressingVersion::k10 ? "http://www.w3.org/2005/08/addressing/fault"
                                           : "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault";
}

std::string_view ContentType(SoapVersion version) {
  return version == SoapVersion::k12 ? "application/soap+xml; charset=utf-8" : "text/xml; charset=utf-8";
}

}  // namespace gsoaprm::wire
