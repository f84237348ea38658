// What gSOAP allocates: the program is linked with --wrap for these.
#include <cstddef>

#include "tests/faults/allocations.h"

using gsoaprm::faults::CountAllocation;

extern "C" {

void* __real_malloc(std::size_t size);
void* __real_calloc(std::size_t count, std::size_t size);
void* __real_realloc(void* memory, std::size_t size);

void* __wrap_malloc(std::size_t size) { return CountAllocation() ? nullptr : __real_malloc(size); }
void* __wrap_calloc(std::size_t count, std::size_t size) {
  return CountAllocation() ? nullptr : __real_calloc(count, size);
}
void* __wrap_realloc(void* memory, std::size_t size) {
  return CountAllocation() ? nullptr : __real_realloc(memory, size);
}

}  // extern "C"
