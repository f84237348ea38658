// The server: a Listener and its AcceptorSessions, driven as a program with threads or with a single one drives them;
// what its operations do stands in the script.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "engine/acceptor_session.h"
#include "engine/listener.h"
#include "tests/scenarios/role.h"
#include "tests/scenarios/settings.h"
#include "tests/support/fake_disk.h"
#include "tests/support/seeded_ids.h"

namespace gsoaprm::scenarios {

class ServerRole : public RoleUnderTest {
 public:
  explicit ServerRole(const Settings& settings);

  void Receive(Timestamp now, const wire::TraceMessage& message) override;
  bool Do(Timestamp now, const Act& act, const std::string& sequence, std::string* error) override;
  void Restart(Timestamp now) override;
  bool idle() const override;
  void HandleTimeout(Timestamp now) override;
  Timestamp NextTimeout() const override;
  std::string Violation() const override;

 private:
  struct Session {
    std::unique_ptr<engine::AcceptorSession> acceptor;
    bool active = false;
  };
  using SessionPointer = std::shared_ptr<Session>;
  // A thread that holds an exchange until its message may run, or until the gap before its message is closed.
  struct Waiting {
    SessionPointer session;
    std::uint64_t exchange = 0;
    MessageNumber number;
    Timestamp until;
    std::optional<wire::Envelope> behind_gap;
  };
  struct Operation {
    SessionPointer session;
    MessageNumber number;
    std::uint64_t exchange = 0;  // 0: it runs without one
    bool answered = false;
  };

  void Create(Timestamp now, std::uint64_t exchange, const wire::Envelope& message, const Principal& principal);
  SessionPointer Find(const wire::Envelope& message, const Principal& principal) const;
  void Handle(Timestamp now, const SessionPointer& session, std::uint64_t exchange, const wire::Envelope& message);
  void Carry(Timestamp now, const SessionPointer& session, std::uint64_t exchange, engine::Disposition disposition);
  void Run(Timestamp now, const SessionPointer& session, std::uint64_t exchange, const engine::Deliver& deliver);
  void Answer(Timestamp now, std::uint64_t exchange, const engine::Respond& respond);
  void AnswerEmpty(Timestamp now, std::uint64_t exchange);
  void GoOn(Timestamp now);
  bool TryWaiting(Timestamp now);
  bool RunKept(Timestamp now);
  void ForgetEnded(Timestamp now);
  Operation* FindOperation(MessageNumber number, const std::string& sequence, std::string* error);
  void GiveAnswer(Timestamp now, Operation* operation, const Act& act);
  void Return(Timestamp now, const Operation& operation);

  // Durable: everything is on the disk before it is seen.
  void Save();

  const Settings settings_;
  testing::SeededIds ids_{2};
  testing::FakeDisk disk_;
  std::unique_ptr<engine::Listener> listener_;
  std::map<SequenceId, SessionPointer> sessions_;  // by created and by offered sequence
  std::vector<Waiting> waiting_;
  std::vector<Operation> operations_;
};

}  // namespace gsoaprm::scenarios
