// The client's half of the binding: the hooks of a context that makes calls, and the sessions by endpoint.
//
// A call: fprepareinitsend stores the envelope; fconnect opens nothing; fpost submits it to the session and starts its
// exchange on a private copy of the context; the receiving half waits for the reply and feeds it to gSOAP.
#pragma once

#include <stdsoap2.h>

#include <cstddef>

#include "gsoap/context.h"

namespace gsoaprm::binding {

int ClientConnect(Context& context, const char* endpoint, const char* host, int port);
int ClientPost(Context& context, const char* endpoint, const char* host, int port, const char* path, const char* action,
               ULONG64 count);
// The receiving half begins.
void ClientPrepareReceive(Context& context);
// Called when nothing is fed: feeds the answer (waiting for it) or ends the stream.
std::size_t ClientReceive(Context& context, char* buffer, std::size_t capacity);
// gSOAP is done with the message, or with trying. Not SOAP_OK: an error that only now is known.
int ClientDisconnect(Context& context);
// The context goes.
void ClientRelease(Context& context);

// As gSOAP does without an fconnect hook: for messages that are none of ours.
int PlainConnect(Context& context, const char* endpoint, const char* host, int port);

// Hooks of the private copies that carry exchanges.
int TransportParse(Context& context);
std::size_t TransportReceive(Context& context, char* buffer, std::size_t capacity);
int TransportParseHeader(Context& context, const char* key, const char* value);

}  // namespace gsoaprm::binding
