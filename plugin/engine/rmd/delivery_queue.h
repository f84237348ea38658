// Who runs when: messages that run, wait for their turn on a thread, or came early and are kept; ordered or not.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "base/types.h"
#include "engine/options.h"
#include "engine/return_path.h"
#include "wire/payload.h"

namespace gsoaprm::engine {

enum class MessageState {
  kKept,     // came early: nobody holds an exchange for it
  kWaiting,  // a thread with its exchange waits for its turn
  kRunning,  // its operation was given out and has not returned
};

struct QueuedMessage {
  MessageState state = MessageState::kKept;
  bool answered = false;         // running: the operation's answer is there, only its return is missing
  bool detached = false;         // running: without an exchange of its own
  bool awaited = false;          // detached: a thread waits for the answer, with the exchange of a copy
  bool one_way = false;          // certainly: nobody waits for a reply
  bool undone = false;           // kept: its operation was given out, and not run
  bool stored = false;           // a store has it until its operation has answered
  wire::PayloadPointer payload;  // null once running, unless it is stored
  std::string action;
  std::optional<MessageId> message_id;
  ReturnPath return_path;
};

class DeliveryQueue {
 public:
  DeliveryQueue(bool ordered, ConcurrencyMode mode, std::size_t window)
      : ordered_(ordered), mode_(mode), window_(window) {}

  // `next` is always the number that an ordered sequence starts next; unordered sessions ignore it.

  // Its turn has come.
  bool CanStart(MessageNumber number, MessageNumber next) const;
  // Everything before it is here and sure to run: a thread with this message would not wait for one that is to come.
  // `dispatches_kept`: kept messages are run by the thread that has run those before them.
  bool IsBehindBusy(MessageNumber number, MessageNumber next, bool dispatches_kept) const;
  // The window: an ordered session takes `window` numbers from `next` on, so that the next one always has a place; an
  // unordered one takes that many messages.
  bool HasPlaceFor(MessageNumber number, MessageNumber next) const;
  // A kept message whose turn has come.
  std::optional<MessageNumber> Ready(MessageNumber next) const;

  const QueuedMessage* Find(MessageNumber number) const;
  // Kept or waiting, not running.
  void Add(MessageNumber number, QueuedMessage message);
  void SetStored(MessageNumber number) { messages_.at(number).stored = true; }
  // From kept or waiting to running; returns the payload.
  wire::PayloadPointer Start(MessageNumber number);
  void MarkAnswered(MessageNumber number);
  // A kept message whose copy has come with a thread that waits becomes a waiting one.
  void Wait(MessageNumber number) { SetState(number, MessageState::kWaiting); }
  // A waiting message becomes a kept one.
  void Keep(MessageNumber number) { SetState(number, MessageState::kKept); }
  // All waiting messages become kept ones.
  void KeepWaiting();
  // A running message that is stored becomes a kept one, as if it had not been started.
  void Unstart(MessageNumber number);
  // Of a running message.
  void SetDetached(MessageNumber number) { messages_.at(number).detached = true; }
  void SetAwaited(MessageNumber number, bool awaited) { messages_.at(number).awaited = awaited; }
  void Remove(MessageNumber number);
  // Forgets messages that are not running and for which `forget(number)` holds.
  template <class Predicate>
  void RemoveUnstarted(Predicate forget) {
    for (auto entry = messages_.begin(); entry != messages_.end();) {
      const MessageNumber number = entry->first;
      const bool doomed = entry->second.state != MessageState::kRunning && forget(number);
      ++entry;
      if (doomed) Remove(number);
    }
  }

  template <class Predicate>
  std::size_t CountUnstarted(Predicate counts) const {
    std::size_t count = 0;
    for (const auto& [number, message] : messages_)
      count += message.state != MessageState::kRunning && counts(number) ? 1 : 0;
    return count;
  }

  template <class Predicate>
  std::size_t CountRunning(Predicate counts) const {
    std::size_t count = 0;
    if (running_ == 0) return count;
    for (const auto& [number, message] : messages_)
      count += message.state == MessageState::kRunning && counts(number) ? 1 : 0;
    return count;
  }
  const std::map<MessageNumber, QueuedMessage>& messages() const { return messages_; }

  bool empty() const { return messages_.empty(); }
  std::size_t running() const { return running_; }
  std::size_t unanswered() const { return unanswered_; }                // running without an answer yet
  std::size_t buffered() const { return messages_.size() - running_; }  // kept and waiting
  std::size_t room() const { return buffered() < window_ ? window_ - buffered() : 0; }
  std::size_t kept_bytes() const { return kept_bytes_; }
  bool IsConsistent() const;

 private:
  bool TurnIsFree() const { return mode_ == ConcurrencyMode::kMultiple || running_ == 0; }
  void SetState(MessageNumber number, MessageState state);
  void Count(const QueuedMessage& message);
  void Uncount(const QueuedMessage& message);

  bool ordered_;
  ConcurrencyMode mode_;
  std::size_t window_;
  std::map<MessageNumber, QueuedMessage> messages_;
  std::size_t running_ = 0;
  std::size_t unanswered_ = 0;
  std::size_t kept_bytes_ = 0;
};

}  // namespace gsoaprm::engine
