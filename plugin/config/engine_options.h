// The public options as the engine takes them.
#pragma once

#include "engine/options.h"
#include "include/soap_rm.h"

namespace gsoaprm::config {

// `options` must have passed soap_rm_options_check(). SOAP_RM_SOAP_AS_GENERATED gives SOAP 1.2: which version the
// generated namespace table says is known to the binding alone. Knobs that users do not have keep the engine's values.
engine::Options ToEngineOptions(const soap_rm_options& options);

}  // namespace gsoaprm::config
