#include "wire/envelope_trimmer.h"

#include <string_view>

namespace gsoaprm::wire {
namespace {

constexpr std::size_t kWorthTrimming = 16 * 1024;
constexpr std::string_view kDeclaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
constexpr std::string_view kNamespace = " xmlns:";

// Whether `prefix:` stands anywhere outside its declaration: in a tag, an attribute or a QName in text. A chance match
// only keeps a declaration that could have gone.
bool IsUsed(std::string_view text, std::string_view prefix) {
  std::string name(prefix);
  name += ':';
  return text.find(name) != std::string_view::npos;
}

// One ` xmlns:prefix="uri"`, as gSOAP writes it.
struct NamespaceDeclaration {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string_view prefix;
};

bool FindDeclaration(std::string_view tag, std::size_t from, NamespaceDeclaration* found) {
  const std::size_t begin = tag.find(kNamespace, from);
  if (begin == std::string_view::npos) return false;
  const std::size_t name = begin + kNamespace.size();
  const std::size_t equals = tag.find("=\"", name);
  if (equals == std::string_view::npos) return false;
  const std::size_t quote = tag.find('"', equals + 2);
  if (quote == std::string_view::npos) return false;
  *found = {begin, quote + 1, tag.substr(name, equals - name)};
  return true;
}

}  // namespace

void TrimEnvelope(std::string* entity) {
  const std::string_view text = *entity;
  if (text.size() > kWorthTrimming || text.empty() || text.front() != '<') return;
  if (text.find("/xmldsig#") != std::string_view::npos) return;
  std::size_t begin = 0;
  if (text.substr(0, kDeclaration.size()) == kDeclaration) {
    begin = text.find('<', kDeclaration.size());
  } else if (text.substr(0, 5) == "<?xml") {
    return;
  }
  const std::size_t tag_end = text.find('>', begin);
  if (begin == std::string_view::npos || tag_end == std::string_view::npos) return;

  const std::string_view tag = text.substr(begin, tag_end - begin);
  std::string trimmed;
  trimmed.reserve(text.size());
  std::size_t copied = 0;
  NamespaceDeclaration declaration;
  for (std::size_t at = 0; FindDeclaration(tag, at, &declaration); at = declaration.end) {
    const bool used = declaration.prefix == tag.substr(1, declaration.prefix.size()) ||
                      IsUsed(tag.substr(declaration.end), declaration.prefix) ||
                      IsUsed(text.substr(tag_end), declaration.prefix);
    if (used) continue;
    trimmed.append(tag, copied, declaration.begin - copied);
    copied = declaration.end;
  }
  trimmed.append(tag, copied, std::string_view::npos);
  trimmed.append(text, tag_end, std::string_view::npos);
  entity->swap(trimmed);
}

}  // namespace gsoaprm::wire
