// A line of a script cut into words: "name", "name=value", "name=\"some text\"".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gsoaprm::scenarios {

struct Word {
  std::string name;
  std::optional<std::string> value;
};

// "name", "name=value", with the quotation marks without which it would not be cut out of a line as this word again.
Word ToWord(std::string text);
std::string WordText(const Word& word);

class Words {
 public:
  // Empty when a quotation does not end.
  static std::optional<Words> Cut(std::string_view line);

  bool empty() const { return words_.empty(); }
  const Word& front() const { return words_.front(); }
  Word TakeFront();
  // Takes the word of this name out: its value ("" without one).
  std::optional<std::string> Take(std::string_view name);
  // Only without a value, or only with one; what is written the other way stays.
  bool TakeFlag(std::string_view name);
  std::optional<std::string> TakeValue(std::string_view name);
  const std::vector<Word>& all() const { return words_; }

 private:
  std::vector<Word> words_;
};

// A whole number without sign.
std::optional<std::uint64_t> ReadNumber(std::string_view text);

}  // namespace gsoaprm::scenarios
