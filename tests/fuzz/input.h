// The bytes of a fuzzer as choices. Behind their end every choice is the first one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace gsoaprm::fuzz {

class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}

  bool empty() const { return position_ >= size_; }
  std::uint8_t Byte() { return empty() ? 0 : data_[position_++]; }
  // 0 .. count - 1; count <= 256
  std::size_t Below(std::size_t count) { return Byte() % count; }
  bool Flag() { return (Byte() & 1) != 0; }
  template <class T, std::size_t N>
  const T& OneOf(const T (&choices)[N]) {
    return choices[Below(N)];
  }
  std::string Rest() {
    const std::string rest(reinterpret_cast<const char*>(data_) + position_, size_ - position_);
    position_ = size_;
    return rest;
  }

 private:
  const std::uint8_t* data_;
  std::size_t size_;
  std::size_t position_ = 0;
};

}  // namespace gsoaprm::fuzz
