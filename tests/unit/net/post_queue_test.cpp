#include "net/post_queue.h"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>

#include "tests/support/letter_box.h"

namespace gsoaprm::net {
namespace {

using testing::Letter;
using testing::LetterBox;

HttpPost PostTo(const std::string& address, std::string entity = "x") {
  HttpPost post;
  post.address = *ReadHttpAddress(address);
  post.content_type = "text/xml";
  post.entity = std::move(entity);
  return post;
}

// Silence at /silent, however often.
std::string Answering(const Letter& letter) { return letter.target() == "/silent" ? "" : testing::kTaken; }

class PostQueueTest : public ::testing::Test {
 protected:
  // Waits until so many have been reported.
  bool WaitForReports(std::size_t count) {
    std::unique_lock<std::mutex> lock(mutex_);
    return reported_.wait_for(lock, std::chrono::seconds(10), [&] { return reports_.size() >= count; });
  }
  std::vector<std::string> reports() {
    std::lock_guard<std::mutex> lock(mutex_);
    return reports_;
  }
  void Report(const HttpPost& post, const PostResult& result) {
    std::lock_guard<std::mutex> lock(mutex_);
    reports_.push_back(post.entity + ": " + (result.taken ? "taken" : result.problem));
    reported_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable reported_;
  std::vector<std::string> reports_;
  SystemResolver resolver_;
  HttpPoster poster_{&resolver_, std::chrono::milliseconds(60000)};
  PostQueue queue_{&poster_, [this](const HttpPost& post, const PostResult& result) { Report(post, result); }};
};

TEST_F(PostQueueTest, KeepsTheOrderOfAnAddress) {
  LetterBox box;
  for (int i = 0; i < 10; i++) queue_.Post(PostTo(box.origin() + "/a", std::to_string(i)));
  ASSERT_TRUE(WaitForReports(10));
  const auto letters = box.letters();
  for (std::size_t i = 0; i < 10; i++) EXPECT_EQ(letters[i].body, std::to_string(i));
  EXPECT_EQ(queue_.taken(), 10u);
  EXPECT_EQ(queue_.lost(), 0u);
}

TEST_F(PostQueueTest, AnAddressThatNeverAnswersDelaysNoOther) {
  LetterBox box(Answering), other;
  queue_.Post(PostTo(box.origin() + "/silent"));
  queue_.Post(PostTo(box.origin() + "/silent"));
  queue_.Post(PostTo(box.origin() + "/awake", "awake"));
  queue_.Post(PostTo(other.origin() + "/", "other"));
  ASSERT_TRUE(WaitForReports(2));
  EXPECT_EQ(queue_.taken(), 2u);
}

TEST_F(PostQueueTest, AHostThatNeverAnswersDelaysNoOtherHost) {
  LetterBox silent([](const Letter&) { return ""; });
  LetterBox other;
  for (std::size_t i = 0; i < PostQueue::kThreadsPerOrigin + 1; i++)
    queue_.Post(PostTo(silent.origin() + "/" + std::to_string(i)));
  ASSERT_TRUE(silent.WaitFor(PostQueue::kThreadsPerOrigin));
  queue_.Post(PostTo(other.origin() + "/", "other"));
  ASSERT_TRUE(WaitForReports(1));
  EXPECT_EQ(reports()[0], "other: taken");
  EXPECT_EQ(silent.letters().size(), PostQueue::kThreadsPerOrigin);
}

TEST_F(PostQueueTest, WhatThereIsNoRoomForAtAnAddressIsLost) {
  LetterBox silent([](const Letter&) { return ""; });
  for (std::size_t i = 0; i < PostQueue::kMostPerAddress; i++) queue_.Post(PostTo(silent.origin() + "/a"));
  EXPECT_EQ(queue_.lost(), 0u);
  queue_.Post(PostTo(silent.origin() + "/a", "one more"));
  EXPECT_EQ(queue_.lost(), 1u);
  EXPECT_EQ(reports(), std::vector<std::string>{"one more: too many wait for this host"});
}

TEST_F(PostQueueTest, WhatThereIsNoRoomForAtAHostIsLost) {
  LetterBox silent([](const Letter&) { return ""; });
  for (std::size_t i = 0; i < PostQueue::kMostPerOrigin; i++)
    queue_.Post(PostTo(silent.origin() + "/" + std::to_string(i)));
  EXPECT_EQ(queue_.lost(), 0u);
  queue_.Post(PostTo(silent.origin() + "/more"));
  EXPECT_EQ(queue_.lost(), 1u);
}

TEST_F(PostQueueTest, WhatWaitsForAHostHasABoundInBytes) {
  LetterBox silent([](const Letter&) { return ""; });
  const std::string half(PostQueue::kMostBytesPerOrigin / 2, 'x');
  queue_.Post(PostTo(silent.origin() + "/1", half));
  queue_.Post(PostTo(silent.origin() + "/2", half));
  EXPECT_EQ(queue_.lost(), 0u);
  queue_.Post(PostTo(silent.origin() + "/3", "x"));
  EXPECT_EQ(queue_.lost(), 1u);
}

TEST_F(PostQueueTest, ADeadHostLosesWhatIsPostedAndTakesItWhenItIsBack) {
  int port = 0;
  { port = LetterBox().port(); }
  const std::string address = "http://127.0.0.1:" + std::to_string(port) + "/";
  queue_.Post(PostTo(address));
  ASSERT_TRUE(WaitForReports(1));
  EXPECT_EQ(queue_.lost(), 1u);
  LetterBox back([](const Letter&) { return testing::kTaken; }, port);
  queue_.Post(PostTo(address));
  ASSERT_TRUE(WaitForReports(2));
  EXPECT_EQ(queue_.taken(), 1u);
}

TEST_F(PostQueueTest, StoppingEndsWhatIsOnItsWayAndDropsTheRest) {
  LetterBox silent([](const Letter&) { return ""; });
  for (int i = 0; i < 3; i++) queue_.Post(PostTo(silent.origin() + "/a"));
  ASSERT_TRUE(silent.WaitFor(1));
  queue_.Stop();
  queue_.Post(PostTo(silent.origin() + "/a"));
  EXPECT_EQ(silent.letters().size(), 1u);
  EXPECT_EQ(queue_.taken(), 0u);
}

}  // namespace
}  // namespace gsoaprm::net
