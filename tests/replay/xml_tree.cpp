#include "replay/xml_tree.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace gsoaprm::replay {
namespace {

constexpr char kXmlNamespace[] = "http://www.w3.org/XML/1998/namespace";
constexpr int kMaximumDepth = 64;

using Scope = std::map<std::string, std::string>;

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

void AppendUtf8(unsigned code, std::string* text) {
  if (code < 0x80) {
    *text += static_cast<char>(code);
  } else if (code < 0x800) {
    *text += static_cast<char>(0xC0 | (code >> 6));
    *text += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    *text += static_cast<char>(0xE0 | (code >> 12));
    *text += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    *text += static_cast<char>(0x80 | (code & 0x3F));
  }
}

bool AppendEntity(const std::string& entity, std::string* text) {
  static const std::pair<const char*, char> kNamed[] = {
      {"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
  for (const auto& [name, character] : kNamed) {
    if (entity == name) {
      *text += character;
      return true;
    }
  }
  if (entity.size() < 2 || entity[0] != '#') return false;
  const bool hexadecimal = entity[1] == 'x';
  AppendUtf8(
      static_cast<unsigned>(std::strtoul(entity.c_str() + (hexadecimal ? 2 : 1), nullptr, hexadecimal ? 16 : 10)),
      text);
  return true;
}

bool Unescape(std::string_view raw, std::string* text) {
  for (std::size_t i = 0; i < raw.size(); i++) {
    if (raw[i] != '&') {
      *text += raw[i];
      continue;
    }
    const std::size_t end = raw.find(';', i);
    if (end == std::string_view::npos || !AppendEntity(std::string(raw.substr(i + 1, end - i - 1)), text)) return false;
    i = end;
  }
  return true;
}

std::pair<std::string, std::string> Split(const std::string& qualified_name) {
  const std::size_t colon = qualified_name.find(':');
  if (colon == std::string::npos) return {"", qualified_name};
  return {qualified_name.substr(0, colon), qualified_name.substr(colon + 1)};
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  bool Document(Element* root) {
    SkipMisc();
    if (!ParseElement(Scope(), 0, root)) return false;
    SkipMisc();
    return position_ == text_.size();
  }

 private:
  bool At(std::string_view expected) const { return text_.substr(position_, expected.size()) == expected; }
  bool Take(std::string_view expected) {
    if (!At(expected)) return false;
    position_ += expected.size();
    return true;
  }
  void SkipSpace() {
    while (position_ < text_.size() && IsSpace(text_[position_])) position_++;
  }
  bool SkipTo(std::string_view end) {
    const std::size_t found = text_.find(end, position_);
    if (found == std::string_view::npos) return false;
    position_ = found + end.size();
    return true;
  }
  void SkipMisc() {
    do SkipSpace();
    while ((At("<?") && SkipTo("?>")) || (At("<!--") && SkipTo("-->")));
  }

  std::string Name() {
    const std::size_t begin = position_;
    while (position_ < text_.size() && !IsSpace(text_[position_]) && !EndsName(text_[position_])) position_++;
    return std::string(text_.substr(begin, position_ - begin));
  }
  static bool EndsName(char c) { return std::string_view("<>/=\"'").find(c) != std::string_view::npos; }

  bool QuotedValue(std::string* value) {
    if (position_ >= text_.size()) return false;
    const char quote = text_[position_];
    if (quote != '"' && quote != '\'') return false;
    const std::size_t end = text_.find(quote, ++position_);
    if (end == std::string_view::npos) return false;
    const std::string_view raw = text_.substr(position_, end - position_);
    position_ = end + 1;
    return Unescape(raw, value);
  }

  // The attributes of a start tag; namespace declarations go into the scope.
  bool StartTag(Scope* scope, std::vector<std::pair<std::string, std::string>>* attributes) {
    for (;;) {
      SkipSpace();
      if (At(">") || At("/>")) return true;
      const std::string name = Name();
      std::string value;
      SkipSpace();
      if (name.empty() || !Take("=")) return false;
      SkipSpace();
      if (!QuotedValue(&value)) return false;
      if (name == "xmlns") {
        (*scope)[""] = value;
      } else if (name.compare(0, 6, "xmlns:") == 0) {
        (*scope)[name.substr(6)] = value;
      } else {
        attributes->emplace_back(name, value);
      }
    }
  }

  static bool NameInScope(const std::string& qualified_name, const Scope& scope, bool default_applies, std::string* ns,
                          std::string* name) {
    const auto [prefix, local] = Split(qualified_name);
    *name = local;
    if (prefix == "xml") {
      *ns = kXmlNamespace;
      return true;
    }
    if (prefix.empty() && !default_applies) return true;
    const auto found = scope.find(prefix);
    if (found == scope.end()) return prefix.empty();
    *ns = found->second;
    return true;
  }

  bool ParseElement(Scope scope, int depth, Element* element) {
    if (depth > kMaximumDepth || !Take("<") || At("!")) return false;
    const std::string tag = Name();
    std::vector<std::pair<std::string, std::string>> attributes;
    if (tag.empty() || !StartTag(&scope, &attributes)) return false;
    if (!NameInScope(tag, scope, true, &element->ns, &element->name)) return false;
    for (const auto& [name, value] : attributes) {
      Attribute attribute;
      attribute.value = value;
      if (!NameInScope(name, scope, false, &attribute.ns, &attribute.name)) return false;
      element->attributes.push_back(std::move(attribute));
    }
    element->scope = scope;
    if (Take("/>")) return true;
    return Take(">") && Content(scope, depth, element) && Take("</" + tag) && (SkipSpace(), Take(">"));
  }

  bool Content(const Scope& scope, int depth, Element* element) {
    while (!At("</")) {
      if (position_ >= text_.size()) return false;
      if (At("<!--")) {
        if (!SkipTo("-->")) return false;
      } else if (At("<")) {
        element->children.emplace_back();
        if (!ParseElement(scope, depth + 1, &element->children.back())) return false;
      } else {
        const std::size_t end = std::min(text_.find('<', position_), text_.size());
        if (!Unescape(text_.substr(position_, end - position_), &element->text)) return false;
        position_ = end;
      }
    }
    const bool blank = std::all_of(element->text.begin(), element->text.end(), IsSpace);
    if (!element->children.empty() && blank) element->text.clear();
    return true;
  }

  const std::string_view text_;
  std::size_t position_ = 0;
};

}  // namespace

const Element* Element::Child(const std::string& child) const {
  for (const Element& candidate : children)
    if (candidate.name == child) return &candidate;
  return nullptr;
}

std::string Element::Resolve(const std::string& qualified_name) const {
  const auto [prefix, local] = Split(qualified_name);
  const auto found = scope.find(prefix);
  return found == scope.end() ? qualified_name : "{" + found->second + "}" + local;
}

std::optional<Element> ParseXml(std::string_view text) {
  Element root;
  if (!Parser(text).Document(&root)) return std::nullopt;
  return root;
}

}  // namespace gsoaprm::replay
