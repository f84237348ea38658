// The namespaces that the reader tells apart; compared once per declaration, not once per element.
#pragma once

#include <string_view>

#include "wire/protocol_version.h"

namespace gsoaprm::wire {

enum class KnownNamespace : unsigned char {
  kNone,  // the element or attribute is in no namespace
  kOther,
  kSoap11,
  kSoap12,
  kAddressing2004,
  kAddressing10,
  kRm2005,
  kRm11,
  kNetrm,
  kSecurityExtension,  // wsse
};

KnownNamespace ClassifyNamespace(std::string_view uri);

inline bool IsSoap(KnownNamespace ns) { return ns == KnownNamespace::kSoap11 || ns == KnownNamespace::kSoap12; }
inline bool IsAddressing(KnownNamespace ns) {
  return ns == KnownNamespace::kAddressing10 || ns == KnownNamespace::kAddressing2004;
}
inline bool IsRm(KnownNamespace ns) { return ns == KnownNamespace::kRm2005 || ns == KnownNamespace::kRm11; }

// Only for namespaces of the kind asked about.
inline SoapVersion ToSoapVersion(KnownNamespace ns) {
  return ns == KnownNamespace::kSoap12 ? SoapVersion::k12 : SoapVersion::k11;
}
inline AddressingVersion ToAddressingVersion(KnownNamespace ns) {
  return ns == KnownNamespace::kAddressing10 ? AddressingVersion::k10 : AddressingVersion::kAugust2004;
}
inline RmVersion ToRmVersion(KnownNamespace ns) {
  return ns == KnownNamespace::kRm11 ? RmVersion::k11 : RmVersion::kFebruary2005;
}
inline KnownNamespace Namespace(RmVersion version) {
  return version == RmVersion::k11 ? KnownNamespace::kRm11 : KnownNamespace::kRm2005;
}

}  // namespace gsoaprm::wire
