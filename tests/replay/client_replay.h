// Our client makes the calls of a recorded scenario against the recorded service.
#pragma once

#include "replay/capture.h"
#include "replay/server_replay.h"

namespace gsoaprm::replay {

ReplayResult ReplayToClient(const Capture& capture);

}  // namespace gsoaprm::replay
