// An XML document as a tree with resolved names, small and strict enough for comparing SOAP envelopes in tests.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gsoaprm::replay {

struct Attribute {
  std::string ns, name, value;
};

struct Element {
  std::string ns, name;
  std::vector<Attribute> attributes;  // without namespace declarations
  std::vector<Element> children;
  std::string text;                          // of this element itself, all pieces together
  std::map<std::string, std::string> scope;  // prefix to namespace, for names in text

  const Element* Child(const std::string& child) const;  // the first of that local name
  // "{namespace}name" of a qualified name in text; an unknown prefix gives the text itself.
  std::string Resolve(const std::string& qualified_name) const;
};

// Nothing when the text is not well-formed, or has what no SOAP envelope may have (a document type).
std::optional<Element> ParseXml(std::string_view text);

}  // namespace gsoaprm::replay
