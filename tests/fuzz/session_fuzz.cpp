// Sessions whose peers, callers and networks the input makes up. Its first bytes choose the role (a client, a server,
// or both with an honest network between them that loses, doubles and reorders), the version, the options and how far
// the session is when it begins; the rest are messages, also damaged ones, calls, answers of operations, and time.
// After every step all that a session promises is checked.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/session/drivers.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gsoaprm::fuzz;
  Input input(data, size);
  switch (input.Below(3)) {
    case 0:
      RunHostileClients(&input);
      break;
    case 1:
      RunHostileServer(&input);
      break;
    default:
      RunPair(&input);
  }
  return 0;
}
