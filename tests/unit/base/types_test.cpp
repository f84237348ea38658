#include "base/types.h"

#include <gtest/gtest.h>

#include <unordered_set>

#include "base/status.h"
#include "base/time.h"

namespace gsoaprm {
namespace {

TEST(MessageNumber, IsValidFromOneToTwoToTheSixtyThreeMinusOne) {
  EXPECT_FALSE(MessageNumber().valid());
  EXPECT_FALSE(MessageNumber(0).valid());
  EXPECT_TRUE(MessageNumber(1).valid());
  EXPECT_TRUE(MessageNumber(9223372036854775806ULL).valid());
  EXPECT_TRUE(MessageNumber(9223372036854775807ULL).valid());
  EXPECT_FALSE(MessageNumber(9223372036854775808ULL).valid());
  EXPECT_FALSE(MessageNumber(9223372036854775807ULL).next().valid());
}

TEST(MessageNumber, CountsUpAndDown) {
  EXPECT_EQ(MessageNumber(7).next(), MessageNumber(8));
  EXPECT_EQ(MessageNumber(7).previous(), MessageNumber(6));
  EXPECT_LT(MessageNumber(7), MessageNumber(8));
  EXPECT_GE(MessageNumber(8), MessageNumber(8));
}

TEST(SequenceId, IsComparedAsText) {
  EXPECT_EQ(SequenceId("urn:a"), SequenceId("urn:a"));
  EXPECT_NE(SequenceId("urn:a"), SequenceId("URN:A"));
  EXPECT_TRUE(SequenceId().empty());
  std::unordered_set<SequenceId> ids = {SequenceId("urn:a"), SequenceId("urn:a"), SequenceId("urn:b")};
  EXPECT_EQ(ids.size(), 2u);
}

TEST(Timestamp, StaysNeverWhateverIsAdded) {
  EXPECT_TRUE((Timestamp::Never() + Duration::Seconds(1)).never());
  EXPECT_TRUE((Timestamp::Never() + Duration::Seconds(-1)).never());
  EXPECT_LT(Timestamp::FromMicroseconds(1), Timestamp::Never());
}

TEST(Timestamp, DiffersByADuration) {
  const Timestamp start = Timestamp::FromMicroseconds(5000);
  EXPECT_EQ((start + Duration::Milliseconds(2)) - start, Duration::Microseconds(2000));
  EXPECT_EQ(Duration::Seconds(3) / 2, Duration::Milliseconds(1500));
  EXPECT_EQ(Duration::Milliseconds(400) * 3, Duration::Microseconds(1200000));
}

TEST(Status, IsOkWithoutError) {
  EXPECT_TRUE(Status::Ok().ok());
  const Status status = Status::Error(ErrorClass::kSequenceDead, "UnknownSequence", "gone", "open a new session");
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(status.code, "UnknownSequence");
}

}  // namespace
}  // namespace gsoaprm
