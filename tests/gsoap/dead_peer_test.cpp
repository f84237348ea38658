// A service that dies in the middle of a session and does not come back, each in a way of its own: the client gives up
// after the retries that it was told, says so once to whoever may hear it, and tells the application exactly which
// messages are not acknowledged.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "gsoap/either_version.h"

namespace gsoaprm::testing {
namespace {

enum class Death { kClosedConnections, kEmptyAnswers, kSilence };

class ADeadPeer : public ::testing::TestWithParam<std::tuple<soap_rm_protocol_version, Death>> {
 protected:
  static constexpr int kRetries = 3;
  static constexpr int kSendings = kRetries + 3;  // all that is sent before it is given up
  static soap_rm_options Options() {
    soap_rm_options options = QuickOptions(std::get<0>(GetParam()));
    options.max_retry_count = kRetries;
    options.retransmission_minimum = 100;  // time enough to send two
    options.automatic_close_timeout = 2000;
    return options;
  }
  static ServiceAnswer Nothing() {
    switch (std::get<1>(GetParam())) {
      case Death::kClosedConnections:
        return Closed();
      case Death::kEmptyAnswers:
        return Accepted();
      case Death::kSilence:
        break;
    }
    return Hanging();
  }
  // Messages with a number; `number` 0: any.
  static int Sendings(const ClientService& service, std::uint64_t number) {
    int count = 0;
    for (const ServiceRequest& request : service.requests(wire::RmAction::kNone))
      count += request.number > 0 && (number == 0 || request.number == number);
    return count;
  }
  static std::vector<std::string> Faults(const ClientService& service) {
    std::vector<std::string> faults;
    for (const ServiceRequest& request : service.requests())
      if (request.envelope.fault()) faults.push_back(request.body);
    return faults;
  }
};

TEST_P(ADeadPeer, IsGivenUpAfterTheRetriesAndTheApplicationKnowsWhatIsUnacknowledged) {
  std::atomic<bool> dead{false};
  ClientService service([&dead](const ServiceRequest& request, ServiceAnswer* answer) {
    if (!dead || request.envelope.fault()) return false;
    *answer = Nothing();
    return true;
  });
  StateLog states;
  soap_rm_options options = Options();
  states.Watch(&options);
  {
    TestClient client(service.url(), options);
    EXPECT_EQ(client.Sum(1, 2), 3) << client.Fault();
    dead = true;
    // The window has grown to two: of three calls one waits and is never sent.
    std::vector<std::unique_ptr<TestClient>> callers;
    for (int i = 0; i < 3; i++) callers.push_back(client.Copy());
    double sum = 0;
    for (const auto& caller : callers) EXPECT_EQ(caller->SendAdd(3, 4), SOAP_OK) << caller->Fault();
    for (const auto& caller : callers) EXPECT_EQ(caller->ReceiveSum(&sum), SOAP_RM_ERROR);
    int unknown = 0, not_sent = 0;
    for (const auto& caller : callers) {
      EXPECT_STREQ(caller->Error().code, "MaxRetryCount");
      unknown += caller->Error().outcome == SOAP_RM_UNKNOWN;
      not_sent += caller->Error().outcome == SOAP_RM_NOT_SENT;
    }
    EXPECT_EQ(unknown, 2);
    EXPECT_EQ(not_sent, 1);
    EXPECT_EQ(states.Faulted().code, "MaxRetryCount");
    EXPECT_EQ(states.Faulted().unacknowledged, (std::vector<std::uint64_t>{2, 3}));
    EXPECT_EQ(client.State(), SOAP_RM_FAULTED);
    EXPECT_EQ(client.Add(5, 6), SOAP_RM_ERROR);
    // It is told in the background. In the 2005 version faults have no action of their own.
    const bool is_11 = std::get<0>(GetParam()) == SOAP_RM_11;
    EXPECT_TRUE(is_11 ? service.WaitForRequests(1, wire::RmAction::kFault)
                      : service.WaitForRequests(kSendings + 1, wire::RmAction::kNone));
  }
  // All contexts are gone: nothing more comes.
  EXPECT_EQ(Sendings(service, 1), 1);
  EXPECT_EQ(Sendings(service, 2), kRetries + 1);
  EXPECT_EQ(Sendings(service, 3), 1);  // only the oldest is sent again
  EXPECT_EQ(Sendings(service, 0), kSendings);
  const std::vector<std::string> faults = Faults(service);
  ASSERT_EQ(faults.size(), 1u);
  EXPECT_NE(faults[0].find("SequenceTerminated"), std::string::npos) << faults[0];
  EXPECT_NE(faults[0].find(service.sequence().text()), std::string::npos) << faults[0];
}

std::string NameOf(const ::testing::TestParamInfo<ADeadPeer::ParamType>& info) {
  constexpr const char* kNames[] = {"ClosedConnections", "EmptyAnswers", "Silence"};
  return std::string(std::get<0>(info.param) == SOAP_RM_11 ? "Rm11" : "Rm2005") +
         kNames[static_cast<int>(std::get<1>(info.param))];
}

INSTANTIATE_TEST_SUITE_P(Of, ADeadPeer,
                         ::testing::Combine(BothRmVersions(), ::testing::Values(Death::kClosedConnections,
                                                                                Death::kEmptyAnswers, Death::kSilence)),
                         NameOf);

}  // namespace
}  // namespace gsoaprm::testing
