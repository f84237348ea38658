#include "tests/faults/allocations.h"

#include <execinfo.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace gsoaprm::faults {

namespace {

thread_local int armed = 0;
std::atomic<bool> all_armed{false};
std::atomic<std::uint64_t> counted{0};
std::atomic<std::uint64_t> failing{0};
std::atomic<bool> failed{false};
std::atomic<std::int64_t> live{0};
std::atomic<bool> showing{false};
constexpr int kMostFrames = 100;
void* stack[kMostFrames];
int stack_size = 0;

void NoteFailure() {
  const Exempt exempt;
  stack_size = backtrace(stack, kMostFrames);
  failed = true;
  if (showing) backtrace_symbols_fd(stack, stack_size, STDERR_FILENO);
}

}  // namespace

Armed::Armed() { ++armed; }
Armed::~Armed() { --armed; }
Exempt::Exempt() : armed_(armed) { armed = -1000000; }
Exempt::~Exempt() { armed = armed_; }

void ArmAllThreads(bool now) { all_armed = now; }

void FailAllocation(std::uint64_t number) {
  // The first use of backtrace() allocates.
  void* frame[1];
  backtrace(frame, 1);
  counted = 0;
  failed = false;
  failing = number;
}
std::uint64_t CountedAllocations() { return counted; }
bool HasFailed() { return failed; }
std::int64_t LiveAllocations() { return live; }
void ShowFailures(bool show) { showing = show; }
int FailureStack(void* const** frames) {
  *frames = stack;
  return stack_size;
}

// Whether this allocation is to fail.
bool CountAllocation() {
  if (armed < 0 || (armed == 0 && !all_armed)) return false;
  if (++counted != failing) return false;
  NoteFailure();
  return true;
}

namespace {

void* Allocate(std::size_t size, std::size_t alignment) noexcept {
  if (CountAllocation()) return nullptr;
  void* const memory = alignment == 0 ? std::malloc(size == 0 ? 1 : size)
                                      : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (memory != nullptr) ++live;
  return memory;
}

void* AllocateOrThrow(std::size_t size, std::size_t alignment) {
  void* const memory = Allocate(size, alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void Free(void* memory) noexcept {
  if (memory == nullptr) return;
  --live;
  std::free(memory);
}

}  // namespace
}  // namespace gsoaprm::faults

using gsoaprm::faults::Allocate;
using gsoaprm::faults::AllocateOrThrow;
using gsoaprm::faults::Free;

void* operator new(std::size_t size) { return AllocateOrThrow(size, 0); }
void* operator new[](std::size_t size) { return AllocateOrThrow(size, 0); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return Allocate(size, 0); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return Allocate(size, 0); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return AllocateOrThrow(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return AllocateOrThrow(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { Free(memory); }
void operator delete[](void* memory) noexcept { Free(memory); }
void operator delete(void* memory, std::size_t) noexcept { Free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { Free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { Free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { Free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { Free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { Free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { Free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { Free(memory); }
