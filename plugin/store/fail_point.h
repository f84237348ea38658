// Places at which a crash test can have the process killed. In a library as it is installed they are nothing: only
// -DGSOAPRM_FAIL_POINTS makes them, and then GSOAPRM_FAIL_POINT=name:n kills the process when it passes that one for
// the n-th time (n from 1; without :n the first time).
#pragma once

#ifdef GSOAPRM_FAIL_POINTS

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>

namespace gsoaprm {

inline void FailPoint(std::string_view name) {
  struct Chosen {
    std::string name;
    std::atomic<long> left{0};
  };
  static Chosen* const chosen = [] {
    auto* made = new Chosen;                                // never freed: threads may pass here until the end
    const char* value = std::getenv("GSOAPRM_FAIL_POINT");  // NOLINT(concurrency-mt-unsafe): nobody sets it meanwhile
    std::string text = value != nullptr ? value : "";
    std::size_t colon = text.rfind(':');
    made->name = text.substr(0, colon);
    made->left = colon == std::string::npos ? 1 : std::strtol(text.c_str() + colon + 1, nullptr, 10);
    return made;
  }();
  if (name == chosen->name && chosen->left.fetch_sub(1) == 1) std::raise(SIGKILL);
}

}  // namespace gsoaprm

#else

namespace gsoaprm {

inline void FailPoint(const char* /*name*/) {}

}  // namespace gsoaprm

#endif
