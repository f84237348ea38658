#include "engine/listener_duration.h"

#include <cstddef>

namespace gsoaprm::engine {

namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool Consume(std::string_view* text, char wanted) {
  if (text->empty() || text->front() != wanted) return false;
  text->remove_prefix(1);
  return true;
}

std::size_t ConsumeDigits(std::string_view* text) {
  std::size_t count = 0;
  while (count < text->size() && IsDigit((*text)[count])) ++count;
  text->remove_prefix(count);
  return count;
}

// Numbers with their letters, each letter at most once and in the order of `letters`; false when none is there or
// something else stands before the end or 'T'.
bool ConsumeFields(std::string_view* text, std::string_view letters) {
  bool any = false;
  while (!text->empty() && text->front() != 'T') {
    if (ConsumeDigits(text) == 0) return false;
    const bool fraction = Consume(text, '.');
    if (fraction && ConsumeDigits(text) == 0) return false;
    if (text->empty()) return false;
    const char letter = text->front();
    const std::size_t place = letters.find(letter);
    // Only seconds have a fraction.
    if (place == std::string_view::npos || (fraction && letter != 'S')) return false;
    letters.remove_prefix(place + 1);
    text->remove_prefix(1);
    any = true;
  }
  return any;
}

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return std::string_view();
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

}  // namespace

bool IsNonNegativeDuration(std::string_view text) {
  text = Trimmed(text);
  if (!Consume(&text, 'P') || text.empty()) return false;
  if (text.front() != 'T' && !ConsumeFields(&text, "YMD")) return false;
  if (text.empty()) return true;
  return Consume(&text, 'T') && ConsumeFields(&text, "HMS") && text.empty();
}

}  // namespace gsoaprm::engine
