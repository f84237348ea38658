// What programs of the tests ask of the plugin.
#pragma once

#include <stdsoap2.h>

#include "soap_rm.h"

namespace gsoaprm::testing {

// Options for a lossy loopback: short times between sendings, long patience.
soap_rm_options QuickOptions(soap_rm_protocol_version version);

struct soap_rm_metrics MetricsOf(struct soap* soap);

}  // namespace gsoaprm::testing
