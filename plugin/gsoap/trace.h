// Lines for the application's trace callback: "-> Add seq=6bcfcd#3 ack=a00cff[1-1]".
#pragma once

#include <string>

#include "gsoap/context.h"
#include "wire/describe.h"

namespace gsoaprm::binding {

inline void TraceOut(const Context& context, const wire::Envelope& envelope) {
  const auto& options = context.instance->options;
  if (options.trace) options.trace(options.trace_user, ("-> " + wire::Describe(envelope)).c_str());
}

inline void TraceIn(const Context& context, const wire::Envelope& envelope) {
  const auto& options = context.instance->options;
  if (options.trace) options.trace(options.trace_user, ("<- " + wire::Describe(envelope)).c_str());
}

}  // namespace gsoaprm::binding
