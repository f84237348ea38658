#include "engine/rms/round_trip.h"

#include <gtest/gtest.h>

namespace gsoaprm::engine {
namespace {

constexpr Duration kMinimum = Duration::Milliseconds(400);
constexpr Duration kMaximum = Duration::Seconds(60);

RoundTrip After(std::int64_t first_milliseconds) {
  return RoundTrip(Duration::Milliseconds(first_milliseconds), kMinimum, kMaximum);
}

TEST(RoundTrip, AddsTheMinimumToAShortRoundTrip) { EXPECT_EQ(450, After(50).timeout().milliseconds()); }

TEST(RoundTrip, TakesThreeTimesALongRoundTrip) {
  EXPECT_EQ(599, After(199).timeout().milliseconds());  // 199 + 400: the minimum still rules
  EXPECT_EQ(600, After(200).timeout().milliseconds());
  EXPECT_EQ(603, After(201).timeout().milliseconds());
}

TEST(RoundTrip, DoublesAtEachTimeOut) {
  RoundTrip round_trip = After(50);
  round_trip.BackOff();
  EXPECT_EQ(900, round_trip.timeout().milliseconds());
  round_trip.BackOff();
  EXPECT_EQ(1800, round_trip.timeout().milliseconds());
}

TEST(RoundTrip, NeverExceedsTheMaximum) {
  RoundTrip round_trip = After(50);
  for (int i = 0; i < 7; ++i) {
    round_trip.BackOff();
  }
  EXPECT_EQ(57600, round_trip.timeout().milliseconds());
  round_trip.BackOff();
  EXPECT_EQ(60000, round_trip.timeout().milliseconds());
  for (int i = 0; i < 100; ++i) {
    round_trip.BackOff();
  }
  EXPECT_EQ(60000, round_trip.timeout().milliseconds());
}

TEST(RoundTrip, EndsTheBackOffWithAMeasurement) {
  RoundTrip round_trip = After(50);
  round_trip.BackOff();
  round_trip.BackOff();
  round_trip.Measure(Duration::Milliseconds(50));
  EXPECT_EQ(450, round_trip.timeout().milliseconds());
}

TEST(RoundTrip, MovesMeanAndDeviationByAnEighth) {
  RoundTrip round_trip = After(80);                  // mean 80, deviation 40
  round_trip.Measure(Duration::Milliseconds(1680));  // error 1600: deviation 40 + 195, mean 80 + 200
  EXPECT_EQ(280 + 4 * 235, round_trip.timeout().milliseconds());
}

TEST(RoundTrip, CountsAShorterOneAsADeviationToo) {
  RoundTrip round_trip = After(200);               // mean 200, deviation 100
  round_trip.Measure(Duration::Milliseconds(40));  // error -160: deviation 100 + 7.5, mean 200 - 20
  EXPECT_EQ(180 + 430, round_trip.timeout().milliseconds());
}

TEST(RoundTrip, ForgetsASpikeAfterManyShortOnes) {
  RoundTrip round_trip = After(10);
  round_trip.Measure(Duration::Seconds(5));
  EXPECT_GT(round_trip.timeout(), Duration::Seconds(2));
  for (int i = 0; i < 100; ++i) {
    round_trip.Measure(Duration::Milliseconds(10));
  }
  EXPECT_EQ(410, round_trip.timeout().milliseconds());
}

TEST(RoundTrip, TakesAClockThatStoodStillForZero) {
  RoundTrip round_trip(Duration::Milliseconds(-5), Duration::Milliseconds(20), Duration::Milliseconds(200));
  EXPECT_EQ(20, round_trip.timeout().milliseconds());
}

}  // namespace
}  // namespace gsoaprm::engine
