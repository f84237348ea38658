#include "gsoap/client_call.h"

#include <utility>

#include "gsoap/endpoint_sessions.h"

namespace gsoaprm::binding {
namespace {

using engine::CallKind;
using engine::CompleteCall;
using session::ClientSession;

Status OutOfMemory() {
  return Status::Error(ErrorClass::kTryAgain, "OutOfMemory", "there is no memory for the exchange",
                       "Free memory, then call again.");
}

// The endpoint's record and session, from the last call if it is the same.
ClientState& Prepare(Context& context, wire::SoapVersion soap_version) {
  ClientState& state = StateOf(context);
  struct soap* const soap = context.soap;
  if (!state.endpoint || state.endpoint->endpoint() != soap->endpoint) {
    state.endpoint = context.instance->client->Get(soap->endpoint);
    state.session = EndpointRecord::Session();
    state.settings.reset();
    state.cookies.reset();
    state.cookies_version = 0;
  }
  const ConnectionSettings settings(soap);
  if (!state.settings || !(*state.settings == settings)) {
    state.transport.reset();
    state.endpoint->carriers().transports.Configure(soap);
    state.settings = settings;
  }
  if (!state.session) state.session = state.endpoint->ForCall(soap_version);
  return state;
}

// The carrier for the first exchange, which is the caller's own.
session::InterruptHandle TakeCarrier(Context& context, ClientState& state, ClientCall& call) {
  if (!state.transport) {
    state.transport = Transport::CopyOf(context.soap, context.instance->options);
    if (!state.transport) return session::InterruptHandle();
    state.transport->SetGeneration(state.endpoint->carriers().transports.Configure(context.soap));
  }
  call.transport = state.transport;
  call.turn = call.transport->BeginTurn();
  return session::InterruptHandle{call.transport, call.turn};
}

ClientSession::Submission Submit(ClientState& state, const engine::OutgoingMessage& message,
                                 const session::CallSettingsPointer& settings,
                                 const session::InterruptHandle& interrupt, wire::SoapVersion soap_version) {
  TraceCall(state.session.exchanges->trace(), message);
  // Copies of the message share what it carries.
  ClientSession::Submission submission =
      state.session.session->Submit(engine::OutgoingMessage(message), settings, interrupt);
  // A durable message that is perhaps taken must not be taken twice.
  if (submission.status.ok() || submission.outcome != Outcome::kNotSent) return submission;
  // It may have closed since the last call, or been reopened by another thread.
  EndpointRecord::Session current = state.endpoint->ForCall(soap_version);
  if (current.session == state.session.session) return submission;
  state.session = std::move(current);
  TraceCall(state.session.exchanges->trace(), message);
  return state.session.session->Submit(engine::OutgoingMessage(message), settings, interrupt);
}

// The first exchange's request goes out in the caller's thread; its answer is read by the receiving half.
void SendFirst(ClientState& state, ClientCall& call, const engine::Transmit& first, const TransportSettings* settings) {
  call.exchange = first.exchange;
  TraceRequest(state.session.exchanges->trace(), first.exchange, first.envelope);
  if (PostEnvelope(state.endpoint->carriers(), call.transport.get(), first.envelope, settings)) return;
  engine::ExchangeResult failure = call.transport->Failure();
  TraceResult(state.session.exchanges->trace(), first.exchange, failure);
  call.transport.reset();
  // Not the end of the call: the session sends again when it is time.
  call.session.session->Fail(call.call, first.exchange, std::move(failure));
}

// Cookies that the application has set since it was given those of the endpoint.
void TakeCookies(struct soap* soap, ClientState& state) {
  if (!soap->cookies || SameCookies(soap->cookies, state.cookies.get())) return;
  state.endpoint->carriers().cookies.Replace(soap->cookies);
  state.cookies = CopyCookies(soap->cookies);
  state.cookies_version = state.endpoint->carriers().cookies.version();
}

// As after a call without the plugin, the context has what the service has set.
void GiveCookies(struct soap* soap, ClientState& state) {
  const CookieJar& jar = state.endpoint->carriers().cookies;
  if (jar.version() == state.cookies_version) return;
  state.cookies_version = jar.CopyTo(soap);
  state.cookies = CopyCookies(soap->cookies);
}

CompleteCall AwaitCompletion(ClientState& state, ClientCall& call) {
  if (!call.transport) return call.session.session->Wait(call.call);
  engine::ExchangeResult result = ReadAnswer(state.endpoint->carriers(), call.transport.get());
  call.transport.reset();
  TraceResult(call.session.exchanges->trace(), call.exchange, result);
  return call.session.session->Finish(call.call, call.exchange, std::move(result));
}

std::string ReplyMessage(const CompleteCall& completion) {
  const wire::Payload& reply = *completion.reply;
  std::string message = "HTTP/1.1 ";
  message.reserve(reply.entity.size() + reply.content_type.size() + 100);
  message.append(std::to_string(completion.http_status)).append(completion.http_status < 300 ? " OK" : " Fault");
  message.append("\r\nContent-Type: ").append(reply.content_type);
  message.append("\r\nContent-Length: ").append(std::to_string(reply.entity.size())).append("\r\n\r\n");
  message.append(reply.entity);
  return message;
}

constexpr char kAccepted[] = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";

}  // namespace

ClientState& StateOf(Context& context) {
  if (!context.client) context.client = std::make_unique<ClientState>();
  return *context.client;
}

int StartCall(Context& context, engine::OutgoingMessage message, wire::SoapVersion soap_version) {
  ClientCall& call = *context.call;
  ClientState& state = Prepare(context, soap_version);
  const auto settings = TransportSettings::Take(context.soap);
  TakeCookies(context.soap, state);
  message.kind = state.endpoint->KindOf(message.action);
  call.action = message.action;
  session::InterruptHandle interrupt;
  if (message.kind != CallKind::kOneWay) {
    interrupt = TakeCarrier(context, state, call);
    if (!interrupt.target) return SetError(context, OutOfMemory(), Outcome::kNotSent);
  }
  ClientSession::Submission submission = Submit(state, message, settings, interrupt, soap_version);
  if (!submission.status.ok()) return SetError(context, submission.status, submission.outcome);
  call.phase = ClientCall::Phase::kSent;
  call.session = state.session;
  call.kind = submission.kind;
  if (call.kind != CallKind::kOneWay) call.call = std::move(submission.call);
  if (!submission.first) {
    call.transport.reset();
  } else {
    SendFirst(state, call, *submission.first, settings.get());
  }
  return SOAP_OK;
}

std::string TakeAnswer(Context& context) {
  ClientCall& call = *context.call;
  call.phase = ClientCall::Phase::kAnswered;
  if (!call.call) {
    call.answered_empty = true;
    return kAccepted;
  }
  ClientState& state = StateOf(context);
  CompleteCall completion = AwaitCompletion(state, call);
  call.call.reset();
  TraceCompletion(call.session.exchanges->trace(), completion);
  GiveCookies(context.soap, state);
  switch (completion.kind) {
    case CompleteCall::Kind::kReply:
      if (!completion.reply) break;
      if (call.kind == CallKind::kUnknown) state.endpoint->Learn(call.action, CallKind::kTwoWay);
      state.last_reply = completion.reply;
      return ReplyMessage(completion);
    case CompleteCall::Kind::kAcknowledged:
      if (call.kind == CallKind::kUnknown) state.endpoint->Learn(call.action, CallKind::kOneWay);
      call.answered_empty = true;
      return kAccepted;
    case CompleteCall::Kind::kFailed:
      SetError(context, completion.status, completion.outcome);
      return std::string();
  }
  SetError(context,
           Status::Error(ErrorClass::kTryAgain, "EmptyReply", "the reply holds no message of the application",
                         "Check that the service implements the operation as its contract says."),
           Outcome::kExecuted);
  return std::string();
}

void LeaveCall(Context& context) {
  const std::unique_ptr<ClientCall> call = std::move(context.call);
  if (!call || !call->call) return;
  const bool unfinished = call->transport != nullptr;
  const bool of_use = call->session.session->Abandon(call->call, call->exchange);
  if (!unfinished) return;
  // Its connection has an answer to come, which must not be taken for another's.
  if (context.client && context.client->transport == call->transport) context.client->transport.reset();
  if (of_use) call->session.exchanges->Continue(call->session.session, call->exchange, call->transport, call->turn);
}

}  // namespace gsoaprm::binding
