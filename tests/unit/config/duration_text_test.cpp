#include "config/duration_text.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace gsoaprm::config {
namespace {

constexpr std::int64_t kNone = -123456789;

std::int64_t Span(std::string_view text) {
  std::int64_t value = kNone;
  return ParseTimeSpan(text, &value) == NumberText::kNumber ? value : kNone;
}

NumberText Kind(std::string_view text) {
  std::int64_t value = 0;
  return ParseTimeSpan(text, &value);
}

TEST(TimeSpanText, HasHoursMinutesSeconds) {
  EXPECT_EQ(Span("00:00:00"), 0);
  EXPECT_EQ(Span("00:00:01"), 1000);
  EXPECT_EQ(Span("00:10:00"), 600000);
  EXPECT_EQ(Span("01:02:03"), 3723000);
  EXPECT_EQ(Span("1:2:3"), 3723000);
}

TEST(TimeSpanText, MayHaveDaysAndAFraction) {
  EXPECT_EQ(Span("1.00:00:00"), 86400000);
  EXPECT_EQ(Span("00:00:00.2"), 200);
  EXPECT_EQ(Span("00:00:00.2000000"), 200);
  EXPECT_EQ(Span("00:00:00.0010000"), 1);
  EXPECT_EQ(Span("24.20:31:23.647"), 2147483647);
  EXPECT_EQ(Span("-00:00:01"), -1000);
}

TEST(TimeSpanText, MayLeaveOutSeconds) { EXPECT_EQ(Span("00:10"), 600000); }

TEST(TimeSpanText, FinerThanAMillisecondIsToldApart) {
  EXPECT_EQ(Kind("00:00:00.0001"), NumberText::kTooFine);
  EXPECT_EQ(Kind("00:00:00.2000001"), NumberText::kTooFine);
}

TEST(TimeSpanText, EndsAt23HoursAnd59MinutesAndSeconds) {
  EXPECT_EQ(Span("23:59:59"), 86399000);
  EXPECT_EQ(Kind("24:00:00"), NumberText::kNotANumber);
  EXPECT_EQ(Kind("00:60:00"), NumberText::kNotANumber);
  EXPECT_EQ(Kind("00:00:60"), NumberText::kNotANumber);
}

TEST(TimeSpanText, HasUpToEightDigitsOfDaysAndSevenOfTheFraction) {
  EXPECT_NE(Span("99999999.00:00:00"), kNone);
  EXPECT_EQ(Kind("100000000.00:00:00"), NumberText::kNotANumber);
  EXPECT_EQ(Span("00:00:00.1230000"), 123);
  EXPECT_EQ(Kind("00:00:00.12300000"), NumberText::kNotANumber);
}

TEST(TimeSpanText, AllElseIsNone) {
  for (const char* const text :
       {"", "5", "200", ":", "00:", "00:00:", "00:00:00.", ".00:00:00", "00:00:00 ", " 00:00:00", "00:00:00:00",
        "1.1.00:00:00", "a", "00:0a:00", "000:00:00", "+00:00:01", "Infinite"}) {
    EXPECT_EQ(Kind(text), NumberText::kNotANumber) << text;
  }
}

TEST(DurationText, IsMillisecondsOrATimeSpanWithSeconds) {
  std::int64_t value = 0;
  EXPECT_EQ(ParseDuration("250", &value), NumberText::kNumber);
  EXPECT_EQ(value, 250);
  EXPECT_EQ(ParseDuration("00:00:02.5", &value), NumberText::kNumber);
  EXPECT_EQ(value, 2500);
  // Ten minutes to .NET, ten hours to others.
  EXPECT_EQ(ParseDuration("10:00", &value), NumberText::kNotANumber);
}

TEST(IntegerText, HasDigitsAndASign) {
  std::int64_t value = 0;
  EXPECT_EQ(ParseInteger("+7", &value), NumberText::kNumber);
  EXPECT_EQ(value, 7);
  EXPECT_EQ(ParseInteger("-7", &value), NumberText::kNumber);
  EXPECT_EQ(value, -7);
  for (const char* const text : {"", "+", "-", "+-7", "7 ", " 7", "7x", "0x7", "1e3", "1.0"}) {
    EXPECT_EQ(ParseInteger(text, &value), NumberText::kNotANumber) << text;
  }
}

TEST(IntegerText, EndsAtTwoToTheSixtyThreeMinusOne) {
  std::int64_t value = 0;
  EXPECT_EQ(ParseInteger("9223372036854775806", &value), NumberText::kNumber);
  EXPECT_EQ(ParseInteger("9223372036854775807", &value), NumberText::kNumber);
  EXPECT_EQ(value, INT64_MAX);
  EXPECT_EQ(ParseInteger("9223372036854775808", &value), NumberText::kTooBig);
}

}  // namespace
}  // namespace gsoaprm::config
