#include "gsoap/trace.h"

#include <new>
#include <utility>

#include "config/option_table.h"
#include "gsoap/principal.h"
#include "gsoap/serve_loop.h"
#include "gsoap/server_binding.h"
#include "gsoap/server_exchange.h"
#include "wire/describe.h"

namespace gsoaprm::binding {
namespace {

using wire::TraceMessage;

// What the clocks of a trace may differ from those of the engine: threads have to be woken before they write.
constexpr char kTolerance[] = "0.1";

bool SaysNothingToTheEngine(const config::OptionRow& row) {
  const bool version = row.name == "reliable_messaging_version" || row.name == "addressing_version" ||
                       row.name == "soap_version";  // the messages say it
  return version || row.type == config::OptionType::kText || row.type == config::OptionType::kAddress;
}

// " max_retry_count=2": what is not as it is by default.
std::string OptionsText(const soap_rm_options& options) {
  soap_rm_options usual;
  soap_rm_options_default(&usual);
  std::string text;
  for (const config::OptionRow& row : config::Options()) {
    const std::string value = config::OptionText(row, options);
    if (SaysNothingToTheEngine(row) || value == config::OptionText(row, usual)) continue;
    text.append(" ").append(row.name).append("=").append(value);
  }
  return text;
}

// For threads of our own, which nobody guards: a line for which there is no memory is left out.
template <class Function>
void WhereMemoryAllows(const Function& function) {
  try {
    function();
  } catch (const std::bad_alloc&) {
  }
}

TraceMessage Answer(const engine::ExchangeResult& result) {
  using Kind = engine::ExchangeResult::Kind;
  TraceMessage message;
  message.direction = TraceMessage::Direction::kReceived;
  message.answer = true;
  message.http_status = result.http_status;
  message.reason = result.reason;
  switch (result.kind) {
    case Kind::kEnvelope:
      message.envelope = result.envelope;
      message.reason.clear();
      break;
    case Kind::kNoAnswer:
      message.kind = result.http_status == 0 ? TraceMessage::Kind::kNothing : TraceMessage::Kind::kEmpty;
      break;
    case Kind::kHttpError:
      message.kind = TraceMessage::Kind::kError;
      break;
    case Kind::kHopeless:
      message.kind = TraceMessage::Kind::kHopeless;
      message.code = result.problem.code;
      message.reason = result.problem.reason;
      break;
  }
  return message;
}

}  // namespace

// ---- one script ----

Trace::Trace(Instance* instance, Role role, std::string to) : instance_(instance), role_(role), to_(std::move(to)) {}

bool Trace::off() const { return instance_->options.trace == nullptr; }

void Trace::SetProtocol(const wire::Protocol& protocol) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!protocol_) protocol_ = protocol;
}

void Trace::SetHost(const char* host) {
  std::lock_guard<std::mutex> lock(mutex_);
  host_ = host;
}

void Trace::Message(const TraceMessage& message) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!protocol_) protocol_ = message.envelope.protocol;
  Write(wire::TraceText(message, *protocol_));
}

void Trace::Event(const std::string& text) {
  std::lock_guard<std::mutex> lock(mutex_);
  Write(text);
}

void Trace::Comment(const std::string& text) {
  std::lock_guard<std::mutex> lock(mutex_);
  instance_->options.trace(instance_->options.trace_user, (mark_ + "# " + text).c_str());
}

void Trace::CompareContent(const wire::Envelope& message) {
  const auto* const payload = message.payload();
  if (!message.sequence || !payload) return;
  // Headers differ from copy to copy. The first "Body" behind them is its tag, or all of them are compared as well.
  const std::string_view entity = (*payload)->entity;
  const std::size_t end_of_header = entity.find("Header>", (*payload)->insert_at);
  const std::size_t body = entity.find("Body", end_of_header == std::string_view::npos ? 0 : end_of_header);
  const std::string& sequence = message.sequence->id.text();
  const std::uint64_t number = message.sequence->number.value();
  std::unique_lock<std::mutex> lock(mutex_);
  const bool same = seen_.Same(sequence, number, entity.substr(body == std::string_view::npos ? 0 : body));
  lock.unlock();
  if (!same) {
    Comment("message " + std::to_string(number) + " of " + wire::ShortName(sequence) +
            " has come again with another content: the first one counts");
  }
}

void Trace::Write(const std::string& text) {
  const auto& options = instance_->options;
  const Timestamp now = instance_->clock.Now();
  if (!begun_) {
    begun_ = true;
    last_ = now;
    const int script = ++instance_->traces;
    if (script > 1) mark_ = "[" + std::to_string(script) + "] ";
    options.trace(options.trace_user, (mark_ + Heading()).c_str());
  }
  options.trace(options.trace_user, (mark_ + wire::TimeText(now - last_) + " " + text).c_str());
  last_ = now;
}

std::string Trace::Heading() const {
  const wire::Protocol protocol = protocol_.value_or(instance_->engine_options.protocol);
  std::string text = role_ == Role::kClient ? "client " : "server ";
  text += wire::ProtocolText(protocol);
  if (!to_.empty()) text += " to=" + wire::AsWord(to_);
  if (host_) text.append(" host=").append(host_);
  text.append(" tolerance=").append(kTolerance);
  // What a server says to messages without RM depends on the version that it was given.
  const bool differs = protocol.rm != instance_->engine_options.protocol.rm;
  if (differs)
    text +=
        protocol.rm == wire::RmVersion::k11 ? " reliable_messaging_version=2005" : " reliable_messaging_version=1.1";
  return text + OptionsText(instance_->options);
}

// ---- client ----

void TraceRequest(Trace* trace, ExchangeId exchange, const wire::Envelope& envelope) {
  if (trace->off()) return;
  WhereMemoryAllows([&] {
    TraceMessage message;
    message.exchange = exchange.value();
    message.envelope = envelope;
    trace->Message(message);
  });
}

void TraceResult(Trace* trace, ExchangeId exchange, const engine::ExchangeResult& result) {
  if (trace->off()) return;
  WhereMemoryAllows([&] {
    TraceMessage message = Answer(result);
    message.exchange = exchange.value();
    trace->Message(message);
  });
}

void TraceCall(Trace* trace, const engine::OutgoingMessage& message) {
  if (trace->off()) return;
  std::string text = "call " + wire::ShortAction(message.action);
  if (message.kind == engine::CallKind::kOneWay) text += " one-way";
  if (message.kind == engine::CallKind::kUnknown) text += " unknown";
  if (message.message_id) text += " mid=" + wire::ShortName(message.message_id->text());
  trace->Event(text);
}

void TraceCall(Trace* trace, const char* name) {
  if (!trace->off()) trace->Event(name);
}

void TraceCompletion(Trace* trace, const engine::CompleteCall& completion) {
  if (trace->off()) return;
  std::string text = "completed " + std::to_string(completion.number.value());
  switch (completion.kind) {
    case engine::CompleteCall::Kind::kReply:
      text += completion.reply && completion.reply->is_fault ? " reply application-fault" : " reply";
      break;
    case engine::CompleteCall::Kind::kAcknowledged:
      text += " acknowledged";
      break;
    case engine::CompleteCall::Kind::kFailed:
      text += " failed " + wire::AsWord(completion.status.code) + " " + wire::OutcomeWord(completion.outcome);
      break;
  }
  trace->Event(text);
}

void TraceState(Trace* trace, const engine::StateChanged& change) {
  if (trace->off()) return;
  WhereMemoryAllows([&] {
    if (change.state == engine::SessionState::kOpening) return trace->Event("open");
    std::string text = std::string("state ") + engine::Name(change.state);
    if (!change.reason.ok()) text += " " + wire::AsWord(change.reason.code);
    trace->Event(text);
  });
}

// ---- server ----

void TraceRequest(Context& context, const wire::Envelope& envelope) {
  Trace& trace = context.instance->server->trace();
  ServerExchange& exchange = *context.exchange;
  exchange.traced = 0;
  if (trace.off()) return;
  trace.SetHost(IsIterative(context.soap) ? "iterative" : "threads");
  exchange.traced = trace.NewExchange();
  TraceMessage message;
  message.direction = TraceMessage::Direction::kReceived;
  message.exchange = exchange.traced;
  message.principal = PeerPrincipal(context.soap, exchange.authorization).text();
  message.envelope = envelope;
  trace.Message(message);
  trace.CompareContent(envelope);
}

void TraceAnswer(Context& context, const engine::Respond* respond) {
  Trace& trace = context.instance->server->trace();
  if (trace.off()) return;
  TraceMessage message;
  message.answer = true;
  message.exchange = context.exchange->traced;
  if (respond) {
    message.envelope = respond->envelope;
    message.http_status = respond->http_status;
  } else {
    message.kind = TraceMessage::Kind::kEmpty;
  }
  if (message.exchange != 0) {
    trace.Message(message);
  } else {
    trace.Comment("the answer to a message that is none of a session: " +
                  wire::TraceText(message, message.envelope.protocol));
  }
}

void TracePost(Trace* trace, const engine::Respond& respond) {
  if (trace->off()) return;
  TraceMessage message;
  message.answer = true;
  message.envelope = respond.envelope;
  message.http_status = respond.http_status;
  trace->Comment("posted to " + respond.post_to.text() + ": " + wire::TraceText(message, message.envelope.protocol));
}

void TraceDelivery(Context& context, const engine::Deliver& delivery) {
  Trace& trace = context.instance->server->trace();
  if (trace.off()) return;
  trace.Event("delivered " + std::to_string(delivery.number.value()) + " " + wire::ShortAction(delivery.action) +
              " of=" + wire::ShortName(context.exchange->session->identity().sequence.text()));
}

namespace {

void TraceOperation(Context& context, const char* what, bool is_fault) {
  Trace& trace = context.instance->server->trace();
  if (trace.off()) return;
  const ServerExchange& exchange = *context.exchange;
  trace.Event(std::string(what) + " " + std::to_string(exchange.number.value()) + (is_fault ? " fault" : "") +
              " of=" + wire::ShortName(exchange.session->identity().sequence.text()));
}

}  // namespace

void TraceReply(Context& context, const engine::OperationAnswer& answer) {
  TraceOperation(context, answer.reply ? "reply" : "answer", answer.reply && answer.reply->is_fault);
}

void TraceReturn(Context& context) { TraceOperation(context, "return", false); }

}  // namespace gsoaprm::binding
