#include "config/option_table.h"

#include <algorithm>
#include <cstring>

#include "config/duration_text.h"
#include "config/response_endpoints.h"
#include "config/text.h"

namespace gsoaprm::config {
namespace {

template <class Member>
std::int64_t LoadAs(const char* member) {
  Member value;
  std::memcpy(&value, member, sizeof value);
  return static_cast<std::int64_t>(value);
}

template <class Member>
void StoreAs(std::int64_t value, char* member) {
  const Member typed = static_cast<Member>(value);
  std::memcpy(member, &typed, sizeof typed);
}

// Of all types but those that hold text. A size_t beyond the range of the result stays beyond every option's range.
std::int64_t LoadNumber(const OptionRow& row, const soap_rm_options& options) {
  const char* const member = reinterpret_cast<const char*>(&options) + row.offset;
  if (row.type == OptionType::kDuration) return LoadAs<soap_rm_milliseconds>(member);
  if (row.type == OptionType::kBytes) return LoadAs<std::size_t>(member);
  return LoadAs<int>(member);
}

void StoreNumber(const OptionRow& row, std::int64_t value, soap_rm_options* options) {
  char* const member = reinterpret_cast<char*>(options) + row.offset;
  if (row.type == OptionType::kDuration) return StoreAs<soap_rm_milliseconds>(value, member);
  if (row.type == OptionType::kBytes) return StoreAs<std::size_t>(value, member);
  StoreAs<int>(value, member);
}

// Up to the terminating zero; the whole array when there is none.
std::string_view LoadText(const OptionRow& row, const soap_rm_options& options) {
  const char* const member = reinterpret_cast<const char*>(&options) + row.offset;
  const void* const end = std::memchr(member, '\0', row.size);
  return {member, end ? static_cast<std::size_t>(static_cast<const char*>(end) - member) : row.size};
}

void StoreText(const OptionRow& row, std::string_view text, soap_rm_options* options) {
  char* const member = reinterpret_cast<char*>(options) + row.offset;
  std::memset(member, 0, row.size);
  std::memcpy(member, text.data(), text.size());
}

std::string_view ChoiceName(const OptionRow& row, std::int64_t value) {
  for (std::size_t i = 0; i < row.choice_count; ++i) {
    if (row.choices[i].value == value) return row.choices[i].text;
  }
  return {};
}

bool ParseBoolean(std::string_view text, TextSyntax syntax, std::int64_t* value) {
  const bool digits = syntax == TextSyntax::kOurs;
  *value = EqualIgnoringCase(text, "true") || (digits && text == "1");
  return *value || EqualIgnoringCase(text, "false") || (digits && text == "0");
}

bool ParseChoice(const OptionRow& row, std::string_view text, TextSyntax syntax, std::int64_t* value) {
  for (std::size_t i = 0; i < row.choice_count; ++i) {
    if (row.choices[i].text != text) continue;
    if (syntax == TextSyntax::kWcf && row.choices[i].syntax != syntax) continue;
    *value = row.choices[i].value;
    return true;
  }
  return false;
}

NumberText ParseNumber(const OptionRow& row, std::string_view text, TextSyntax syntax, std::int64_t* value) {
  if (row.type != OptionType::kDuration) return ParseInteger(text, value);
  return syntax == TextSyntax::kWcf ? ParseTimeSpan(text, value) : ParseDuration(text, value);
}

bool InRange(const OptionRow& row, std::int64_t value) {
  if (row.type == OptionType::kChoice) return !ChoiceName(row, value).empty();
  return value >= row.minimum && value <= row.maximum;
}

bool ParseValue(const OptionRow& row, std::string_view text, TextSyntax syntax, std::int64_t* value) {
  if (row.type == OptionType::kChoice) return ParseChoice(row, text, syntax, value);
  if (row.type == OptionType::kBoolean) return ParseBoolean(text, syntax, value);
  return ParseNumber(row, text, syntax, value) == NumberText::kNumber && InRange(row, *value);
}

bool IsAddress(std::string_view text) {
  constexpr std::string_view kHttp = "http://", kHttps = "https://";
  const bool http = EqualIgnoringCase(text.substr(0, kHttp.size()), kHttp) && text.size() > kHttp.size();
  const bool https = EqualIgnoringCase(text.substr(0, kHttps.size()), kHttps) && text.size() > kHttps.size();
  const bool printable = std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > ' ' && c != 0x7f; });
  return (http || https) && printable;
}

bool IsStore(std::string_view text) {
  constexpr std::string_view kSqlite = "sqlite:";
  return text.substr(0, kSqlite.size()) == kSqlite && text.size() > kSqlite.size();
}

// What of the text the type does not take; empty when it takes all of it.
std::string_view WrongPart(OptionType type, std::string_view text) {
  if (type == OptionType::kAddress && !IsAddress(text)) return text;
  if (type == OptionType::kStore && !IsStore(text)) return text;
  return type == OptionType::kOrigins ? WrongResponseEndpoint(text) : std::string_view();
}

std::string Refusal(std::string_view name, const std::string& wanted, std::string_view value) {
  return std::string(name) + " must be " + wanted + ", not " + Quoted(value) + ".";
}

bool CheckText(const OptionRow& row, std::string_view name, std::string_view text, std::string* error) {
  if (text.size() >= row.size) {
    *error = std::string(name) + " must be at most " + std::to_string(row.size - 1) + " bytes long, not " +
             std::to_string(text.size()) + ".";
    return false;
  }
  const std::string_view wrong = text.empty() ? text : WrongPart(row.type, text);
  if (wrong.empty()) return true;
  *error = Refusal(name, OptionRange(row, TextSyntax::kOurs), wrong);
  return false;
}

}  // namespace

const OptionRow* FindOption(std::string_view name) {
  if (name.empty()) return nullptr;
  for (const OptionRow& row : Options()) {
    if (row.name == name || row.wcf_name == name) return &row;
  }
  return nullptr;
}

bool SetOption(const OptionRow& row, std::string_view name, std::string_view text, TextSyntax syntax,
               soap_rm_options* options, std::string* error) {
  if (HoldsText(row.type)) {
    if (!CheckText(row, name, text, error)) return false;
    StoreText(row, text, options);
    return true;
  }
  std::int64_t value = 0;
  if (!ParseValue(row, text, syntax, &value)) {
    *error = Refusal(name, OptionRange(row, syntax), text);
    return false;
  }
  StoreNumber(row, value, options);
  return true;
}

bool CheckOption(const OptionRow& row, const soap_rm_options& options, std::string* error) {
  if (HoldsText(row.type)) return CheckText(row, row.name, LoadText(row, options), error);
  const std::int64_t value = LoadNumber(row, options);
  if (InRange(row, value)) return true;
  // A size_t above 2^63-1 is read as negative; it is shown as it was set.
  const std::string shown =
      row.type == OptionType::kBytes ? std::to_string(static_cast<std::uint64_t>(value)) : std::to_string(value);
  *error = Refusal(row.name, OptionRange(row, TextSyntax::kOurs), shown);
  return false;
}

std::string OptionText(const OptionRow& row, const soap_rm_options& options) {
  if (HoldsText(row.type)) return std::string(LoadText(row, options));
  const std::int64_t value = LoadNumber(row, options);
  if (row.type == OptionType::kChoice) return std::string(ChoiceName(row, value));
  if (row.type == OptionType::kBoolean) return value ? "true" : "false";
  return std::to_string(value);
}

}  // namespace gsoaprm::config
