#include "engine/rms/transfer_window.h"

#include <algorithm>

namespace gsoaprm::engine {

TransferWindow::TransferWindow(int maximum)
    : maximum_(std::max(maximum, 1)), threshold_(maximum_), size_at_loss_(maximum_) {}

void TransferWindow::OnSettled(std::uint64_t slid) {
  if (slid == 0) {
    return;
  }
  if (size_ > threshold_) {
    GrowCautiously(slid);
    return;
  }
  // Slow start: one more for each settled message, up to one above the threshold.
  const std::uint64_t grown = static_cast<std::uint64_t>(size_) + slid;
  const std::uint64_t limit = static_cast<std::uint64_t>(std::min(maximum_, threshold_ + 1));
  size_ = static_cast<int>(std::min(grown, limit));
}

void TransferWindow::GrowCautiously(std::uint64_t slid) {
  // WCF: the farther above the threshold, the more messages must be settled for one step.
  settled_since_growth_ += slid;
  const int step = std::max(1, (size_at_loss_ - threshold_) / 8);
  const std::uint64_t needed = static_cast<std::uint64_t>(size_ - threshold_) * static_cast<std::uint64_t>(size_) /
                               static_cast<std::uint64_t>(step);
  if (settled_since_growth_ > needed) {
    settled_since_growth_ = 0;
    size_ = std::min(maximum_, size_ + 1);
  }
}

void TransferWindow::OnLoss() {
  settled_since_growth_ = 0;
  threshold_ = std::max(1, size_ / 2);
  size_at_loss_ = size_;
  size_ = 1;
}

void TransferWindow::OnFirstSending() {
  if (buffer_remaining_ && *buffer_remaining_ > 0) {
    --*buffer_remaining_;
  }
}

void TransferWindow::OnBufferRemaining(std::optional<std::uint32_t> remaining, std::uint64_t in_flight, bool news) {
  if (!remaining) {
    buffer_remaining_.reset();
    return;
  }
  const std::uint64_t room = *remaining > in_flight ? *remaining - in_flight : 0;
  if (news || (buffer_remaining_ && room > *buffer_remaining_)) {
    buffer_remaining_ = room;
  }
}

}  // namespace gsoaprm::engine
