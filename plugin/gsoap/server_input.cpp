#include "gsoap/server_input.h"

#include <string_view>

#include "gsoap/server_exchange.h"
#include "wire/envelope_reader.h"

namespace gsoaprm::binding {
namespace {

constexpr int kMethodNotAllowed = 405;

bool ReadsFromConnection(const struct soap* soap) { return soap_valid_socket(soap->socket) && !soap->is; }

bool IsLetter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

// As gSOAP, which passes over whitespace and control characters and takes a letter for the beginning of HTTP.
bool MayBeHttp(ServerExchange& exchange, std::string_view bytes) {
  for (const char c : bytes) {
    if (exchange.is_http) break;
    if (static_cast<unsigned char>(c) <= ' ') continue;
    if (!IsLetter(c)) return false;
    exchange.is_http = true;
  }
  return true;
}

// SOAP over UDP has no HTTP; a datagram is the whole message.
bool IsGoodDatagram(std::string_view bytes) {
  const wire::ReadResult result = wire::ReadEnvelope(std::string(bytes), "text/xml", "");
  return result.ok() || result.error == wire::ReadError::kNotSoap || result.error == wire::ReadError::kNotXml;
}

bool IsAcceptable(Context& context, std::string_view bytes) {
  if (context.exchange->is_http || MayBeHttp(*context.exchange, bytes)) return true;
  return (context.soap->omode & SOAP_IO_UDP) && IsGoodDatagram(bytes);
}

}  // namespace

int BeginInput(Context& context) {
  struct soap* const soap = context.soap;
  ServerExchange& exchange = *context.exchange;
  exchange.input.Expect();
  exchange.is_http = false;
  if (!ReadsFromConnection(soap) || soap->bufidx >= soap->buflen) return SOAP_OK;
  const std::string_view left(soap->buf + soap->bufidx, soap->buflen - soap->bufidx);
  return IsAcceptable(context, left) ? SOAP_OK : static_cast<int>(SOAP_EOF);
}

std::size_t ServerReceive(Context& context, char* buffer, std::size_t capacity) {
  struct soap* const soap = context.soap;
  ServerExchange* const exchange = context.exchange.get();
  if (exchange && exchange->fed_whole && !context.incoming.feeding()) return 0;
  if (context.incoming.feeding()) return context.incoming.Read(buffer, capacity);
  if (!exchange || !ReadsFromConnection(soap)) return context.previous.frecv(soap, buffer, capacity);
  std::size_t n = context.incoming.Read(buffer, capacity);
  if (n == 0) {
    const Duration limit = Duration::Milliseconds(context.instance->options.read_timeout);
    n = exchange->input.Read(soap, &context.instance->clock, limit, capacity,
                             [&](std::size_t size) { return context.previous.frecv(soap, buffer, size); });
  }
  return IsAcceptable(context, std::string_view(buffer, n)) ? n : 0;
}

RequestKind KindOfRequest(Context& context, int error) {
  struct soap* const soap = context.soap;
  ServerExchange& exchange = *context.exchange;
  exchange.input.EndOfHeader();
  if (exchange.input.header_broken()) {
    soap->status = 0;
    soap->keep_alive = 0;
    soap->error = SOAP_EOF;
    return RequestKind::kNoRequest;
  }
  if (soap->status < SOAP_POST && error < SOAP_STOP) {
    // A response's status, or no method: gSOAP would read its body, however long, or parse it as a request's.
    soap->status = 0;
    soap->keep_alive = 0;
    if (!error) soap->error = kMethodNotAllowed;
    return RequestKind::kNoRequest;
  }
  if (!error && soap->status == SOAP_POST && soap->body) return RequestKind::kEntity;
  // Uploads are the application's business, also how long they take.
  if (error >= SOAP_STOP || soap->status == SOAP_PUT || soap->status == SOAP_PATCH) exchange.input.LeaveUnbounded();
  return RequestKind::kOthers;
}

}  // namespace gsoaprm::binding
