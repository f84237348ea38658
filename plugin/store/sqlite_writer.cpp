#include "store/sqlite_writer.h"

#include <type_traits>
#include <utility>
#include <variant>

namespace gsoaprm::store {

namespace {

template <class T>
constexpr bool kOfAcceptor =
    std::is_same_v<T, engine::SequenceCreated> || std::is_same_v<T, engine::SequenceAdvanced> ||
    std::is_same_v<T, engine::SequenceEnded> || std::is_same_v<T, engine::SequenceForgotten> ||
    std::is_same_v<T, engine::MessageTaken> || std::is_same_v<T, engine::MessageDone> ||
    std::is_same_v<T, engine::ReplyKept> || std::is_same_v<T, engine::ReplyReleased>;

}  // namespace

int Writer::WriteOne(const engine::Change& change) {
  return std::visit(
      [this](const auto& one) {
        using T = std::decay_t<decltype(one)>;
        if constexpr (std::is_same_v<T, engine::MessageBuried>) {
          std::int64_t key = 0;
          int result = acceptors_.FindKey(one.sequence, &key);
          return key != 0 ? letters_.BuryMessage(key, one, &buried_) : result;
        } else if constexpr (std::is_same_v<T, engine::OutgoingBuried>) {
          return letters_.BuryOutgoing(one, &buried_);
        } else if constexpr (std::is_same_v<T, engine::InitiatorEnded>) {
          return EndInitiator(one);
        } else if constexpr (kOfAcceptor<T>) {
          return acceptors_.Write(one);
        } else {
          return initiators_.Write(one);
        }
      },
      change);
}

// Its messages should have gone. One that has not must neither stay without a session nor get lost.
int Writer::EndInitiator(const engine::InitiatorEnded& change) {
  std::vector<engine::OutgoingId> rest;
  int result = initiators_.FindRest(change.sequence, &rest);
  for (engine::OutgoingId id : rest) {
    if (result == SQLITE_OK) result = letters_.BuryOutgoing({id, "its session has ended"}, &buried_);
  }
  return result == SQLITE_OK ? initiators_.Write(change) : result;
}

int Writer::Write(const engine::Changes& changes) {
  // A message refers to the row of its sequence, which may come later among the changes of one step.
  for (const engine::Change& change : changes) {
    const auto* advanced = std::get_if<engine::InitiatorAdvanced>(&change);
    if (advanced == nullptr || initiators_.Knows(advanced->record.sequence)) continue;
    int result = initiators_.Write(*advanced);
    if (result != SQLITE_OK) return result;
  }
  for (const engine::Change& change : changes) {
    int result = WriteOne(change);
    if (result != SQLITE_OK) return result;
  }
  return SQLITE_OK;
}

void Writer::ForgetKeys() {
  acceptors_.ForgetKeys();
  initiators_.ForgetKeys();
  buried_ = 0;
}

std::uint64_t Writer::TakeBuried() { return std::exchange(buried_, 0); }

}  // namespace gsoaprm::store
