// The time in which a message must be read, and the length of its HTTP header: at limit - 1, limit and limit + 1, in
// time that stands still until it is moved.
#include "gsoap/message_input.h"

#include <gtest/gtest.h>

#include "gsoap/http/echoes.h"
#include "gsoap/http/requests.h"
#include "gsoap/support/raw_http.h"
#include "unit/session/fake_time.h"

namespace gsoaprm::binding {
namespace {

constexpr Duration kLimit = Duration::Seconds(30);

class MessageInputTest : public ::testing::Test {
 protected:
  std::size_t Read(std::size_t bytes) {
    return input_.Read(soap_.get(), &clock_, kLimit, 65536, [&](std::size_t) {
      seen_timeout_ = soap_->recv_timeout;
      seen_transfer_timeout_ = soap_->transfer_timeout;
      clock_.Advance(takes_);
      return bytes;
    });
  }
  testing::OwnContext soap_;
  session::FakeClock clock_;
  MessageInput input_;
  Duration takes_;
  int seen_timeout_ = 0, seen_transfer_timeout_ = 0;
};

TEST_F(MessageInputTest, WaitsForTheFirstBytesAsLongAsGsoapDoes) {
  takes_ = Duration::Seconds(600);
  soap_->recv_timeout = 900;
  EXPECT_EQ(Read(1), 1u);
  EXPECT_EQ(seen_timeout_, 900);
  EXPECT_EQ(clock_.readings(), 0);
  EXPECT_FALSE(input_.timed_out());
}

TEST_F(MessageInputTest, ReadsUntilTheTimeIsOver) {
  input_.EndOfHeader();
  EXPECT_EQ(Read(1), 1u);
  EXPECT_EQ(Read(1), 1u);
  clock_.Advance(kLimit - Duration::Microseconds(1));
  EXPECT_EQ(Read(1), 1u);
  EXPECT_FALSE(input_.timed_out());
  clock_.Advance(Duration::Microseconds(1));
  EXPECT_EQ(Read(1), 0u);
  EXPECT_TRUE(input_.timed_out());
}

TEST_F(MessageInputTest, BeginsAnewWithEachMessage) {
  EXPECT_EQ(Read(1), 1u);
  EXPECT_EQ(Read(1), 1u);
  clock_.Advance(kLimit);
  input_.Expect();
  EXPECT_EQ(Read(1), 1u);
  EXPECT_EQ(Read(1), 1u);
}

TEST_F(MessageInputTest, KnowsAnEndOfTimeFromAnEndOfTheConnection) {
  EXPECT_EQ(Read(1), 1u);
  EXPECT_EQ(Read(0), 0u);
  EXPECT_FALSE(input_.timed_out());
  takes_ = kLimit;
  EXPECT_EQ(Read(0), 0u);
  EXPECT_TRUE(input_.timed_out());
}

TEST_F(MessageInputTest, LetsGsoapWaitNoLongerThanIsLeft) {
  Read(1);
  for (const int own : {0, 60, -40000000}) {
    soap_->recv_timeout = own;
    Read(1);
    EXPECT_EQ(seen_timeout_, -30000000) << own;
    EXPECT_EQ(soap_->recv_timeout, own);
  }
  for (const int own : {29, -1000}) {
    soap_->recv_timeout = own;
    Read(1);
    EXPECT_EQ(seen_timeout_, own);
  }
  clock_.Advance(Duration::Milliseconds(29500));
  Read(1);
  EXPECT_EQ(seen_timeout_, -1000);  // its own
  soap_->recv_timeout = 0;
  Read(1);
  EXPECT_EQ(seen_timeout_, -500000);
}

// frecv reads a TLS record to its end, with the time-out for each piece of it.
TEST_F(MessageInputTest, BoundsAllReadingsOfATlsRecordTogether) {
  Read(1);
  Read(1);
  EXPECT_EQ(seen_transfer_timeout_, 0);
  soap_->imode |= SOAP_ENC_SSL;
  soap_->start = 5;
  Read(1);
  EXPECT_EQ(seen_transfer_timeout_, 31);
  EXPECT_EQ(soap_->transfer_timeout, 0);
  EXPECT_EQ(soap_->start, 5u);
  soap_->transfer_timeout = 7;
  Read(1);
  EXPECT_EQ(seen_transfer_timeout_, 7);
}

TEST_F(MessageInputTest, BoundsTheBytesOfAHeader) {
  const std::size_t limit = MessageInput::kMostHeaderBytes;
  for (const std::size_t bytes : {limit - 1, limit, limit + 1}) {
    input_.Expect();
    EXPECT_EQ(Read(bytes), bytes);
    EXPECT_EQ(Read(1), bytes < limit ? 1u : 0u) << bytes;
    EXPECT_FALSE(input_.timed_out());
    input_.EndOfHeader();
    EXPECT_EQ(Read(1), 1u);
  }
}

TEST_F(MessageInputTest, LeavesWhatItIsToldToUnbounded) {
  Read(1);
  Read(1);
  clock_.Advance(kLimit);
  input_.LeaveUnbounded();
  EXPECT_EQ(Read(1), 1u);
}

}  // namespace
}  // namespace gsoaprm::binding

namespace gsoaprm::testing {
namespace {

using wire::SoapVersion;

class SlowMessage : public ::testing::TestWithParam<SoapVersion> {
 protected:
  static soap_rm_options Options() {
    soap_rm_options options = QuickOptions(SOAP_RM_11);
    options.read_timeout = 100;
    return options;
  }
  Echoes echoes_{QuickOptions(SOAP_RM_11), Options()};
};

INSTANTIATE_TEST_SUITE_P(Versions, SlowMessage, ::testing::Values(SoapVersion::k11, SoapVersion::k12),
                         [](const auto& p) { return p.param == SoapVersion::k11 ? "Soap11" : "Soap12"; });

TEST_P(SlowMessage, ThatDripsIsRefusedWhenTheTimeIsOver) {
  const std::string type(wire::ContentType(GetParam()));
  for (const std::string& request :
       {Post(type, EchoRequestOf(100000, GetParam())), PostInChunks(type, EchoRequestOf(100000, GetParam()))}) {
    RawConnection connection(echoes_.port());
    connection.Send(request.substr(0, request.size() / 4));
    const HttpAnswer answer = connection.DripUntilAnswered(request.substr(request.size() / 4));
    EXPECT_EQ(answer.status, 400) << answer.header << answer.body;
    ASSERT_NE(answer.Envelope().fault(), nullptr) << answer.body;
    EXPECT_TRUE(answer.Envelope().fault()->sender);
    EXPECT_NE(answer.Envelope().fault()->reason.find("read_timeout, 100 milliseconds"), std::string::npos);
    EXPECT_EQ(answer.Envelope().protocol.soap, GetParam());
    EXPECT_TRUE(answer.closes());
  }
  EXPECT_EQ(echoes_.executions(), 0);
}

TEST_P(SlowMessage, WhoseHeaderDripsLosesItsConnection) {
  RawConnection connection(echoes_.port());
  EXPECT_EQ(connection.DripUntilAnswered("POST / HTTP/1.1\r\nX: " + std::string(100000, 'x')).status, 400);
  EXPECT_EQ(connection.Receive().status, 0);
}

TEST_P(SlowMessage, ThatStopsIsRefusedWhenTheTimeIsOver) {
  const std::string request = Post(std::string(wire::ContentType(GetParam())), EchoRequest("text", GetParam()));
  RawConnection connection(echoes_.port());
  connection.Send(request.substr(0, request.size() - 10));
  // A second piece, since the time begins with it.
  connection.Send(request.substr(request.size() - 10, 5));
  EXPECT_EQ(connection.Receive().status, 400);
  EXPECT_EQ(echoes_.executions(), 0);
}

TEST_P(SlowMessage, DoesNotMeanASlowConnectionBetweenMessages) {
  const std::string request = Post(std::string(wire::ContentType(GetParam())), EchoRequest("text", GetParam()));
  RawConnection connection(echoes_.port());
  EXPECT_EQ(connection.Exchange(request).status, 200);
  RawConnection other(echoes_.port());
  // Another's time passes meanwhile.
  EXPECT_EQ(other.DripUntilAnswered("POST / HTTP/1.1\r\nX: " + std::string(100000, 'x')).status, 400);
  EXPECT_EQ(connection.Exchange(request).status, 200);
}

}  // namespace
}  // namespace gsoaprm::testing
