#include "wire/trace_line.h"

#include "wire/describe.h"

namespace gsoaprm::wire {

namespace {

const char* Text(RmVersion version) { return version == RmVersion::k11 ? "1.1" : "2005"; }
const char* Text(SoapVersion version) { return version == SoapVersion::k11 ? "1.1" : "1.2"; }
const char* Text(AddressingVersion version) { return version == AddressingVersion::k10 ? "1.0" : "2004/08"; }

bool IsFault(const Envelope& envelope) {
  const PayloadPointer* payload = envelope.payload();
  return envelope.fault() != nullptr || (payload != nullptr && *payload && (*payload)->is_fault);
}

void AppendVersions(const Protocol& protocol, const Protocol& usual, std::string* out) {
  if (protocol.rm != usual.rm) out->append(" rm=").append(Text(protocol.rm));
  if (protocol.soap != usual.soap) out->append(" soap=").append(Text(protocol.soap));
  if (protocol.addressing != usual.addressing) out->append(" wsa=").append(Text(protocol.addressing));
}

const char* Word(TraceMessage::Kind kind) {
  switch (kind) {
    case TraceMessage::Kind::kEmpty:
      return "empty";
    case TraceMessage::Kind::kNothing:
      return "nothing";
    case TraceMessage::Kind::kError:
      return "error";
    default:
      return "hopeless";
  }
}

}  // namespace

int UsualStatus(const TraceMessage& message) {
  if (!message.answer || message.kind == TraceMessage::Kind::kNothing) return 0;
  if (message.kind == TraceMessage::Kind::kEmpty) return 202;
  if (message.kind != TraceMessage::Kind::kEnvelope) return 0;
  return IsFault(message.envelope) ? 500 : 200;
}

bool UsuallyRelates(const Envelope& answer) {
  switch (answer.rm_action) {
    case RmAction::kCreateSequenceResponse:
    case RmAction::kCloseSequenceResponse:
    case RmAction::kTerminateSequenceResponse:
    case RmAction::kNone:
    case RmAction::kFault:
      return true;
    default:
      return false;
  }
}

const char* OutcomeWord(Outcome outcome) {
  switch (outcome) {
    case Outcome::kNotSent:
      return "not-sent";
    case Outcome::kExecuted:
      return "executed";
    case Outcome::kUnknown:
      break;
  }
  return "unknown";
}

std::string TimeText(Duration since_the_line_before) {
  const std::int64_t us = since_the_line_before.microseconds();
  const std::string fraction = std::to_string(us % 1000000 + 1000000).substr(1);  // six digits
  const bool whole_milliseconds = us % 1000 == 0;
  return "+" + std::to_string(us / 1000000) + "." + fraction.substr(0, whole_milliseconds ? 3 : 6);
}

std::string ProtocolText(const Protocol& protocol) {
  return std::string("rm=") + Text(protocol.rm) + " soap=" + Text(protocol.soap) + " wsa=" + Text(protocol.addressing);
}

std::string TraceText(const TraceMessage& message, const Protocol& usual) {
  std::string out = message.direction == TraceMessage::Direction::kSent ? ">" : "<";
  if (message.exchange != 0) out.append(" @").append(std::to_string(message.exchange));
  if (!message.principal.empty()) out.append(" as=").append(AsWord(message.principal));
  if (message.kind == TraceMessage::Kind::kEnvelope) {
    const Envelope& envelope = message.envelope;
    out.append(" ").append(Describe(envelope));
    if (message.no_message_id) out.append(" mid=none");
    const bool unrelated = message.answer && UsuallyRelates(envelope) && !envelope.addressing.relates_to;
    if (unrelated && !message.relates_as_usual) out.append(" rel=none");
    AppendVersions(envelope.protocol, usual, &out);
  } else {
    out.append(" ").append(Word(message.kind));
  }
  if (message.http_status != 0 && message.http_status != UsualStatus(message)) {
    out.append(" http=").append(std::to_string(message.http_status));
  }
  if (!message.code.empty()) out.append(" code=").append(AsWord(message.code));
  if (!message.reason.empty()) out.append(" reason=\"").append(AsQuotation(message.reason)).append("\"");
  return out;
}

}  // namespace gsoaprm::wire
