// Scenario scripts: one line an event, in virtual time, for one role of the protocol. Printer and parser are a pair;
// the lines of messages are those that the plugin traces. README.md beside this file has the grammar.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.h"
#include "wire/protocol_version.h"
#include "wire/trace_line.h"

namespace gsoaprm::scenarios {

enum class Role { kClient, kServer };

// A call of the application, or what is expected of the engine beside messages: "call Add", "completed 1 reply".
struct Act {
  std::string verb;
  std::vector<std::string> arguments;
};

struct Line {
  int number = 0;  // in the file; 0: made by a program
  Duration after;  // since the line before
  std::variant<wire::TraceMessage, Act> what;
};

struct Setting {
  std::string name;
  std::string value;
};

struct Script {
  std::string intent;  // the comment on the first line
  Role role = Role::kClient;
  wire::Protocol protocol;
  bool both_versions = false;  // runs in February 2005 and in 1.1
  std::vector<Setting> settings;
  std::vector<Line> lines;

  const std::string* Find(std::string_view setting) const;
};

std::string Print(const Script& script);
// Without the time.
std::string Print(const Line& line, const wire::Protocol& usual);

struct ParseResult {
  std::optional<Script> script;
  int line = 0;
  std::string error;  // a sentence; empty when there is a script
};
// A script for both versions is read as one of `version`.
ParseResult Parse(std::string_view text, wire::RmVersion version = wire::RmVersion::kFebruary2005);

// Whether the act says what the engine must have done, instead of doing something to it.
bool IsExpectation(const Act& act);

// A trace holds the lines of several client sessions: those of the first, and those of the others behind "[2] ". The
// script of one of them.
std::string LinesOfSession(std::string_view trace, int session);

}  // namespace gsoaprm::scenarios
