#include "wire/xml_guard.h"

#include <iterator>

namespace gsoaprm::wire {

namespace {

constexpr std::size_t kFewIds = 64;

// gSOAP's table of ids: its size and hash function.
constexpr std::size_t kChains = 1999;
constexpr std::size_t kLongestId = 1022;  // longer ones are cut off

std::size_t ChainOf(std::string_view id) {
  // References may begin with the '#' that gSOAP puts before every id.
  if (!id.empty() && id.front() == '#') id.remove_prefix(1);
  std::size_t hash = '#';
  for (const char c : id.substr(0, kLongestId)) hash = hash * 65599 + static_cast<std::size_t>(c);
  return hash % kChains;
}

bool IsIdOrReference(std::string_view qualified_name) {
  if (qualified_name.back() != 'd' && qualified_name.back() != 'f') return false;  // most of them, at once
  const std::string_view local = qualified_name.substr(qualified_name.find(':') + 1);
  return local == "id" || local == "ref" || local == "href";
}

}  // namespace

XmlGuard::XmlGuard(std::size_t message_bytes, const XmlGuardLimits& limits)
    : limits_(limits), most_steps_(limits.free_steps + std::uint64_t{limits.steps_per_byte} * message_bytes) {}

bool XmlGuard::Refuse(const char* problem) {
  problem_ = problem;
  return false;
}

bool XmlGuard::NoteAttribute(std::string_view qualified_name, std::string_view value) {
  if (!NoteName(qualified_name)) return Refuse("The message has too many different attributes.");
  return !IsIdOrReference(qualified_name) || NoteId(value);
}

bool XmlGuard::NoteName(std::string_view qualified_name) {
  if (different_names_.empty()) {
    if (names_ < kUnlooked) {
      first_names_[names_++] = qualified_name;
      return names_ <= limits_.attribute_names;
    }
    different_names_.insert(std::begin(first_names_), std::end(first_names_));
  }
  different_names_.insert(qualified_name);
  names_ = different_names_.size();
  return names_ <= limits_.attribute_names;
}

bool XmlGuard::NoteId(std::string_view value) {
  if (ids_ < kFewIds) {
    ++ids_;
    return true;
  }
  if (chains_.empty()) chains_.resize(kChains);
  if (++chains_[ChainOf(value)] <= limits_.ids_in_chain) return true;
  return Refuse("The message has too many ids that are alike.");
}

bool XmlGuard::NoteTag(std::size_t attributes, std::size_t namespaces_in_scope) {
  steps_ += (attributes + 1) * (names_ + namespaces_in_scope);
  if (steps_ <= most_steps_) return true;
  return Refuse("The message has too many elements and attributes for so many names and namespaces.");
}

}  // namespace gsoaprm::wire
