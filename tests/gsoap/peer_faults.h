// Faults as WCF's services write them, as literal text: what a client must make of each.
#pragma once

#include <string>
#include <vector>

#include "gsoap/fault_texts.h"
#include "soap_rm.h"

namespace gsoaprm::testing {

struct PeerFault {
  std::string name;    // of the case
  std::string action;  // empty: that of faults of the protocol
  std::string soap12_code, soap12_detail;
  std::string soap11_code, soap11_header;
  std::string reason;
  std::string code;                                           // expected of soap_rm_get_error()
  soap_rm_error_class opening_class = SOAP_RM_ENDPOINT_DEAD;  // when it is the answer to CreateSequence
};

// Those that answer CreateSequence, and those that answer a message of a session; a service of this dialect has them.
std::vector<PeerFault> FaultsOnCreate(const Dialect& dialect);
std::vector<PeerFault> FaultsOnMessages(const Dialect& dialect);

// The envelope. {relates}, {sequence} and {offer} are values.
std::string TextOf(const PeerFault& fault, const Dialect& dialect, const Values& values);

}  // namespace gsoaprm::testing
