// Every hook of struct soap that the plugin takes: decides whose business the call is, and passes on the rest.
// The guard at this border: no C++ exception crosses into gSOAP.
#include <new>

#include "gsoap/callback_chain.h"
#include "gsoap/client_binding.h"
#include "gsoap/context.h"
#include "gsoap/host_guard.h"
#include "gsoap/incompatible_plugins.h"
#include "gsoap/outgoing.h"
#include "gsoap/server_binding.h"
#include "gsoap/server_input.h"

namespace gsoaprm::binding {
namespace {

Status Incompatible(std::string sentence) {
  return Status::Error(ErrorClass::kMisuse, "IncompatiblePlugin", std::move(sentence), std::string());
}

// Before a call is written; plugins may have been registered after ours. What is written by a server is an answer, and
// its request was checked.
int CheckPlugins(Context& context) {
  if (context.exchange) return SOAP_OK;
  std::string sentence = IncompatiblePlugin(context.soap);
  if (!sentence.empty()) return SetError(context, Incompatible(std::move(sentence)), Outcome::kNotSent);
  EndBeforeOthers(context.soap);
  return SOAP_OK;
}

int Connect(struct soap* soap, const char* endpoint, const char* host, int port) {
  return Guard(soap, [&](Context& context) {
    // A call without the promise, in silence, would be worse than none.
    if (context.role == Context::Role::kApplication && context.instance->inert() && soap->status == SOAP_POST)
      return SetErrorAfterFork(context);
    return ClientConnect(context, endpoint, host, port);
  });
}

int Disconnect(struct soap* soap) {
  return Guard(soap, [&](Context& context) {
    int error = SOAP_OK;
    if (!context.passes_through()) {
      if (context.call) {
        error = ClientDisconnect(context);
      } else {
        ServerDisconnect(context);
      }
    }
    context.plain_exchange = false;
    const int other = context.previous.fdisconnect ? context.previous.fdisconnect(soap) : SOAP_OK;
    return error ? error : other;
  });
}

int Parse(struct soap* soap) {
  return Guard(soap, [&](Context& context) {
    if (context.role == Context::Role::kTransport) return TransportParse(context);
    if (context.passes_through() || context.call) return context.previous.fparse(soap);
    return ServerParse(context);
  });
}

int ParseHeader(struct soap* soap, const char* key, const char* value) {
  return Guard(soap, [&](Context& context) {
    if (context.role == Context::Role::kTransport) return TransportParseHeader(context, key, value);
    if (context.passes_through() || context.call) return context.previous.fparsehdr(soap, key, value);
    return ServerParseHeader(context, key, value);
  });
}

int Post(struct soap* soap, const char* endpoint, const char* host, int port, const char* path, const char* action,
         ULONG64 count) {
  return Guard(soap, [&](Context& context) {
    if (context.role == Context::Role::kTransport)
      return context.previous.fpost(soap, endpoint, host, port, path, action, count);
    return ClientPost(context, endpoint, host, port, path, action, count);
  });
}

int PostHeader(struct soap* soap, const char* key, const char* value) {
  return Guard(soap, [&](Context& context) {
    if (context.passes_through()) return context.previous.fposthdr(soap, key, value);
    if (ServerOmitsHeader(context, key)) return static_cast<int>(SOAP_OK);
    return context.previous.fposthdr(soap, key, ServerHeaderValue(context, key, value));
  });
}

int PrepareFinalReceive(struct soap* soap) {
  return Guard(soap, [&](Context& context) {
    if (!context.passes_through() && !context.call) ServerEndReceive(context);
    return context.previous.fpreparefinalrecv ? context.previous.fpreparefinalrecv(soap) : SOAP_OK;
  });
}

int PrepareInitReceive(struct soap* soap) {
  return Guard(soap, [&](Context& context) {
    // The answer to what the parent has sent is the parent's.
    if (context.call && context.instance->inert()) return SetErrorAfterFork(context);
    if (!context.passes_through()) {
      if (context.call) {
        ClientPrepareReceive(context);
      } else {
        if (const int error = ServerPrepareReceive(context)) return error;
      }
    }
    return context.previous.fprepareinitrecv ? context.previous.fprepareinitrecv(soap) : SOAP_OK;
  });
}

int PrepareInitSend(struct soap* soap) {
  return Guard(soap, [&](Context& context) {
    if (!context.passes_through()) {
      if (const int error = CheckPlugins(context)) return error;
      StoreWholeMessage(soap);
    }
    return context.previous.fprepareinitsend ? context.previous.fprepareinitsend(soap) : SOAP_OK;
  });
}

std::size_t Receive(struct soap* soap, char* buffer, std::size_t capacity) {
  return GuardReceive(soap, [&](Context& context) -> std::size_t {
    if (context.role == Context::Role::kTransport) return TransportReceive(context, buffer, capacity);
    if (context.passes_through()) return context.previous.frecv(soap, buffer, capacity);
    if (!context.call) return ServerReceive(context, buffer, capacity);
    if (const std::size_t n = context.incoming.Read(buffer, capacity)) return n;
    return ClientReceive(context, buffer, capacity);
  });
}

int Response(struct soap* soap, int status, ULONG64 count) {
  return Guard(soap, [&](Context& context) {
    if (context.passes_through()) return context.previous.fresponse(soap, status, count);
    return ServerResponse(context, status, count);
  });
}

int Send(struct soap* soap, const char* bytes, std::size_t count) {
  return Guard(soap, [&](Context& context) {
    // The exchange has sent a client's message already; a kept message's answer has nowhere to go.
    if (!context.passes_through() && (context.call || ServerSwallows(context))) return static_cast<int>(SOAP_OK);
    return context.previous.fsend(soap, bytes, count);
  });
}

}  // namespace

void InstallHooks(struct soap* soap, Callbacks* previous) {
  *previous = {soap->fconnect,
               soap->fdisconnect,
               soap->fparse,
               soap->fparsehdr,
               soap->fpost,
               soap->fposthdr,
               soap->fpreparefinalrecv,
               soap->fprepareinitrecv,
               soap->fprepareinitsend,
               soap->frecv,
               soap->fresponse,
               soap->fsend};
  soap->fconnect = Connect;
  soap->fdisconnect = Disconnect;
  soap->fparse = Parse;
  soap->fparsehdr = ParseHeader;
  soap->fpost = Post;
  soap->fposthdr = PostHeader;
  soap->fpreparefinalrecv = PrepareFinalReceive;
  soap->fprepareinitrecv = PrepareInitReceive;
  soap->fprepareinitsend = PrepareInitSend;
  soap->frecv = Receive;
  soap->fresponse = Response;
  soap->fsend = Send;
}

void RemoveHooks(struct soap* soap, const Callbacks& previous) {
  if (soap->fconnect == Connect) soap->fconnect = previous.fconnect;
  if (soap->fdisconnect == Disconnect) soap->fdisconnect = previous.fdisconnect;
  if (soap->fparse == Parse) soap->fparse = previous.fparse;
  if (soap->fparsehdr == ParseHeader) soap->fparsehdr = previous.fparsehdr;
  if (soap->fpost == Post) soap->fpost = previous.fpost;
  if (soap->fposthdr == PostHeader) soap->fposthdr = previous.fposthdr;
  if (soap->fpreparefinalrecv == PrepareFinalReceive) soap->fpreparefinalrecv = previous.fpreparefinalrecv;
  if (soap->fprepareinitrecv == PrepareInitReceive) soap->fprepareinitrecv = previous.fprepareinitrecv;
  if (soap->fprepareinitsend == PrepareInitSend) soap->fprepareinitsend = previous.fprepareinitsend;
  if (soap->frecv == Receive) soap->frecv = previous.frecv;
  if (soap->fresponse == Response) soap->fresponse = previous.fresponse;
  if (soap->fsend == Send) soap->fsend = previous.fsend;
}

}  // namespace gsoaprm::binding
