// What an option takes, in words: for sentences about wrong values, and for the documents.
#include "config/option_table.h"

namespace gsoaprm::config {
namespace {

std::string FromTo(const OptionRow& row) {
  return "from " + std::to_string(row.minimum) + " to " + std::to_string(row.maximum);
}

// "2005 or 1.1".
std::string ChoiceNames(const OptionRow& row, TextSyntax syntax) {
  std::string names;
  std::string_view last;
  for (std::size_t i = 0; i < row.choice_count; ++i) {
    if (row.choices[i].syntax != syntax) continue;
    if (!last.empty()) names.append(names.empty() ? "" : ", ").append(last);
    last = row.choices[i].text;
  }
  return (names.empty() ? names : names + " or ").append(last);
}

}  // namespace

std::string OptionRange(const OptionRow& row, TextSyntax syntax) {
  switch (row.type) {
    case OptionType::kDuration:
      if (syntax == TextSyntax::kWcf) return "a time " + FromTo(row) + " ms, written [d.]hh:mm:ss[.fff]";
      return "a time " + FromTo(row) + " ms, in milliseconds or as [d.]hh:mm:ss[.fff]";
    case OptionType::kInteger:
      return "a whole number " + FromTo(row);
    case OptionType::kBytes:
      return "a number of bytes " + FromTo(row);
    case OptionType::kBoolean:
      return "true or false";
    case OptionType::kChoice:
      return ChoiceNames(row, syntax);
    case OptionType::kAddress:
      return "an http or https address";
    case OptionType::kText:
      return "a text of at most " + std::to_string(row.size - 1) + " bytes";
    case OptionType::kOrigins:
      return "addresses as http://host:port or https://host:port, separated by spaces";
    case OptionType::kStore:
      return "sqlite: and the path of a file";
  }
  return {};
}

std::string DescribeOptions() {
  std::string text = "| option | in WCF | default | takes |\n|---|---|---|---|\n";
  for (const OptionRow& row : Options()) {
    text.append("| `").append(row.name).append("` | ");
    if (!row.wcf_name.empty()) text.append("`").append(row.wcf_name).append("`");
    text.append(" | ").append(row.default_text.empty() ? std::string_view("empty") : row.default_text).append(" | ");
    text.append(OptionRange(row, TextSyntax::kOurs)).append(" |\n");
  }
  return text;
}

}  // namespace gsoaprm::config
