// The server's half of the binding: the hooks of a context that serves, around the session layer.
//
// A request: fparse takes the whole entity, reads its header blocks and asks the session what to do. Protocol messages
// and copies are answered at once (fform); an application message is fed to gSOAP, whose dispatch runs the operation;
// fresponse takes the reply, which the session numbers and keeps.
#pragma once

#include <stdsoap2.h>

#include "gsoap/context.h"

namespace gsoaprm::binding {

int ServerParse(Context& context);
int ServerParseHeader(Context& context, const char* key, const char* value);
void ServerPrepareReceive(Context& context);
int ServerResponse(Context& context, int status, ULONG64 count);
void ServerDisconnect(Context& context);
// Whether what gSOAP sends now goes nowhere (the answer of a message that runs without an exchange).
bool ServerSwallows(const Context& context);

}  // namespace gsoaprm::binding
