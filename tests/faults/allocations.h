// Makes the n-th allocation of what is under test fail. Links a malloc-backed operator new into the program; malloc
// itself is counted where the program is linked with --wrap (build.mk).
#pragma once

#include <cstdint>

namespace gsoaprm::faults {

// Allocations of this thread count while an object of this lives; those of the tests do not.
class Armed {
 public:
  Armed();
  ~Armed();
  Armed(const Armed&) = delete;
  Armed& operator=(const Armed&) = delete;
};

// Within what is armed: allocations succeed and do not count.
class Exempt {
 public:
  Exempt();
  ~Exempt();
  Exempt(const Exempt&) = delete;
  Exempt& operator=(const Exempt&) = delete;

 private:
  const int armed_;
};

// From now on every thread's allocations count, those of the tests excepted that are Exempt.
void ArmAllThreads(bool armed);

// The n-th counted allocation from now on fails, once; 0: none.
void FailAllocation(std::uint64_t number);
std::uint64_t CountedAllocations();
bool HasFailed();
// Of operator new, that have not been given back.
std::int64_t LiveAllocations();
// Writes the stack of the failing allocation to this file.
void ShowFailures(int descriptor);
// Whether this allocation is to fail; for others than operator new (malloc.cpp).
bool CountAllocation();
// Called when it fails, by the thread whose allocation it is.
void OnFailure(void (*action)());
// Whether a function of this shared library was among those that led to the failing allocation.
bool FailedInLibrary(const char* name);

}  // namespace gsoaprm::faults
