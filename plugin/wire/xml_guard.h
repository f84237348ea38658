// What well-formed XML may cost gSOAP's parser. It keeps the names of all attributes that a message has had in one list
// and walks it for every tag and every attribute; it looks every name up among all namespaces in scope, one after the
// other; and it keeps ids in a table of chains. So a few hundred kilobytes can take it many seconds. The reader counts
// those steps here while it reads, and refuses what would need too many for its size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace gsoaprm::wire {

struct XmlGuardLimits {
  // Different names of attributes in one message; namespace declarations count, as for gSOAP.
  std::size_t attribute_names = 512;
  // Steps that are free, and what each byte of the message adds. A step takes some nanoseconds.
  std::size_t free_steps = 1024 * 1024;
  std::size_t steps_per_byte = 16;
  // Ids and references in one of gSOAP's chains. A message with seventy thousand of them, which nobody has chosen to
  // collide, has fewer.
  std::size_t ids_in_chain = 64;
};

class XmlGuard {
 public:
  XmlGuard(std::size_t message_bytes, const XmlGuardLimits& limits);

  // Of a start tag: each attribute or declaration, as it stands in the message, then the tag with what is declared
  // where it stands. False when a limit is exceeded; problem() is then a sentence.
  bool NoteAttribute(std::string_view qualified_name, std::string_view value);
  bool NoteTag(std::size_t attributes, std::size_t namespaces_in_scope);
  const char* problem() const { return problem_; }

 private:
  bool Refuse(const char* problem);
  bool NoteName(std::string_view qualified_name);
  bool NoteId(std::string_view value);

  const XmlGuardLimits limits_;
  const std::uint64_t most_steps_;
  std::uint64_t steps_ = 0;
  // So many names are taken for different ones and looked at later: most messages have no more, and are read faster.
  static constexpr std::size_t kUnlooked = 64;
  std::string_view first_names_[kUnlooked];
  std::size_t names_ = 0;
  std::unordered_set<std::string_view> different_names_;
  std::size_t ids_ = 0;
  std::vector<std::uint16_t> chains_;
  const char* problem_ = nullptr;
};

}  // namespace gsoaprm::wire
