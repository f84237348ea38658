// The options of the public header as one table: names, type, range, default. Whatever sets, checks or describes an
// option reads it here; a new option is a member of soap_rm_options and a row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "include/soap_rm.h"

namespace gsoaprm::config {

enum class OptionType {
  kDuration,  // soap_rm_milliseconds
  kInteger,   // int
  kBytes,     // size_t
  kBoolean,   // int, 0 or 1
  kChoice,    // an enum
  kAddress,   // char[]: empty, or an http or https address
  kText,      // char[]
  kStore,     // char[]: empty, or sqlite: and a path
  kOrigins,   // char[]: empty, or scheme://host:port, several separated by spaces
};

constexpr bool HoldsText(OptionType type) {
  return type == OptionType::kAddress || type == OptionType::kText || type == OptionType::kStore ||
         type == OptionType::kOrigins;
}

// Which texts are accepted: what people give on a command line, or what .NET reads from a configuration file (there a
// number alone is no duration but days, and 0 and 1 are no booleans).
enum class TextSyntax { kOurs, kWcf };

// One name of a value of a kChoice. People may use WCF's names, too; a configuration file has those only.
struct OptionChoice {
  std::string_view text;
  int value;
  TextSyntax syntax;
};

struct OptionRow {
  std::string_view name;      // of the member
  std::string_view wcf_name;  // attribute in WCF's configuration, or property; empty where WCF has none
  OptionType type;
  std::size_t offset;  // of the member
  std::size_t size;
  std::string_view default_text;
  std::int64_t minimum;  // of the first three types
  std::int64_t maximum;
  const OptionChoice* choices;  // of kChoice
  std::size_t choice_count;
};

// A view of rows; C++17 has no span.
struct OptionTable {
  const OptionRow* rows;
  std::size_t count;
  const OptionRow* begin() const { return rows; }
  const OptionRow* end() const { return rows + count; }
};

OptionTable Options();

// By member name or WCF's name; null when there is none of that name.
const OptionRow* FindOption(std::string_view name);

// Sets one option. False, nothing changed and a sentence in *error, which calls the option `name`, when the text is not
// a value of its type and range.
bool SetOption(const OptionRow& row, std::string_view name, std::string_view text, TextSyntax syntax,
               soap_rm_options* options, std::string* error);

// Whether the member's value is in its range; false and a sentence.
bool CheckOption(const OptionRow& row, const soap_rm_options& options, std::string* error);

// The member's value as text that SetOption takes.
std::string OptionText(const OptionRow& row, const soap_rm_options& options);

// "a whole number from 1 to 4096", "true or false": what the option takes, for sentences and documents.
std::string OptionRange(const OptionRow& row, TextSyntax syntax);

// The whole table as a table of Markdown: name, WCF's name, default, range.
std::string DescribeOptions();

}  // namespace gsoaprm::config
