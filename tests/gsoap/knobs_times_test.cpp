// Options of soap_rm_options that are times show their effect.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>

#include "gsoap/knobs.h"
#include "wire/describe.h"

namespace gsoaprm::testing {
namespace {

using namespace knobs;
using wire::RmAction;
using Clock = std::chrono::steady_clock;

// ---- acknowledgement_interval ----

// A service that asks for the acknowledgement of its first reply.
class AskingService {
 public:
  AskingService()
      : service_([this](const ServiceRequest& request, ServiceAnswer* answer) {
          if (request.number != 1) return false;
          wire::Envelope reply = service_.Reply(
              request,
              "<AddResponse xmlns=\"http://Microsoft.ServiceModel.Samples\"><AddResult>3</AddResult></AddResponse>");
          reply.ack_requested = wire::AckRequestedHeader{reply.sequence->id};
          *answer = Enveloped(reply);
          return true;
        }) {}
  ClientService& service() { return service_; }

 private:
  ClientService service_;
};

TEST(AcknowledgementInterval, IsHowLongTheClientWaitsForARequestToCarryTheAcknowledgement) {
  AskingService asking;
  soap_rm_options options = ClientOptions();
  options.acknowledgement_interval = 600;  // longer than the default
  TestClient client(asking.service().url(), options);
  const auto start = Clock::now();
  EXPECT_EQ(client.Add(1, 2), SOAP_OK) << client.Fault();
  ASSERT_TRUE(asking.service().WaitForRequests(1, RmAction::kSequenceAcknowledgement));
  EXPECT_GE(MillisecondsSince(start), 600);
  EXPECT_EQ(client.Close(), SOAP_OK) << client.Fault();
}

TEST(AcknowledgementInterval, GivesTheNextRequestTheChanceToCarryTheAcknowledgement) {
  AskingService asking, other;
  soap_rm_options options = ClientOptions();
  options.acknowledgement_interval = 60000;
  TestClient client(asking.service().url(), options);
  EXPECT_EQ(client.Add(1, 2), SOAP_OK) << client.Fault();
  // A client beside it shows that longer has passed than the default.
  options.acknowledgement_interval = 400;
  TestClient impatient(other.service().url(), options);
  EXPECT_EQ(impatient.Add(1, 2), SOAP_OK) << impatient.Fault();
  ASSERT_TRUE(other.service().WaitForRequests(1, RmAction::kSequenceAcknowledgement));
  EXPECT_EQ(client.Add(3, 4), SOAP_OK) << client.Fault();
  EXPECT_EQ(client.Close(), SOAP_OK) << client.Fault();
  EXPECT_TRUE(asking.service().requests(RmAction::kSequenceAcknowledgement).empty());
}

// ---- times ----

// A call that nobody answers ends with this error, after 60 ms and long before the defaults.
void ExpectEndsInTime(TestClient* client, const char* code, int outcome) {
  const auto start = Clock::now();
  EXPECT_EQ(client->Add(1, 2), SOAP_RM_ERROR);
  EXPECT_GE(MillisecondsSince(start), 60);
  EXPECT_LT(MillisecondsSince(start), kMoment);
  EXPECT_STREQ(client->Error().code, code);
  EXPECT_EQ(client->Error().outcome, outcome);
}

TEST(OpenTimeout, EndsTheWaitForTheAnswerToCreateSequence) {
  ClientService service(HangingAt(RmAction::kCreateSequence));
  soap_rm_options options = ClientOptions();
  options.open_timeout = 60;
  TestClient client(service.url(), options);
  ExpectEndsInTime(&client, "OpenTimeout", SOAP_RM_NOT_SENT);
}

TEST(SendTimeout, EndsTheWaitForAReplyAndTheSession) {
  ClientService service(HangingAt(RmAction::kNone));
  soap_rm_options options = ClientOptions();
  options.send_timeout = 60;
  options.max_retry_count = 1000000;  // which is not what ends it
  TestClient client(service.url(), options);
  ExpectEndsInTime(&client, "SendTimeout", SOAP_RM_UNKNOWN);
  EXPECT_EQ(client.State(), SOAP_RM_FAULTED);
}

TEST(CloseTimeout, EndsTheWaitForTheHandshake) {
  ClientService service(HangingAt(RmAction::kTerminateSequence));
  soap_rm_options options = ClientOptions();
  options.close_timeout = 60;
  TestClient client(service.url(), options);
  EXPECT_EQ(client.Add(1, 2), SOAP_OK) << client.Fault();
  const auto start = Clock::now();
  EXPECT_EQ(client.Close(), SOAP_RM_ERROR);
  EXPECT_GE(MillisecondsSince(start), 60);
  EXPECT_LT(MillisecondsSince(start), kMoment);
  EXPECT_STREQ(client.Error().code, "CloseTimeout");
}

TEST(AutomaticCloseTimeout, BoundsTheWaitForTheHandshakeWhenTheLastContextGoes) {
  ClientService service(HangingAt(RmAction::kCloseSequence));
  soap_rm_options options = ClientOptions();
  options.automatic_close_timeout = 60;
  auto client = std::make_unique<TestClient>(service.url(), options);
  EXPECT_EQ(client->Add(1, 2), SOAP_OK) << client->Fault();
  const auto start = Clock::now();
  client.reset();
  EXPECT_GE(MillisecondsSince(start), 60);
  EXPECT_LT(MillisecondsSince(start), kMoment);  // the default
  EXPECT_FALSE(service.requests(RmAction::kCloseSequence).empty());
}

// How long after the first sending the one with this number came; each is left without an answer until then.
std::int64_t TimeOfSending(int sending, const soap_rm_options& options) {
  std::atomic<std::int64_t> first{0}, last{0};
  const auto start = Clock::now();
  ClientService service([&](const ServiceRequest& request, ServiceAnswer* answer) {
    if (request.envelope.rm_action != RmAction::kNone) return false;
    if (request.sending == 1) first = MillisecondsSince(start);
    last = MillisecondsSince(start);
    *answer = Closed();
    return request.sending < sending;
  });
  TestClient client(service.url(), options);
  EXPECT_EQ(client.Add(1, 2), SOAP_OK) << client.Fault();
  EXPECT_EQ(client.Close(), SOAP_OK) << client.Fault();
  return last - first;
}

TEST(RetransmissionMinimum, PassesBeforeAMessageIsSentAgain) {
  soap_rm_options options = ClientOptions();
  options.retransmission_minimum = 800;
  options.retransmission_maximum = 60000;
  EXPECT_GE(TimeOfSending(2, options), 700);  // counted from when the first one arrived, not from when it was sent
}

TEST(RetransmissionMinimum, IsNoLongerThanItIsSet) {
  soap_rm_options options = ClientOptions();
  options.retransmission_minimum = 10;
  options.retransmission_maximum = 60000;
  EXPECT_LT(TimeOfSending(6, options), kMoment);  // the default, doubled five times, takes 12.4 s
}

TEST(RetransmissionMaximum, EndsTheDoublingOfTheTimes) {
  soap_rm_options options = ClientOptions();
  options.retransmission_minimum = 10;
  options.retransmission_maximum = 10;
  const std::int64_t bounded = TimeOfSending(10, options);
  EXPECT_GE(bounded, 8 * 10);
  EXPECT_LT(bounded, 10 * 511);  // what doubling nine times would take
}

TEST(RetransmissionMaximum, LetsTheTimesDoubleUntilThen) {
  soap_rm_options options = ClientOptions();
  options.retransmission_minimum = 10;
  options.retransmission_maximum = 60000;
  EXPECT_GE(TimeOfSending(5, options), 100);
}

TEST(HandshakeRetryInterval, PassesBeforeCreateSequenceIsSentAgain) {
  std::atomic<std::int64_t> second{0};
  const auto start = Clock::now();
  ClientService service([&](const ServiceRequest& request, ServiceAnswer* answer) {
    if (request.envelope.rm_action != RmAction::kCreateSequence) return false;
    if (request.sending == 2) second = MillisecondsSince(start);
    *answer = Closed();
    return request.sending == 1;
  });
  soap_rm_options options = ClientOptions();
  options.handshake_retry_interval = 70;
  TestClient client(service.url(), options);
  EXPECT_EQ(client.Add(1, 2), SOAP_OK) << client.Fault();
  EXPECT_GE(second, 70);
  EXPECT_LT(second, kMoment);  // the default
  EXPECT_EQ(service.requests(RmAction::kCreateSequence).size(), 2u);
}

// Opens, calls, closes; the first request of this kind is left without an answer on a connection that stays open.
void ExpectRepeatBesideHanging(RmAction action, soap_rm_options options) {
  for (const int connections : {1, 8}) {
    std::atomic<int> seen{0};
    ClientService service([&](const ServiceRequest& request, ServiceAnswer* answer) {
      if (request.envelope.rm_action != action || ++seen > 1) return false;
      *answer = Hanging();
      return true;
    });
    options.max_connections = connections;
    TestClient client(service.url(), options);
    const auto start = Clock::now();
    EXPECT_EQ(client.Open(), SOAP_OK) << client.Fault();
    EXPECT_EQ(client.Add(1, 2), SOAP_OK) << client.Fault();
    EXPECT_EQ(client.Close(), SOAP_OK) << client.Fault();
    EXPECT_GE(seen, 2) << wire::Name(action) << " with " << connections << " connections";
    EXPECT_LT(MillisecondsSince(start), kMoment) << "the default of the time-outs is a minute";
  }
}

TEST(HandshakeRetryInterval, PassesBeforeARequestIsRepeatedWhoseConnectionBringsNothing) {
  for (const RmAction action : {RmAction::kCreateSequence, RmAction::kCloseSequence, RmAction::kTerminateSequence})
    ExpectRepeatBesideHanging(action, QuickOptions(SOAP_RM_11));
  for (const RmAction action : {RmAction::kCreateSequence, RmAction::kTerminateSequence})
    ExpectRepeatBesideHanging(action, QuickOptions(SOAP_RM_FEBRUARY_2005));
}

TEST(HandshakeRetryInterval, IsHowLongAHangingLastMessageMayHoldTheOnlyConnection) {
  soap_rm_options options = QuickOptions(SOAP_RM_FEBRUARY_2005);
  options.retransmission_minimum = options.retransmission_maximum = 200;
  ExpectRepeatBesideHanging(RmAction::kLastMessage, options);
}

TEST(HandshakeRetryInterval, IsHowLongAHangingQuestionMayHoldTheOnlyConnection) {
  for (const int connections : {1, 8}) {
    std::atomic<ClientService*> self{nullptr};
    std::atomic<int> questions{0};
    ClientService service([&](const ServiceRequest& request, ServiceAnswer* answer) {
      if (request.number == 1) {
        wire::Envelope full = self.load()->Acknowledgement(request);
        full.acknowledgement->buffer_remaining = 0;
        *answer = Enveloped(full);
        return true;
      }
      if (request.envelope.rm_action != RmAction::kAckRequested || ++questions > 2) return false;
      *answer = Hanging();
      return true;
    });
    self = &service;
    soap_rm_options options = NotesOptions();
    options.max_connections = connections;
    TestClient client(service.url(), options);
    for (const int id : {1, 2}) {
      EXPECT_EQ(client.Note(id), SOAP_OK) << client.Fault();
      EXPECT_EQ(client.Flush(), SOAP_OK) << client.Fault();
    }
    EXPECT_GE(questions, 3);
    EXPECT_EQ(client.Close(), SOAP_OK) << client.Fault();
  }
}

}  // namespace
}  // namespace gsoaprm::testing
