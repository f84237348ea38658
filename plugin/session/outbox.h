// Store-and-forward: the messages of one endpoint that wait in the store, outside the window of any session, for a
// session that takes them in the order of their calls. One page of them at most is in memory.
//
// Shared by the sessions of the endpoint, which follow one another. Thread-safe.
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>

#include "store/store.h"

namespace gsoaprm::session {

class Outbox {
 public:
  static constexpr std::size_t kPage = 64;

  Outbox(store::Store* store, Uri endpoint) : store_(*store), endpoint_(std::move(endpoint)) {}

  store::Store& store() const { return store_; }
  const Uri& endpoint() const { return endpoint_; }

  // ---- whoever sends ----
  // At the end, with an identifier of its own.
  store::Ticket Put(engine::OutgoingRecord message);
  // Whether a message waits. True as well while the store has not been asked.
  bool Waits() const;
  // Whether none waits that was put before this one.
  bool IsPast(engine::OutgoingId id) const;

  // ---- the session ----
  // The oldest one, when it is in memory and was put before this. It is to be given a number.
  std::optional<engine::OutgoingRecord> TakeBefore(engine::OutgoingId id);
  // What was taken has been enqueued with its numbers.
  void Assigned(store::Ticket ticket);
  // Messages wait again that did not, from this ticket on. Nothing may be taken and not yet enqueued meanwhile.
  void LookAgain(store::Ticket ticket);

  // ---- the page ----
  // Nothing is in memory, and the store may have something that can be read now.
  bool WantsPage() const;
  // Nothing is in memory, and the store may have something.
  bool IsBlank() const;
  // Asks the store when a page is wanted. True when that has brought anything, be it the certainty that nothing waits.
  // Without locks: it may take as long as the disk takes.
  bool LoadPage();

 private:
  bool IsBlankLocked() const { return page_.empty() && beyond_page_; }

  store::Store& store_;
  const Uri endpoint_;
  mutable std::mutex mutex_;
  std::deque<engine::OutgoingRecord> page_;
  bool beyond_page_ = true;           // the store may have messages that are not in the page
  engine::OutgoingId last_seen_ = 0;  // what is beyond has greater identifiers
  store::Ticket newest_put_ = 0;
  store::Ticket newest_assigned_ = 0;  // until this is durable the store calls waiting what was taken
  store::Ticket barrier_ = 0;          // nothing is read before this is durable
  bool loading_ = false;
  unsigned looks_ = 0;  // how often it had to look again
};

}  // namespace gsoaprm::session
