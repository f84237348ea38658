// Small things about text that every part of this folder needs.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace gsoaprm::config {

// ASCII only: booleans, schemes and names of encodings are written either way.
inline bool EqualIgnoringCase(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

// A value in a sentence, shortened where it is long.
inline std::string Quoted(std::string_view text) {
  constexpr std::size_t kShown = 100;
  std::string quoted = "'";
  quoted.append(text.substr(0, kShown));
  return quoted.append(text.size() > kShown ? "...'" : "'");
}

}  // namespace gsoaprm::config
