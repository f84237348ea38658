// The client: an InitiatorSession, and calls that wait for the session to open and for room in its window, as those of
// a program do.
#pragma once

#include <deque>
#include <map>
#include <memory>

#include "engine/initiator_session.h"
#include "tests/scenarios/role.h"
#include "tests/scenarios/settings.h"
#include "tests/support/fake_disk.h"
#include "tests/support/seeded_ids.h"

namespace gsoaprm::scenarios {

class ClientRole : public RoleUnderTest {
 public:
  explicit ClientRole(const Settings& settings);

  void Receive(Timestamp now, const wire::TraceMessage& message) override;
  bool Do(Timestamp now, const Act& act, const std::string& sequence, std::string* error) override;
  void Restart(Timestamp now) override;
  bool idle() const override;
  void HandleTimeout(Timestamp now) override;
  Timestamp NextTimeout() const override;
  std::string Violation() const override;

 private:
  void GoOn(Timestamp now);
  // Whether there may be more to do.
  bool SubmitNext(Timestamp now);
  void Take(Timestamp now, engine::Transmit transmit);
  void Take(Timestamp now, const engine::CompleteCall& completion);
  void Take(Timestamp now, const engine::StateChanged& change);
  void Take(Timestamp, const engine::WindowChanged&) {}
  bool ReadCall(const Act& act, std::string* error);
  Timestamp NextGivingUp() const;
  // Durable: everything is on the disk before it is sent.
  void Put(MessageNumber number, const engine::OutgoingMessage& message);
  void Save();

  const Settings settings_;
  testing::SeededIds ids_{1};
  testing::FakeDisk disk_;
  std::map<MessageNumber, engine::OutgoingId> stored_;
  engine::OutgoingId last_id_ = 0;
  std::unique_ptr<engine::InitiatorSession> session_;
  std::deque<engine::OutgoingMessage> waiting_;
  std::map<MessageNumber, Timestamp> patience_;  // when a call that waits for its reply is given up
  std::map<MessageNumber, wire::PayloadPointer> payloads_;
  std::string violation_;
};

}  // namespace gsoaprm::scenarios
