#include "gsoap/client_binding.h"

#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "gsoap/client_call.h"
#include "gsoap/outgoing.h"
#include "wire/envelope_reader.h"
#include "wire/envelope_trimmer.h"

namespace gsoaprm::binding {
namespace {

using Phase = ClientCall::Phase;

Status NoMeaningfulReply() {
  return Status::Error(ErrorClass::kTryAgain, "NoReply", "The server did not provide a meaningful reply",
                       "The operation is one-way at the service, or listed in one_way_actions; call it with a stub of "
                       "the service's own contract.");
}

Status DimeIsNotCarried() {
  return Status::Error(ErrorClass::kMisuse, "DIME", "DIME attachments cannot go through a reliable session",
                       "Use MTOM attachments.");
}

bool IsSoapOverHttp(struct soap* soap) {
  const bool http = !soap_tag_cmp(soap->endpoint, "http:*") || !soap_tag_cmp(soap->endpoint, "https:*") ||
                    !soap_tag_cmp(soap->endpoint, "httpg:*");
  return soap->status == SOAP_POST && http && !(soap->omode & (SOAP_IO_UDP | SOAP_ENC_PLAIN));
}

// The version that the options demand in place of the generated one. It is the namespace table that decides.
void ChooseSoapVersion(struct soap* soap, soap_rm_soap_version version) {
  if (version == SOAP_RM_SOAP_AS_GENERATED) return;
  const char* const style = soap->encodingStyle;
  soap_set_version(soap, version == SOAP_RM_SOAP_11 ? 1 : 2);
  soap->encodingStyle = style;
}

// WCF's messages have no action parameter; multipart messages keep what gSOAP says of their parts.
std::string ContentTypeOf(struct soap* soap) {
  if (soap->mode & (SOAP_ENC_MIME | SOAP_ENC_DIME)) return OutgoingContentType(soap);
  return std::string(wire::ContentType(soap->version == 2 ? wire::SoapVersion::k12 : wire::SoapVersion::k11));
}

engine::OutgoingMessage MessageOf(wire::ReadResult* written, const char* action) {
  engine::OutgoingMessage message;
  message.payload = *written->envelope.payload();
  // What the application (wsaapi) has written itself stands.
  if (message.payload->has_action) {
    message.action = std::move(written->envelope.addressing.action);
  } else if (action) {
    message.action = action;
  }
  if (message.payload->has_message_id) message.message_id = std::move(written->envelope.addressing.message_id);
  return message;
}

// A header with ReplyTo or FaultTo elsewhere (soap_wsa_add_ReplyTo). The session would never see the reply.
std::optional<Status> RefuseReturnAddress(const wire::Envelope& envelope) {
  for (const std::optional<Uri>* address : {&envelope.addressing.reply_to, &envelope.addressing.fault_to}) {
    if (!*address || !wire::LeadsElsewhere((*address)->text(), envelope.protocol.addressing)) continue;
    const bool reply = address == &envelope.addressing.reply_to;
    return Status::Error(ErrorClass::kMisuse, "ReturnAddress",
                         std::string(reply ? "ReplyTo" : "FaultTo") + " is \"" + (*address)->text() +
                             "\", but in a reliable session replies and faults come on the response of the request",
                         "Leave ReplyTo and FaultTo out, or set them to the anonymous address.");
  }
  return std::nullopt;
}

// Not an envelope after all: goes out as it would without the plugin.
int PostPlain(Context& context, const char* endpoint, const char* host, int port, const char* path, const char* action,
              ULONG64 count) {
  context.call.reset();
  if (const int error = PlainConnect(context, endpoint, host, port)) return error;
  return context.previous.fpost(context.soap, endpoint, host, port, path, action, count);
}

bool WritesAddressing(const wire::Payload& payload) {
  return payload.has_action || payload.has_message_id || payload.has_relates_to || payload.has_to ||
         payload.has_reply_to;
}

// What gSOAP has stored, without WS-Addressing blocks that are only those of the last reply.
wire::ReadResult ReadWritten(Context& context) {
  struct soap* const soap = context.soap;
  std::string stored_text = TakeStored(soap);
  wire::TrimEnvelope(&stored_text);
  wire::ReadResult written = wire::ReadOwnEnvelope(std::move(stored_text), ContentTypeOf(soap));
  ClientState& state = StateOf(context);
  const wire::PayloadPointer last_reply = std::move(state.last_reply);
  state.last_reply.reset();
  const wire::PayloadPointer* const payload = written.envelope.payload();
  if (!payload || !WritesAddressing(**payload)) return written;
  if (last_reply)
    state.last_addressing = wire::ReadOwnEnvelope(last_reply->entity, last_reply->content_type).envelope.addressing;
  if (!state.last_addressing) return written;
  const wire::PayloadPointer stored = *payload;
  return wire::ReadOwnEnvelope(stored->entity, stored->content_type, &*state.last_addressing);
}

}  // namespace

int ClientConnect(Context& context, const char* endpoint, const char* host, int port) {
  struct soap* const soap = context.soap;
  context.plain_exchange = false;
  if (context.passes_through()) return PlainConnect(context, endpoint, host, port);
  LeaveCall(context);
  if (!IsSoapOverHttp(soap)) return PlainConnect(context, endpoint, host, port);
  if (soap_valid_socket(soap->socket)) {
    soap->keep_alive = 0;  // left from an exchange that was none of ours
    soap_closesock(soap);
    soap->error = SOAP_OK;
  }
  ChooseSoapVersion(soap, context.instance->options.soap_version);
  context.incoming.Clear();
  context.call = std::make_unique<ClientCall>();
  return SOAP_OK;
}

int ClientPost(Context& context, const char* endpoint, const char* host, int port, const char* path, const char* action,
               ULONG64 count) {
  struct soap* const soap = context.soap;
  if (context.plain_exchange || !context.call)
    return context.previous.fpost(soap, endpoint, host, port, path, action, count);
  if (soap->mode & SOAP_ENC_DIME) return SetError(context, DimeIsNotCarried(), Outcome::kNotSent);
  wire::ReadResult written = ReadWritten(context);
  if (!written.ok() || !written.envelope.payload())
    return PostPlain(context, endpoint, host, port, path, action, count);
  if (const auto refusal = RefuseReturnAddress(written.envelope)) return SetError(context, *refusal, Outcome::kNotSent);
  return StartCall(context, MessageOf(&written, action), written.envelope.protocol.soap);
}

void ClientPrepareReceive(Context& context) {
  if (context.call->phase == Phase::kSending) {
    context.call.reset();  // it was never sent
    return;
  }
  context.call->phase = Phase::kReceiving;
  context.incoming.Clear();
}

std::size_t ClientReceive(Context& context, char* buffer, std::size_t capacity) {
  if (context.call->phase == Phase::kAnswered) return 0;
  std::string answer = TakeAnswer(context);
  if (answer.empty()) return 0;
  context.incoming.Feed(std::move(answer));
  return context.incoming.Read(buffer, capacity);
}

int ClientDisconnect(Context& context) {
  struct soap* const soap = context.soap;
  ClientCall& call = *context.call;
  // soap_end() between the halves of a call is none of our business: what is sent waits to be received.
  if (call.phase == Phase::kSent && soap->error == SOAP_OK) return SOAP_OK;
  int error = SOAP_OK;
  if (call.answered_empty && soap->error == 202) {
    // A stub that wanted a reply; whoever expects none turns 202 into SOAP_OK.
    StateOf(context).endpoint->Learn(call.action, engine::CallKind::kTwoWay);
    error = SetError(context, NoMeaningfulReply(), Outcome::kExecuted);
  }
  LeaveCall(context);
  context.incoming.Clear();
  return error;
}

void ClientRelease(Context& context) {
  LeaveCall(context);
  context.client.reset();
}

}  // namespace gsoaprm::binding
