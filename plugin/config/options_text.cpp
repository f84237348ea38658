#include "config/options_text.h"

#include <vector>

#include "config/option_table.h"
#include "config/text.h"
#include "wire/xml_text.h"

namespace gsoaprm::config {
namespace {

class TextReader {
 public:
  explicit TextReader(soap_rm_options* options) : options_(options), line_of_(Options().count, 0) {}

  bool ReadLine(std::string_view line, int number, std::string* error) {
    line = wire::TrimXmlSpace(line);
    if (line.empty() || line.front() == '#') return true;
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) {
      *error = "A line must be name=value, not " + Quoted(line) + ".";
      return false;
    }
    const std::string_view name = wire::TrimXmlSpace(line.substr(0, equals));
    const OptionRow* const row = FindOption(name);
    if (!row) {
      *error = "There is no option " + Quoted(name) + ".";
      return false;
    }
    return IsFirst(*row, name, number, error) &&
           SetOption(*row, name, wire::TrimXmlSpace(line.substr(equals + 1)), TextSyntax::kOurs, options_, error);
  }

 private:
  bool IsFirst(const OptionRow& row, std::string_view name, int number, std::string* error) {
    int& line = line_of_[static_cast<std::size_t>(&row - Options().begin())];
    if (line != 0) {
      *error = std::string(name) + " was already set on line " + std::to_string(line) + ".";
      return false;
    }
    line = number;
    return true;
  }

  soap_rm_options* options_;
  std::vector<int> line_of_;  // by row: where it was set, or 0
};

}  // namespace

bool ReadOptionsText(std::string_view text, std::string_view source, soap_rm_options* options, std::string* error) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) text.remove_prefix(kByteOrderMark.size());
  TextReader reader(options);
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t length = text.find('\n');
    if (!reader.ReadLine(text.substr(0, length), number, error)) {
      *error = std::string(source) + ":" + std::to_string(number) + ": " + *error;
      return false;
    }
    text.remove_prefix(length == std::string_view::npos ? text.size() : length + 1);
  }
  return true;
}

}  // namespace gsoaprm::config
