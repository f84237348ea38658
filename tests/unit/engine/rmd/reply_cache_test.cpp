#include "engine/rmd/reply_cache.h"

#include <gtest/gtest.h>

#include <memory>

#include "engine/rmd/message_size.h"

namespace gsoaprm::engine {
namespace {

KeptReply Reply(const std::string& text) {
  auto payload = std::make_shared<wire::Payload>();
  payload->entity = text;
  KeptReply reply;
  reply.payload = payload;
  return reply;
}

MessageRanges Numbers(std::initializer_list<std::uint64_t> numbers) {
  MessageRanges ranges;
  for (const std::uint64_t number : numbers) ranges.Insert(MessageNumber(number));
  return ranges;
}

TEST(ReplyCache, NumbersRepliesInTheOrderInWhichTheyCome) {
  ReplyCache replies;
  EXPECT_EQ(replies.Add(MessageNumber(5), Reply("five")).number, MessageNumber(1));
  EXPECT_EQ(replies.Add(MessageNumber(2), Reply("two")).number, MessageNumber(2));
  EXPECT_EQ(replies.last_number(), MessageNumber(2));
}

TEST(ReplyCache, FindsAReplyByItsRequest) {
  ReplyCache replies;
  replies.Add(MessageNumber(5), Reply("five"));
  ASSERT_NE(replies.Find(MessageNumber(5)), nullptr);
  EXPECT_EQ(replies.Find(MessageNumber(5))->payload->entity, "five");
  EXPECT_EQ(replies.Find(MessageNumber(1)), nullptr);
}

TEST(ReplyCache, ReleasesByTheNumberOfTheReply) {
  ReplyCache replies;
  replies.Add(MessageNumber(5), Reply("five"));
  replies.Add(MessageNumber(1), Reply("one"));
  replies.Release(Numbers({1}));
  EXPECT_EQ(replies.Find(MessageNumber(5)), nullptr);
  EXPECT_NE(replies.Find(MessageNumber(1)), nullptr);
  EXPECT_EQ(replies.size(), 1u);
  EXPECT_TRUE(replies.IsConsistent());
}

TEST(ReplyCache, ANumberIsNeverUsedAgain) {
  ReplyCache replies;
  replies.Add(MessageNumber(1), Reply("one"));
  replies.Release(Numbers({1}));
  EXPECT_EQ(replies.Add(MessageNumber(2), Reply("two")).number, MessageNumber(2));
  replies.Clear();
  EXPECT_EQ(replies.Add(MessageNumber(3), Reply("three")).number, MessageNumber(3));
}

TEST(ReplyCache, OnlyNumbersThatWereUsedCanBeAcknowledged) {
  ReplyCache replies;
  EXPECT_TRUE(replies.CanAcknowledge(Numbers({})));
  EXPECT_FALSE(replies.CanAcknowledge(Numbers({1})));
  replies.Add(MessageNumber(1), Reply("one"));
  replies.Add(MessageNumber(2), Reply("two"));
  EXPECT_TRUE(replies.CanAcknowledge(Numbers({1})));
  EXPECT_TRUE(replies.CanAcknowledge(Numbers({1, 2})));
  EXPECT_FALSE(replies.CanAcknowledge(Numbers({1, 2, 3})));
  replies.Release(Numbers({1, 2}));
  EXPECT_TRUE(replies.CanAcknowledge(Numbers({1, 2})));
}

TEST(ReplyCache, CountsItsBytes) {
  ReplyCache replies;
  replies.Add(MessageNumber(1), Reply("four"));
  EXPECT_EQ(replies.bytes(), kMessageOverhead + 4);
  replies.Add(MessageNumber(2), KeptReply());
  EXPECT_EQ(replies.bytes(), 2 * kMessageOverhead + 4);
  replies.Release(Numbers({1}));
  EXPECT_EQ(replies.bytes(), kMessageOverhead);
  replies.Clear();
  EXPECT_EQ(replies.bytes(), 0u);
}

TEST(ReplyCache, TakesBackTheNewestReplyWithItsNumber) {
  ReplyCache replies;
  replies.Add(MessageNumber(1), Reply("one"));
  replies.Add(MessageNumber(2), Reply("two"));
  replies.TakeBack(MessageNumber(1));
  EXPECT_NE(replies.Find(MessageNumber(1)), nullptr) << "it is not the newest";
  replies.TakeBack(MessageNumber(2));
  EXPECT_EQ(replies.Find(MessageNumber(2)), nullptr);
  EXPECT_TRUE(replies.IsConsistent());
  EXPECT_EQ(replies.Add(MessageNumber(3), Reply("three")).number, MessageNumber(2));
}

TEST(ReplyCache, GoesOnWithWhatAStoreGaveBack) {
  ReplyCache replies;
  KeptReply reply = Reply("four");
  reply.number = MessageNumber(4);
  replies.Restore(MessageNumber(7), reply);
  replies.RestoreLastNumber(MessageNumber(5));
  EXPECT_TRUE(replies.IsConsistent());
  EXPECT_EQ(replies.Find(MessageNumber(7))->number, MessageNumber(4));
  EXPECT_EQ(replies.Add(MessageNumber(8), Reply("six")).number, MessageNumber(6));
}

TEST(ReplyCache, NamesTheRequestsWhoseRepliesGo) {
  ReplyCache replies;
  replies.Add(MessageNumber(5), Reply("one"));
  replies.Add(MessageNumber(3), Reply("two"));
  std::vector<MessageNumber> released;
  replies.Release(Numbers({1}), &released);
  EXPECT_EQ(released, std::vector<MessageNumber>{MessageNumber(5)});
}

}  // namespace
}  // namespace gsoaprm::engine
