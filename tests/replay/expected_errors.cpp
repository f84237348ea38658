#include "replay/expected_errors.h"

#include <fnmatch.h>

namespace gsoaprm::replay {
namespace {

constexpr int kClose = 0;
constexpr int kEach = -1;  // every call, and the close

struct Expected {
  const char* scenario;
  int call;
  const char* code;
};

const Expected kExpected[] = {
    // The open fails, and with it the call and the close.
    {"*/accept-other-address", kEach, "WrongAcksTo"},
    {"*/ack-anonymous-accept", kEach, "WrongAcksTo"},
    {"*/client-rm-server-plain", kEach, "ActionNotSupported"},
    {"*/peer-create-202", kEach, "OpenTimeout"},
    {"*/peer-fault-CreateSequenceRefused", kEach, "CreateSequenceRefused"},
    {"*/peer-fault-DestinationUnreachable-create", kEach,
     "{http://www.w3.org/2005/08/addressing}DestinationUnreachable"},
    {"rm10/version-mismatch", kEach, "WsrmRequired"},
    {"rm11/version-mismatch", kEach, "ActionNotSupported"},

    // The session dies.
    {"*/addressing04", kEach, "UnknownSequence"},
    {"*/final-too-early", kEach, "SequenceTerminated"},
    {"*/max-retry-*", kEach, "MaxRetryCount"},
    {"*/peer-202-empty-oneway-always", kClose, "MaxRetryCount"},
    {"*/peer-fault-DestinationUnreachable", kEach, "{http://www.w3.org/2005/08/addressing}DestinationUnreachable"},
    {"*/peer-fault-SequenceTerminated", kEach, "SequenceTerminated"},
    {"*/peer-fault-UnknownSequence", kEach, "UnknownSequence"},
    {"*/rr-send-timeout", kEach, "SendTimeout"},
    {"*/server-gone", 2, "MaxRetryCount"},
    {"*/server-inactivity-2s", 2, "UnknownSequence"},
    {"*/server-inactivity-2s", kClose, "UnknownSequence"},
    {"*/server-restarted", 2, "UnknownSequence"},
    {"*/server-restarted", kClose, "UnknownSequence"},
    {"*/two-acks", kEach, "UnreadableAnswer"},

    // The call fails, the session lives.
    {"*/ack-only-reply", 1, "NoReply"},
    {"*/ack-only-reply", 2, "SendTimeout"},
    {"*/ack-only-reply", kClose, "SendTimeout"},
    {"*/peer-400", 1, "HTTP 400"},
    {"*/rr-fault", 1, "fault: because 1"},
    {"*/rr-fault", 2, "fault: because 2"},
};

}  // namespace

std::string ExpectedError(const std::string& scenario, int call) {
  for (const Expected& expected : kExpected)
    if ((expected.call == call || expected.call == kEach) && fnmatch(expected.scenario, scenario.c_str(), 0) == 0)
      return expected.code;
  return "";
}

}  // namespace gsoaprm::replay
