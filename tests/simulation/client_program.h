// A client, of whichever kind: its calls, its callers, and how far it is. Callers do not wait: they submit when there
// is room and look for the end of their calls.
#pragma once

#include <deque>
#include <functional>

#include "session/client_session.h"
#include "tests/simulation/network.h"
#include "tests/simulation/oracle.h"
#include "tests/support/seeded_ids.h"

namespace gsoaprm::simulation {

class ClientProgram {
 public:
  virtual ~ClientProgram() = default;
  // Looks at everything that may have changed: after each event.
  virtual void Advance() = 0;
  // All calls have ended and the last session, too.
  bool done() const { return done_; }
  virtual bool IsConsistent() const = 0;
  // Adds what the sessions have counted.
  virtual void Count() = 0;
  virtual Timestamp NextTimeout() const = 0;
  virtual void HandleTimeout() = 0;

 protected:
  ClientProgram(const Parameters& parameters, World* world, Network* network, Oracle* oracle, Tally* tally);
  // Only while this process lives.
  virtual void In(Duration delay, std::function<void()> action) { world_.In(delay, std::move(action)); }
  void CountSession(const session::ClientSession& session);
  bool CallsLeft() const { return begun_ < parameters_.client.calls || !again_.empty(); }
  // How many calls are begun when the session now open is to be closed.
  int Quota() const;
  const Call& CallOf(int id) const { return oracle_.calls()[static_cast<std::size_t>(id) - 1]; }
  // The call to begin next; 0: none now.
  int NextCall() const;
  void TakeNextCall();
  void FreeCaller();

  const Parameters& parameters_;
  World& world_;
  Network& network_;
  Oracle& oracle_;
  Tally& tally_;
  testing::Chance chance_;
  testing::SeededIds ids_;
  Timestamp next_opening_;
  std::deque<int> again_;  // calls that were certainly not sent, or not taken
  int begun_ = 0;
  int part_ = 0;
  int idle_callers_;
  bool done_ = false;

 private:
  // How many of the calls may be begun by now: the last ones wait for a sound network.
  int Available() const;
};

}  // namespace gsoaprm::simulation
