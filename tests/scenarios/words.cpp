#include "tests/scenarios/words.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace gsoaprm::scenarios {

namespace {

constexpr std::string_view kSpace = " \t\r";

// The word that `line` begins with, cut off; false when a quotation does not end.
bool TakeText(std::string_view* line, std::string* text) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < line->size() && (quoted || kSpace.find((*line)[end]) == std::string_view::npos); ++end) {
    if ((*line)[end] == '"') quoted = !quoted;
  }
  *text = std::string(line->substr(0, end));
  line->remove_prefix(end);
  return !quoted;
}

// Whether the value loses the marks around it when it is read.
bool IsQuoted(std::string_view value) { return value.size() >= 2 && value.front() == '"' && value.back() == '"'; }

}  // namespace

Word ToWord(std::string text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) return Word{std::move(text), std::nullopt};
  std::string value = text.substr(equals + 1);
  if (IsQuoted(value)) value = value.substr(1, value.size() - 2);
  return Word{text.substr(0, equals), std::move(value)};
}

std::string WordText(const Word& word) {
  if (!word.value) return word.name;
  const std::string text = word.name + "=" + *word.value;
  std::string_view line = text;
  std::string first;
  const bool is_one_word = TakeText(&line, &first) && line.empty();
  return is_one_word && !IsQuoted(*word.value) ? text : word.name + "=\"" + *word.value + "\"";
}

std::optional<Words> Words::Cut(std::string_view line) {
  Words words;
  while (true) {
    const std::size_t begin = line.find_first_not_of(kSpace);
    if (begin == std::string_view::npos) return words;
    line.remove_prefix(begin);
    std::string text;
    if (!TakeText(&line, &text)) return std::nullopt;
    words.words_.push_back(ToWord(std::move(text)));
  }
}

Word Words::TakeFront() {
  Word word = std::move(words_.front());
  words_.erase(words_.begin());
  return word;
}

std::optional<std::string> Words::Take(std::string_view name) {
  const auto found = std::find_if(words_.begin(), words_.end(), [&](const Word& word) { return word.name == name; });
  if (found == words_.end()) return std::nullopt;
  std::string value = found->value.value_or("");
  words_.erase(found);
  return value;
}

bool Words::TakeFlag(std::string_view name) {
  const auto found =
      std::find_if(words_.begin(), words_.end(), [&](const Word& word) { return word.name == name && !word.value; });
  if (found == words_.end()) return false;
  words_.erase(found);
  return true;
}

std::optional<std::string> Words::TakeValue(std::string_view name) {
  const auto found =
      std::find_if(words_.begin(), words_.end(), [&](const Word& word) { return word.name == name && word.value; });
  if (found == words_.end()) return std::nullopt;
  std::string value = *std::move(found->value);
  words_.erase(found);
  return value;
}

std::optional<std::uint64_t> ReadNumber(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

}  // namespace gsoaprm::scenarios
