#include "session/outbox.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace gsoaprm::session {

store::Ticket Outbox::Put(engine::OutgoingRecord message) {
  // The lock is held from the identifier to the queue, so that the one rises as the other grows.
  std::lock_guard<std::mutex> lock(mutex_);
  message.id = store_.NextOutgoingId();
  message.endpoint = endpoint_;
  const engine::OutgoingRecord kept = message;  // shares the payload
  const store::Ticket ticket = store_.Enqueue({engine::OutgoingPut{std::move(message)}});
  newest_put_ = ticket;
  if (!beyond_page_ && page_.size() < kPage) {
    last_seen_ = kept.id;
    page_.push_back(kept);
  } else {
    beyond_page_ = true;
  }
  return ticket;
}

bool Outbox::Waits() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return !page_.empty() || beyond_page_;
}

bool Outbox::IsPast(engine::OutgoingId id) const {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!page_.empty()) return page_.front().id >= id;
  return !beyond_page_ || last_seen_ + 1 >= id;
}

std::optional<engine::OutgoingRecord> Outbox::TakeBefore(engine::OutgoingId id) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (page_.empty() || page_.front().id >= id) return std::nullopt;
  std::optional<engine::OutgoingRecord> oldest = std::move(page_.front());
  page_.pop_front();
  return oldest;
}

void Outbox::Assigned(store::Ticket ticket) {
  std::lock_guard<std::mutex> lock(mutex_);
  newest_assigned_ = ticket;
}

void Outbox::LookAgain(store::Ticket ticket) {
  std::lock_guard<std::mutex> lock(mutex_);
  page_.clear();
  beyond_page_ = true;
  last_seen_ = 0;
  barrier_ = std::max({barrier_, ticket, newest_assigned_});
  ++looks_;
}

bool Outbox::IsBlank() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return IsBlankLocked();
}

bool Outbox::WantsPage() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return IsBlankLocked() && !loading_ && store_.IsDurable(barrier_);
}

bool Outbox::LoadPage() {
  std::unique_lock<std::mutex> lock(mutex_);
  if (!IsBlankLocked() || loading_ || !store_.IsDurable(barrier_)) return false;
  loading_ = true;
  const unsigned looks = looks_;
  const store::Ticket newest_put = newest_put_;
  const engine::OutgoingId after = last_seen_;
  lock.unlock();
  // The store gives only what is durable: when it has nothing, that is all there is if this was true before. A short
  // page says less, since it passes over rows that are damaged.
  const bool all_durable = store_.IsDurable(newest_put);
  std::vector<engine::OutgoingRecord> rows = store_.Waiting(endpoint_, after, kPage);
  lock.lock();
  loading_ = false;
  if (looks != looks_) return true;  // it has to be looked through from the start
  const bool last_page = rows.empty() && all_durable && newest_put == newest_put_;
  beyond_page_ = !last_page;
  if (!rows.empty()) last_seen_ = rows.back().id;
  page_.assign(std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()));
  return last_page || !page_.empty();
}

}  // namespace gsoaprm::session
