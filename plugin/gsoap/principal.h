// Who sent the request: the TLS peer by its certificate, else the HTTP user.
#pragma once

#include <stdsoap2.h>

#include <string>

#include "base/types.h"

namespace gsoaprm::binding {

// From the value of an Authorization header: what must be the same for all messages of a session. Basic: user and
// password (a name alone could be guessed, and protocol messages are answered before the application checks it);
// Digest: the user; Bearer: nothing, since tokens are renewed.
std::string AuthorizationPrincipal(const char* authorization);

// Empty when there is neither a client certificate nor an HTTP user.
Principal PeerPrincipal(struct soap* soap, const std::string& authorization);

}  // namespace gsoaprm::binding
