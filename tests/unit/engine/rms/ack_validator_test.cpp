#include "engine/rms/ack_validator.h"

#include <gtest/gtest.h>

namespace gsoaprm::engine {
namespace {

MessageRanges Ranges(std::initializer_list<MessageRange> list) {
  MessageRanges ranges;
  for (const MessageRange& range : list) {
    ranges.InsertRange(range.lower, range.upper);
  }
  return ranges;
}
MessageRange Range(std::uint64_t lower, std::uint64_t upper) {
  return MessageRange{MessageNumber(lower), MessageNumber(upper)};
}

TEST(AckValidator, AcceptsUpToTheHighestNumberSent) {
  const MessageRanges before;
  const MessageNumber sent(5);
  EXPECT_EQ(AcknowledgementVerdict::kValid, JudgeAcknowledgement(Ranges({Range(1, 4)}), before, sent));
  EXPECT_EQ(AcknowledgementVerdict::kValid, JudgeAcknowledgement(Ranges({Range(1, 5)}), before, sent));
  EXPECT_EQ(AcknowledgementVerdict::kNeverSent, JudgeAcknowledgement(Ranges({Range(1, 6)}), before, sent));
}

TEST(AckValidator, AcceptsNothingReceivedYet) {
  EXPECT_EQ(AcknowledgementVerdict::kValid, JudgeAcknowledgement(MessageRanges(), MessageRanges(), MessageNumber(0)));
}

TEST(AckValidator, RejectsANumberBeforeAnythingWasSent) {
  EXPECT_EQ(AcknowledgementVerdict::kNeverSent,
            JudgeAcknowledgement(Ranges({Range(1, 1)}), MessageRanges(), MessageNumber(0)));
}

TEST(AckValidator, CallsARepeatedOneValid) {
  EXPECT_EQ(AcknowledgementVerdict::kValid,
            JudgeAcknowledgement(Ranges({Range(1, 3)}), Ranges({Range(1, 3)}), MessageNumber(3)));
}

TEST(AckValidator, CallsOneStaleThatLacksWhatWasAcknowledged) {
  const MessageRanges before = Ranges({Range(1, 3), Range(5, 5)});
  EXPECT_EQ(AcknowledgementVerdict::kStale, JudgeAcknowledgement(Ranges({Range(1, 3)}), before, MessageNumber(6)));
  EXPECT_EQ(AcknowledgementVerdict::kStale, JudgeAcknowledgement(MessageRanges(), before, MessageNumber(6)));
  EXPECT_EQ(AcknowledgementVerdict::kValid, JudgeAcknowledgement(Ranges({Range(1, 5)}), before, MessageNumber(6)));
}

TEST(AckValidator, CallsOneStaleThatMixesNewWithMissing) {
  EXPECT_EQ(AcknowledgementVerdict::kStale,
            JudgeAcknowledgement(Ranges({Range(4, 4)}), Ranges({Range(1, 3)}), MessageNumber(4)));
}

}  // namespace
}  // namespace gsoaprm::engine
