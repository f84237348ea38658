#include "tests/faults/allocations.h"

#include <dlfcn.h>
#include <execinfo.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>

namespace gsoaprm::faults {

namespace {

thread_local int armed = 0;
std::atomic<bool> all_armed{false};
std::atomic<std::uint64_t> counted{0};
std::atomic<std::uint64_t> failing{0};
std::atomic<bool> failed{false};
std::atomic<std::int64_t> live{0};
std::atomic<int> shown_on{-1};
constexpr int kMostFrames = 100;
void* stack[kMostFrames];
int stack_size = 0;
void (*on_failure)() = nullptr;

void NoteFailure() {
  const Exempt exempt;
  stack_size = backtrace(stack, kMostFrames);
  failed = true;
  if (on_failure != nullptr) on_failure();
  if (shown_on >= 0) backtrace_symbols_fd(stack, stack_size, shown_on);
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
void ShowFailures(int descriptor) { shown_on = descriptor; }
void OnFailure(void (*action)()) { on_failure = action; }

bool FailedInLibrary(const char* name) {
  for (int i = 0; i < stack_size; ++i) {
    Dl_info info;
    if (dladdr(stack[i], &info) != 0 && std::strstr(info.dli_fname, name) != nullptr) return true;
  }
  return false;
}

bool CountAllocation() {
  if (armed < 0 || (armed == 0 && !all_armed)) return false;
  if (++counted != failing) return false;
  NoteFailure();
  return true;
}

namespace {

void* Allocate(std::size_t size, std::size_t alignment) noexcept {
  if (CountAllocation()) return nullptr;
  const Exempt counted_already;
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
