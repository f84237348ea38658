#include "wire/fault_codes.h"

namespace gsoaprm::wire {

namespace {

struct FaultRow {
  FaultCode code;
  std::string_view name;
};

constexpr FaultRow kRmFaults[] = {
    {FaultCode::kSequenceTerminated, "SequenceTerminated"},
    {FaultCode::kUnknownSequence, "UnknownSequence"},
    {FaultCode::kInvalidAcknowledgement, "InvalidAcknowledgement"},
    {FaultCode::kMessageNumberRollover, "MessageNumberRollover"},
    {FaultCode::kLastMessageNumberExceeded, "LastMessageNumberExceeded"},
    {FaultCode::kSequenceClosed, "SequenceClosed"},
    {FaultCode::kCreateSequenceRefused, "CreateSequenceRefused"},
    {FaultCode::kWsrmRequired, "WsrmRequired"},  // WCF's name, and therefore the one that is written
    {FaultCode::kWsrmRequired, "WSRMRequired"},  // the name in the standard
};

constexpr FaultRow kAddressingFaults[] = {
    {FaultCode::kEndpointUnavailable, "EndpointUnavailable"},
    {FaultCode::kActionNotSupported, "ActionNotSupported"},
    {FaultCode::kMessageAddressingHeaderRequired, "MessageAddressingHeaderRequired"},
    {FaultCode::kMessageAddressingHeaderRequired, "MessageInformationHeaderRequired"},  // August 2004
    {FaultCode::kOnlyAnonymousAddressSupported, "OnlyAnonymousAddressSupported"},
};

template <std::size_t N>
FaultCode Find(const FaultRow (&rows)[N], std::string_view name) {
  for (const FaultRow& row : rows) {
    if (row.name == name) return row.code;
  }
  return FaultCode::kOther;
}

}  // namespace

FaultCode ClassifyFaultCode(const XmlName& name) {
  if (IsRm(name.ns)) return Find(kRmFaults, name.local);
  if (IsAddressing(name.ns)) return Find(kAddressingFaults, name.local);
  if (name.ns == KnownNamespace::kNetrm && name.local == "ConnectionLimitReached") {
    return FaultCode::kConnectionLimitReached;
  }
  if (IsSoap(name.ns) && name.local == "MustUnderstand") return FaultCode::kMustUnderstand;
  return FaultCode::kOther;
}

std::string_view FaultLocalName(FaultCode code, AddressingVersion addressing) {
  if (code == FaultCode::kConnectionLimitReached) return "ConnectionLimitReached";
  if (code == FaultCode::kMustUnderstand) return "MustUnderstand";
  if (addressing == AddressingVersion::kAugust2004) {
    if (code == FaultCode::kMessageAddressingHeaderRequired) return "MessageInformationHeaderRequired";
    // That version knows no more than that a header is not valid.
    if (code == FaultCode::kOnlyAnonymousAddressSupported) return "InvalidMessageInformationHeader";
  }
  for (const FaultRow& row : kRmFaults) {
    if (row.code == code) return row.name;
  }
  for (const FaultRow& row : kAddressingFaults) {
    if (row.code == code) return row.name;
  }
  return "";
}

bool IsAddressingFault(FaultCode code) {
  switch (code) {
    case FaultCode::kEndpointUnavailable:
    case FaultCode::kActionNotSupported:
    case FaultCode::kMessageAddressingHeaderRequired:
    case FaultCode::kOnlyAnonymousAddressSupported:
      return true;
    default:
      return false;
  }
}

bool NamesProblemHeader(FaultCode code) {
  return code == FaultCode::kMessageAddressingHeaderRequired || code == FaultCode::kOnlyAnonymousAddressSupported;
}

bool IsSequenceFault(FaultCode code) {
  switch (code) {
    case FaultCode::kSequenceTerminated:
    case FaultCode::kUnknownSequence:
    case FaultCode::kInvalidAcknowledgement:
    case FaultCode::kMessageNumberRollover:
    case FaultCode::kLastMessageNumberExceeded:
    case FaultCode::kSequenceClosed:
      return true;
    default:
      return false;
  }
}

}  // namespace gsoaprm::wire
