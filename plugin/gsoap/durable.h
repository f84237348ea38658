// The store of a registered context: opened at registration, and what an earlier process has left in it is taken over.
#pragma once

#include "base/status.h"
#include "gsoap/context.h"

namespace gsoaprm::binding {

// Before the client's and the server's binding are made. Ok without the option; else why registration is refused.
Status OpenStore(Instance* instance);

// Gives both bindings what is theirs.
Status RecoverSessions(Instance* instance);

// The store's part of soap_rm_get_metrics().
void AddStoreMetrics(const Instance& instance, soap_rm_metrics* metrics);

}  // namespace gsoaprm::binding
