// What the listener knows of the sequences it has let in: live ones, those still without a message, those that ended a
// short while ago, and the CreateSequence messages whose repeats are still to be recognised.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/listener.h"

namespace gsoaprm::engine {

// What is needed to give a repeated CreateSequence the same answer. Forgotten after create_memory.
struct CreateMemory {
  std::uint64_t serial = 0;  // set by the registry
  Timestamp created;
  MessageId message_id;
  Uri to;
  std::optional<std::string> expires;
};

struct SequenceRecord {
  SequenceId sequence;
  SequenceId offered;
  Uri acks_to;  // not empty: answers are posted there
  Principal principal;
  std::uint64_t serial = 0;  // set by the registry: in the order of creation, later in that of ending
  Timestamp since;           // creation; after the end, the end
  bool pending = true;
  bool ended = false;
  std::unique_ptr<CreateMemory> create;
  std::unique_ptr<Respond> final_answer;
};

class ListenerRegistry {
 public:
  // Ended sequences that are remembered at most; beyond it the oldest is forgotten.
  static constexpr std::size_t kMaximumTombstones = 1024;

  // `reports_forgotten`: TakeForgotten() says which sequences are gone.
  explicit ListenerRegistry(bool reports_forgotten = false) : reports_forgotten_(reports_forgotten) {}

  // The record must name a sequence that is not known. A later one for the same MessageID replaces the earlier.
  const SequenceRecord& Add(Timestamp now, SequenceRecord record);
  void Activate(const SequenceId& sequence);
  // As if it had never been added.
  void Withdraw(const SequenceId& sequence);
  void End(Timestamp now, const SequenceId& sequence, std::optional<Respond> final_answer);

  const SequenceRecord* Find(const SequenceId& sequence) const;
  // The sequence, live or ended, made by this CreateSequence.
  const SequenceRecord* FindCreate(const MessageId& message_id, const Principal& principal) const;
  // The live sequence with this Offer.
  const SequenceRecord* FindOffer(const SequenceId& offered) const;

  std::size_t live() const { return live_; }
  std::size_t pending() const { return pending_.size(); }
  std::size_t LiveOf(const Principal& principal) const;

  const SequenceRecord* OldestPending() const;
  // Its place among the pending ones is free, and its CreateSequence is forgotten; it stays known until End().
  void GiveUp(const SequenceId& sequence);

  // Forgets CreateSequence messages older than create_memory, and ended sequences older than tombstone_lifetime (but
  // not before create_memory has passed, too).
  void Forget(Timestamp now, Duration create_memory, Duration tombstone_lifetime);
  std::vector<SequenceId> TakeForgotten() { return std::exchange(forgotten_, {}); }
  // When Forget would have something to do.
  Timestamp NextForget(Duration create_memory, Duration tombstone_lifetime) const;

 private:
  using CreateKey = std::pair<std::string_view, std::string_view>;  // MessageID, principal; views into the record

  SequenceRecord* FindMutable(const SequenceId& sequence);
  void Link(Timestamp now, SequenceRecord* record);
  void Erase(SequenceRecord* record);
  void LeavePending(SequenceRecord* record);
  void ForgetCreate(SequenceRecord* record);
  void ForgetTombstone(SequenceRecord* record);
  void LeaveLive(SequenceRecord* record);
  static Duration LifeOfTombstone(Duration create_memory, Duration tombstone_lifetime);

  const bool reports_forgotten_;
  std::vector<SequenceId> forgotten_;
  // Keys are views into the records, which do not move.
  std::unordered_map<std::string_view, std::unique_ptr<SequenceRecord>> records_;
  std::unordered_map<std::string_view, SequenceRecord*> by_offer_;  // live ones with an Offer
  std::map<CreateKey, SequenceRecord*> by_create_;
  std::unordered_map<Principal, std::size_t> live_of_principal_;  // known principals
  // In the order of time: by creation, by creation, by end.
  std::map<std::uint64_t, SequenceRecord*> pending_;
  std::map<std::uint64_t, SequenceRecord*> creates_;
  std::map<std::uint64_t, SequenceRecord*> tombstones_;
  std::size_t live_ = 0;
  std::uint64_t last_serial_ = 0;
};

}  // namespace gsoaprm::engine
