// The role that a script plays, as the player sees it: the engine with what a program does around it.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "base/time.h"
#include "tests/scenarios/script.h"

namespace gsoaprm::scenarios {

// What the engine sent, or told its program. Identifiers are the engine's.
struct Sent {
  Timestamp at;
  wire::TraceMessage message;
};
struct Happening {
  Timestamp at;
  Act act;
  std::string sequence;  // of a server's session
};

class RoleUnderTest {
 public:
  virtual ~RoleUnderTest() = default;

  // A message that comes in on this exchange, or what came of it.
  virtual void Receive(Timestamp now, const wire::TraceMessage& message) = 0;
  // A call of the application. `sequence` is that of "of=NAME", or empty. False and a sentence when it makes no sense.
  virtual bool Do(Timestamp now, const Act& act, const std::string& sequence, std::string* error) = 0;
  // Durable: the process is killed, and the next one goes on with what was written.
  virtual void Restart(Timestamp now) = 0;
  // Nothing is under way that a kill would break off: no exchange, no operation, no call.
  virtual bool idle() const = 0;
  virtual void HandleTimeout(Timestamp now) = 0;
  virtual Timestamp NextTimeout() const = 0;
  // A broken invariant, as a sentence; empty when there is none.
  virtual std::string Violation() const = 0;

  std::deque<Sent> sent;
  std::vector<Happening> happenings;
};

}  // namespace gsoaprm::scenarios
