// For the trace of a server: whether a message that comes again under its number is the same. The session does not ask,
// since the first one counts in any case; somebody who reads the trace wants to know.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string_view>
#include <utility>

namespace gsoaprm::binding {

class SeenContents {
 public:
  static constexpr std::size_t kMost = 1024;

  // False when the message of that number has been seen with another content. The latest kMost messages are remembered.
  bool Same(std::string_view sequence, std::uint64_t number, std::string_view content) {
    const std::size_t hash = Hash(content);
    const auto [seen, is_new] = hashes_.try_emplace({Hash(sequence), number}, hash);
    if (!is_new) return seen->second == hash;
    order_.push_back(seen->first);
    if (order_.size() > kMost) {
      hashes_.erase(order_.front());
      order_.pop_front();
    }
    return true;
  }

 private:
  // Of the sequence its hash: whoever sends messages chooses how long an identifier is.
  using Key = std::pair<std::size_t, std::uint64_t>;
  static std::size_t Hash(std::string_view text) { return std::hash<std::string_view>()(text); }

  std::map<Key, std::size_t> hashes_;
  std::deque<Key> order_;
};

}  // namespace gsoaprm::binding
