// What happened in a run, kept only where somebody will read it.
#pragma once

#include <string>
#include <vector>

#include "engine/initiator_session.h"
#include "tests/simulation/script_writer.h"
#include "wire/envelope.h"

namespace gsoaprm::simulation {

struct TraceEntry {
  enum class Kind { kSent, kToServer, kToClient, kNothingToClient, kNote };
  Timestamp time;
  Kind kind = Kind::kNote;
  wire::Envelope envelope;
  std::string text;
};

class Trace {
 public:
  explicit Trace(bool enabled) : enabled_(enabled), scripts_(enabled) {}

  bool enabled() const { return enabled_; }
  const std::vector<TraceEntry>& entries() const { return entries_; }

  ScriptWriter& scripts() { return scripts_; }

  void Sent(Timestamp now, const wire::Envelope& envelope);
  void ToServer(Timestamp now, const wire::Envelope& envelope, const Principal& principal);
  void ToClient(Timestamp now, const engine::ExchangeResult& result);
  void Lost(Timestamp now, const char* reason) { Note(now, reason); }
  void Note(Timestamp now, const std::string& text);

  std::string Text() const;

 private:
  bool enabled_;
  std::vector<TraceEntry> entries_;
  ScriptWriter scripts_;
};

}  // namespace gsoaprm::simulation
