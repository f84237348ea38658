// The serve loops of the sample servers.
#ifndef SAMPLES_COMMON_SERVER_H_
#define SAMPLES_COMMON_SERVER_H_

#include <functional>

#include "common/context.h"

namespace samples {

// Prints READY, then serves until SIGTERM or SIGINT: each connection by a thread of its own, as many as the options
// allow, or one connection after the other. `serve` answers all requests of the connection that its context has
// accepted. Returns the program's exit status and frees the context.
int Serve(struct soap* soap, const ServerOptions& options, const std::function<int(struct soap*)>& serve);

// With --log: one line EXEC operation arguments. To be called once in each operation.
void LogExecution(struct soap* soap, const char* format, ...) __attribute__((format(printf, 2, 3)));

}  // namespace samples

#endif  // SAMPLES_COMMON_SERVER_H_
