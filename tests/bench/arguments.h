// What a benchmark is told: pairs of a name and a value.
#pragma once

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>

namespace bench {

// Ends the program with a sentence when it is told what it does not know, or a number that is none.
class Arguments {
 public:
  // `values`: each name that it knows, with the value where none is given.
  Arguments(int argc, char** argv, std::map<std::string, std::string> values) : values_(std::move(values)) {
    for (int i = 1; i < argc; i += 2) {
      if (values_.count(argv[i]) == 0)
        Refuse(std::string(argv[i]) + " is no option of this benchmark; it has" + Names());
      if (i + 1 == argc) Refuse(std::string(argv[i]) + " needs a value");
      values_[argv[i]] = argv[i + 1];
    }
  }

  const std::string& Text(const std::string& name) const { return values_.at(name); }
  int Number(const std::string& name) const {
    const std::string& text = Text(name);
    char* end = nullptr;
    errno = 0;
    const long value = std::strtol(text.c_str(), &end, 10);
    if (text.empty() || *end != '\0' || errno != 0 || value < 1 || value > kMaximum)
      Refuse(name + " is a number from 1 to " + std::to_string(kMaximum) + ", not \"" + text + "\"");
    return static_cast<int>(value);
  }

  // --mode plain|reliable: without or with the plugin.
  bool IsPlain() const {
    const std::string& mode = Text("--mode");
    if (mode != "plain" && mode != "reliable") Refuse("--mode is plain or reliable, not \"" + mode + "\"");
    return mode == "plain";
  }

 private:
  static constexpr long kMaximum = 1000000000;

  std::string Names() const {
    std::string names;
    for (const auto& value : values_) names += " " + value.first;
    return names;
  }
  [[noreturn]] static void Refuse(const std::string& sentence) {
    std::fprintf(stderr, "%s\n", sentence.c_str());
    std::_Exit(2);
  }

  std::map<std::string, std::string> values_;
};

}  // namespace bench
