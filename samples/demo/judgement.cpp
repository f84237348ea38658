#include "demo/judgement.h"

#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <vector>

namespace demo {

Executions ReadExecutions(const std::string& log, int calls) {
  Executions result;
  std::vector<int> times(static_cast<size_t>(calls) + 1, 0);
  int last = 0;
  std::istringstream lines(log);
  std::string line;
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string exec, operation;
    double number = 0;
    if (!(words >> exec >> operation >> number) || exec != "EXEC") continue;
    ++result.total;
    const int call = static_cast<int>(number);
    if (call < 1 || call > calls) {
      ++result.strange;
      continue;
    }
    ++times[static_cast<size_t>(call)];
    if (call < last) result.in_order = false;
    last = call;
  }
  for (int call = 1; call <= calls; ++call) {
    const int count = times[static_cast<size_t>(call)];
    result.never += count == 0;
    result.exactly_once += count == 1;
    result.more_than_once += count > 1;
  }
  return result;
}

long ReadCounter(const std::string& text, const std::string& name) {
  std::istringstream words(text);
  std::string word;
  while (words >> word) {
    if (word.rfind(name + "=", 0) == 0) return std::strtol(word.c_str() + name.size() + 1, nullptr, 10);
  }
  return 0;
}

ClientResult ReadClientResult(const std::string& output) {
  ClientResult result;
  std::istringstream lines(output);
  std::string line;
  while (std::getline(lines, line)) {
    result.complete =
        std::sscanf(line.c_str(), "%d calls, %d wrong, %d failed", &result.calls, &result.wrong, &result.failed) == 3;
  }
  return result;
}

}  // namespace demo
