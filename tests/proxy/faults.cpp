#include "proxy/faults.h"

#include <charconv>
#include <sstream>
#include <utility>

namespace gsoaprm::proxy {
namespace {

constexpr std::pair<const char*, Fault> kNames[] = {{"drop-request", Fault::kDropRequest},
                                                    {"drop-response", Fault::kDropResponse},
                                                    {"duplicate", Fault::kDuplicate},
                                                    {"duplicate-second", Fault::kDuplicateSecond},
                                                    {"delay", Fault::kDelay},
                                                    {"delay-response", Fault::kDelayResponse},
                                                    {"reorder", Fault::kReorder},
                                                    {"reset", Fault::kReset},
                                                    {"reset-response", Fault::kResetResponse}};

bool ParseNumber(const std::string& text, int* number) {
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, *number);
  return result.ec == std::errc() && result.ptr == end && *number > 0;
}

bool ParseName(const std::string& name, Fault* fault) {
  for (const auto& [known, value] : kNames) {
    if (name == known) {
      *fault = value;
      return true;
    }
  }
  return false;
}

}  // namespace

FaultPicker::FaultPicker(Faults faults) : faults_(std::move(faults)), random_(faults_.seed) {
  matches_.resize(faults_.rules.size());
}

void FaultPicker::AddRule(Rule rule) {
  faults_.rules.push_back(std::move(rule));
  matches_.push_back(0);
}

Decision FaultPicker::Pick(std::string_view request) {
  Decision decision;
  if (!PickByRule(request, &decision)) decision.fault = PickByChance();
  if (decision.milliseconds == 0) {
    decision.milliseconds =
        decision.fault == Fault::kReorder ? faults_.reorder_milliseconds : faults_.delay_milliseconds;
  }
  return decision;
}

bool FaultPicker::PickByRule(std::string_view request, Decision* decision) {
  bool decided = false;
  for (size_t i = 0; i < faults_.rules.size(); ++i) {
    const Rule& rule = faults_.rules[i];
    if (request.find(rule.text) == std::string_view::npos) continue;
    const int match = ++matches_[i];
    if (decided || match < rule.first || match >= rule.first + rule.times) continue;
    decision->fault = rule.fault;
    decision->milliseconds = rule.milliseconds;
    decision->bytes = rule.bytes;
    decided = true;
  }
  return decided;
}

Fault FaultPicker::PickByChance() {
  const std::pair<double, Fault> chances[] = {
      {faults_.drop_request, Fault::kDropRequest}, {faults_.drop_response, Fault::kDropResponse},
      {faults_.duplicate, Fault::kDuplicate},      {faults_.delay, Fault::kDelay},
      {faults_.reorder, Fault::kReorder},          {faults_.reset, Fault::kReset}};
  double draw = std::uniform_real_distribution<double>(0, 100)(random_);
  for (const auto& [chance, fault] : chances) {
    if (draw < chance) return fault;
    draw -= chance;
  }
  return Fault::kNone;
}

bool ParseRule(const std::string& text, Rule* rule, std::string* error) {
  Rule result;
  std::string words = text;
  const size_t match = text.find("match=");
  if (match != std::string::npos) {
    result.text = text.substr(match + 6);
    words = text.substr(0, match);
  }
  std::istringstream stream(words);
  std::string word;
  stream >> word;
  if (!ParseName(word, &result.fault)) {
    *error = "'" + word + "' is not the name of a fault";
    return false;
  }
  while (stream >> word) {
    const size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    int* const number = name == "n"       ? &result.first
                        : name == "times" ? &result.times
                        : name == "ms"    ? &result.milliseconds
                        : name == "bytes" ? &result.bytes
                                          : nullptr;
    if (number == nullptr || equals == std::string::npos || !ParseNumber(word.substr(equals + 1), number)) {
      *error = "'" + word + "' is not n=, times=, ms= or bytes= with a number, nor match= with a text";
      return false;
    }
  }
  *rule = result;
  return true;
}

bool ParseRules(const std::string& text, std::vector<Rule>* rules, std::string* error) {
  std::istringstream lines(text);
  std::string line;
  while (std::getline(lines, line)) {
    if (line.find_first_not_of(" \t\r") == std::string::npos || line[0] == '#') continue;
    Rule rule;
    if (!ParseRule(line, &rule, error)) return false;
    rules->push_back(rule);
  }
  return true;
}

}  // namespace gsoaprm::proxy
