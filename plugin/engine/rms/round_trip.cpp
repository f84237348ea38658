#include "engine/rms/round_trip.h"

#include <algorithm>

namespace gsoaprm::engine {
namespace {

constexpr std::int64_t kGain = 8;             // a new sample moves mean and deviation by an eighth
constexpr std::int64_t kDeviationFactor = 4;  // time-out = mean + four deviations

Duration Absolute(Duration value) { return value < Duration() ? Duration() - value : value; }

}  // namespace

RoundTrip::RoundTrip(Duration first, Duration minimum, Duration maximum)
    : minimum_(minimum), maximum_(maximum), mean_(std::max(first, Duration())), deviation_(mean_ / 2) {
  Recompute();
}

void RoundTrip::Measure(Duration sample) {
  const Duration error = std::max(sample, Duration()) - mean_;
  deviation_ = deviation_ + (Absolute(error) - deviation_) / kGain;
  mean_ = mean_ + error / kGain;
  Recompute();
}

void RoundTrip::BackOff() { timeout_ = std::min(timeout_ * 2, maximum_); }

void RoundTrip::Recompute() {
  timeout_ = std::min(std::max(mean_ + minimum_, mean_ + deviation_ * kDeviationFactor), maximum_);
}

}  // namespace gsoaprm::engine
