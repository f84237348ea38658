// A call of a client session, guarded by the session's lock.
#pragma once

#include <condition_variable>
#include <optional>
#include <vector>

#include "session/client_session.h"

namespace gsoaprm::session {

struct ClientSession::Call {
  MessageNumber number;
  CallSettingsPointer settings;
  InterruptHandle interrupt;
  bool two_way = false;
  bool abandoned = false;     // nobody will ask for the result
  bool own_exchange = false;  // the caller's own exchange is under way
  bool waiting = false;
  Timestamp deadline = Timestamp::Never();
  std::condition_variable completed;
  std::optional<engine::CompleteCall> completion;
  std::vector<ExchangeId> copies;  // exchanges of this message that run in the background

  void SetDeadline(Timestamp at, Timestamp* earliest) {
    deadline = at;
    if (at < *earliest) *earliest = at;
  }
};

}  // namespace gsoaprm::session
