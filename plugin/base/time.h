// Time as the engine sees it: a monotonic instant that is passed in, never read. Microseconds inside.
#pragma once

#include <cstdint>

namespace gsoaprm {

class Duration {
 public:
  constexpr Duration() = default;
  static constexpr Duration Microseconds(std::int64_t v) { return Duration(v); }
  static constexpr Duration Milliseconds(std::int64_t v) { return Duration(v * 1000); }
  static constexpr Duration Seconds(std::int64_t v) { return Duration(v * 1000000); }

  constexpr std::int64_t microseconds() const { return us_; }
  constexpr std::int64_t milliseconds() const { return us_ / 1000; }

  friend constexpr Duration operator+(Duration a, Duration b) { return Duration(a.us_ + b.us_); }
  friend constexpr Duration operator-(Duration a, Duration b) { return Duration(a.us_ - b.us_); }
  friend constexpr Duration operator*(Duration a, std::int64_t k) { return Duration(a.us_ * k); }
  friend constexpr Duration operator/(Duration a, std::int64_t k) { return Duration(a.us_ / k); }
  friend constexpr bool operator==(Duration a, Duration b) { return a.us_ == b.us_; }
  friend constexpr bool operator!=(Duration a, Duration b) { return a.us_ != b.us_; }
  friend constexpr bool operator<(Duration a, Duration b) { return a.us_ < b.us_; }
  friend constexpr bool operator<=(Duration a, Duration b) { return a.us_ <= b.us_; }
  friend constexpr bool operator>(Duration a, Duration b) { return a.us_ > b.us_; }
  friend constexpr bool operator>=(Duration a, Duration b) { return a.us_ >= b.us_; }

 private:
  constexpr explicit Duration(std::int64_t us) : us_(us) {}
  std::int64_t us_ = 0;
};

class Timestamp {
 public:
  constexpr Timestamp() = default;
  static constexpr Timestamp FromMicroseconds(std::int64_t us) { return Timestamp(us); }
  static constexpr Timestamp Never() { return Timestamp(INT64_MAX); }

  constexpr std::int64_t microseconds() const { return us_; }
  constexpr bool never() const { return us_ == INT64_MAX; }

  // Never plus anything is Never, so that a deadline that is not set stays so.
  friend constexpr Timestamp operator+(Timestamp t, Duration d) {
    return t.never() ? t : Timestamp(t.us_ + d.microseconds());
  }
  friend constexpr Duration operator-(Timestamp a, Timestamp b) { return Duration::Microseconds(a.us_ - b.us_); }
  friend constexpr bool operator==(Timestamp a, Timestamp b) { return a.us_ == b.us_; }
  friend constexpr bool operator!=(Timestamp a, Timestamp b) { return a.us_ != b.us_; }
  friend constexpr bool operator<(Timestamp a, Timestamp b) { return a.us_ < b.us_; }
  friend constexpr bool operator<=(Timestamp a, Timestamp b) { return a.us_ <= b.us_; }
  friend constexpr bool operator>(Timestamp a, Timestamp b) { return a.us_ > b.us_; }
  friend constexpr bool operator>=(Timestamp a, Timestamp b) { return a.us_ >= b.us_; }

 private:
  constexpr explicit Timestamp(std::int64_t us) : us_(us) {}
  std::int64_t us_ = 0;
};

}  // namespace gsoaprm
