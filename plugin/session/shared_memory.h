// What all sessions of a server keep together, so that many of them cannot fill the machine where each keeps within its
// own bound.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace gsoaprm::session {

class SharedMemory {
 public:
  explicit SharedMemory(std::size_t limit) : limit_(limit) {}
  std::size_t left() const {
    const std::size_t used = used_;
    return used < limit_ ? limit_ - used : 0;
  }

 private:
  friend class MemoryShare;
  const std::size_t limit_;
  std::atomic<std::size_t> used_{0};
};

// What one session keeps of it.
class MemoryShare {
 public:
  // Null: there is no bound.
  explicit MemoryShare(std::shared_ptr<SharedMemory> memory) : memory_(std::move(memory)) {}
  ~MemoryShare() { Set(0); }
  MemoryShare(const MemoryShare&) = delete;
  MemoryShare& operator=(const MemoryShare&) = delete;

  void Set(std::size_t bytes) {
    if (bytes == bytes_) return;
    // Unsigned: what becomes less is added as well.
    if (memory_) memory_->used_ += bytes - bytes_;
    bytes_ = bytes;
  }
  std::size_t left() const { return memory_ ? memory_->left() : SIZE_MAX; }

 private:
  const std::shared_ptr<SharedMemory> memory_;
  std::size_t bytes_ = 0;
};

}  // namespace gsoaprm::session
