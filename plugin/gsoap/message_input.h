// Reading one HTTP message off a connection, within a time and without end to its header: gSOAP's recv_timeout is for
// each reading, so that a peer who sends a byte now and then would hold a thread for ever.
#pragma once

#include <stdsoap2.h>

#include <cstddef>

#include "base/time.h"
#include "session/ports.h"

namespace gsoaprm::binding {

// gSOAP's time-outs: seconds, or microseconds when negative.
int GsoapTimeout(std::int64_t milliseconds);

// What frecv calls.
class MessageInput {
 public:
  static constexpr std::size_t kMostHeaderBytes = 64 * 1024;

  // The next message: nothing of it has come yet. Until its first bytes come, gSOAP's own time-outs hold.
  void Expect();
  // Its HTTP header has been read to the end.
  void EndOfHeader() { in_header_ = false; }
  // What follows may take as long as it does.
  void LeaveUnbounded() { unbounded_ = true; }

  // Reads with `receive` (gSOAP's frecv); 0 is the end, also when the time is over or the header is too long.
  template <class Receive>
  std::size_t Read(struct soap* soap, session::Clock* clock, Duration limit, std::size_t capacity, Receive receive);

  // The message was not read in time.
  bool timed_out() const { return timed_out_; }
  // It ended within its header; gSOAP would go on with what there is of it.
  bool header_broken() const { return header_broken_; }

 private:
  // gSOAP's time-outs, no longer than what is left; as they were when it goes.
  class Bounded {
   public:
    Bounded(struct soap* soap, Duration left);
    ~Bounded();
    Bounded(const Bounded&) = delete;
    Bounded& operator=(const Bounded&) = delete;

   private:
    struct soap* const soap_;
    const int receive_timeout_, transfer_timeout_;
    const ULONG64 start_;
  };
  // What is left of the time for this message; false when it is over or the header is too long.
  bool Left(session::Clock* clock, Duration limit, Duration* left);

  bool in_header_ = true;
  bool unbounded_ = false;
  bool timed_out_ = false;
  bool header_broken_ = false;
  std::size_t bytes_ = 0;
  Timestamp began_;  // when the second reading began: most messages come in one, and cost no look at the clock
  bool has_begun_ = false;
};

template <class Receive>
std::size_t MessageInput::Read(struct soap* soap, session::Clock* clock, Duration limit, std::size_t capacity,
                               Receive receive) {
  std::size_t n = 0;
  if (bytes_ == 0 || unbounded_) {
    n = receive(capacity);
  } else {
    Duration left;
    if (Left(clock, limit, &left)) {
      const Bounded bounded(soap, left);
      n = receive(capacity);
    }
    if (n == 0) timed_out_ = clock->Now() - began_ >= limit;
  }
  header_broken_ = n == 0 && in_header_ && bytes_ > 0;
  bytes_ += n;
  return n;
}

}  // namespace gsoaprm::binding
