#include "gsoap/server_binding.h"

#include <strings.h>

#include <cstring>

#include "gsoap/incompatible_plugins.h"
#include "gsoap/outgoing.h"
#include "gsoap/principal.h"
#include "gsoap/server_answer.h"
#include "gsoap/server_exchange.h"
#include "gsoap/server_input.h"
#include "gsoap/server_refusals.h"
#include "gsoap/trace.h"
#include "wire/envelope_reader.h"

namespace gsoaprm::binding {
namespace {

using Operation = ServerExchange::Operation;
using Round = ServerExchange::Round;

ServerExchange& Exchange(Context& context) {
  if (!context.exchange) context.exchange = std::make_unique<ServerExchange>();
  return *context.exchange;
}

bool LooksLikeSoap(const char* content_type) {
  return content_type && (strcasestr(content_type, "soap+xml") || strcasestr(content_type, "text/xml") ||
                          strcasestr(content_type, "multipart/related"));
}

int AnswerWith(Context& context, engine::Respond respond) {
  context.exchange->soap_version = respond.envelope.protocol.soap;
  context.exchange->answer = std::move(respond);
  context.soap->fform = WriteAnswer;
  return SOAP_OK;
}

int AnswerEmpty(Context& context) {
  context.exchange->answer = engine::RespondEmpty{};
  context.soap->fform = WriteAnswer;
  return SOAP_OK;
}

// Of a session: it may want its answers posted.
int AnswerHereOrThere(Context& context, engine::Respond respond) {
  engine::Disposition left = PostElsewhere(context, std::move(respond));
  auto* const here = std::get_if<engine::Respond>(&left);
  return here ? AnswerWith(context, std::move(*here)) : AnswerEmpty(context);
}

// So that gSOAP parses what is fed as what it is, not as what the HTTP header of this request said.
void EnterContentType(struct soap* soap, const std::string& content_type) {
  soap->imode &= ~(SOAP_ENC_MIME | SOAP_ENC_DIME);
  if (strncasecmp(content_type.c_str(), "multipart/", 10) != 0) return;
  soap->imode |= SOAP_ENC_MIME;
  soap->mime.boundary = soap_strdup(soap, soap_http_header_attribute(soap, content_type.c_str(), "boundary"));
  soap->mime.start = soap_strdup(soap, soap_http_header_attribute(soap, content_type.c_str(), "start"));
}

// Gives gSOAP the message; its dispatch runs the operation.
int Dispatch(Context& context, const wire::Payload& payload, const std::string& action) {
  struct soap* const soap = context.soap;
  context.exchange->action = action;
  // WCF's SOAP 1.2 has no action parameter, and programs generated with soapcpp2 -A dispatch on it.
  if (!action.empty()) soap->action = &context.exchange->action[0];
  soap->body = 1;  // the request that made the loop come round had none
  EnterContentType(soap, payload.content_type);
  FeedBody(soap, &context.incoming, payload.entity);
  context.exchange->fed_whole = true;
  StoreResponse(soap);
  return SOAP_OK;
}

int RunOperation(Context& context, const engine::Deliver& delivery) {
  ServerExchange& exchange = *context.exchange;
  exchange.operation = Operation::kRunning;
  TraceDelivery(context, delivery);
  return Dispatch(context, *delivery.payload, delivery.action);
}

int ServePlain(Context& context, const wire::Envelope& envelope) {
  ServerExchange& exchange = *context.exchange;
  exchange.session.reset();
  exchange.operation = Operation::kNone;
  // A client that could not read our answer says so; a fault is never the answer to a fault (SOAP 1.2 part 2, 6.2.3).
  if (envelope.fault()) return AnswerEmpty(context);
  if (context.instance->options.reliable_session_required)
    return AnswerWith(context, context.instance->server->sessions().RefusePlain(envelope));
  const auto* payload = envelope.payload();
  if (!payload) return AnswerWith(context, context.instance->server->sessions().RefusePlain(envelope));
  return Dispatch(context, **payload, envelope.addressing.action);
}

// Messages that were kept, and perhaps acknowledged, run before the one that has just come.
bool RunKeptFirst(Context& context, wire::Envelope* envelope) {
  ServerExchange& exchange = *context.exchange;
  if (context.instance->server->loop() != ServeLoop::kSeen) return false;
  std::optional<engine::Deliver> kept = exchange.session->TakeReady();
  if (!kept || !BeginOperation(context, kept->number)) return false;
  exchange.postponed = std::move(*envelope);
  exchange.detached = true;
  exchange.addressing = wire::ReadOwnEnvelope(kept->payload->entity, kept->payload->content_type).envelope.addressing;
  RunOperation(context, *kept);
  return true;
}

int ServeReliable(Context& context, wire::Envelope envelope) {
  ServerExchange& exchange = *context.exchange;
  auto route = context.instance->server->sessions().Find(envelope, PeerPrincipal(context.soap, exchange.authorization));
  if (auto* respond = std::get_if<engine::Respond>(&route)) return AnswerHereOrThere(context, std::move(*respond));
  if (std::holds_alternative<engine::RespondEmpty>(route)) return AnswerEmpty(context);
  exchange.session = std::move(std::get<std::shared_ptr<session::ServerSession>>(route));
  if (RunKeptFirst(context, &envelope)) return SOAP_OK;
  engine::ExchangeTraits traits;
  traits.may_wait = !IsIterative(context.soap);
  traits.dispatches_kept = context.instance->server->loop() == ServeLoop::kSeen;
  engine::Disposition disposition =
      exchange.session->Receive(envelope, traits, context.instance->engine_options.send_timeout);
  if (auto* respond = std::get_if<engine::Respond>(&disposition))
    return AnswerHereOrThere(context, std::move(*respond));
  const auto* delivery = std::get_if<engine::Deliver>(&disposition);
  if (delivery && BeginOperation(context, delivery->number)) {
    exchange.addressing = std::move(envelope.addressing);
    return RunOperation(context, *delivery);
  }
  return AnswerEmpty(context);
}

bool IsReliable(const wire::Envelope& envelope) {
  return envelope.has_rm_headers() || envelope.rm_action != wire::RmAction::kNone ||
         (envelope.fault() && envelope.fault()->id);
}

int Serve(Context& context, wire::Envelope envelope) {
  ServerExchange& exchange = *context.exchange;
  exchange.soap_version = envelope.protocol.soap;
  return IsReliable(envelope) ? ServeReliable(context, std::move(envelope)) : ServePlain(context, envelope);
}

int ServeEntity(Context& context, std::string entity) {
  struct soap* const soap = context.soap;
  std::string original = entity;
  wire::ReadResult result = wire::ReadEnvelope(std::move(entity), soap->http_content ? soap->http_content : "",
                                               soap->action ? soap->action : "");
  context.exchange->traced = 0;
  if (result.ok()) {
    if (IsReliable(result.envelope) || context.instance->options.reliable_session_required)
      TraceRequest(context, result.envelope);
    return Serve(context, std::move(result.envelope));
  }
  const bool claims_soap = LooksLikeSoap(soap->http_content);
  if (result.error == wire::ReadError::kNotSoap || (result.error == wire::ReadError::kNotXml && !claims_soap)) {
    // gSOAP would take drafts of SOAP 1.2 for it.
    if (context.instance->options.reliable_session_required)
      return AnswerWith(context, context.instance->server->sessions().RefusePlain(result.envelope));
    // Not ours to judge. Generated services leave it without an answer, which is told by the end of the connection.
    if (claims_soap) soap->keep_alive = 0;
    EnterContentType(soap, soap->http_content ? soap->http_content : "");
    FeedBody(soap, &context.incoming, std::move(original));
    context.exchange->fed_whole = true;
    return SOAP_OK;
  }
  AdoptSoapVersion(soap, &result.envelope);
  const Principal principal = PeerPrincipal(soap, context.exchange->authorization);
  return AnswerWith(context, context.instance->server->sessions().RefuseUnreadable(result, principal));
}

int ReadAndServe(Context& context) {
  struct soap* const soap = context.soap;
  ServerExchange& exchange = *context.exchange;
  const bool is_dime = (soap->imode & SOAP_ENC_DIME) != 0;
  std::string entity;
  const ReadEntityResult result =
      ReadEntity(soap, exchange.http, context.instance->options.max_message_size, &context.incoming, &entity);
  if (exchange.input.timed_out()) {
    soap->keep_alive = 0;
    return AnswerWith(context, TooSlowRefusal(soap, context.instance->options.read_timeout));
  }
  switch (result) {
    case ReadEntityResult::kTooLarge:
      soap->keep_alive = 0;
      return AnswerWith(context, TooLargeRefusal(soap, context.instance->options.max_message_size));
    case ReadEntityResult::kDamaged:
      return AnswerWith(context, DamagedRefusal(soap));
    case ReadEntityResult::kBroken:
      soap->keep_alive = 0;
      return soap->error = SOAP_EOF;
    case ReadEntityResult::kOk:
      break;
  }
  if (is_dime) return AnswerWith(context, DimeRefusal(soap));
  return ServeEntity(context, std::move(entity));
}

int ServeRound(Context& context) {
  ServerExchange& exchange = *context.exchange;
  switch (exchange.round) {
    case Round::kKept:
      context.soap->action = exchange.action.empty() ? nullptr : &exchange.action[0];
      return SOAP_OK;
    case Round::kPostponed: {
      wire::Envelope envelope = std::move(*exchange.postponed);
      exchange.postponed.reset();
      exchange.round = Round::kNone;
      return Serve(context, std::move(envelope));
    }
    default:
      context.soap->fform = WriteAnswer;  // writes nothing in this round
      return SOAP_OK;
  }
}

}  // namespace

ServerBinding::ServerBinding(Instance* instance)
    : sessions_(std::make_shared<session::ServerSessions>(instance->engine_options, &instance->ids, &instance->clock,
                                                          &instance->timer, instance->store.get())),
      trace_(instance, Trace::Role::kServer),
      posts_(*instance, &trace_) {}

int ServerParseHeader(Context& context, const char* key, const char* value) {
  ServerExchange& exchange = Exchange(context);
  if (!soap_tag_cmp(key, "Content-Encoding")) {
    exchange.http.gzip = !soap_tag_cmp(value, "gzip") || !soap_tag_cmp(value, "x-gzip");
    exchange.http.deflate = !soap_tag_cmp(value, "deflate");
    if (exchange.http.gzip || exchange.http.deflate) return SOAP_OK;
  } else if (!soap_tag_cmp(key, "Accept-Encoding")) {
    exchange.http.accepts_gzip = strcasestr(value, "gzip") != nullptr;
  } else if (!soap_tag_cmp(key, "Authorization")) {
    exchange.authorization = AuthorizationPrincipal(value);
  }
  return context.previous.fparsehdr(context.soap, key, value);
}

int ServerParse(Context& context) {
  struct soap* const soap = context.soap;
  ServerExchange& exchange = Exchange(context);
  if (!InRound(context)) {
    exchange.http = HttpHeaders();
    exchange.authorization.clear();
  }
  const int error = context.previous.fparse(soap);
  if (InRound(context)) return ServeRound(context);
  if (soap->status == SOAP_POST && soap->body && LooksLikeSoap(soap->http_content)) {
    const std::string sentence = IncompatiblePlugin(soap);
    if (!sentence.empty()) {
      soap->keep_alive = 0;
      return AnswerWith(context, IncompatiblePluginRefusal(soap, sentence));
    }
  }
  switch (KindOfRequest(context, error)) {
    case RequestKind::kOthers:
      return error;
    case RequestKind::kNoRequest:
      return error ? error : soap->error;
    case RequestKind::kEntity:
      break;
  }
  return ReadAndServe(context);
}

int ServerPrepareReceive(Context& context) {
  ServerExchange& exchange = Exchange(context);
  if (exchange.fed_whole) {
    // gSOAP leaves off at an error. What it has not read is the rest of that body, not the next request.
    context.incoming.DropFed();
    context.soap->bufidx = context.soap->buflen = 0;
  }
  exchange.fed_whole = false;
  if (const int error = BeginInput(context)) return error;
  AtReceive(context);
  return SOAP_OK;
}

void ServerEndReceive(Context& context) {
  // gSOAP's service classes have set the version of their namespace table; a fault of the operation would be written in
  // that version's elements into an envelope of the other.
  const ServerExchange* const exchange = context.exchange.get();
  if (exchange && exchange->operation == Operation::kRunning)
    context.soap->version = exchange->soap_version == wire::SoapVersion::k11 ? 1 : 2;
}

int ServerResponse(Context& context, int status, ULONG64 count) {
  ServerExchange* const exchange = context.exchange.get();
  if (exchange && (exchange->answering || exchange->deferred || exchange->operation == Operation::kRunning))
    return WriteOperationAnswer(context, status, count);
  return context.previous.fresponse(context.soap, status, count);
}

void ServerDisconnect(Context& context) {
  if (!context.exchange) return;
  CompleteUnanswered(context);
  AtDisconnect(context);
}

void ServerRelease(Context& context) {
  if (!context.exchange || !context.exchange->session) return;
  if (context.exchange->operation != Operation::kNone) {
    if (context.exchange->operation == Operation::kRunning) AnswerOperation(context, engine::OperationAnswer());
    ReturnOperation(context);
  }
  context.exchange.reset();
}

bool ServerOmitsHeader(const Context& context, const char* key) {
  return context.exchange && context.exchange->empty_answer && key && !soap_tag_cmp(key, "Content-Type");
}

const char* ServerHeaderValue(const Context& context, const char* key, const char* value) {
  const char* const own = context.exchange ? context.exchange->content_type : nullptr;
  return own && key && !soap_tag_cmp(key, "Content-Type") ? own : value;
}

bool ServerSwallows(const Context& context) { return context.exchange && context.exchange->detached; }

}  // namespace gsoaprm::binding
