// An intermediary that gives the response to one request to another, within a session and among two: nobody gets
// another's reply.
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "gsoap/either_version.h"
#include "proxy/connection.h"

namespace gsoaprm::testing {
namespace {

// Stands before a service. Once told so, holds the response to a call until there is one to another call, and swaps
// them, once.
class SwappingPeer {
 public:
  explicit SwappingPeer(int service_port)
      : service_port_(static_cast<std::uint16_t>(service_port)),
        listener_(proxy::Listen(&port_)),
        acceptor_([this] { Accept(); }) {}
  ~SwappingPeer() {
    stop_.Raise();
    acceptor_.join();
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    for (std::thread& connection : connections_) connection.join();
  }
  SwappingPeer(const SwappingPeer&) = delete;
  SwappingPeer& operator=(const SwappingPeer&) = delete;
  int port() const { return port_; }
  void SwapNext() { armed_ = true; }
  bool swapped() const { return swapped_; }

 private:
  void Accept() {
    while (true) {
      proxy::Descriptor socket = proxy::Accept(listener_, stop_);
      if (!socket.valid()) return;
      connections_.emplace_back(
          [this, client = proxy::Connection(std::move(socket), &stop_)]() mutable { Serve(&client); });
    }
  }
  void Serve(proxy::Connection* client) {
    proxy::Connection service = proxy::Connection::To("127.0.0.1", service_port_, &stop_);
    proxy::HttpMessage request, response;
    while (client->ReadRequest(&request) && service.Write(request.bytes) && service.ReadResponse(&response)) {
      std::string answer = response.bytes;
      const bool is_call = request.body().find("ICalculator/Add") != std::string_view::npos;
      if (is_call && armed_ && !swapped_ && !Swap(&answer)) return;
      if (!client->Write(answer)) return;
    }
  }
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

  const std::uint16_t service_port_;
  std::atomic<bool> armed_{false}, swapped_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<std::string> held_;
  bool stopping_ = false;
  proxy::StopSignal stop_;
  std::uint16_t port_ = 0;
  const proxy::Descriptor listener_;
  std::list<std::thread> connections_;
  std::thread acceptor_;
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
