// What an HTTP response means to a reliable session: which results are "try again on the timer", which end the call,
// and which the session.
#include <strings.h>

#include <cstring>

#include "gsoap/client_binding.h"
#include "gsoap/context.h"
#include "gsoap/transport.h"
#include "wire/envelope_reader.h"

namespace gsoaprm::binding {
namespace {

using Kind = engine::ExchangeResult::Kind;

bool LooksLikeSoap(const std::string& content_type) {
  return strcasestr(content_type.c_str(), "soap+xml") || strcasestr(content_type.c_str(), "text/xml") ||
         strcasestr(content_type.c_str(), "multipart/related");
}

// WCF sends again after these; gateways answer so while the service is away.
bool MeansTryAgain(int status) { return status == 404 || status == 503 || status == 504; }

// Statuses whose entity may be a SOAP message; gSOAP services answer Sender faults of SOAP 1.2 with 400.
bool MayCarryEnvelope(int status) { return (status >= 200 && status < 300) || status == 400 || status == 500; }

bool HasEntity(const struct soap* soap, const HttpAnswer& answer) {
  if (answer.has_length) return soap->length > 0;
  if ((soap->imode & SOAP_IO) == SOAP_IO_CHUNK) return true;
  // Without a length the entity would end with the connection, which a 202 or 204 of a careless server does not mean.
  return answer.status != 202 && answer.status != 204;
}

}  // namespace

int TransportParse(Context& context) { return context.transport->Parse(context); }

std::size_t TransportReceive(Context& context, char* buffer, std::size_t capacity) {
  return context.transport->Receive(context, buffer, capacity);
}

int TransportParseHeader(Context& context, const char* key, const char* value) {
  return context.transport->ParseHeader(context, key, value);
}

int Transport::ParseHeader(Context& context, const char* key, const char* value) {
  if (connecting_) return context.previous.fparsehdr(soap_, key, value);
  if (!soap_tag_cmp(key, "Content-Encoding")) {
    answer_.headers.gzip = !soap_tag_cmp(value, "gzip") || !soap_tag_cmp(value, "x-gzip");
    answer_.headers.deflate = !soap_tag_cmp(value, "deflate");
    answer_.headers.unknown_encoding =
        !answer_.headers.gzip && !answer_.headers.deflate && soap_tag_cmp(value, "identity");
    return SOAP_OK;
  }
  if (!soap_tag_cmp(key, "Content-Length")) answer_.has_length = true;
  if (!soap_tag_cmp(key, "Set-Cookie")) answer_.sets_cookie = true;
  return context.previous.fparsehdr(soap_, key, value);
}

int Transport::Parse(Context& context) {
  const int error = context.previous.fparse(soap_);
  input_.EndOfHeader();
  if (connecting_) return error;
  if (soap_->status < 200 || soap_->status > 599) return error ? error : SOAP_EOF;
  answer_.status = soap_->status;
  answer_.parsed = true;
  if (soap_->http_content) answer_.content_type = soap_->http_content;
  if (soap_->action) answer_.action = soap_->action;
  if (!MayCarryEnvelope(answer_.status)) {
    soap_->keep_alive = 0;  // its entity is not worth reading
  } else if (HasEntity(soap_, answer_)) {
    const bool ends_with_connection = !answer_.has_length && (soap_->imode & SOAP_IO) != SOAP_IO_CHUNK;
    answer_.reading = ReadEntity(soap_, answer_.headers, options_.max_message_size, &incoming_, &answer_.entity);
    if (input_.timed_out()) answer_.reading = ReadEntityResult::kBroken;
    if (ends_with_connection) soap_->keep_alive = 0;
  }
  return soap_->error = SOAP_OK;
}

engine::ExchangeResult Transport::NoAnswer(std::string reason) const {
  engine::ExchangeResult result;
  result.kind = Kind::kNoAnswer;
  result.http_status = answer_.status;
  result.reason = std::move(reason);
  return result;
}

engine::ExchangeResult Transport::HttpError(std::string reason) const {
  engine::ExchangeResult result = NoAnswer(std::move(reason));
  result.kind = Kind::kHttpError;
  return result;
}

engine::ExchangeResult Transport::Hopeless(Status problem) const {
  engine::ExchangeResult result = NoAnswer(problem.reason);
  result.kind = Kind::kHopeless;
  result.problem = std::move(problem);
  return result;
}

engine::ExchangeResult Transport::ConnectFailure() const {
  char text[1024] = "";
  // "SOAP 1.1 fault: SOAP-ENV:Server [no subcode]\n"reason"\nDetail: detail\n"
  struct soap* const soap = soap_;
  if (soap->error == SOAP_SSL_ERROR) soap_sprint_fault(soap, text, sizeof text);
  const bool lasting =
      std::strstr(text, "ertificate") || std::strstr(text, "erify") || std::strstr(text, "not support");
  engine::ExchangeResult result;
  if (lasting) {
    result = Hopeless(Status::Error(ErrorClass::kEndpointDead, "TLS", std::string("TLS failed: ") + text,
                                    "Check the certificates of both sides and the host name in the address."));
  } else {
    std::string reason = std::string("cannot connect to ") + soap->host + ":" + std::to_string(soap->port);
    if (soap->error >= 300 && soap->error <= 599) {
      reason += ": the proxy answered HTTP " + std::to_string(soap->error);
    } else if (soap->errnum) {
      reason += ": " + ErrorText(soap->errnum);
    }
    result = NoAnswer(std::move(reason));
  }
  result.http_status = 0;
  return result;
}

// An answer that any copy of the request would get as well.
engine::ExchangeResult Transport::HopelessAnswer(const char* code, std::string reason, const char* advice) const {
  return Hopeless(Status::Error(ErrorClass::kSequenceDead, code, std::move(reason), advice));
}

engine::ExchangeResult Transport::TooLarge() const {
  return HopelessAnswer(
      "AnswerTooLarge",
      "the answer is larger than max_message_size, " + std::to_string(options_.max_message_size) + " bytes",
      "Raise max_message_size, or let the service answer with less; what was called has run.");
}

engine::ExchangeResult Transport::Judge() {
  const std::string answered = "the answer was HTTP " + std::to_string(answer_.status);
  if (MeansTryAgain(answer_.status)) return NoAnswer(answered);
  if (!MayCarryEnvelope(answer_.status)) return HttpError(answered);
  const bool soap = LooksLikeSoap(answer_.content_type);
  if (answer_.headers.unknown_encoding && soap)
    return HopelessAnswer("UnknownEncoding", "the answer has an unknown Content-Encoding",
                          "Let the service, or what stands before it, send gzip or nothing of the kind.");
  if (answer_.reading == ReadEntityResult::kTooLarge && soap) return TooLarge();
  if (answer_.reading == ReadEntityResult::kDamaged) return NoAnswer("the answer cannot be decompressed");
  if (answer_.reading == ReadEntityResult::kBroken)
    return NoAnswer(input_.timed_out() ? "the answer was not read within read_timeout" : "the answer was cut off");
  if (answer_.entity.empty())
    return answer_.status == 400 ? HttpError(answered) : NoAnswer(answered + " without content");
  if (!soap)
    return HttpError(answered + " with Content-Type " + answer_.content_type.substr(0, 80) + " in place of SOAP");
  wire::ReadResult reading = wire::ReadEnvelope(std::move(answer_.entity), answer_.content_type, answer_.action);
  if (!reading.ok()) {
    if (answer_.status == 400) return HttpError(answered);
    const std::string unreadable = "unreadable answer: " + reading.reason;
    // A damaged answer heals when the request is sent again; what the service means so, as two acknowledgements in one
    // message, does not: it ends the session of a WCF client, too.
    const bool damaged = reading.error == wire::ReadError::kMalformed || reading.error == wire::ReadError::kNotXml ||
                         reading.error == wire::ReadError::kNotSoap;
    return damaged ? NoAnswer(unreadable)
                   : HopelessAnswer("UnreadableAnswer", unreadable,
                                    "Check that the service and everything before it keep to WS-ReliableMessaging.");
  }
  engine::ExchangeResult result;
  result.kind = Kind::kEnvelope;
  result.http_status = answer_.status;
  result.envelope = std::move(reading.envelope);
  return result;
}

}  // namespace gsoaprm::binding
