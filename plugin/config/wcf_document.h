// The part of a .NET configuration file that is about WCF, <configuration><system.serviceModel>, as a tree that knows
// its lines.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gsoaprm::config {

struct WcfAttribute {
  std::string name;  // with its prefix, where it has one
  std::string value;
  int line = 0;
};

struct WcfElement {
  std::string name;  // with its prefix, where it has one
  int line = 0;
  bool has_text = false;
  std::vector<WcfAttribute> attributes;
  std::vector<WcfElement> children;

  const WcfAttribute* Find(std::string_view attribute) const;
  // The attribute's value, or what it is when it is not given.
  std::string_view Value(std::string_view attribute, std::string_view otherwise = {}) const;
};

class WcfDocument {
 public:
  explicit WcfDocument(std::string source) : source_(std::move(source)) {}

  // False and a sentence when `text` is no configuration file, or has no system.serviceModel or two.
  bool Read(std::string_view text, std::string* error);

  const WcfElement& service_model() const { return service_model_; }
  const std::string& source() const { return source_; }

  // "App.config:12: sentence", always false: what a reader returns when it refuses.
  bool Refuse(int line, const std::string& sentence, std::string* error) const;
  bool Refuse(const std::string& sentence, std::string* error) const;

  // The child of that name, null when there is none: "bindings", "client", "behaviors". .NET calls them sections; one
  // that stands twice or in a file of its own (configSource) is refused.
  bool FindSection(std::string_view name, const WcfElement** section, std::string* error) const;

 private:
  std::string source_;
  WcfElement service_model_;
};

}  // namespace gsoaprm::config
