#include "engine/rms/transfer_window.h"

#include <gtest/gtest.h>

#include <vector>

namespace gsoaprm::engine {
namespace {

std::vector<int> SizesWhileSettling(TransferWindow* window, int count) {
  std::vector<int> sizes;
  for (int i = 0; i < count; ++i) {
    window->OnSettled(1);
    sizes.push_back(window->size());
  }
  return sizes;
}

TEST(TransferWindow, StartsWithOneMessageAndGrowsByOneForEachSettled) {
  TransferWindow window(8);
  EXPECT_EQ(1, window.size());
  EXPECT_EQ((std::vector<int>{2, 3, 4, 5, 6, 7, 8, 8, 8}), SizesWhileSettling(&window, 9));
}

TEST(TransferWindow, GrowsBySeveralWhenSeveralSettleAtOnce) {
  TransferWindow window(8);
  window.OnSettled(3);
  EXPECT_EQ(4, window.size());
  window.OnSettled(100);
  EXPECT_EQ(8, window.size());
}

TEST(TransferWindow, DoesNotGrowWhenNothingMovedOn) {
  TransferWindow window(8);
  window.OnSettled(0);
  EXPECT_EQ(1, window.size());
}

TEST(TransferWindow, KeepsToItsMaximumExactly) {
  for (int maximum : {1, 2, 4095, 4096}) {
    TransferWindow window(maximum);
    window.OnSettled(static_cast<std::uint64_t>(maximum) - 1);
    EXPECT_EQ(maximum, window.size());
    window.OnSettled(1);
    EXPECT_EQ(maximum, window.size());
  }
}

TEST(TransferWindow, HasRoomForOneMessageHoweverSmallItsMaximum) {
  for (const int maximum : {-1, 0, 1}) {
    TransferWindow window(maximum);
    window.OnSettled(3);
    window.OnLoss();
    window.OnSettled(3);
    EXPECT_EQ(1, window.size()) << maximum;
  }
}

TEST(TransferWindow, FallsToOneAtALossAndRemembersHalfAsThreshold) {
  TransferWindow window(8);
  window.OnSettled(7);
  window.OnLoss();
  EXPECT_EQ(1, window.size());
  EXPECT_EQ(4, window.threshold());
  window.OnLoss();
  EXPECT_EQ(1, window.size());
  EXPECT_EQ(1, window.threshold());
}

TEST(TransferWindow, GrowsSlowlyOneAboveTheThreshold) {
  TransferWindow window(8);
  window.OnSettled(7);
  window.OnLoss();  // threshold 4
  EXPECT_EQ((std::vector<int>{2, 3, 4, 5, 5, 5, 5, 5, 5, 6}), SizesWhileSettling(&window, 10));
  // The next step takes more than (6 - 4) * 6 of them, counted from the last.
  EXPECT_EQ((std::vector<int>{6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 7}), SizesWhileSettling(&window, 13));
}

TEST(TransferWindow, ReachesItsMaximumAgainAfterALoss) {
  TransferWindow window(32);
  window.OnSettled(31);
  window.OnLoss();
  SizesWhileSettling(&window, 5000);
  EXPECT_EQ(32, window.size());
}

TEST(TransferWindow, IsUnlimitedByTheReceiverUntilItSaysSo) {
  TransferWindow window(8);
  EXPECT_TRUE(window.ReceiverHasRoom());
  window.OnBufferRemaining(std::nullopt, 0, true);
  EXPECT_TRUE(window.ReceiverHasRoom());
}

TEST(TransferWindow, CountsFirstSendingsAgainstTheReceiversRoom) {
  TransferWindow window(8);
  window.OnBufferRemaining(2, 0, true);
  window.OnFirstSending();
  EXPECT_TRUE(window.ReceiverHasRoom());
  window.OnFirstSending();
  EXPECT_FALSE(window.ReceiverHasRoom());
  window.OnFirstSending();
  EXPECT_FALSE(window.ReceiverHasRoom());
}

TEST(TransferWindow, SubtractsWhatIsInFlight) {
  for (std::uint64_t in_flight : {2u, 3u, 4u}) {
    TransferWindow window(8);
    window.OnBufferRemaining(3, in_flight, true);
    EXPECT_EQ(in_flight < 3, window.ReceiverHasRoom());
  }
}

TEST(TransferWindow, LetsAnOldAcknowledgementOnlyEnlargeTheRoom) {
  TransferWindow window(8);
  window.OnBufferRemaining(5, 0, true);
  window.OnBufferRemaining(0, 0, false);
  EXPECT_TRUE(window.ReceiverHasRoom());
  window.OnBufferRemaining(0, 0, true);
  EXPECT_FALSE(window.ReceiverHasRoom());
  window.OnBufferRemaining(1, 0, false);
  EXPECT_TRUE(window.ReceiverHasRoom());
}

TEST(TransferWindow, TakesAnAbsentFieldForNoLimit) {
  TransferWindow window(8);
  window.OnBufferRemaining(0, 0, true);
  window.OnBufferRemaining(std::nullopt, 0, false);
  EXPECT_TRUE(window.ReceiverHasRoom());
}

}  // namespace
}  // namespace gsoaprm::engine
