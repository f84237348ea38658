// Makes the program's serve loop come round once more without a request on the connection, for messages that were kept
// until a gap closed. fdisconnect sets keep_alive, so that the loop goes on; fprepareinitrecv feeds a request of its
// own.
#pragma once

#include <stdsoap2.h>

#include "gsoap/context.h"

namespace gsoaprm::binding {

// Whether the program that serves with these contexts has a loop that comes round while keep_alive is set; programs
// that dispatch by hand have none. Learnt, once per instance.
enum class ServeLoop { kUnknown, kSeen, kNone };

// From fdisconnect, before gSOAP decides whether to close the connection.
void AtDisconnect(Context& context);
// From fprepareinitrecv: a new request is about to be read, or a round of ours begins.
void AtReceive(Context& context);
// From fparse, when the request that gSOAP has just parsed is one of ours. False when it came from the connection.
bool InRound(const Context& context);

// Whether no other thread can make progress while this one waits: the context that accepts is the one that serves.
bool IsIterative(const struct soap* soap);

}  // namespace gsoaprm::binding
