// Runs seeds, several at a time, and says what they have seen; or replays one.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "tests/simulation/simulation.h"

namespace gsoaprm::simulation {
namespace {

struct Arguments {
  std::uint64_t seeds = 1000;
  std::uint64_t first = 1;
  unsigned processes = 2;
  std::uint64_t only = 0;  // 0: all of them
  bool trace = false;
  bool find = false;  // stops at the first violation
};

// Of many runs; plain, so that a process can hand it to its parent as it is.
struct Sum {
  std::uint64_t runs = 0;
  std::uint64_t violated = 0;
  std::uint64_t first_violated = UINT64_MAX;
  std::uint64_t events = 0;
  Tally runs_with;  // events: in how many runs
};

void Add(Verdict* sum, const Verdict& more) {
  sum->lost += more.lost;
  sum->duplicated += more.duplicated;
  sum->unexpected += more.unexpected;
  sum->recovered += more.recovered;
}

void Add(Sum* sum, const RunResult& result, std::uint64_t seed) {
  ++sum->runs;
  sum->events += result.events;
  for (std::size_t i = 0; i < result.tally.events.size(); ++i) sum->runs_with.events[i] += result.tally.events[i] > 0;
  sum->runs_with.messages += result.tally.messages;
  sum->runs_with.sessions += result.tally.sessions;
  sum->runs_with.transmissions += result.tally.transmissions;
  Add(&sum->runs_with.verdict, result.tally.verdict);
  if (result.violations.empty()) return;
  ++sum->violated;
  if (seed < sum->first_violated) sum->first_violated = seed;
}

void Add(Sum* sum, const Sum& more) {
  sum->runs += more.runs;
  sum->violated += more.violated;
  if (more.first_violated < sum->first_violated) sum->first_violated = more.first_violated;
  sum->events += more.events;
  for (std::size_t i = 0; i < more.runs_with.events.size(); ++i) sum->runs_with.events[i] += more.runs_with.events[i];
  sum->runs_with.messages += more.runs_with.messages;
  sum->runs_with.sessions += more.runs_with.sessions;
  sum->runs_with.transmissions += more.runs_with.transmissions;
  Add(&sum->runs_with.verdict, more.runs_with.verdict);
}

void Print(const Parameters& parameters) {
  for (const std::string& line : Describe(parameters)) std::printf("# %s\n", line.c_str());
}

// The run as a whole, then what it was to each host, as scripts.
void PrintTrace(Trace* trace, const Parameters& parameters) {
  std::fputs(trace->Text().c_str(), stdout);
  const ScriptWriter& scripts = trace->scripts();
  for (std::size_t session = 0; session < scripts.sessions(); ++session)
    std::printf("\n%s", scripts.OfClient(session, parameters).c_str());
  std::printf("\n%s\n", scripts.OfServer(parameters).c_str());
}

bool RunOne(std::uint64_t seed, bool with_trace) {
  const Parameters parameters = Draw(seed);
  Trace trace(with_trace);
  const RunResult result = Simulate(parameters, &trace);
  Print(parameters);
  if (with_trace) PrintTrace(&trace, parameters);
  for (const std::string& violation : result.violations)
    std::printf("VIOLATION seed %llu %s\n", static_cast<unsigned long long>(seed), violation.c_str());
  std::printf("%llu events, %llu messages, %llu transmissions, %llu sessions, %zu violations\n",
              static_cast<unsigned long long>(result.events), static_cast<unsigned long long>(result.tally.messages),
              static_cast<unsigned long long>(result.tally.transmissions),
              static_cast<unsigned long long>(result.tally.sessions), result.violations.size());
  return result.violations.empty();
}

Sum RunShare(const Arguments& arguments, unsigned share) {
  Sum sum;
  for (std::uint64_t i = share; i < arguments.seeds; i += arguments.processes) {
    const std::uint64_t seed = arguments.first + i;
    Trace silent(false);
    const RunResult result = Simulate(Draw(seed), &silent);
    Add(&sum, result, seed);
    if (!result.violations.empty()) {
      if (arguments.find) break;
      std::fprintf(stderr, "VIOLATION seed %llu %s\n", static_cast<unsigned long long>(seed),
                   result.violations.front().c_str());
    }
  }
  return sum;
}

bool ReadWhole(int descriptor, Sum* sum) {
  char* to = reinterpret_cast<char*>(sum);
  std::size_t left = sizeof *sum;
  while (left > 0) {
    const ssize_t count = read(descriptor, to, left);
    if (count <= 0) return false;
    to += count;
    left -= static_cast<std::size_t>(count);
  }
  return true;
}

bool RunShares(const Arguments& arguments, Sum* sum) {
  std::vector<int> descriptors;
  for (unsigned share = 0; share < arguments.processes; ++share) {
    int ends[2];
    if (pipe(ends) != 0) return false;
    const pid_t child = fork();
    if (child < 0) return false;
    if (child == 0) {
      const Sum part = RunShare(arguments, share);
      const bool written = write(ends[1], &part, sizeof part) == static_cast<ssize_t>(sizeof part);
      _exit(written ? 0 : 1);
    }
    close(ends[1]);
    descriptors.push_back(ends[0]);
  }
  bool complete = true;
  for (int descriptor : descriptors) {
    Sum part;
    complete = ReadWhole(descriptor, &part) && complete;
    close(descriptor);
    Add(sum, part);
  }
  int status = 0;
  while (wait(&status) > 0) complete = complete && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  return complete;
}

void PrintSum(const Sum& sum) {
  for (std::size_t i = 0; i < sum.runs_with.events.size(); ++i) {
    std::printf("%9llu seeds saw %s\n", static_cast<unsigned long long>(sum.runs_with.events[i]),
                Name(static_cast<Event>(i)));
  }
  const Verdict& verdict = sum.runs_with.verdict;
  std::printf(
      "%llu messages in %llu sessions, %llu transmissions, %llu events\n",
      static_cast<unsigned long long>(sum.runs_with.messages), static_cast<unsigned long long>(sum.runs_with.sessions),
      static_cast<unsigned long long>(sum.runs_with.transmissions), static_cast<unsigned long long>(sum.events));
  std::printf("verdict: lost %llu, duplicated %llu, unexpected %llu, recovered %llu\n",
              static_cast<unsigned long long>(verdict.lost), static_cast<unsigned long long>(verdict.duplicated),
              static_cast<unsigned long long>(verdict.unexpected), static_cast<unsigned long long>(verdict.recovered));
}

bool RunAll(const Arguments& arguments) {
  Sum sum;
  const bool complete = RunShares(arguments, &sum);
  if (arguments.find) {
    const bool found = sum.first_violated != UINT64_MAX;
    if (found) {
      Trace silent(false);
      const std::string violation = Simulate(Draw(sum.first_violated), &silent).violations.front();
      std::printf("found after %llu seeds, %s\n",
                  static_cast<unsigned long long>(sum.first_violated - arguments.first + 1), violation.c_str());
    } else {
      std::printf("%s\n", complete ? "not found" : "a process was lost");
    }
    return found;
  }
  PrintSum(sum);
  if (!complete) {
    std::printf("a process was lost\n");
    return false;
  }
  if (sum.violated > 0) RunOne(sum.first_violated, true);
  std::printf("R1 = %llu seeds, %llu violations\n", static_cast<unsigned long long>(sum.runs),
              static_cast<unsigned long long>(sum.violated));
  return sum.violated == 0;
}

bool Parse(int count, char** words, Arguments* arguments) {
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    if (word == "--trace") {
      arguments->trace = true;
    } else if (word == "--find") {
      arguments->find = true;
    } else if (i + 1 == count) {
      return false;
    } else {
      const std::uint64_t value = std::strtoull(words[++i], nullptr, 10);
      if (word == "--seeds") {
        arguments->seeds = value;
      } else if (word == "--first") {
        arguments->first = value;
      } else if (word == "--seed") {
        arguments->only = value;
      } else if (word == "--processes" && value > 0) {
        arguments->processes = static_cast<unsigned>(value);
      } else {
        return false;
      }
    }
  }
  return true;
}

}  // namespace
}  // namespace gsoaprm::simulation

int main(int count, char** words) {
  gsoaprm::simulation::Arguments arguments;
  if (!gsoaprm::simulation::Parse(count, words, &arguments)) {
    std::fprintf(stderr,
                 "usage: simulate [--seeds N] [--first SEED] [--processes N] [--find]\n"
                 "       simulate --seed N [--trace]\n");
    return 2;
  }
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const bool kept = arguments.only != 0 ? gsoaprm::simulation::RunOne(arguments.only, arguments.trace)
                                        : gsoaprm::simulation::RunAll(arguments);
  return kept ? 0 : 1;
}
