// How long a round trip takes, and from that when to send again: the estimator of Jacobson and Karels with WCF's
// constants, so that retransmissions come when a WCF peer would see them come.
#pragma once

#include "base/time.h"

namespace gsoaprm::engine {

class RoundTrip {
 public:
  // `first` is the round trip of CreateSequence; `minimum` is what the time-out keeps above the mean.
  RoundTrip(Duration first, Duration minimum, Duration maximum);

  Duration timeout() const { return timeout_; }

  // An acknowledgement came `sample` after the last sending. Ends any back-off.
  void Measure(Duration sample);
  // A time-out has passed in vain.
  void BackOff();

 private:
  void Recompute();

  Duration minimum_;
  Duration maximum_;
  Duration mean_;
  Duration deviation_;
  Duration timeout_;
};

}  // namespace gsoaprm::engine
