// The return addresses of one message, for an answer that is made later.
#pragma once

namespace gsoaprm::engine {

struct ReturnPath {
  bool reply_posted = false;  // to the session's AcksTo; else it stays on the exchange
  bool fault_posted = false;
};

}  // namespace gsoaprm::engine
