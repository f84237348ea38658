#include "engine/acceptor_answers.h"

#include <string_view>
#include <utility>
#include <variant>

#include "wire/envelope_reader.h"
#include "wire/envelope_writer.h"

namespace gsoaprm::engine {

namespace {

using wire::RmAction;

Respond ProtocolMessage(const wire::Protocol& protocol, RmAction action, wire::AcknowledgementHeader acknowledgement) {
  Respond response;
  response.envelope.protocol = protocol;
  response.envelope.addressing.action = wire::ActionUri(protocol.rm, action);
  response.envelope.rm_action = action;
  response.envelope.acknowledgement = std::move(acknowledgement);
  return response;
}

}  // namespace

Respond AcknowledgementAlone(const wire::Protocol& protocol, wire::AcknowledgementHeader acknowledgement) {
  return ProtocolMessage(protocol, RmAction::kSequenceAcknowledgement, std::move(acknowledgement));
}

Respond ReplyResponse(const AcceptorSession::Identity& identity, const KeptReply& reply,
                      wire::AcknowledgementHeader acknowledgement) {
  Respond response;
  if (reply.payload) {
    response.envelope.protocol = identity.protocol;
    response.envelope.addressing.action = reply.action;
    response.envelope.addressing.relates_to = reply.relates_to;
    response.envelope.acknowledgement = std::move(acknowledgement);
    response.envelope.body = reply.payload;
  } else {
    response = ProtocolMessage(identity.protocol, RmAction::kLastMessage, std::move(acknowledgement));
  }
  response.http_status = reply.http_status;
  response.envelope.sequence = wire::SequenceHeader{identity.offered, reply.number, reply.last_message};
  return response;
}

Respond CloseResponse(const wire::Envelope& request, const SequenceId& sequence,
                      wire::AcknowledgementHeader acknowledgement) {
  Respond response = ProtocolMessage(request.protocol, RmAction::kCloseSequenceResponse, std::move(acknowledgement));
  response.envelope.addressing.relates_to = request.addressing.message_id;
  response.envelope.body = wire::CloseSequenceResponse{sequence};
  return response;
}

Respond TerminateResponse(const wire::Envelope& request, const SequenceId& sequence,
                          wire::AcknowledgementHeader acknowledgement) {
  Respond response =
      ProtocolMessage(request.protocol, RmAction::kTerminateSequenceResponse, std::move(acknowledgement));
  response.envelope.addressing.relates_to = request.addressing.message_id;
  response.envelope.body = wire::TerminateSequenceResponse{sequence};
  return response;
}

Respond OwnTerminate(const AcceptorSession::Identity& identity, wire::AcknowledgementHeader acknowledgement) {
  Respond response = ProtocolMessage(identity.protocol, RmAction::kTerminateSequence, std::move(acknowledgement));
  response.envelope.body = wire::TerminateSequence{identity.offered, std::nullopt};
  return response;
}

std::string ReplyAction(const wire::Protocol& protocol, const std::string& request_action, const wire::Payload& reply) {
  if (reply.is_fault) return std::string(wire::SoapFaultAction(protocol.addressing));
  // WSDL 1.1 binding of WS-Addressing 1.0, section 4.4: the output message is called after the operation.
  return request_action.empty() ? std::string() : request_action + "Response";
}

std::optional<Respond> RepeatFinalAnswer(const Respond& final_answer, const wire::Envelope& message) {
  if (message.protocol != final_answer.envelope.protocol) return std::nullopt;
  const bool is_close = std::holds_alternative<wire::CloseSequence>(message.body);
  if (!is_close && !std::holds_alternative<wire::TerminateSequence>(message.body)) return std::nullopt;

  const auto* terminated = std::get_if<wire::TerminateSequenceResponse>(&final_answer.envelope.body);
  // 2005: its answer has no RelatesTo and is the same each time.
  if (terminated == nullptr) return is_close ? std::nullopt : std::optional<Respond>(final_answer);
  if (!final_answer.envelope.acknowledgement) return std::nullopt;
  return is_close ? CloseResponse(message, terminated->id, *final_answer.envelope.acknowledgement)
                  : TerminateResponse(message, terminated->id, *final_answer.envelope.acknowledgement);
}

std::string FinalAnswerText(const Respond& final_answer) { return wire::WriteEnvelope(final_answer.envelope).entity; }

std::optional<Respond> ReadFinalAnswer(const std::string& text) {
  // A protocol message is never multipart, and names its action itself.
  wire::ReadResult result = wire::ReadEnvelope(text, std::string_view(), std::string_view());
  if (!result.ok()) return std::nullopt;
  Respond answer;
  answer.envelope = std::move(result.envelope);
  return answer;
}

}  // namespace gsoaprm::engine
