// What must hold for every input of a fuzzer.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace gsoaprm::fuzz {

[[noreturn]] inline void Fail(const char* file, int line, const char* condition) {
  std::fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
  std::abort();
}

}  // namespace gsoaprm::fuzz

#define REQUIRE(condition)                                                   \
  do {                                                                       \
    if (!(condition)) ::gsoaprm::fuzz::Fail(__FILE__, __LINE__, #condition); \
  } while (false)
