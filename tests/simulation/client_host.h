// The client: an application with callers, and the plugin's ClientSession behind its ports. Callers do not wait: they
// submit when there is room and look for the end of their calls.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "session/client_session.h"
#include "tests/simulation/network.h"
#include "tests/simulation/oracle.h"
#include "tests/support/seeded_ids.h"

namespace gsoaprm::simulation {

class Caller;

// A client, of whichever kind.
class ClientProgram {
 public:
  virtual ~ClientProgram() = default;
  // Looks at everything that may have changed: after each event.
  virtual void Advance() = 0;
  // All calls have ended and the last session, too.
  virtual bool done() const = 0;
  virtual bool IsConsistent() const = 0;
  // Adds what the sessions have counted.
  virtual void Count() = 0;
  virtual Timestamp NextTimeout() const = 0;
  virtual void HandleTimeout() = 0;
};

// What the application is to call.
std::vector<Call> DrawCalls(const Parameters& parameters, testing::Chance* chance);

class ClientHost : public ClientProgram {
 public:
  ClientHost(const Parameters& parameters, World* world, Network* network, Oracle* oracle, Tally* tally, Trace* trace);

  void Advance() override;
  bool done() const override { return done_; }
  bool IsConsistent() const override;
  void Count() override;
  Timestamp NextTimeout() const override { return timer_.Next(); }
  void HandleTimeout() override { timer_.Run(world_.now); }

 private:
  struct OpenCall {
    int id;
    session::ClientSession::CallPointer call;
  };
  // One session with its ports.
  class Ports;
  struct Session {
    std::size_t index = 0;  // for the oracle
    std::shared_ptr<Ports> ports;
    std::shared_ptr<session::ClientSession> session;
    std::vector<OpenCall> open;
    bool closing = false;
    bool idling = false;
    bool gone = false;  // dropped
    bool ended() const;
  };

  void Open();
  void PlanDeparture();
  void Leave(Session* session, bool abort);
  void Collect();
  void End(const OpenCall& open, const engine::CompleteCall& end);
  void StartCalls();
  void Submit(int id);
  void RunFirst(const session::ClientSession::CallPointer& call, engine::Transmit transmit,
                const std::shared_ptr<Caller>& caller);
  void CloseWhenDue();
  void Idle();
  void FreeCaller();
  void Write(const Session& session, const char* verb, std::vector<std::string> arguments = {});
  // How many of the calls may be begun by now: the last ones wait for a sound network.
  int Available() const;
  // How many calls are begun when the session now open is to be closed.
  int Quota() const;

  const Parameters& parameters_;
  World& world_;
  Network& network_;
  Oracle& oracle_;
  Tally& tally_;
  ScriptWriter& scripts_;
  testing::Chance chance_;
  testing::SeededIds ids_;
  SkewedClock clock_;
  VirtualTimer timer_;
  std::vector<std::unique_ptr<Session>> sessions_;
  Session* current_ = nullptr;
  Timestamp next_opening_;
  std::deque<int> again_;  // calls that were certainly not sent
  int begun_ = 0;
  int part_ = 0;
  int idle_callers_;
  bool done_ = false;
};

}  // namespace gsoaprm::simulation
