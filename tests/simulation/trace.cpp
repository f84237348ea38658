#include "tests/simulation/trace.h"

#include <cstdio>

#include "wire/describe.h"

namespace gsoaprm::simulation {

void Trace::Sent(Timestamp now, const wire::Envelope& envelope) {
  if (enabled_) entries_.push_back(TraceEntry{now, TraceEntry::Kind::kSent, envelope, std::string()});
}

void Trace::ToServer(Timestamp now, const wire::Envelope& envelope, const Principal& principal) {
  if (!enabled_) return;
  entries_.push_back(TraceEntry{now, TraceEntry::Kind::kToServer, envelope, principal.text()});
}

void Trace::ToClient(Timestamp now, const engine::ExchangeResult& result) {
  if (!enabled_) return;
  const bool message = result.kind == engine::ExchangeResult::Kind::kEnvelope;
  const auto kind = message ? TraceEntry::Kind::kToClient : TraceEntry::Kind::kNothingToClient;
  entries_.push_back(TraceEntry{now, kind, result.envelope, std::to_string(result.http_status)});
}

void Trace::Note(Timestamp now, const std::string& text) {
  if (enabled_) entries_.push_back(TraceEntry{now, TraceEntry::Kind::kNote, wire::Envelope(), text});
}

std::string Trace::Text() const {
  std::string text;
  for (const TraceEntry& entry : entries_) {
    char time[40];
    std::snprintf(time, sizeof time, "%12.6f ", static_cast<double>(entry.time.microseconds()) / 1e6);
    text += time;
    switch (entry.kind) {
      case TraceEntry::Kind::kSent:
        text += "|> " + wire::Describe(entry.envelope);
        break;
      case TraceEntry::Kind::kToServer:
        text += "-> " + wire::Describe(entry.envelope) + (entry.text == "client" ? "" : " by a " + entry.text);
        break;
      case TraceEntry::Kind::kToClient:
        text += "<- " + wire::Describe(entry.envelope);
        break;
      case TraceEntry::Kind::kNothingToClient:
        text += "<- nothing, " + entry.text;
        break;
      case TraceEntry::Kind::kNote:
        text += "   " + entry.text;
        break;
    }
    text += '\n';
  }
  return text;
}

}  // namespace gsoaprm::simulation
