// What a reader of header blocks or bodies found wrong.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "wire/reader_limits.h"

namespace gsoaprm::wire {

struct ReadProblem {
  ReadError error = ReadError::kNone;
  std::string reason;
  std::string element;  // local name of the RM element at fault

  explicit operator bool() const { return error != ReadError::kNone; }

  static ReadProblem Invalid(std::string_view element, std::string_view what) {
    return Of(ReadError::kInvalidRm, element, what);
  }
  // "The element Sequence has no MessageNumber."
  static ReadProblem Of(ReadError error, std::string_view element, std::string_view what) {
    std::string reason = "The element ";
    reason.append(element).append(" ").append(what).append(".");
    return ReadProblem{error, std::move(reason), std::string(element)};
  }
};

}  // namespace gsoaprm::wire
