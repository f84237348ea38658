#include "net/timer_thread.h"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <new>
#include <thread>

#include "net/system_clock.h"

namespace gsoaprm::net {
namespace {

constexpr auto kPatience = std::chrono::seconds(10);

class Alarm : public session::Timed {
 public:
  explicit Alarm(int again = 0) : again_(again) {}

  Timestamp HandleDeadline(Timestamp now) override {
    std::lock_guard<std::mutex> lock(mutex_);
    calls_++;
    last_ = now;
    changed_.notify_all();
    return calls_ <= again_ ? now + Duration::Milliseconds(1) : Timestamp::Never();
  }
  bool WaitForCalls(int count) {
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] { return calls_ >= count; });
  }
  int calls() {
    std::lock_guard<std::mutex> lock(mutex_);
    return calls_;
  }
  Timestamp last() {
    std::lock_guard<std::mutex> lock(mutex_);
    return last_;
  }

 private:
  const int again_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int calls_ = 0;
  Timestamp last_;
};

class TimerThreadTest : public ::testing::Test {
 protected:
  Timestamp In(std::int64_t milliseconds) { return clock_.Now() + Duration::Milliseconds(milliseconds); }
  SystemClock clock_;
  TimerThread timer_{&clock_};
};

TEST_F(TimerThreadTest, CallsNotBeforeTheDeadline) {
  auto alarm = std::make_shared<Alarm>();
  const Timestamp at = In(20);
  timer_.Watch(alarm, at);
  ASSERT_TRUE(alarm->WaitForCalls(1));
  EXPECT_GE(alarm->last(), at);
}

TEST_F(TimerThreadTest, CallsAgainAtTheDeadlineThatTheCallReturned) {
  auto alarm = std::make_shared<Alarm>(2);
  timer_.Watch(alarm, In(0));
  EXPECT_TRUE(alarm->WaitForCalls(3));
}

TEST_F(TimerThreadTest, TakesAnEarlierDeadlineInPlaceOfALaterOne) {
  auto alarm = std::make_shared<Alarm>();
  timer_.Watch(alarm, In(3600000));
  timer_.Watch(alarm, In(0));
  EXPECT_TRUE(alarm->WaitForCalls(1));
}

TEST_F(TimerThreadTest, KeepsAnEarlierDeadline) {
  auto alarm = std::make_shared<Alarm>();
  timer_.Watch(alarm, In(1));
  timer_.Watch(alarm, In(3600000));
  EXPECT_TRUE(alarm->WaitForCalls(1));
}

TEST_F(TimerThreadTest, ServesManyInTheOrderOfTheirDeadlines) {
  auto late = std::make_shared<Alarm>();
  auto early = std::make_shared<Alarm>();
  timer_.Watch(late, In(30));
  timer_.Watch(early, In(5));
  ASSERT_TRUE(late->WaitForCalls(1));
  ASSERT_TRUE(early->WaitForCalls(1));
  EXPECT_LT(early->last(), late->last());
}

TEST_F(TimerThreadTest, SkipsWhatIsGone) {
  auto gone = std::make_shared<Alarm>();
  auto alarm = std::make_shared<Alarm>();
  timer_.Watch(gone, In(1));
  timer_.Watch(alarm, In(2));
  std::weak_ptr<Alarm> watched = gone;
  gone.reset();
  EXPECT_TRUE(watched.expired()) << "the timer holds no reference";
  EXPECT_TRUE(alarm->WaitForCalls(1));
}

TEST_F(TimerThreadTest, IgnoresADeadlineThatNeverComes) {
  auto alarm = std::make_shared<Alarm>();
  auto other = std::make_shared<Alarm>();
  timer_.Watch(alarm, Timestamp::Never());
  timer_.Watch(other, In(1));
  ASSERT_TRUE(other->WaitForCalls(1));
  EXPECT_EQ(alarm->calls(), 0);
}

// What owns a timer, as the plugin's instance does; says when it is gone.
struct Owner {
  struct Farewell {
    std::promise<void> gone;
    ~Farewell() { gone.set_value(); }
  } farewell;
  SystemClock clock;
  TimerThread timer{&clock};
};

// A session whose connection keeps what owns the timer.
class LastHolder : public session::Timed {
 public:
  LastHolder(std::shared_ptr<Owner> owner, std::shared_future<void> released)
      : owner_(std::move(owner)), released_(std::move(released)) {}
  Timestamp HandleDeadline(Timestamp) override {
    released_.wait();
    return Timestamp::Never();
  }

 private:
  const std::shared_ptr<Owner> owner_;
  const std::shared_future<void> released_;
};

TEST(TimerThread, MayBeDestroyedByItsOwnThread) {
  auto owner = std::make_shared<Owner>();
  std::future<void> gone = owner->farewell.gone.get_future();
  std::promise<void> released;
  auto holder = std::make_shared<LastHolder>(owner, released.get_future().share());
  const std::weak_ptr<LastHolder> watched = holder;
  owner->timer.Watch(holder, owner->clock.Now());
  while (watched.use_count() < 2) std::this_thread::yield();  // until the timer's thread holds it, too
  holder.reset();
  owner.reset();
  released.set_value();
  EXPECT_EQ(gone.wait_for(kPatience), std::future_status::ready);
}

// Has no memory for what it does when its first deadline comes.
class Short : public session::Timed {
 public:
  Timestamp HandleDeadline(Timestamp) override {
    std::lock_guard<std::mutex> lock(mutex_);
    calls_++;
    changed_.notify_all();
    if (calls_ == 1) throw std::bad_alloc();
    return Timestamp::Never();
  }
  bool WaitForCalls(int count) {
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] { return calls_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int calls_ = 0;
};

TEST_F(TimerThreadTest, CallsAgainWhoRanOutOfMemory) {
  auto shortage = std::make_shared<Short>();
  timer_.Watch(shortage, In(0));
  EXPECT_TRUE(shortage->WaitForCalls(2));
}

}  // namespace
}  // namespace gsoaprm::net
