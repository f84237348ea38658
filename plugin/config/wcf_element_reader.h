// Reads one element of a binding by its rule: its attributes, its children, and no others.
#pragma once

#include <string>
#include <string_view>

#include "config/wcf_document.h"
#include "config/wcf_rules.h"
#include "include/soap_rm.h"

namespace gsoaprm::config {

class WcfElementReader {
 public:
  WcfElementReader(const WcfDocument& document, soap_rm_options* options, std::string* error)
      : document_(document), options_(options), error_(error) {}

  // The element with all that is in it. What its rules leave to be read apart is only known to be allowed.
  bool Read(const WcfElement& element, const ElementRule& rule);
  // Only its attributes, and that it has no text.
  bool ReadAttributes(const WcfElement& element, const ElementRule& rule);
  // The rule of a child; null, and refused, when there is none or it cannot be honoured.
  const ElementRule* RuleOfChild(const WcfElement& parent, const WcfElement& child, const ElementRule& rule);

  bool Refuse(int line, const std::string& sentence) { return document_.Refuse(line, sentence, error_); }

 private:
  bool ReadAttribute(const WcfAttribute& attribute, const AttributeRule& rule);
  bool ReadOnly(const WcfAttribute& attribute, const AttributeRule& rule);
  bool ReadNumber(const WcfAttribute& attribute, const AttributeRule& rule);
  bool ReadOption(const WcfAttribute& attribute);

  const WcfDocument& document_;
  soap_rm_options* options_;
  std::string* error_;
};

}  // namespace gsoaprm::config
