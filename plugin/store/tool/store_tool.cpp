// gsoaprm-store: looks into the file of a store, and sees to dead letters.
#include <charconv>
#include <iostream>
#include <string>
#include <vector>

#include "store/sqlite_problem.h"
#include "store/tool/commands.h"

namespace gsoaprm::store {

namespace {

constexpr int kFailed = 1;
constexpr int kWrongUse = 2;

constexpr const char* kUsage =
    "usage: gsoaprm-store FILE COMMAND\n"
    "\n"
    "Looks into the store of reliable sessions FILE, also while a program uses it.\n"
    "\n"
    "  sequences            sessions: how far they are, and what is kept of them\n"
    "  waiting              messages that wait for their service to be reached, oldest first\n"
    "  dead-letters         messages that were given up, with the reason\n"
    "  redrive ID...|all    sends dead letters of the client again, behind those that wait: the program that uses the\n"
    "                       file does so within seconds, or the next that opens it\n"
    "  purge ID...|all      deletes dead letters\n"
    "  --help               this text\n"
    "\n"
    "Lists have a line of names first, and tabs between columns. Exit status: 0 done, 1 failed, 2 wrong use.\n";

int WrongUse(const std::string& what) {
  std::cerr << "gsoaprm-store: " << what << "\n\n" << kUsage;
  return kWrongUse;
}

int Report(const Status& problem) {
  std::cerr << "gsoaprm-store: " << problem.reason << "\n" << problem.advice << "\n";
  return kFailed;
}

bool ParseIds(const std::vector<std::string>& words, LetterIds* ids) {
  for (const std::string& word : words) {
    std::int64_t id = 0;
    auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), id);
    if (error != std::errc() || end != word.data() + word.size() || id < 1) return false;
    ids->push_back(id);
  }
  return true;
}

using List = int (*)(Connection*, std::ostream*);

int RunList(List list, const std::string& path) {
  Status problem;
  std::unique_ptr<Connection> connection = OpenForTool(path, &problem);
  if (connection == nullptr) return Report(problem);
  int result = list(connection.get(), &std::cout);
  std::cout.flush();
  return result == SQLITE_OK ? 0 : Report(SqliteProblem(result, path, "read it"));
}

using Change = int (*)(Connection*, const LetterIds&, LetterResult*);

int RunChange(Change change, const std::string& path, const std::vector<std::string>& words, const char* what) {
  LetterIds ids;
  bool all = words.size() == 1 && words.front() == "all";
  if (words.empty()) return WrongUse("which dead letters? Give their numbers, or: all");
  if (!all && !ParseIds(words, &ids)) return WrongUse("dead letters have numbers from 1; or: all");
  Status problem;
  std::unique_ptr<Connection> connection = OpenForTool(path, &problem);
  if (connection == nullptr) return Report(problem);
  LetterResult result;
  int code = change(connection.get(), ids, &result);
  if (code != SQLITE_OK) return Report(SqliteProblem(code, path, "change it"));
  if (!result.refused.empty()) {
    std::cerr << "gsoaprm-store: " << result.refused << "; nothing was changed\n";
    return kFailed;
  }
  std::cout << result.done << (result.done == 1 ? " dead letter " : " dead letters ") << what << "\n";
  return 0;
}

int Run(const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    if (word != "--help" && word != "-h") continue;
    std::cout << kUsage;
    return 0;
  }
  if (words.size() < 2) return WrongUse(words.empty() ? "which file?" : "which command?");
  const std::string& path = words[0];
  const std::string& command = words[1];
  std::vector<std::string> rest(words.begin() + 2, words.end());
  if (command == "redrive") return RunChange(Redrive, path, rest, "will be sent again");
  if (command == "purge") return RunChange(Purge, path, rest, "deleted");
  if (!rest.empty()) return WrongUse("'" + command + "' takes nothing more");
  if (command == "sequences") return RunList(ListSequences, path);
  if (command == "waiting") return RunList(ListWaiting, path);
  if (command == "dead-letters") return RunList(ListDeadLetters, path);
  return WrongUse("there is no command '" + command + "'");
}

}  // namespace

}  // namespace gsoaprm::store

int main(int count, char** words) { return gsoaprm::store::Run(std::vector<std::string>(words + 1, words + count)); }
