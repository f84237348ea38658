// A client without a store: an application with callers, and the plugin's ClientSession behind its ports.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/client_program.h"

namespace gsoaprm::simulation {

class Caller;

class ClientHost : public ClientProgram {
 public:
  ClientHost(const Parameters& parameters, World* world, Network* network, Oracle* oracle, Tally* tally, Trace* trace);

  void Advance() override;
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
  void Write(const Session& session, const char* verb, std::vector<std::string> arguments = {});

  ScriptWriter& scripts_;
  SkewedClock clock_;
  VirtualTimer timer_;
  std::vector<std::unique_ptr<Session>> sessions_;
  Session* current_ = nullptr;
};

}  // namespace gsoaprm::simulation
