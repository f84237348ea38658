// The calls of the sample clients: many, by several threads if asked for, counted.
#ifndef SAMPLES_COMMON_CLIENT_H_
#define SAMPLES_COMMON_CLIENT_H_

#include <functional>

#include "common/context.h"

namespace samples {

enum class Outcome { kRight, kWrong, kFailed };

struct Tally {
  int calls = 0;
  int wrong = 0;
  int failed = 0;
  void Add(Outcome outcome);
};

// Makes the call of this number (1, 2, ...).
using Call = std::function<Outcome(int number)>;

// Makes the calls 1 to `count`. Each thread has its own copy of the context, and on it what `make_call` makes: a proxy.
Tally RunCalls(struct soap* soap, const ClientOptions& options, int count,
               const std::function<Call(struct soap*)>& make_call);

// Whether the calls come one after another: by one thread, in an ordered session.
bool OneAfterAnother(const ClientOptions& options);

// Waits until the service has taken all calls. Only then is a call of an unordered session the last to run.
void WaitUntilTaken(struct soap* soap, const ClientOptions& options);

// Prints the result of a call, unless there are too many of them, and says whether it is right.
Outcome Check(const ClientOptions& options, const char* call, double result, double expected);

// For a call that failed: prints why.
Outcome Failed(struct soap* soap);

// Closes the session, prints the last line, frees the context. Returns the program's exit status.
int Finish(struct soap* soap, const ClientOptions& options, const Tally& tally);

// Speaks SOAP 1.1 or 1.2 from now on, whatever the stubs were generated for; "" leaves it. After a proxy has been
// constructed on the context, since the constructor sets its namespace table.
void UseSoapVersion(struct soap* soap, const std::string& version);

}  // namespace samples

#endif  // SAMPLES_COMMON_CLIENT_H_
