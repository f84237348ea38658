// How many messages may be under way: slow start and congestion avoidance as WCF does them, and the receiver's
// netrm:BufferRemaining.
#pragma once

#include <cstdint>
#include <optional>

namespace gsoaprm::engine {

class TransferWindow {
 public:
  // `maximum` is MaxTransferWindowSize.
  explicit TransferWindow(int maximum);

  // Messages with numbers in [oldest unsettled, oldest unsettled + size) may be sent.
  int size() const { return size_; }
  int threshold() const { return threshold_; }
  // Whether the receiver takes another message that it has not seen yet.
  bool ReceiverHasRoom() const { return !buffer_remaining_ || *buffer_remaining_ > 0; }

  // The oldest unsettled message moved on by `slid` numbers.
  void OnSettled(std::uint64_t slid);
  // A retransmission time-out.
  void OnLoss();
  // A message was sent for the first time.
  void OnFirstSending();
  // An acknowledgement came. `in_flight`: messages sent that it does not name, which the receiver has not counted.
  // `news`: it names more than any before; one that does not can only enlarge the room. Absent means unlimited.
  void OnBufferRemaining(std::optional<std::uint32_t> remaining, std::uint64_t in_flight, bool news);

 private:
  void GrowCautiously(std::uint64_t slid);

  int maximum_;
  int size_ = 1;
  int threshold_;
  int size_at_loss_;
  std::uint64_t settled_since_growth_ = 0;
  std::optional<std::uint64_t> buffer_remaining_;
};

}  // namespace gsoaprm::engine
