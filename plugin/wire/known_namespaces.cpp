#include "wire/known_namespaces.h"

namespace gsoaprm::wire {

KnownNamespace ClassifyNamespace(std::string_view uri) {
  if (uri.empty()) return KnownNamespace::kNone;
  if (uri == SoapNamespace(SoapVersion::k12)) return KnownNamespace::kSoap12;
  if (uri == SoapNamespace(SoapVersion::k11)) return KnownNamespace::kSoap11;
  if (uri == AddressingNamespace(AddressingVersion::k10)) return KnownNamespace::kAddressing10;
  if (uri == AddressingNamespace(AddressingVersion::kAugust2004)) return KnownNamespace::kAddressing2004;
  if (uri == RmNamespace(RmVersion::k11)) return KnownNamespace::kRm11;
  if (uri == RmNamespace(RmVersion::kFebruary2005)) return KnownNamespace::kRm2005;
  if (uri == NetrmNamespace()) return KnownNamespace::kNetrm;
  if (uri == "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd") {
    return KnownNamespace::kSecurityExtension;
  }
  return KnownNamespace::kOther;
}

}  // namespace gsoaprm::wire
