#include "net/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <vector>

namespace gsoaprm::net {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kLong(60000);

TEST(WorkerPool, StartsNoThreadBeforeThereIsWork) {
  WorkerPool pool(4, kLong);
  EXPECT_EQ(pool.threads(), 0u);
}

TEST(WorkerPool, RunsJobsInTheOrderOfTheirPosting) {
  WorkerPool pool(1, kLong);
  std::vector<int> order;
  std::promise<void> done;
  for (int i = 0; i < 10; i++) pool.Post([&order, i] { order.push_back(i); });
  pool.Post([&done] { done.set_value(); });
  done.get_future().wait();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST(WorkerPool, HasNoMoreThreadsThanItMay) {
  for (const std::size_t maximum : {1u, 2u, 3u}) {
    WorkerPool pool(maximum, kLong);
    std::promise<void> gate;
    std::shared_future<void> open = gate.get_future().share();
    std::atomic<int> done{0};
    for (std::size_t i = 0; i < maximum + 1; i++) {
      pool.Post([open, &done] {
        open.wait();
        done++;
      });
      EXPECT_EQ(pool.threads(), std::min(i + 1, maximum));
    }
    gate.set_value();
    std::promise<void> last;
    pool.Post([&] {
      while (done < static_cast<int>(maximum + 1)) std::this_thread::yield();
      last.set_value();
    });
    last.get_future().wait();
    EXPECT_EQ(done, static_cast<int>(maximum + 1));
  }
}

TEST(WorkerPool, UsesAnIdleThreadBeforeItStartsAnother) {
  WorkerPool pool(4, kLong);
  for (int i = 0; i < 20; i++) {
    pool.Post([] {});
    while (pool.idle() < 1) std::this_thread::yield();
  }
  EXPECT_EQ(pool.threads(), 1u);
}

TEST(WorkerPool, EndsThreadsThatHaveNothingToDoAndStartsThemAgain) {
  WorkerPool pool(2, milliseconds(1));
  for (int i = 0; i < 3; i++) {
    std::promise<void> done;
    pool.Post([&done] { done.set_value(); });
    done.get_future().wait();
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (pool.threads() > 0 && std::chrono::steady_clock::now() < patience) std::this_thread::yield();
    EXPECT_EQ(pool.threads(), 0u);
  }
}

TEST(WorkerPool, DropsWhatHasNotStartedWhenItStopsAndWaitsForWhatRuns) {
  WorkerPool pool(1, kLong);
  std::promise<void> started, gate;
  std::atomic<bool> first{false}, second{false};
  pool.Post([&] {
    started.set_value();
    gate.get_future().wait();
    first = true;
  });
  pool.Post([&] { second = true; });
  started.get_future().wait();
  std::thread stopper([&pool] { pool.Stop(); });
  while (pool.Post([] {})) std::this_thread::yield();
  gate.set_value();
  stopper.join();
  EXPECT_TRUE(first);
  EXPECT_FALSE(second);
  EXPECT_FALSE(pool.Post([] {}));
}

TEST(WorkerPool, LetsGoOfWhatAJobHoldsBeforeTheNextOne) {
  WorkerPool pool(1, kLong);
  auto held = std::make_shared<int>(1);
  std::weak_ptr<int> watched = held;
  pool.Post([held] {});
  held.reset();
  std::promise<bool> gone;
  pool.Post([&] { gone.set_value(watched.expired()); });
  EXPECT_TRUE(gone.get_future().get());
}

}  // namespace
}  // namespace gsoaprm::net
