// The hooks of struct soap that the plugin takes: saved, installed, called in turn, given back.
#pragma once

#include <stdsoap2.h>

namespace gsoaprm::binding {

struct Callbacks {
  decltype(soap::fconnect) fconnect = nullptr;
  decltype(soap::fdisconnect) fdisconnect = nullptr;
  decltype(soap::fparse) fparse = nullptr;
  decltype(soap::fparsehdr) fparsehdr = nullptr;
  decltype(soap::fpost) fpost = nullptr;
  decltype(soap::fposthdr) fposthdr = nullptr;
  decltype(soap::fpreparefinalrecv) fpreparefinalrecv = nullptr;
  decltype(soap::fprepareinitrecv) fprepareinitrecv = nullptr;
  decltype(soap::fprepareinitsend) fprepareinitsend = nullptr;
  decltype(soap::frecv) frecv = nullptr;
  decltype(soap::fresponse) fresponse = nullptr;
  decltype(soap::fsend) fsend = nullptr;
};

// Saves what is there and installs ours (hooks.cpp).
void InstallHooks(struct soap* soap, Callbacks* previous);
// Gives back each hook that still is ours; one that another plugin has taken since stays with it.
void RemoveHooks(struct soap* soap, const Callbacks& previous);

}  // namespace gsoaprm::binding
