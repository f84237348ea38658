// An intermediary that gives the response to one request to another, within a session and among two: nobody gets
// another's reply.
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "gsoap/either_version.h"
#include "gsoap/support/intermediary.h"

namespace gsoaprm::testing {
namespace {

// Once told so, holds the response to a call until there is one to another call, and swaps them, once.
class SwappingPeer {
 public:
  explicit SwappingPeer(int service_port)
      : intermediary_(service_port, [this](proxy::Connection* client, const proxy::StopSignal&, std::string answer) {
          return (!armed_ || swapped_ || Swap(&answer)) && client->Write(answer);
        }) {}
  ~SwappingPeer() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
  }
  SwappingPeer(const SwappingPeer&) = delete;
  SwappingPeer& operator=(const SwappingPeer&) = delete;
  int port() const { return intermediary_.port(); }
  void SwapNext() { armed_ = true; }
  bool swapped() const { return swapped_; }

 private:
  static std::string RelatesTo(const std::string& answer) {
    const std::size_t begin = answer.find("RelatesTo>");
    return answer.substr(begin, answer.find('<', begin) - begin);
  }
  // False for the response to a copy of the request whose response is held: it gets lost.
  bool Swap(std::string* answer) {
    std::unique_lock<std::mutex> lock(mutex_);
    if (swapped_) return true;
    if (held_ && RelatesTo(*held_) == RelatesTo(*answer)) return false;
    if (held_) {
      std::swap(*held_, *answer);
      swapped_ = true;
      changed_.notify_all();
      return true;
    }
    held_ = std::move(*answer);
    changed_.wait(lock, [this] { return swapped_ || stopping_; });
    *answer = *held_;
    return true;
  }

  std::atomic<bool> armed_{false}, swapped_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<std::string> held_;
  bool stopping_ = false;
  const Intermediary intermediary_;  // ends before all else
};

class SwappedResponses : public ::testing::TestWithParam<soap_rm_protocol_version> {
 protected:
  const soap_rm_options options_ = QuickOptions(GetParam());
  TestServer server_{Serving::kThreaded, &options_};
  SwappingPeer peer_{server_.port()};
};

INSTANTIATE_TEST_SUITE_P(Versions, SwappedResponses, BothRmVersions(), RmVersionName);

TEST_P(SwappedResponses, OfOneSessionAreNobodysAndTheRightOnesComeByRetransmission) {
  TestClient client(UrlOf(peer_.port()), options_);
  for (int i = 0; i < 3; i++) EXPECT_EQ(client.Sum(i, 0), i) << client.Fault();  // the window grows
  const std::unique_ptr<TestClient> other = client.Copy();
  peer_.SwapNext();
  std::thread thread([&] { EXPECT_EQ(other->Sum(100, 1), 101) << other->Fault(); });
  EXPECT_EQ(client.Sum(200, 2), 202) << client.Fault();
  thread.join();
  EXPECT_TRUE(peer_.swapped());
  EXPECT_EQ(client.Sum(300, 3), 303) << client.Fault();
  EXPECT_GE(client.Metrics().retransmissions, 2u);
  EXPECT_EQ(client.Close(), SOAP_OK) << client.Fault();
  EXPECT_EQ(server_.executions().lines().size(), 6u);
}

TEST_P(SwappedResponses, OfTwoSessionsAreNobodysAndBothGoOn) {
  TestClient one(UrlOf(peer_.port()), options_), other(UrlOf(peer_.port()), options_);
  EXPECT_EQ(one.Sum(1, 0), 1) << one.Fault();
  EXPECT_EQ(other.Sum(2, 0), 2) << other.Fault();
  peer_.SwapNext();
  std::thread thread([&] { EXPECT_EQ(other.Sum(100, 1), 101) << other.Fault(); });
  EXPECT_EQ(one.Sum(200, 2), 202) << one.Fault();
  thread.join();
  EXPECT_TRUE(peer_.swapped());
  for (TestClient* client : {&one, &other}) {
    EXPECT_GE(client->Metrics().retransmissions, 1u);
    EXPECT_EQ(client->Close(), SOAP_OK) << client->Fault();
  }
  EXPECT_EQ(server_.executions().lines().size(), 4u);
}

}  // namespace
}  // namespace gsoaprm::testing
