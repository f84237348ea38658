#include "tests/simulation/script_writer.h"

#include <cstdint>

namespace gsoaprm::simulation {
namespace {

using scenarios::Setting;
using wire::TraceMessage;

std::string Milliseconds(Duration duration) { return std::to_string(duration.milliseconds()); }

// What differs from the defaults of the options.
void AddCommonSettings(const engine::Options& options, std::vector<Setting>* settings) {
  settings->push_back({"ordered", options.ordered ? "true" : "false"});
  settings->push_back({"max_transfer_window_size", std::to_string(options.max_transfer_window_size)});
  settings->push_back({"flow_control_enabled", options.flow_control_enabled ? "true" : "false"});
  settings->push_back({"acknowledgement_ranges", std::to_string(options.acknowledgement_ranges)});
  settings->push_back({"inactivity_timeout", Milliseconds(options.inactivity_timeout)});
  settings->push_back({"send_timeout", Milliseconds(options.send_timeout)});
}

const char* Shape(engine::SessionShape shape) {
  switch (shape) {
    case engine::SessionShape::kRequestReply:
      return "request-reply";
    case engine::SessionShape::kOneWay:
      return "one-way";
    case engine::SessionShape::kLearn:
      break;
  }
  return nullptr;
}

const char* Host(const ServerSide& server) {
  if (server.threads > 1) return server.dispatches_kept ? "threads" : "threads-by-hand";
  return server.dispatches_kept ? "iterative" : "by-hand";
}

}  // namespace

void ScriptWriter::Add(std::size_t session, Timestamp at, std::variant<TraceMessage, scenarios::Act> what) {
  if (!enabled_) return;
  if (clients_.size() <= session) clients_.resize(session + 1);
  clients_[session].push_back(Event{at, std::move(what)});
}

void ScriptWriter::ClientActs(std::size_t session, Timestamp at, std::string verb, std::vector<std::string> arguments) {
  Add(session, at, scenarios::Act{std::move(verb), std::move(arguments)});
}

void ScriptWriter::ClientSends(std::size_t session, Timestamp at, const engine::Transmit& transmit) {
  if (!enabled_) return;
  TraceMessage message;
  message.exchange = transmit.exchange.value();
  message.envelope = transmit.envelope;
  Add(session, at, std::move(message));
}

void ScriptWriter::ClientReceives(std::size_t session, Timestamp at, ExchangeId exchange,
                                  const engine::ExchangeResult& result) {
  if (!enabled_) return;
  TraceMessage message;
  message.direction = TraceMessage::Direction::kReceived;
  message.answer = true;
  message.exchange = exchange.value();
  message.http_status = result.http_status;
  message.reason = result.reason;
  if (result.kind == engine::ExchangeResult::Kind::kEnvelope) {
    message.envelope = result.envelope;
  } else {
    message.kind = result.http_status == 0 ? TraceMessage::Kind::kNothing : TraceMessage::Kind::kEmpty;
  }
  Add(session, at, std::move(message));
}

void ScriptWriter::ServerActs(Timestamp at, std::string verb, std::vector<std::string> arguments) {
  if (enabled_) server_.push_back(Event{at, scenarios::Act{std::move(verb), std::move(arguments)}});
}

void ScriptWriter::ServerReceives(Timestamp at, std::uint64_t exchange, const wire::Envelope& message,
                                  bool by_stranger) {
  if (!enabled_) return;
  TraceMessage traced;
  traced.direction = TraceMessage::Direction::kReceived;
  traced.exchange = exchange;
  traced.envelope = message;
  if (by_stranger) traced.principal = "stranger";
  server_.push_back(Event{at, std::move(traced)});
}

void ScriptWriter::ServerAnswers(Timestamp at, std::uint64_t exchange, const wire::Envelope* answer, int http_status) {
  if (!enabled_) return;
  TraceMessage traced;
  traced.answer = true;
  traced.exchange = exchange;
  traced.http_status = http_status;
  if (answer) {
    traced.envelope = *answer;
  } else {
    traced.kind = TraceMessage::Kind::kEmpty;
  }
  server_.push_back(Event{at, std::move(traced)});
}

std::vector<scenarios::Line> ScriptWriter::Lines(const Events& events) {
  std::vector<scenarios::Line> lines;
  Timestamp before = events.empty() ? Timestamp() : events.front().at;
  for (const Event& event : events) {
    scenarios::Line line;
    line.after = event.at - before;
    line.what = event.what;
    lines.push_back(std::move(line));
    before = event.at;
  }
  return lines;
}

std::string ScriptWriter::OfClient(std::size_t session, const Parameters& parameters) const {
  const engine::Options& options = parameters.client_options;
  scenarios::Script script;
  script.intent = "Seed " + std::to_string(parameters.seed) + ", session " + std::to_string(session + 1) +
                  " as the client has seen it.";
  script.role = scenarios::Role::kClient;
  script.protocol = options.protocol;
  script.settings.push_back({"to", "http://example.test/echo"});
  script.settings.push_back({"tolerance", "0.001"});  // a fast clock leaves microseconds out
  if (const char* shape = Shape(options.shape)) script.settings.push_back({"session_shape", shape});
  AddCommonSettings(options, &script.settings);
  script.settings.push_back({"open_timeout", Milliseconds(options.open_timeout)});
  script.settings.push_back({"close_timeout", Milliseconds(options.close_timeout)});
  script.settings.push_back({"max_retry_count", std::to_string(options.max_retry_count)});
  script.lines = Lines(clients_.at(session));
  return scenarios::Print(script);
}

std::string ScriptWriter::OfServer(const Parameters& parameters) const {
  const engine::Options& options = parameters.server_options;
  scenarios::Script script;
  script.intent = "Seed " + std::to_string(parameters.seed) + " as the server has seen it.";
  script.role = scenarios::Role::kServer;
  script.protocol = options.protocol;
  script.settings.push_back({"host", Host(parameters.server)});
  script.settings.push_back({"tolerance", "0.001"});
  AddCommonSettings(options, &script.settings);
  const bool single = options.concurrency_mode == engine::ConcurrencyMode::kSingle;
  script.settings.push_back({"concurrency_mode", single ? "single" : "multiple"});
  script.lines = Lines(server_);
  return scenarios::Print(script);
}

}  // namespace gsoaprm::simulation
