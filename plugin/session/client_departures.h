// When the next message of an ordered request-reply session may leave.
//
// Messages of several threads travel on several connections and may overtake one another. A service that keeps them in
// order does not answer one that comes early (202, as WCF), and its reply has to be fetched by a retransmission. So a
// message leaves when the one before is answered, or a short while after it, which the network is not likely to invert;
// and none leaves behind one that has already failed to be answered, since it could only come early.
#pragma once

#include <algorithm>

#include "base/time.h"
#include "base/types.h"
#include "engine/options.h"

namespace gsoaprm::session {

class ClientDepartures {
 public:
  explicit ClientDepartures(const engine::Options& options)
      // A whole window of them must have left before the retransmission timer runs out.
      : pace_(std::min(Duration::Milliseconds(20),
                       options.retransmission_minimum / (2 * std::int64_t{options.max_transfer_window_size}))) {}

  bool MayLeave(Timestamp now) const { return !newest_.valid() || now >= follow_at_; }
  // When waiting ends if nothing else happens.
  Timestamp NextTime() const { return newest_.valid() ? follow_at_ : Timestamp::Never(); }

  void Left(MessageNumber number, Timestamp now) {
    newest_ = number;
    follow_at_ = now + pace_;
  }
  // An exchange of the message brought nothing.
  void Unanswered(MessageNumber number) {
    if (number == newest_) follow_at_ = Timestamp::Never();
  }
  void Settled(MessageNumber number) {
    if (number == newest_) newest_ = MessageNumber();
  }
  void Reset() { newest_ = MessageNumber(); }

 private:
  Duration pace_;
  MessageNumber newest_;  // the last that left, while it is not settled
  Timestamp follow_at_;
};

}  // namespace gsoaprm::session
