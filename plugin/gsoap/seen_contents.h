// For the trace of a server: whether a message that comes again under its number is the same. The session does not ask,
// since the first one counts in any case; somebody who reads the trace wants to know.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace gsoaprm::binding {

class SeenContents {
 public:
  static constexpr std::size_t kMost = 1024;

  // False when the message of that number has been seen with another content. The latest kMost messages are remembered.
  bool Same(const std::string& sequence, std::uint64_t number, std::string_view content) {
    const std::size_t hash = std::hash<std::string_view>()(content);
    const auto [seen, is_new] = hashes_.try_emplace({sequence, number}, hash);
    if (!is_new) return seen->second == hash;
    order_.push_back(seen->first);
    if (order_.size() > kMost) {
      hashes_.erase(order_.front());
      order_.pop_front();
    }
    return true;
  }

 private:
  using Key = std::pair<std::string, std::uint64_t>;
  std::map<Key, std::size_t> hashes_;
  std::deque<Key> order_;
};

}  // namespace gsoaprm::binding
