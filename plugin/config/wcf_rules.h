// Which elements and attributes a binding in a WCF configuration may have, and what becomes of each: an option, one
// value that can be honoured, or a refusal with its reason. What has no rule is unknown and refused.
#pragma once

#include <cstddef>
#include <string_view>

namespace gsoaprm::config {

enum class AttributeUse {
  kOption,    // sets the option of that WCF name
  kOnly,      // only `argument`, which is WCF's default, can be honoured; `reason` says why
  kNumber,    // 0 .. 2147483647, without effect: it sizes pools and queues of .NET, which no peer can see
  kBoolean,   // true or false, without effect on gSOAP; `reason`, for readers of the table
  kQuota,     // a limit of .NET's XML reader: 0 (its default), or `argument` (its default) and more; gSOAP has no limit
              // of that kind but max_message_size, so that a lower one could not be kept
  kText,      // without effect in WCF either, where it is accepted
  kReadApart  // read by code of its own
};

struct AttributeRule {
  std::string_view name;
  AttributeUse use;
  std::string_view argument;
  std::string_view reason;
};

// A view of rules; C++17 has no span.
template <class Rule>
struct Rules {
  const Rule* rules = nullptr;
  std::size_t count = 0;
  constexpr Rules() = default;
  template <std::size_t N>
  constexpr Rules(const Rule (&array)[N]) : rules(array), count(N) {}
  constexpr const Rule* begin() const { return rules; }
  constexpr const Rule* end() const { return rules + count; }
};

// Where an element stands in a customBinding: what is above in WCF's channel stack stands above in the file.
enum class StackPlace { kNone, kReliableSession, kEncoding, kTransport };

struct ElementRule {
  std::string_view name;
  Rules<AttributeRule> attributes;
  Rules<ElementRule> children;
  StackPlace place = StackPlace::kNone;
  std::string_view refusal = {};  // not empty: the element cannot be honoured, and this is why
};

// The rule of <binding> in <customBinding>, and in <wsHttpBinding> and <ws2007HttpBinding>.
const ElementRule& CustomBindingRule();
const ElementRule& WsHttpBindingRule();

// Why a binding of another kind cannot be used.
std::string_view BindingKindRefusal(std::string_view kind);

// The rule of that name, or null.
template <class Rule>
const Rule* FindRule(const Rules<Rule>& rules, std::string_view name) {
  for (const Rule& rule : rules) {
    if (rule.name == name) return &rule;
  }
  return nullptr;
}

}  // namespace gsoaprm::config
