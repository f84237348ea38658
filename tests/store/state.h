// What a store should hold: changes applied to plain containers, and the whole as text, so that two can be compared.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/records.h"
#include "store/store.h"

namespace gsoaprm::testing {

struct Letter {
  bool server = false;
  std::string endpoint, sequence, reason;
  std::uint64_t number = 0;
  bool one_way = false;
  std::string action, message_id, entity;
};

// The same from both sides: what was written, and what a store gives back.
struct State {
  std::map<SequenceId, engine::RecoveredAcceptor> acceptors;
  std::map<SequenceId, engine::InitiatorRecord> initiators;
  std::map<engine::OutgoingId, engine::OutgoingRecord> outgoing;
  std::vector<Letter> letters;

  void Apply(const engine::Changes& changes);
  std::string Text() const;
};

// Loads the store, asks for what waits, and reads the dead letters of the file. The store must not have been loaded.
class StateReader : public store::Recovery {
 public:
  void Acceptor(engine::RecoveredAcceptor acceptor) override;
  void Initiator(engine::RecoveredInitiator initiator) override;
  void Progress(std::uint64_t done, std::uint64_t total) override;

  // Not ok when Load is not.
  Status Read(store::Store* store, const std::string& path);

  State state;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> progress;
};

}  // namespace gsoaprm::testing
