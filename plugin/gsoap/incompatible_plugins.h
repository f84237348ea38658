// gSOAP's other plugins that cannot work beside this one, each with the sentence that says why.
#pragma once

#include <stdsoap2.h>

#include <string>

namespace gsoaprm::binding {

// A sentence when one is registered with `soap`, else empty.
std::string IncompatiblePlugin(struct soap* soap);

}  // namespace gsoaprm::binding
