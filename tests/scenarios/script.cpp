#include "tests/scenarios/script.h"

#include <algorithm>

#include "tests/scenarios/words.h"

namespace gsoaprm::scenarios {

namespace {

constexpr std::string_view kExpectations[] = {"completed", "state", "delivered", "ended", "quiet"};

std::string HeadingText(const Script& script) {
  std::string text = script.role == Role::kClient ? "client " : "server ";
  const std::string versions = wire::ProtocolText(script.protocol);
  text += script.both_versions ? "rm=both" + versions.substr(versions.find(' ')) : versions;
  for (const Setting& setting : script.settings) text += " " + WordText(Word{setting.name, setting.value});
  return text;
}

std::string ActText(const Act& act) {
  std::string text = act.verb;
  for (const std::string& argument : act.arguments) text += " " + argument;
  return text;
}

}  // namespace

const std::string* Script::Find(std::string_view setting) const {
  const auto found =
      std::find_if(settings.begin(), settings.end(), [&](const Setting& each) { return each.name == setting; });
  return found == settings.end() ? nullptr : &found->value;
}

bool IsExpectation(const Act& act) {
  return std::find(std::begin(kExpectations), std::end(kExpectations), act.verb) != std::end(kExpectations);
}

std::string Print(const Line& line, const wire::Protocol& usual) {
  if (const auto* message = std::get_if<wire::TraceMessage>(&line.what)) return wire::TraceText(*message, usual);
  return ActText(std::get<Act>(line.what));
}

std::string Print(const Script& script) {
  std::string text;
  if (!script.intent.empty()) text += "# " + script.intent + "\n";
  text += HeadingText(script) + "\n";
  for (const Line& line : script.lines) {
    text += wire::TimeText(line.after) + " " + Print(line, script.protocol) + "\n";
  }
  return text;
}

std::string LinesOfSession(std::string_view trace, int session) {
  const std::string mark = "[" + std::to_string(session) + "] ";
  std::string lines;
  while (!trace.empty()) {
    const std::size_t length = std::min(trace.find('\n'), trace.size());
    std::string_view line = trace.substr(0, length);
    trace.remove_prefix(std::min(length + 1, trace.size()));
    const bool marked = line.substr(0, 1) == "[";
    if (session == 1 ? marked : line.substr(0, mark.size()) != mark) continue;
    if (marked) line.remove_prefix(mark.size());
    lines.append(line).append("\n");
  }
  return lines;
}

}  // namespace gsoaprm::scenarios
