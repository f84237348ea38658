#include "gsoap/server_answer.h"

#include <poll.h>

#include "gsoap/gzip.h"
#include "gsoap/outgoing.h"
#include "gsoap/server_binding.h"
#include "gsoap/server_exchange.h"
#include "gsoap/trace.h"
#include "wire/envelope_reader.h"
#include "wire/envelope_trimmer.h"

namespace gsoaprm::binding {
namespace {

using Operation = ServerExchange::Operation;

constexpr std::size_t kWorthCompressing = 1024;

bool InputIsWaiting(const Context& context) {
  if (context.incoming.has_later()) return true;
  pollfd descriptor{context.soap->socket, POLLIN, 0};
  return soap_valid_socket(context.soap->socket) && poll(&descriptor, 1, 0) > 0;
}

// A server that serves one connection at a time must not sit on an idle one while copies of a message wait on others.
void DecideKeepAlive(Context& context) {
  if (IsIterative(context.soap) && context.soap->keep_alive && !InputIsWaiting(context)) context.soap->keep_alive = 0;
}

// The header lines are used once by gSOAP, so the application's own come first.
std::string Compress(Context& context, const std::string& entity, std::string* header_lines) {
  std::string compressed;
  const bool wanted = context.instance->options.compress && context.exchange->http.accepts_gzip;
  if (!wanted || entity.size() < kWorthCompressing || !Gzip(entity, &compressed)) return entity;
  if (context.soap->http_extra_header) *header_lines = std::string(context.soap->http_extra_header) + "\r\n";
  *header_lines += "Content-Encoding: gzip";
  context.soap->http_extra_header = header_lines->c_str();
  return compressed;
}

void EnterVersion(struct soap* soap, wire::SoapVersion version) {
  soap->version = version == wire::SoapVersion::k11 ? 1 : 2;
}

// WS-Addressing 2004/08 section 3 requires To in every message (WCF writes the anonymous address into its answers).
void EnterTo(wire::Envelope* envelope) {
  const wire::AddressingVersion version = envelope->protocol.addressing;
  if (version == wire::AddressingVersion::kAugust2004 && !envelope->addressing.to)
    envelope->addressing.to = Uri(std::string(wire::AnonymousAddress(version)));
}

int WriteDisposition(Context& context, engine::Disposition disposition) {
  struct soap* const soap = context.soap;
  if (auto* respond = std::get_if<engine::Respond>(&disposition)) {
    EnterTo(&respond->envelope);
    TraceAnswer(context, respond);
    return WriteStored(context, respond->http_status, wire::WriteEnvelope(respond->envelope));
  }
  TraceAnswer(context, nullptr);
  if (ReplaceStored(soap, std::string())) return soap->error;
  DecideKeepAlive(context);
  context.exchange->empty_answer = true;
  const int error = context.previous.fresponse(soap, 202, 0);
  context.exchange->empty_answer = false;
  return error;
}

// What gSOAP stored is the reply; nothing stored is the empty response of a one-way operation.
engine::OperationAnswer StoredAnswer(struct soap* soap, const wire::Addressing& request) {
  engine::OperationAnswer answer;
  std::string stored = TakeStored(soap);
  if (stored.empty()) return answer;
  wire::TrimEnvelope(&stored);
  // It is the request's; gSOAP would repeat it as the action parameter of the answer's content type.
  soap->action = nullptr;
  wire::ReadResult own = wire::ReadOwnEnvelope(std::move(stored), OutgoingContentType(soap), &request);
  if (const auto* payload = own.envelope.payload()) answer.reply = *payload;
  // gSOAP would say 400 for a Sender fault, which a WCF client takes for a broken call instead of a reply.
  if (answer.reply && answer.reply->is_fault) answer.http_status = 500;
  return answer;
}

// Only where the loop is sure to come round, in a thread of its own.
bool MayDefer(const Context& context) {
  const Instance& instance = *context.instance;
  return instance.store && instance.engine_options.delivery == engine::Delivery::kAtLeastOnce &&
         instance.server->loop() == ServeLoop::kSeen && !context.exchange->detached && !IsIterative(context.soap);
}

std::variant<engine::RespondEmpty, engine::Respond> ToAnswer(engine::Disposition disposition) {
  if (auto* respond = std::get_if<engine::Respond>(&disposition)) return std::move(*respond);
  return engine::RespondEmpty{};
}

engine::Disposition ToDisposition(std::variant<engine::RespondEmpty, engine::Respond> answer) {
  return std::visit([](auto& part) -> engine::Disposition { return std::move(part); }, answer);
}

}  // namespace

int WriteStored(Context& context, int http_status, const wire::WrittenMessage& message) {
  struct soap* const soap = context.soap;
  std::string header_lines;
  const std::string entity = Compress(context, message.entity, &header_lines);
  if (ReplaceStored(soap, std::string())) return soap->error;
  DecideKeepAlive(context);
  context.exchange->content_type = message.content_type.c_str();
  int error =
      context.previous.fresponse(soap, http_status == 200 ? static_cast<int>(SOAP_OK) : http_status, entity.size());
  context.exchange->content_type = nullptr;
  soap->http_extra_header = nullptr;
  // Behind the header in gSOAP's buffer, so that both leave in one piece; a stored block would be sent by itself.
  if (!error) error = soap_send_raw(soap, entity.data(), entity.size());
  return error;
}

engine::Disposition PostElsewhere(Context& context, engine::Disposition disposition) {
  auto* const respond = std::get_if<engine::Respond>(&disposition);
  if (!respond) return disposition;
  ResponsePosts& posts = context.instance->server->posts();
  if (respond->besides) posts.Post(*respond->besides);
  if (respond->post_to.empty()) return disposition;
  posts.Post(*respond);
  return engine::RespondEmpty{};
}

int WriteAnswer(struct soap* soap) {
  Context& context = GetContext(soap);
  ServerExchange& exchange = *context.exchange;
  exchange.answering = true;
  EnterVersion(soap, exchange.soap_version);
  soap->mode &= ~(SOAP_ENC_MIME | SOAP_ENC_DIME | SOAP_ENC_MTOM);
  int error = SOAP_OK;
  if (exchange.round != ServerExchange::Round::kEnd) {
    // What the loop is told to make it come round is not for the client.
    if (exchange.round == ServerExchange::Round::kDeferred) soap->keep_alive = exchange.transport_keep_alive;
    const auto* respond = std::get_if<engine::Respond>(&exchange.answer);
    StoreResponse(soap);
    error = soap_response(soap, respond ? SOAP_OK : 202);
    if (!error) error = soap_end_send(soap);
  }
  exchange.answering = false;
  exchange.answer = engine::RespondEmpty{};
  return error;
}

bool BeginOperation(Context& context, MessageNumber number) {
  ServerExchange& exchange = *context.exchange;
  exchange.number = number;
  const Instance& instance = *context.instance;
  const bool wanted = instance.store && instance.engine_options.delivery == engine::Delivery::kExactlyOnce;
  if (!wanted) return true;
  exchange.transaction = instance.store->Begin(session::ServerSession::kStorePatience);
  if (exchange.transaction) return true;
  exchange.session->Undone(number);
  return false;
}

void AwaitDeferredAnswer(Context& context) {
  ServerExchange& exchange = *context.exchange;
  exchange.deferred = false;
  if (!exchange.session->AwaitDurable()) exchange.answer = engine::RespondEmpty{};
}

engine::Disposition AnswerOperation(Context& context, engine::OperationAnswer answer) {
  ServerExchange& exchange = *context.exchange;
  TraceReply(context, answer);
  const std::unique_ptr<store::Transaction> transaction = std::move(exchange.transaction);
  // What fails leaves nothing behind but its fault. A transaction that cannot do that cannot be committed either.
  if (transaction && answer.reply && answer.reply->is_fault) transaction->Undo();
  // A copy that collects it waits for the store.
  if (exchange.detached && !transaction)
    return PostElsewhere(context, exchange.session->AnswerAtOnce(exchange.number, std::move(answer)));
  return PostElsewhere(context, exchange.session->Answer(exchange.number, std::move(answer), transaction.get()));
}

void ReturnOperation(Context& context) {
  TraceReturn(context);
  context.exchange->session->Returned(context.exchange->number);
}

int WriteOperationAnswer(Context& context, int status, ULONG64 count) {
  ServerExchange& exchange = *context.exchange;
  struct soap* const soap = context.soap;
  (void)status;
  (void)count;
  if (exchange.answering) return WriteDisposition(context, ToDisposition(exchange.answer));
  EnterVersion(soap, exchange.soap_version);
  if (exchange.deferred) {
    // The operation has failed after it had answered: the answer stands.
    AwaitDeferredAnswer(context);
    return WriteDisposition(context, ToDisposition(exchange.answer));
  }
  engine::OperationAnswer answer = StoredAnswer(soap, exchange.addressing);
  exchange.operation = answer.reply ? Operation::kNone : Operation::kAnswered;
  if (!answer.reply && MayDefer(context)) {
    TraceReply(context, answer);
    exchange.answer = ToAnswer(exchange.session->AnswerAtOnce(exchange.number, std::move(answer)));
    exchange.deferred = true;
    return ReplaceStored(soap, std::string());
  }
  engine::Disposition disposition = AnswerOperation(context, std::move(answer));
  if (exchange.detached) return ReplaceStored(soap, std::string());
  return WriteDisposition(context, std::move(disposition));
}

namespace {

// gSOAP will not write the fault (the connection is gone), but a copy of the request will come for it.
wire::PayloadPointer UnsentFault(Context& context) {
  char text[512] = "";
  soap_sprint_fault(context.soap, text, sizeof text);
  wire::Envelope envelope;
  envelope.protocol = context.exchange->session->identity().protocol;
  wire::Fault fault;
  fault.sender = false;
  fault.reason = *text ? text : "the operation failed";
  envelope.body = fault;
  wire::WrittenMessage written = wire::WriteEnvelope(envelope);
  wire::ReadResult own = wire::ReadOwnEnvelope(std::move(written.entity), written.content_type);
  const auto* payload = own.envelope.payload();
  return payload ? *payload : nullptr;
}

}  // namespace

void CompleteUnanswered(Context& context) {
  ServerExchange& exchange = *context.exchange;
  struct soap* const soap = context.soap;
  if (exchange.operation != Operation::kRunning) return;
  const int error = soap->error;
  const bool failed = error != SOAP_OK && error < SOAP_STOP;
  engine::OperationAnswer answer;
  if (failed) {
    answer.reply = UnsentFault(context);
    answer.http_status = 500;
  }
  const bool returned = answer.reply != nullptr;
  exchange.operation = Operation::kNone;
  engine::Disposition disposition = AnswerOperation(context, std::move(answer));
  if (!returned) ReturnOperation(context);
  if (failed || exchange.detached) return;
  exchange.answer = ToAnswer(std::move(disposition));
  WriteAnswer(soap);
  soap->error = error;
}

}  // namespace gsoaprm::binding
