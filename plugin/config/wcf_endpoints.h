// The client endpoints of a WCF configuration file that use a binding, and where they send to.
#pragma once

#include <string>

#include "config/wcf_binding.h"
#include "config/wcf_document.h"
#include "include/soap_rm.h"

namespace gsoaprm::config {

// Sets `via` from <clientVia viaUri> in the behavior of the endpoints in <client> that use the binding; it stays as it
// was when they have none, or when there is no such endpoint. Refused are endpoints that do not agree, that take the
// binding for one of another kind, whose address the binding's transport cannot reach, and whose behavior is missing.
bool ReadClientEndpoints(const WcfDocument& document, const WcfBinding& binding, soap_rm_options* options,
                         std::string* error);

}  // namespace gsoaprm::config
