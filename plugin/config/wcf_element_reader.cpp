#include "config/wcf_element_reader.h"

#include <cstdint>

#include "config/duration_text.h"
#include "config/option_table.h"
#include "config/text.h"
#include "wire/xml_text.h"

namespace gsoaprm::config {
namespace {

constexpr std::int64_t kInt32Maximum = 2147483647;

std::string Tag(const WcfElement& element) { return "<" + element.name + ">"; }

}  // namespace

bool WcfElementReader::Read(const WcfElement& element, const ElementRule& rule) {
  if (!ReadAttributes(element, rule)) return false;
  for (const WcfElement& child : element.children) {
    const ElementRule* const child_rule = RuleOfChild(element, child, rule);
    if (!child_rule || !Read(child, *child_rule)) return false;
  }
  return true;
}

bool WcfElementReader::ReadAttributes(const WcfElement& element, const ElementRule& rule) {
  if (element.has_text) return Refuse(element.line, Tag(element) + " must not contain text.");
  for (const WcfAttribute& attribute : element.attributes) {
    const AttributeRule* const attribute_rule = FindRule(rule.attributes, attribute.name);
    if (!attribute_rule) {
      return Refuse(attribute.line,
                    Tag(element) + " has an attribute " + Quoted(attribute.name) + " that is not known.");
    }
    if (!ReadAttribute(attribute, *attribute_rule)) return false;
  }
  return true;
}

const ElementRule* WcfElementReader::RuleOfChild(const WcfElement& parent, const WcfElement& child,
                                                 const ElementRule& rule) {
  const ElementRule* const child_rule = FindRule(rule.children, child.name);
  if (!child_rule) {
    Refuse(child.line, Tag(parent) + " has an element " + Tag(child) + " that is not known.");
    return nullptr;
  }
  if (!child_rule->refusal.empty()) {
    Refuse(child.line, Tag(child) + " cannot be honoured: " + std::string(child_rule->refusal) + ".");
    return nullptr;
  }
  for (const WcfElement& sibling : parent.children) {
    if (&sibling == &child) break;
    if (sibling.name != child.name) continue;
    Refuse(child.line, Tag(child) + " stands here again; the first is on line " + std::to_string(sibling.line) + ".");
    return nullptr;
  }
  return child_rule;
}

bool WcfElementReader::ReadAttribute(const WcfAttribute& attribute, const AttributeRule& rule) {
  switch (rule.use) {
    case AttributeUse::kOption:
      return ReadOption(attribute);
    case AttributeUse::kOnly:
      return ReadOnly(attribute, rule);
    case AttributeUse::kNumber:
    case AttributeUse::kQuota:
      return ReadNumber(attribute, rule);
    case AttributeUse::kBoolean:
      if (EqualIgnoringCase(attribute.value, "true") || EqualIgnoringCase(attribute.value, "false")) return true;
      return Refuse(attribute.line, attribute.name + " must be true or false, not " + Quoted(attribute.value) + ".");
    case AttributeUse::kText:
    case AttributeUse::kReadApart:
      break;
  }
  return true;
}

bool WcfElementReader::ReadOnly(const WcfAttribute& attribute, const AttributeRule& rule) {
  if (EqualIgnoringCase(attribute.value, rule.argument)) return true;
  const std::string wanted = rule.argument.empty() ? "empty" : std::string(rule.argument);
  return Refuse(attribute.line, attribute.name + " must be " + wanted + ", not " + Quoted(attribute.value) + ": " +
                                    std::string(rule.reason) + ".");
}

bool WcfElementReader::ReadNumber(const WcfAttribute& attribute, const AttributeRule& rule) {
  std::int64_t value = -1;
  std::int64_t minimum = 0;
  const bool quota = rule.use == AttributeUse::kQuota;
  const bool read = ParseInteger(wire::TrimXmlSpace(attribute.value), &value) == NumberText::kNumber;
  if (quota) ParseInteger(rule.argument, &minimum);
  if (read && value <= kInt32Maximum && (value >= minimum || (quota && value == 0))) return true;
  return Refuse(attribute.line,
                attribute.name + " must be a whole number from " + std::to_string(minimum) + " to " +
                    std::to_string(kInt32Maximum) + ", not " + Quoted(attribute.value) +
                    (quota ? ": gSOAP has no such quota, and a lower one than WCF's default could not be kept." : "."));
}

bool WcfElementReader::ReadOption(const WcfAttribute& attribute) {
  std::string sentence;
  const OptionRow* const row = FindOption(attribute.name);
  return (row && SetOption(*row, attribute.name, wire::TrimXmlSpace(attribute.value), TextSyntax::kWcf, options_,
                           &sentence)) ||
         Refuse(attribute.line, sentence);
}

}  // namespace gsoaprm::config
