#include "replay/comparison.h"

#include <strings.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>

namespace gsoaprm::replay {
namespace {

bool IsIdentifier(const Element& element) {
  return element.name == "Identifier" || element.name == "MessageID" || element.name == "RelatesTo";
}

bool HoldsQualifiedName(const Element& element) {
  return element.name == "Value" || element.name == "faultcode" || element.name == "FaultCode";
}

std::string Text(const Element& element) {
  return HoldsQualifiedName(element) ? element.Resolve(element.text) : element.text;
}

bool ParseNumber(const std::string& text, double* number) {
  char* end = nullptr;
  *number = std::strtod(text.c_str(), &end);
  return !text.empty() && *end == '\0';
}

// "1" and "true" are the same boolean in both SOAP versions' mustUnderstand.
std::string AttributeValue(const Element& element, const Attribute& attribute) {
  if (attribute.name == "mustUnderstand") return attribute.value == "true" ? "1" : attribute.value;
  if (attribute.name == "qname") return element.Resolve(attribute.value);
  return attribute.value;
}

class Comparison {
 public:
  explicit Comparison(Roles* roles) : roles_(roles) {}

  void Compare(const Element& captured, const Element& ours, const std::string& path) {
    if (captured.ns != ours.ns || captured.name != ours.name) {
      Add(path, Aspect::kName, "{" + captured.ns + "}" + captured.name, "{" + ours.ns + "}" + ours.name);
      return;
    }
    CompareAttributes(captured, ours, path);
    CompareText(captured, ours, path);
    if (path == "Header") {
      CompareBlocks(captured, ours, path);
    } else {
      CompareChildren(captured, ours, path);
    }
  }

  std::vector<Difference> differences;

 private:
  static std::string Below(const std::string& path, const std::string& name) {
    return path.empty() ? name : path + "/" + name;
  }
  void Add(std::string path, Aspect aspect, std::string captured, std::string ours) {
    differences.push_back({std::move(path), aspect, std::move(captured), std::move(ours)});
  }

  void CompareAttributes(const Element& captured, const Element& ours, const std::string& path) {
    auto find = [](const Element& element, const Attribute& wanted) -> const Attribute* {
      for (const Attribute& attribute : element.attributes)
        if (attribute.ns == wanted.ns && attribute.name == wanted.name) return &attribute;
      return nullptr;
    };
    for (const Attribute& attribute : captured.attributes) {
      const std::string name = path + "@" + attribute.name;
      const std::string value = AttributeValue(captured, attribute);
      const Attribute* const other = find(ours, attribute);
      if (!other) {
        Add(name, Aspect::kMissing, value, "");
      } else if (AttributeValue(ours, *other) != value) {
        Add(name, Aspect::kText, value, AttributeValue(ours, *other));
      }
    }
    for (const Attribute& attribute : ours.attributes)
      if (!find(captured, attribute)) Add(path + "@" + attribute.name, Aspect::kExtra, "", attribute.value);
  }

  void CompareText(const Element& captured, const Element& ours, const std::string& path) {
    const std::string expected = Text(captured);
    const std::string actual = Text(ours);
    if (IsIdentifier(captured)) {
      if (!roles_->Bind(expected, actual)) Add(path, Aspect::kIdentifier, expected, actual);
      return;
    }
    if (expected == actual) return;
    double expected_number = 0;
    double actual_number = 0;
    const bool same_number = ParseNumber(expected, &expected_number) && ParseNumber(actual, &actual_number) &&
                             !(expected_number < actual_number) && !(expected_number > actual_number);
    Add(path, same_number ? Aspect::kNumberForm : Aspect::kText, expected, actual);
  }

  // Header blocks have no order among themselves.
  void CompareBlocks(const Element& captured, const Element& ours, const std::string& path) {
    std::set<const Element*> matched;
    for (const Element& block : captured.children) {
      const auto found = std::find_if(ours.children.begin(), ours.children.end(), [&](const Element& candidate) {
        return candidate.ns == block.ns && candidate.name == block.name && !matched.count(&candidate);
      });
      if (found == ours.children.end()) {
        Add(Below(path, block.name), Aspect::kMissing, "{" + block.ns + "}", "");
        continue;
      }
      matched.insert(&*found);
      Compare(block, *found, Below(path, block.name));
    }
    for (const Element& block : ours.children)
      if (!matched.count(&block)) Add(Below(path, block.name), Aspect::kExtra, "", "{" + block.ns + "}" + block.text);
  }

  static bool HasLater(const Element& parent, std::size_t from, const Element& wanted) {
    return std::any_of(parent.children.begin() + static_cast<std::ptrdiff_t>(from), parent.children.end(),
                       [&](const Element& child) { return child.ns == wanted.ns && child.name == wanted.name; });
  }

  // In order; where the two part, whichever child comes later in the other is taken for left out or put in.
  void CompareChildren(const Element& captured, const Element& ours, const std::string& path) {
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < captured.children.size() || j < ours.children.size()) {
      const Element* const expected = i < captured.children.size() ? &captured.children[i] : nullptr;
      const Element* const actual = j < ours.children.size() ? &ours.children[j] : nullptr;
      const bool same = expected && actual && expected->ns == actual->ns && expected->name == actual->name;
      if (!same && (!actual || (expected && HasLater(captured, i + 1, *actual)))) {
        Add(Below(path, expected->name), Aspect::kMissing, "{" + expected->ns + "}" + expected->text, "");
        i++;
      } else if (!same && (!expected || HasLater(ours, j + 1, *expected))) {
        Add(Below(path, actual->name), Aspect::kExtra, "", "{" + actual->ns + "}" + actual->text);
        j++;
      } else {
        Compare(*expected, *actual, Below(path, expected->name));
        i++;
        j++;
      }
    }
  }

  Roles* const roles_;
};

// "application/soap+xml; charset=utf-8": parameters in any order, names without regard to case, quotes or none.
std::map<std::string, std::string> ContentType(const std::string& value) {
  std::map<std::string, std::string> parts;
  std::size_t begin = 0;
  while (begin <= value.size()) {
    const std::size_t end = std::min(value.find(';', begin), value.size());
    std::string part = value.substr(begin, end - begin);
    part.erase(std::remove(part.begin(), part.end(), ' '), part.end());
    const std::size_t equals = part.find('=');
    std::string name = parts.empty() ? "type" : part.substr(0, equals);
    std::string content = parts.empty() ? part : equals == std::string::npos ? "" : part.substr(equals + 1);
    if (name == "charset") std::transform(content.begin(), content.end(), content.begin(), tolower);
    parts[name] = content;
    begin = end + 1;
  }
  return parts;
}

void CompareContentType(const HttpMessage& captured, const HttpMessage& ours, std::vector<Difference>* differences) {
  const auto expected = ContentType(captured.Header("Content-Type"));
  const auto actual = ContentType(ours.Header("Content-Type"));
  for (const auto& [name, value] : expected) {
    const auto found = actual.find(name);
    if (found == actual.end() || found->second != value)
      differences->push_back(
          {"HTTP/Content-Type/" + name, Aspect::kContentType, value, found == actual.end() ? "" : found->second});
  }
  for (const auto& [name, value] : actual)
    if (!expected.count(name)) differences->push_back({"HTTP/Content-Type/" + name, Aspect::kContentType, "", value});
}

void CompareEntities(const HttpMessage& captured, const HttpMessage& ours, Roles* roles,
                     std::vector<Difference>* differences) {
  if (captured.body.empty() && ours.body.empty()) return;
  if (captured.body.empty() || ours.body.empty()) {
    differences->push_back({"HTTP/body", Aspect::kEntity, captured.body.substr(0, 2000), ours.body.substr(0, 2000)});
    return;
  }
  CompareContentType(captured, ours, differences);
  const auto expected = ParseXml(captured.body);
  const auto actual = ParseXml(ours.body);
  if (!expected || !actual) {
    differences->push_back({"HTTP/body", Aspect::kEntity, expected ? "XML" : captured.body.substr(0, 2000),
                            actual ? "XML" : "not well-formed: " + ours.body.substr(0, 2000)});
    return;
  }
  const auto found = CompareEnvelopes(*expected, *actual, roles);
  differences->insert(differences->end(), found.begin(), found.end());
}

std::string Replace(std::string text, const std::map<std::string, std::string>& words) {
  for (const auto& [word, other] : words)
    for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; at += other.size())
      text.replace(at, word.size(), other);
  return text;
}

}  // namespace

const char* ToString(Aspect aspect) {
  switch (aspect) {
    case Aspect::kMissing:
      return "missing";
    case Aspect::kExtra:
      return "extra";
    case Aspect::kName:
      return "name";
    case Aspect::kText:
      return "text";
    case Aspect::kNumberForm:
      return "number form";
    case Aspect::kIdentifier:
      return "identifier";
    case Aspect::kStatus:
      return "status";
    case Aspect::kContentType:
      return "content type";
    case Aspect::kSoapAction:
      return "SOAPAction";
    case Aspect::kEntity:
      return "entity";
    case Aspect::kAnswer:
      return "answer";
  }
  return "?";
}

std::string ToString(const Difference& difference) {
  return difference.path + ": " + ToString(difference.aspect) + ": WCF \"" + difference.captured + "\", ours \"" +
         difference.ours + "\"";
}

bool Roles::Bind(const std::string& captured, const std::string& ours) {
  const auto known = ours_.find(captured);
  if (known != ours_.end()) return known->second == ours;
  if (captured_.count(ours)) return false;
  ours_[captured] = ours;
  captured_[ours] = captured;
  return true;
}

std::string Roles::Translate(std::string text) const { return Replace(std::move(text), ours_); }
std::string Roles::Untranslate(std::string text) const { return Replace(std::move(text), captured_); }

std::vector<Difference> CompareEnvelopes(const Element& captured, const Element& ours, Roles* roles) {
  Comparison comparison(roles);
  comparison.Compare(captured, ours, "");
  return std::move(comparison.differences);
}

std::vector<Difference> CompareResponses(const HttpMessage& captured, const HttpMessage& ours, Roles* roles) {
  std::vector<Difference> differences;
  if (captured.status() != ours.status())
    differences.push_back(
        {"HTTP/status", Aspect::kStatus, std::to_string(captured.status()), std::to_string(ours.status())});
  CompareEntities(captured, ours, roles, &differences);
  return differences;
}

std::vector<Difference> CompareRequests(const HttpMessage& captured, const HttpMessage& ours, Roles* roles) {
  std::vector<Difference> differences;
  if (captured.Header("SOAPAction") != ours.Header("SOAPAction"))
    differences.push_back(
        {"HTTP/SOAPAction", Aspect::kSoapAction, captured.Header("SOAPAction"), ours.Header("SOAPAction")});
  CompareEntities(captured, ours, roles, &differences);
  return differences;
}

}  // namespace gsoaprm::replay
