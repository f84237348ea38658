// What a store has committed, as tables in memory: what a program finds after a crash.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/records.h"
#include "store/store.h"

namespace gsoaprm::testing {

class FakeDisk {
 public:
  struct Acceptor {
    engine::SequenceCreated created;
    engine::AcceptorState state;
    bool ended = false;
    std::string final_answer;
    std::map<MessageNumber, engine::ReceivedMessage> messages;
    std::map<MessageNumber, engine::KeptReply> replies;  // by request
  };
  struct DeadLetter {
    SequenceId sequence;        // of a received message
    MessageNumber number;       // likewise
    engine::OutgoingId id = 0;  // of an outgoing one
    wire::PayloadPointer payload;
    std::string reason;
  };

  // Changes of what is not there change nothing: a store may write a list of changes again.
  void Apply(const engine::Changes& changes);

  // In the order in which a store gives them.
  void Recover(store::Recovery* recovery) const;
  std::vector<engine::RecoveredAcceptor> RecoveredAcceptors() const;
  std::vector<engine::RecoveredInitiator> RecoveredInitiators() const;
  std::vector<engine::OutgoingRecord> Waiting(const Uri& endpoint, engine::OutgoingId after, std::size_t limit) const;
  std::vector<Uri> WaitingEndpoints() const;
  engine::OutgoingId greatest_id() const;

  // What the tool for dead letters does: it waits again, under its old id.
  bool Redrive(engine::OutgoingId id);

  // A line for each row: two disks with the same text hold the same.
  std::string Text() const;

  std::map<SequenceId, Acceptor> acceptors;
  std::map<SequenceId, engine::InitiatorRecord> initiators;
  std::map<engine::OutgoingId, engine::OutgoingRecord> outgoing;
  std::vector<DeadLetter> dead_letters;
  std::map<std::string, std::string> application;  // what operations have written in their transactions
  std::vector<SequenceId> in_order_of_creation;    // of acceptors

 private:
  struct Writer;
  std::map<engine::OutgoingId, engine::OutgoingRecord> buried_;  // for Redrive
};

// "[1-3][5-5]", "none"
std::string Text(const MessageRanges& ranges);

}  // namespace gsoaprm::testing
