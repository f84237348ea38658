#include "engine/rmd/delivery_queue.h"

#include <gtest/gtest.h>

#include <memory>

#include "engine/rmd/message_size.h"

namespace gsoaprm::engine {
namespace {

constexpr MessageNumber N(std::uint64_t value) { return MessageNumber(value); }

QueuedMessage Message(MessageState state, std::size_t bytes = 10) {
  auto payload = std::make_shared<wire::Payload>();
  payload->entity.assign(bytes, 'x');
  QueuedMessage message;
  message.state = state;
  message.payload = payload;
  return message;
}

DeliveryQueue Ordered(ConcurrencyMode mode = ConcurrencyMode::kSingle) { return DeliveryQueue(true, mode, 4); }
DeliveryQueue Unordered(ConcurrencyMode mode = ConcurrencyMode::kSingle) { return DeliveryQueue(false, mode, 4); }

void StartMessage(DeliveryQueue* queue, MessageNumber number) {
  queue->Add(number, Message(MessageState::kWaiting));
  queue->Start(number);
}

TEST(DeliveryQueue, OrderedStartsOnlyTheNextNumber) {
  const DeliveryQueue queue = Ordered();
  EXPECT_TRUE(queue.CanStart(N(3), N(3)));
  EXPECT_FALSE(queue.CanStart(N(4), N(3)));
}

TEST(DeliveryQueue, SingleRunsOneAtATime) {
  for (DeliveryQueue queue : {Ordered(), Unordered()}) {
    StartMessage(&queue, N(1));
    EXPECT_FALSE(queue.CanStart(N(2), N(2)));
    queue.MarkAnswered(N(1));
    EXPECT_FALSE(queue.CanStart(N(2), N(2)));
    queue.Remove(N(1));
    EXPECT_TRUE(queue.CanStart(N(2), N(2)));
    EXPECT_TRUE(queue.IsConsistent());
  }
}

TEST(DeliveryQueue, WhatHasHadItsTurnWaitsForNobody) {
  DeliveryQueue queue = Ordered();
  StartMessage(&queue, N(2));
  EXPECT_FALSE(queue.IsBehindBusy(N(1), N(2), false));
  queue.Remove(N(1));
  EXPECT_NE(queue.Find(N(2)), nullptr);
  EXPECT_TRUE(queue.IsConsistent());
}

TEST(DeliveryQueue, MultipleRunsAnyNumberAtATime) {
  for (DeliveryQueue queue : {Ordered(ConcurrencyMode::kMultiple), Unordered(ConcurrencyMode::kMultiple)}) {
    StartMessage(&queue, N(1));
    EXPECT_TRUE(queue.CanStart(N(2), N(2)));
    EXPECT_TRUE(queue.IsConsistent());
  }
}

TEST(DeliveryQueue, OnlyThreadsThatWaitMakeAChainToWaitBehind) {
  DeliveryQueue queue = Ordered();
  StartMessage(&queue, N(1));
  EXPECT_TRUE(queue.IsBehindBusy(N(2), N(2), false));
  EXPECT_FALSE(queue.IsBehindBusy(N(3), N(2), false));
  queue.Add(N(2), Message(MessageState::kWaiting));
  EXPECT_TRUE(queue.IsBehindBusy(N(3), N(2), false));
  queue.Add(N(3), Message(MessageState::kKept));
  EXPECT_FALSE(queue.IsBehindBusy(N(4), N(2), false));
}

TEST(DeliveryQueue, AKeptMessageIsPartOfTheChainWhenAThreadIsOnItsWayToIt) {
  DeliveryQueue queue = Ordered();
  queue.Add(N(2), Message(MessageState::kKept));
  EXPECT_FALSE(queue.IsBehindBusy(N(3), N(2), true));  // its turn has come, and nobody is there
  StartMessage(&queue, N(1));
  EXPECT_TRUE(queue.IsBehindBusy(N(3), N(2), true));
  EXPECT_FALSE(queue.IsBehindBusy(N(4), N(2), true));
  queue.Remove(N(1));
  queue.Wait(N(2));
  queue.Add(N(3), Message(MessageState::kKept));
  EXPECT_TRUE(queue.IsBehindBusy(N(4), N(2), true));
  EXPECT_TRUE(queue.IsConsistent());
}

TEST(DeliveryQueue, AnOrderedWindowBeginsAtTheNextNumber) {
  const DeliveryQueue queue = Ordered();
  EXPECT_TRUE(queue.HasPlaceFor(N(10), N(10)));
  EXPECT_TRUE(queue.HasPlaceFor(N(12), N(10)));   // window - 1
  EXPECT_TRUE(queue.HasPlaceFor(N(13), N(10)));   // window
  EXPECT_FALSE(queue.HasPlaceFor(N(14), N(10)));  // window + 1
  EXPECT_FALSE(queue.HasPlaceFor(N(9), N(10)));
}

TEST(DeliveryQueue, AnUnorderedWindowCountsMessages) {
  DeliveryQueue queue = Unordered();
  for (const std::uint64_t number : {100u, 200u, 300u}) queue.Add(N(number), Message(MessageState::kKept));
  EXPECT_TRUE(queue.HasPlaceFor(N(400), N(1)));
  queue.Add(N(400), Message(MessageState::kWaiting));
  EXPECT_FALSE(queue.HasPlaceFor(N(500), N(1)));
  EXPECT_EQ(queue.room(), 0u);
  queue.Start(N(400));
  EXPECT_TRUE(queue.HasPlaceFor(N(500), N(1)));
  EXPECT_EQ(queue.room(), 1u);
}

TEST(DeliveryQueue, OrderedIsReadyWithTheNextNumberOnly) {
  DeliveryQueue queue = Ordered();
  queue.Add(N(2), Message(MessageState::kKept));
  EXPECT_FALSE(queue.Ready(N(1)));
  EXPECT_EQ(queue.Ready(N(2)), N(2));
}

TEST(DeliveryQueue, UnorderedIsReadyWithTheLowestKeptNumber) {
  DeliveryQueue queue = Unordered();
  queue.Add(N(7), Message(MessageState::kKept));
  queue.Add(N(5), Message(MessageState::kWaiting));
  EXPECT_EQ(queue.Ready(N(1)), N(7));
  queue.Add(N(6), Message(MessageState::kKept));
  EXPECT_EQ(queue.Ready(N(1)), N(6));
}

TEST(DeliveryQueue, NothingIsReadyWhileTheTurnIsTaken) {
  DeliveryQueue queue = Unordered();
  StartMessage(&queue, N(1));
  queue.Add(N(2), Message(MessageState::kKept));
  EXPECT_FALSE(queue.Ready(N(2)));
}

TEST(DeliveryQueue, CountsTheContentTypeAsWell) {
  DeliveryQueue queue = Ordered();
  auto payload = std::make_shared<wire::Payload>();
  payload->entity = "<a/>";
  payload->content_type = "text/xml";
  QueuedMessage message;
  message.payload = payload;
  message.state = MessageState::kKept;
  queue.Add(N(2), std::move(message));
  EXPECT_EQ(queue.kept_bytes(), kMessageOverhead + 4 + 8);
}

TEST(DeliveryQueue, CountsTheBytesOfKeptMessages) {
  DeliveryQueue queue = Ordered();
  queue.Add(N(2), Message(MessageState::kKept, 100));
  queue.Add(N(3), Message(MessageState::kWaiting, 100));
  EXPECT_EQ(queue.kept_bytes(), 100 + kMessageOverhead);
  queue.Keep(N(3));
  EXPECT_EQ(queue.kept_bytes(), 2 * (100 + kMessageOverhead));
  EXPECT_EQ(queue.Start(N(2))->entity.size(), 100u);
  queue.Remove(N(3));
  EXPECT_EQ(queue.kept_bytes(), 0u);
  EXPECT_TRUE(queue.IsConsistent());
}

TEST(DeliveryQueue, ARunningMessageHoldsNoPayload) {
  DeliveryQueue queue = Ordered();
  StartMessage(&queue, N(1));
  EXPECT_EQ(queue.Find(N(1))->payload, nullptr);
  EXPECT_EQ(queue.unanswered(), 1u);
  queue.MarkAnswered(N(1));
  EXPECT_EQ(queue.unanswered(), 0u);
  EXPECT_EQ(queue.running(), 1u);
}

TEST(DeliveryQueue, ForgetsWhatDoesNotRunAndIsNotWanted) {
  DeliveryQueue queue = Ordered();
  StartMessage(&queue, N(1));
  queue.Add(N(2), Message(MessageState::kWaiting));
  queue.Add(N(3), Message(MessageState::kKept));
  queue.RemoveUnstarted([](MessageNumber number) { return number != N(3); });
  EXPECT_NE(queue.Find(N(1)), nullptr);
  EXPECT_EQ(queue.Find(N(2)), nullptr);
  EXPECT_NE(queue.Find(N(3)), nullptr);
  EXPECT_TRUE(queue.IsConsistent());
}

TEST(DeliveryQueue, AStoredMessageHoldsItsPayloadWhileItRunsAndCanBeKeptAgain) {
  DeliveryQueue queue = Ordered();
  queue.Add(N(1), Message(MessageState::kKept, 100));
  queue.SetStored(N(1));
  EXPECT_EQ(queue.Start(N(1))->entity.size(), 100u);
  queue.SetDetached(N(1));
  queue.SetAwaited(N(1), true);
  queue.MarkAnswered(N(1));
  EXPECT_EQ(queue.kept_bytes(), 0u);
  EXPECT_TRUE(queue.IsConsistent());
  queue.Unstart(N(1));
  EXPECT_EQ(queue.kept_bytes(), kMessageOverhead + 100);
  EXPECT_EQ(queue.running(), 0u);
  EXPECT_TRUE(queue.IsConsistent());
  EXPECT_EQ(queue.Ready(N(1)), N(1));
}

TEST(DeliveryQueue, ThreadsThatWaitLeaveTheirMessagesBehind) {
  DeliveryQueue queue = Ordered();
  queue.Add(N(1), Message(MessageState::kWaiting, 100));
  queue.Add(N(2), Message(MessageState::kKept, 100));
  queue.KeepWaiting();
  EXPECT_EQ(queue.Find(N(1))->state, MessageState::kKept);
  EXPECT_EQ(queue.kept_bytes(), 2 * (kMessageOverhead + 100));
  EXPECT_TRUE(queue.IsConsistent());
}

}  // namespace
}  // namespace gsoaprm::engine
