// Exchanges of a client that are none of ours (GET, WSDL, PUT, SOAP over UDP): gSOAP's own way of connecting, which it
// leaves to whoever has taken the fconnect hook.
#include <cstring>

#include "gsoap/client_binding.h"
#include "gsoap/client_call.h"

namespace gsoaprm::binding {
namespace {

bool IsUdp(const char* endpoint) {
  return !std::strncmp(endpoint, "soap.udp:", 9) || !std::strncmp(endpoint, "udp:", 4);
}

bool ConnectionIsGood(struct soap* soap, const ClientState& state) {
  return soap->keep_alive && soap_valid_socket(soap->socket) && state.plain_host == soap->host &&
         state.plain_port == soap->port && soap->fpoll && !soap->fpoll(soap);
}

int Reconnect(struct soap* soap, const char* endpoint) {
  soap->error = SOAP_OK;
  if (IsUdp(endpoint)) {
    soap->omode |= SOAP_IO_UDP;
  } else {
    soap->keep_alive = 0;
    soap->omode &= ~SOAP_IO_UDP;
  }
  soap_closesock(soap);
  if (soap->keep_alive && soap_valid_socket(soap->socket)) return SOAP_OK;
  soap->socket = soap->fopen(soap, endpoint, soap->host, soap->port);
  if (soap->error) return soap->error;
  if (!soap_valid_socket(soap->socket)) return soap->error = SOAP_TCP_ERROR;
  soap->keep_alive = -((soap->omode & SOAP_IO_KEEPALIVE) != 0);
  return SOAP_OK;
}

}  // namespace

int PlainConnect(Context& context, const char* endpoint, const char* host, int port) {
  struct soap* const soap = context.soap;
  int error = SOAP_OK;
  if (context.previous.fconnect) {
    error = context.previous.fconnect(soap, endpoint, host, port);
  } else if (soap->fopen && *soap->host) {
    ClientState& state = StateOf(context);
    if (!ConnectionIsGood(soap, state)) error = Reconnect(soap, endpoint);
    state.plain_host = soap->host;
    state.plain_port = soap->port;
  }
  context.plain_exchange = error == SOAP_OK;
  return error;
}

}  // namespace gsoaprm::binding
