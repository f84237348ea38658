// One event of a trace as a line: when, in which direction, on which exchange, what.
//
//   +0.450 > @3 Add seq=6bcfcd#3 mid=51f0b2
//   +0.012 < @3 AddResponse seq=a00cff#1 ack=6bcfcd[1-3] rel=51f0b2
//   +8.000 < @4 nothing reason="connection refused"
//
// A trace written so is a scenario script: tests/scenarios/README.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"
#include "base/time.h"
#include "wire/envelope.h"

namespace gsoaprm::wire {

// What goes over an exchange: a request, or the answer to one.
struct TraceMessage {
  enum class Direction { kSent, kReceived };
  enum class Kind {
    kEnvelope,
    kEmpty,     // an HTTP response without a body: 202 unless said otherwise
    kNothing,   // no HTTP response
    kError,     // one that breaks the call
    kHopeless,  // one that ends the session
  };
  Direction direction = Direction::kSent;
  bool answer = false;
  std::uint64_t exchange = 0;  // counted from 1; 0 where it goes without saying
  std::string principal;       // who sent it, where that is known
  Kind kind = Kind::kEnvelope;
  Envelope envelope;
  int http_status = 0;  // of an answer; 0: the usual one
  std::string code;     // kHopeless
  std::string reason;   // unless kEnvelope

  // Of scripts: what a line leaves open, and what it says to be absent. Never set in a trace.
  bool relates_as_usual = false;  // RelatesTo, if any, is the request's MessageID
  bool no_message_id = false;
};

// The HTTP status of an answer that does not say another one.
int UsualStatus(const TraceMessage& message);
// Whether an answer of this kind relates to its request (wsa:RelatesTo) unless it says otherwise.
bool UsuallyRelates(const Envelope& answer);

// "+0.450"
std::string TimeText(Duration since_the_line_before);
const char* OutcomeWord(Outcome outcome);
// "rm=1.1 soap=1.2 wsa=1.0"
std::string ProtocolText(const Protocol& protocol);
// "> @3 Add seq=6bcfcd#3". What differs from `usual` in the versions of the protocols is said.
std::string TraceText(const TraceMessage& message, const Protocol& usual);

}  // namespace gsoaprm::wire
