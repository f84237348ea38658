// What all drivers have around their sessions: options, a clock, and a network that damages messages.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/options.h"
#include "tests/fuzz/input.h"
#include "wire/envelope_reader.h"

namespace gsoaprm::fuzz {

engine::Options ReadOptions(Input* input);

// Written, damaged and read again. Nothing: it cannot be read any more.
wire::ReadResult Damaged(const wire::Envelope& envelope, Input* input);

class Clock {
 public:
  Timestamp now() const { return now_; }
  void Advance(Duration duration) { now_ = now_ + duration; }
  void AdvanceTo(Timestamp time) {
    if (!time.never() && time > now_) now_ = time;
  }
  // Whether the step was to the next time-out.
  template <class Half>
  void Step(Input* input, const Half& half) {
    constexpr std::int64_t kMilliseconds[] = {0, 1, 50, 500, 5000, 60000};
    const std::size_t choice = input->Below(8);
    if (choice < 6) {
      Advance(Duration::Milliseconds(kMilliseconds[choice]));
    } else {
      AdvanceTo(half.NextTimeout());
    }
  }

 private:
  Timestamp now_ = Timestamp::FromMicroseconds(1000000);
};

}  // namespace gsoaprm::fuzz
