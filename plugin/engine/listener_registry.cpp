#include "engine/listener_registry.h"

#include <algorithm>
#include <utility>

namespace gsoaprm::engine {

const SequenceRecord& ListenerRegistry::Add(Timestamp now, SequenceRecord record) {
  auto owned = std::make_unique<SequenceRecord>(std::move(record));
  SequenceRecord* added = owned.get();
  added->since = now;
  added->serial = ++last_serial_;
  records_.emplace(added->sequence.text(), std::move(owned));
  try {
    Link(now, added);
  } catch (...) {
    Erase(added);
    throw;
  }
  ++live_;
  return *added;
}

void ListenerRegistry::Link(Timestamp now, SequenceRecord* record) {
  pending_.emplace(record->serial, record);
  if (!record->offered.empty()) by_offer_.emplace(record->offered.text(), record);
  if (record->create) {
    record->create->created = now;
    record->create->serial = record->serial;
    creates_.emplace(record->serial, record);
    by_create_.emplace(CreateKey(record->create->message_id.text(), record->principal.text()), record);
  }
  // The last that may fail: what is counted is counted once.
  if (!record->principal.empty()) ++live_of_principal_[record->principal];
}

void ListenerRegistry::Erase(SequenceRecord* record) {
  ForgetCreate(record);
  pending_.erase(record->serial);
  const auto offer = by_offer_.find(record->offered.text());
  if (offer != by_offer_.end() && offer->second == record) by_offer_.erase(offer);
  // The key is a view into the record: it must outlive the erasure.
  const auto found = records_.find(record->sequence.text());
  const std::unique_ptr<SequenceRecord> doomed = std::move(found->second);
  records_.erase(found);
}

void ListenerRegistry::Withdraw(const SequenceId& sequence) {
  SequenceRecord* record = FindMutable(sequence);
  if (record == nullptr) return;
  LeaveLive(record);
  Erase(record);
}

void ListenerRegistry::Activate(const SequenceId& sequence) {
  if (SequenceRecord* record = FindMutable(sequence)) LeavePending(record);
}

void ListenerRegistry::GiveUp(const SequenceId& sequence) {
  SequenceRecord* record = FindMutable(sequence);
  if (record == nullptr) return;
  LeavePending(record);
  // Its client may have lost the answer, and asks again (WCF: after 10 s): it must not be handed a dead sequence.
  ForgetCreate(record);
}

void ListenerRegistry::End(Timestamp now, const SequenceId& sequence, std::optional<Respond> final_answer) {
  SequenceRecord* record = FindMutable(sequence);
  if (record == nullptr || record->ended) return;
  // First what may fail.
  auto answer = final_answer ? std::make_unique<Respond>(*std::move(final_answer)) : nullptr;
  const std::uint64_t serial = ++last_serial_;
  tombstones_.emplace(serial, record);
  LeavePending(record);
  LeaveLive(record);
  record->ended = true;
  record->since = now;
  record->serial = serial;
  record->final_answer = std::move(answer);
  if (tombstones_.size() > kMaximumTombstones) ForgetTombstone(tombstones_.begin()->second);
}

const SequenceRecord* ListenerRegistry::Find(const SequenceId& sequence) const {
  const auto found = records_.find(sequence.text());
  return found == records_.end() ? nullptr : found->second.get();
}

const SequenceRecord* ListenerRegistry::FindCreate(const MessageId& message_id, const Principal& principal) const {
  const auto found = by_create_.find(CreateKey(message_id.text(), principal.text()));
  return found == by_create_.end() ? nullptr : found->second;
}

const SequenceRecord* ListenerRegistry::FindOffer(const SequenceId& offered) const {
  const auto found = by_offer_.find(offered.text());
  return found == by_offer_.end() ? nullptr : found->second;
}

std::size_t ListenerRegistry::LiveOf(const Principal& principal) const {
  const auto found = live_of_principal_.find(principal);
  return found == live_of_principal_.end() ? 0 : found->second;
}

const SequenceRecord* ListenerRegistry::OldestPending() const {
  return pending_.empty() ? nullptr : pending_.begin()->second;
}

void ListenerRegistry::Forget(Timestamp now, Duration create_memory, Duration tombstone_lifetime) {
  while (!creates_.empty() && creates_.begin()->second->create->created + create_memory <= now) {
    ForgetCreate(creates_.begin()->second);
  }
  const Duration life = LifeOfTombstone(create_memory, tombstone_lifetime);
  while (!tombstones_.empty() && tombstones_.begin()->second->since + life <= now) {
    ForgetTombstone(tombstones_.begin()->second);
  }
}

Timestamp ListenerRegistry::NextForget(Duration create_memory, Duration tombstone_lifetime) const {
  Timestamp next = Timestamp::Never();
  if (!creates_.empty()) next = creates_.begin()->second->create->created + create_memory;
  if (!tombstones_.empty()) {
    next = std::min(next, tombstones_.begin()->second->since + LifeOfTombstone(create_memory, tombstone_lifetime));
  }
  return next;
}

SequenceRecord* ListenerRegistry::FindMutable(const SequenceId& sequence) {
  const auto found = records_.find(sequence.text());
  return found == records_.end() ? nullptr : found->second.get();
}

void ListenerRegistry::LeavePending(SequenceRecord* record) {
  pending_.erase(record->serial);
  record->pending = false;
}

void ListenerRegistry::LeaveLive(SequenceRecord* record) {
  --live_;
  if (!record->offered.empty()) by_offer_.erase(record->offered.text());
  const auto count = live_of_principal_.find(record->principal);
  if (count != live_of_principal_.end() && --count->second == 0) live_of_principal_.erase(count);
}

void ListenerRegistry::ForgetCreate(SequenceRecord* record) {
  if (!record->create) return;
  const auto create = by_create_.find(CreateKey(record->create->message_id.text(), record->principal.text()));
  if (create != by_create_.end() && create->second == record) by_create_.erase(create);
  creates_.erase(record->create->serial);
  record->create.reset();
}

void ListenerRegistry::ForgetTombstone(SequenceRecord* record) {
  if (reports_forgotten_) forgotten_.push_back(record->sequence);
  tombstones_.erase(record->serial);
  Erase(record);
}

Duration ListenerRegistry::LifeOfTombstone(Duration create_memory, Duration tombstone_lifetime) {
  return std::max(create_memory, tombstone_lifetime);
}

}  // namespace gsoaprm::engine
