// What the logs of a run say about the promises.
#ifndef SAMPLES_DEMO_JUDGEMENT_H_
#define SAMPLES_DEMO_JUDGEMENT_H_

#include <string>

namespace demo {

struct Executions {
  int exactly_once = 0;  // of the calls 1 to `calls`
  int never = 0;
  int more_than_once = 0;
  int strange = 0;  // executions of what nobody called
  bool in_order = true;
  int total = 0;
};

// From a server's lines "EXEC operation number ...": the first argument numbers the calls.
Executions ReadExecutions(const std::string& log, int calls);

// The number after `name`= in a text of such pairs; 0 when it is not there.
long ReadCounter(const std::string& text, const std::string& name);

struct ClientResult {
  bool complete = false;  // the last line was there
  int calls = 0;
  int wrong = 0;
  int failed = 0;
};

// From a client's last line "N calls, N wrong, N failed".
ClientResult ReadClientResult(const std::string& output);

}  // namespace demo

#endif  // SAMPLES_DEMO_JUDGEMENT_H_
