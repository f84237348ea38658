// Durations as people write them: a number of milliseconds, or WCF's TimeSpan text.
#pragma once

#include <cstdint>
#include <string_view>

namespace gsoaprm::config {

// What a text of a duration or number is.
enum class NumberText {
  kNumber,
  kNotANumber,
  kTooBig,   // well-formed, but beyond 2^63-1 (or, below zero, beyond -2^63)
  kTooFine,  // well-formed, but with a fraction of a millisecond
};

// Decimal digits, a sign before them allowed, whitespace around them not.
NumberText ParseInteger(std::string_view text, std::int64_t* value);

// .NET's TimeSpan: [-][d.]hh:mm[:ss[.fffffff]]; hours to 23, minutes and seconds to 59, each of one or two digits.
// A number alone, which .NET takes for days, is not accepted.
NumberText ParseTimeSpan(std::string_view text, std::int64_t* milliseconds);

// Milliseconds as a number, or a TimeSpan that has its seconds: hh:mm alone could be taken for minutes and seconds.
NumberText ParseDuration(std::string_view text, std::int64_t* milliseconds);

}  // namespace gsoaprm::config
