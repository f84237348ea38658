// Who is at the ends of a session: each plays one session with what the input makes up, until it is at its end.
#pragma once

#include "tests/fuzz/input.h"

namespace gsoaprm::fuzz {

// A server among strangers.
void RunHostileClients(Input* input);
// A client of a stranger.
void RunHostileServer(Input* input);
// A client and a server, and a bad network.
void RunPair(Input* input);

}  // namespace gsoaprm::fuzz
