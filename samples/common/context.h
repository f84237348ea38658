// Making and ending the gSOAP contexts of the sample programs.
#ifndef SAMPLES_COMMON_CONTEXT_H_
#define SAMPLES_COMMON_CONTEXT_H_

#include "common/options.h"
#include "stdsoap2.h"

namespace samples {

struct soap* NewServerContext(const ServerOptions& options);
struct soap* NewClientContext(const ClientOptions& options);

// Writes the error of the context to stderr.
void PrintError(struct soap* soap);

// With --metrics the plugin's counters on stderr, as name=value.
void PrintMetrics(struct soap* soap, const Options& options);

void Free(struct soap* soap);

}  // namespace samples

#endif  // SAMPLES_COMMON_CONTEXT_H_
