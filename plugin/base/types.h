// The words of WS-ReliableMessaging as distinct types, so that one cannot be passed for another.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace gsoaprm {

// A string that means one thing only; Tag makes the types distinct.
template <class Tag>
class StrongText {
 public:
  StrongText() = default;
  explicit StrongText(std::string text) : text_(std::move(text)) {}

  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }

  friend bool operator==(const StrongText& a, const StrongText& b) { return a.text_ == b.text_; }
  friend bool operator!=(const StrongText& a, const StrongText& b) { return !(a == b); }
  friend bool operator<(const StrongText& a, const StrongText& b) { return a.text_ < b.text_; }

 private:
  std::string text_;
};

using SequenceId = StrongText<struct SequenceIdTag>;  // wsrm:Identifier, any URI; compared as text
using MessageId = StrongText<struct MessageIdTag>;    // wsa:MessageID
using Uri = StrongText<struct UriTag>;                // To, AcksTo, ReplyTo, Offer/Endpoint
using Principal = StrongText<struct PrincipalTag>;    // who sent it (TLS peer, HTTP user); empty: nobody known

// wsrm:MessageNumber, 1 .. 2^63-1 (WS-RM 1.1 section 3.3). 0 stands for "none".
class MessageNumber {
 public:
  static constexpr std::uint64_t kMaximum = 9223372036854775807ULL;

  constexpr MessageNumber() = default;
  constexpr explicit MessageNumber(std::uint64_t value) : value_(value) {}

  constexpr std::uint64_t value() const { return value_; }
  constexpr bool valid() const { return value_ >= 1 && value_ <= kMaximum; }
  constexpr MessageNumber next() const { return MessageNumber(value_ + 1); }
  constexpr MessageNumber previous() const { return MessageNumber(value_ - 1); }

  friend constexpr bool operator==(MessageNumber a, MessageNumber b) { return a.value_ == b.value_; }
  friend constexpr bool operator!=(MessageNumber a, MessageNumber b) { return a.value_ != b.value_; }
  friend constexpr bool operator<(MessageNumber a, MessageNumber b) { return a.value_ < b.value_; }
  friend constexpr bool operator<=(MessageNumber a, MessageNumber b) { return a.value_ <= b.value_; }
  friend constexpr bool operator>(MessageNumber a, MessageNumber b) { return a.value_ > b.value_; }
  friend constexpr bool operator>=(MessageNumber a, MessageNumber b) { return a.value_ >= b.value_; }

 private:
  std::uint64_t value_ = 0;
};

// One HTTP request with its response. Chosen by whoever starts the exchange, never reused.
class ExchangeId {
 public:
  constexpr ExchangeId() = default;
  constexpr explicit ExchangeId(std::uint64_t value) : value_(value) {}
  constexpr std::uint64_t value() const { return value_; }
  friend constexpr bool operator==(ExchangeId a, ExchangeId b) { return a.value_ == b.value_; }
  friend constexpr bool operator!=(ExchangeId a, ExchangeId b) { return a.value_ != b.value_; }
  friend constexpr bool operator<(ExchangeId a, ExchangeId b) { return a.value_ < b.value_; }

 private:
  std::uint64_t value_ = 0;
};

}  // namespace gsoaprm

namespace std {
template <class Tag>
struct hash<gsoaprm::StrongText<Tag>> {
  size_t operator()(const gsoaprm::StrongText<Tag>& t) const noexcept { return hash<string>()(t.text()); }
};
}  // namespace std
