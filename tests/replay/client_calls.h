// The calls of a recorded scenario, made again through the proxy class that gSOAP generates of WCF's own WSDL.
#pragma once

#include <soap_rm.h>

#include <optional>
#include <string>
#include <vector>

#include "replay/capture.h"
#include "replay/xml_tree.h"

class WSHttpBinding_USCOREICalculatorProxy;

namespace gsoaprm::replay {

struct Call {
  std::string action;  // "Add", ...
  Element arguments;   // the element in the Body
};

// The application messages that the WCF client sent, each once, in the order of their numbers.
std::vector<Call> RecordedCalls(const Capture& capture);

struct Outcome {
  int error = 0;      // of gSOAP
  std::string code;   // of soap_rm_get_error() where that is the reason
  std::string wrong;  // not empty: a result, and a wrong one
};

Outcome Make(const Call& call, WSHttpBinding_USCOREICalculatorProxy* proxy);

}  // namespace gsoaprm::replay
