#include "config/duration_text.h"

#include <charconv>
#include <system_error>

namespace gsoaprm::config {
namespace {

constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::size_t kDayDigits = 8;  // a TimeSpan ends at 10675199 days
constexpr std::size_t kTicksDigits = 7;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes up to `maximum_digits` digits off the front; false when there is none or one too many.
bool TakeDigits(std::string_view* text, std::size_t maximum_digits, std::int64_t* value) {
  std::size_t length = 0;
  *value = 0;
  while (length < text->size() && IsDigit((*text)[length])) {
    if (++length > maximum_digits) return false;
    *value = *value * 10 + ((*text)[length - 1] - '0');
  }
  text->remove_prefix(length);
  return length > 0;
}

bool TakeCharacter(std::string_view* text, char wanted) {
  if (text->empty() || text->front() != wanted) return false;
  text->remove_prefix(1);
  return true;
}

bool TakeTwoDigits(std::string_view* text, std::int64_t maximum, std::int64_t* value) {
  return TakeDigits(text, 2, value) && *value <= maximum;
}

// ".fffffff": whole milliseconds to `milliseconds`, the rest tells whether it is finer.
bool TakeFraction(std::string_view* text, std::int64_t* milliseconds, bool* too_fine) {
  const std::size_t before = text->size();
  std::int64_t ticks = 0;
  if (!TakeDigits(text, kTicksDigits, &ticks)) return false;
  for (std::size_t digits = before - text->size(); digits < kTicksDigits; ++digits) ticks *= 10;
  constexpr std::int64_t kTicksPerMillisecond = 10000;
  *milliseconds += ticks / kTicksPerMillisecond;
  *too_fine = ticks % kTicksPerMillisecond != 0;
  return true;
}

}  // namespace

NumberText ParseInteger(std::string_view text, std::int64_t* value) {
  if (!text.empty() && text.front() == '+' && text.size() > 1 && IsDigit(text[1])) text.remove_prefix(1);
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, *value);
  if (error == std::errc::invalid_argument || stopped != end) return NumberText::kNotANumber;
  return error == std::errc::result_out_of_range ? NumberText::kTooBig : NumberText::kNumber;
}

NumberText ParseTimeSpan(std::string_view text, std::int64_t* milliseconds) {
  const bool negative = TakeCharacter(&text, '-');
  std::int64_t days = 0, hours = 0, minutes = 0, seconds = 0, fraction = 0;
  bool too_fine = false;
  const std::size_t dot = text.find('.');
  if (dot < text.find(':') && (!TakeDigits(&text, kDayDigits, &days) || !TakeCharacter(&text, '.'))) {
    return NumberText::kNotANumber;
  }
  if (!TakeTwoDigits(&text, 23, &hours) || !TakeCharacter(&text, ':') || !TakeTwoDigits(&text, 59, &minutes)) {
    return NumberText::kNotANumber;
  }
  if (TakeCharacter(&text, ':')) {
    if (!TakeTwoDigits(&text, 59, &seconds)) return NumberText::kNotANumber;
    if (TakeCharacter(&text, '.') && !TakeFraction(&text, &fraction, &too_fine)) return NumberText::kNotANumber;
  }
  if (!text.empty()) return NumberText::kNotANumber;
  const std::int64_t sum = days * kDay + hours * kHour + minutes * kMinute + seconds * kSecond + fraction;
  *milliseconds = negative ? -sum : sum;
  return too_fine ? NumberText::kTooFine : NumberText::kNumber;
}

NumberText ParseDuration(std::string_view text, std::int64_t* milliseconds) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return ParseInteger(text, milliseconds);
  if (text.find(':', colon + 1) == std::string_view::npos) return NumberText::kNotANumber;
  return ParseTimeSpan(text, milliseconds);
}

}  // namespace gsoaprm::config
