// A client whose sessions outlive its process, as an application drives them through the plugin: one-way calls come
// back when the store has them, whether the service can be reached or not; after a crash it resumes what the store has.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "session/outbox.h"
#include "tests/simulation/client_program.h"
#include "tests/simulation/host_store.h"

namespace gsoaprm::simulation {

class Caller;
class DurablePorts;

class DurableClient : public ClientProgram {
 public:
  DurableClient(const Parameters& parameters, HostStore* storage, World* world, Network* network, Oracle* oracle,
                Tally* tally);
  ~DurableClient() override;

  void Advance() override;
  bool IsConsistent() const override;
  void Count() override;
  Timestamp NextTimeout() const override { return life_->timer.Next(); }
  void HandleTimeout() override { life_->timer.Run(world_.now); }

 private:
  // One process.
  struct Life {
    Life(const World* world, std::int64_t speed, std::int64_t start) : clock(world, speed, start), timer(&clock) {}
    SkewedClock clock;
    VirtualTimer timer;
    std::shared_ptr<session::Outbox> outbox;
    std::deque<engine::RecoveredInitiator> left;  // sessions of the process before
  };
  struct Session {
    std::size_t index = 0;  // for the oracle
    std::shared_ptr<DurablePorts> ports;
    std::shared_ptr<session::ClientSession> session;
    bool closing = false;
    bool ended() const;
  };
  struct OpenCall {
    int id;
    session::ClientSession::CallPointer call;
  };

  bool Lives() const { return !down_ && !storage_.stopped(); }
  void In(Duration delay, std::function<void()> action) override;
  void Start(std::int64_t clock);
  void Recover();
  void Stop();
  // The session that the plugin would use; makes it where there is need for one.
  void KeepSession();
  void Replace();
  std::shared_ptr<Session> Make();
  bool MessagesWait();
  void PlanAbort();
  void Collect();
  void StartCalls();
  // Whether it would be taken now without waiting.
  bool CanCall(const Call& call);
  void Submit(int id);
  void TakeSubmission(const Call& call, session::ClientSession::Submission submission,
                      const std::shared_ptr<Caller>& caller);
  void RunFirst(const session::ClientSession::CallPointer& call, engine::Transmit transmit,
                const std::shared_ptr<Caller>& caller);
  void CloseWhenDue();

  HostStore& storage_;
  std::vector<std::unique_ptr<Life>> lives_;
  Life* life_ = nullptr;  // the last of them
  bool down_ = false;
  std::vector<std::shared_ptr<Session>> sessions_;  // of this process
  std::shared_ptr<Session> current_;
  std::vector<OpenCall> open_;  // two-way calls of this process
};

}  // namespace gsoaprm::simulation
