// What went wrong, in four classes, with the peer's reason and one sentence of advice.
#pragma once

#include <string>
#include <utility>

namespace gsoaprm {

enum class ErrorClass {
  kNone,
  kTryAgain,      // this attempt failed; the session lives
  kSequenceDead,  // the session is over; a new one may be opened
  kEndpointDead,  // the peer cannot be talked to as configured; a new session would fail as well
  kMisuse,        // the program or its configuration is wrong
};

// Whether the peer ran a message whose call failed.
enum class Outcome {
  kNotSent,  // never left this side: certainly not executed
  kUnknown,  // was sent, never acknowledged: may have been executed once
  kExecuted  // acknowledged, but the reply will not come
};

struct Status {
  ErrorClass error = ErrorClass::kNone;
  std::string code;    // the protocol's word: "UnknownSequence", "MaxRetryCount", "SendTimeout"
  std::string reason;  // the peer's own text where there is one, else ours
  std::string advice;  // one sentence: what the user can do about it

  bool ok() const { return error == ErrorClass::kNone; }
  static Status Ok() { return Status(); }
  static Status Error(ErrorClass error_class, std::string code, std::string reason, std::string advice) {
    return Status{error_class, std::move(code), std::move(reason), std::move(advice)};
  }
};

}  // namespace gsoaprm
