// A service that takes the request and then stalls: it says nothing, or one byte now and then, or half of its answer. A
// call does not wait longer than it is told to; where only one exchange stalls, the next brings the reply.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <string_view>
#include <tuple>

#include "gsoap/either_version.h"
#include "gsoap/support/intermediary.h"

namespace gsoaprm::testing {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kSendTimeout = 150;  // ms
constexpr int kMoment = 8000;      // what a slow machine may need
constexpr int kBetweenBytes = 25;  // ms: an answer takes far longer than the send time-out

enum class Stall { kSilence, kByteByByte, kHalf };

// Stalls exchanges with messages for the calculator; handshakes pass.
class StallingPeer {
 public:
  // `most`: so many exchanges.
  StallingPeer(int service_port, Stall stall, int most)
      : stall_(stall),
        left_(most),
        intermediary_(service_port, [this](proxy::Connection* client, const proxy::StopSignal& stop,
                                           const std::string& answer) { return Answer(client, stop, answer); }) {}
  int port() const { return intermediary_.port(); }
  int stalled() const { return stalled_; }

 private:
  bool Answer(proxy::Connection* client, const proxy::StopSignal& stop, const std::string& answer) {
    if (left_.fetch_sub(1) <= 0) return client->Write(answer);
    ++stalled_;
    Hold(client, stop, answer);
    return false;
  }
  // Until the test is over, or the client has had enough.
  void Hold(proxy::Connection* client, const proxy::StopSignal& stop, const std::string& answer) const {
    if (stall_ == Stall::kHalf) client->Write(std::string_view(answer).substr(0, answer.size() / 2));
    for (std::size_t at = 0; stop.WaitFor(kBetweenBytes); ++at) {
      const bool goes_on = stall_ == Stall::kByteByByte && at < answer.size();
      if (goes_on && !client->Write(std::string_view(answer).substr(at, 1))) return;
      if (!goes_on && client->PeerHasClosed()) return;
    }
  }

  const Stall stall_;
  std::atomic<int> left_;
  std::atomic<int> stalled_{0};
  const Intermediary intermediary_;  // ends before all else
};

class AStallingPeer : public ::testing::TestWithParam<std::tuple<soap_rm_protocol_version, Stall>> {
 protected:
  static soap_rm_options Options() {
    soap_rm_options options = QuickOptions(std::get<0>(GetParam()));
    options.automatic_close_timeout = 0;
    return options;
  }
  static int MillisecondsSince(Clock::time_point start) {
    return static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count());
  }

  const soap_rm_options server_options_ = Options();
  TestServer server_{Serving::kThreaded, &server_options_, SOAP_IO_DEFAULT};
};

TEST_P(AStallingPeer, HoldsACallNoLongerThanTheSendTimeOut) {
  StallingPeer peer(server_.port(), std::get<1>(GetParam()), 1000000);
  soap_rm_options options = Options();
  options.send_timeout = kSendTimeout;
  options.max_retry_count = 1000000;  // which is not what ends it
  Clock::time_point freed;
  {
    TestClient client(UrlOf(peer.port()), options);
    const auto start = Clock::now();
    EXPECT_EQ(client.Add(1, 2), SOAP_RM_ERROR);
    EXPECT_GE(MillisecondsSince(start), kSendTimeout);
    EXPECT_LT(MillisecondsSince(start), kMoment);
    EXPECT_STREQ(client.Error().code, "SendTimeout");
    EXPECT_EQ(client.Error().outcome, SOAP_RM_UNKNOWN);
    EXPECT_EQ(client.State(), SOAP_RM_FAULTED);
    freed = Clock::now();
  }
  // Nothing of it hangs on the connections that stall.
  EXPECT_LT(MillisecondsSince(freed), kMoment);
  EXPECT_EQ(server_.executions().lines().size(), 1u);
}

TEST_P(AStallingPeer, IsOvercomeByTheNextExchange) {
  StallingPeer peer(server_.port(), std::get<1>(GetParam()), 1);
  TestClient client(UrlOf(peer.port()), Options());
  EXPECT_EQ(client.Add(1, 2), SOAP_OK) << client.Fault();
  EXPECT_EQ(client.Add(3, 4), SOAP_OK) << client.Fault();
  EXPECT_EQ(client.Close(), SOAP_OK) << client.Fault();
  EXPECT_EQ(peer.stalled(), 1);
  EXPECT_EQ(server_.executions().lines(), (std::vector<std::string>{"Add 1 2", "Add 3 4"}));
  EXPECT_GE(client.Metrics().retransmissions, 1u);
}

std::string NameOf(const ::testing::TestParamInfo<AStallingPeer::ParamType>& info) {
  constexpr const char* kNames[] = {"Silence", "ByteByByte", "Half"};
  return std::string(std::get<0>(info.param) == SOAP_RM_11 ? "Rm11" : "Rm2005") +
         kNames[static_cast<int>(std::get<1>(info.param))];
}

INSTANTIATE_TEST_SUITE_P(Of, AStallingPeer,
                         ::testing::Combine(BothRmVersions(),
                                            ::testing::Values(Stall::kSilence, Stall::kByteByByte, Stall::kHalf)),
                         NameOf);

}  // namespace
}  // namespace gsoaprm::testing
