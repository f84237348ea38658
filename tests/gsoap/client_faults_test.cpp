// What a client program is told when the service answers with a fault as WCF writes it: code, class, outcome, the
// service's own reason and a sentence of advice; in both versions of WS-ReliableMessaging and both of SOAP.
#include <gtest/gtest.h>

#include <string>

#include "gsoap/client_service.h"
#include "gsoap/peer_faults.h"
#include "gsoap/support/test_client.h"

namespace gsoaprm::testing {
namespace {

using wire::RmAction;

class ClientFault : public ::testing::TestWithParam<Dialect> {
 protected:
  soap_rm_options Options() const {
    soap_rm_options options = QuickOptions(Is11(GetParam()) ? SOAP_RM_11 : SOAP_RM_FEBRUARY_2005);
    options.soap_version = IsSoap12(GetParam()) ? SOAP_RM_SOAP_12 : SOAP_RM_SOAP_11;
    options.session_shape = SOAP_RM_SHAPE_REQUEST_REPLY;
    return options;
  }
  static PeerFault Named(const std::vector<PeerFault>& faults, const std::string& name) {
    for (const PeerFault& fault : faults)
      if (fault.name == name) return fault;
    ADD_FAILURE() << "no fault of the name " << name;
    return PeerFault();
  }
  // Answers messages of this kind with the fault, and behaves well otherwise.
  static ClientService::Script Answering(RmAction action, const PeerFault& fault, const Dialect& dialect) {
    return [=](const ServiceRequest& request, ServiceAnswer* answer) {
      if (request.envelope.rm_action != action) return false;
      Values values{{"relates", request.envelope.addressing.message_id->text()},
                    {"sequence", request.envelope.sequence ? request.envelope.sequence->id.text() : ""},
                    {"offer", "urn:test:the-offer"}};
      *answer = Http(500, TypeOf(dialect), TextOf(fault, dialect, values));
      return true;
    };
  }
  void ExpectError(TestClient* client, const PeerFault& fault, soap_rm_error_class error_class,
                   soap_rm_outcome outcome) const {
    const soap_rm_error error = client->Error();
    const std::string reason = Filled(fault.reason, GetParam());
    EXPECT_EQ(error.code, fault.code);
    EXPECT_EQ(error.error_class, error_class);
    EXPECT_EQ(error.outcome, outcome);
    EXPECT_EQ(error.reason, reason);
    EXPECT_GT(std::string(error.advice).size(), 20u);
    EXPECT_EQ(std::string(*soap_faultstring(client->get())), "reliable session: " + fault.code + ": " + reason);
    char said[4096];
    soap_sprint_fault(client->get(), said, sizeof said);
    for (const std::string& part : {fault.code, reason, std::string(error.advice)})
      EXPECT_NE(std::string(said).find(part), std::string::npos) << said;
  }
};

INSTANTIATE_TEST_SUITE_P(Dialects, ClientFault, EveryDialect(), [](const auto& p) { return NameOf(p.param); });

TEST_P(ClientFault, OnCreateSequenceSaysWhyTheSessionWasNotOpenedAndIsNotTriedAgain) {
  for (const PeerFault& fault : FaultsOnCreate(GetParam())) {
    SCOPED_TRACE(fault.name);
    ClientService service(Answering(RmAction::kCreateSequence, fault, GetParam()));
    TestClient client(service.url(), Options());
    EXPECT_EQ(client.Add(1, 2), SOAP_RM_ERROR);
    ExpectError(&client, fault, fault.opening_class, SOAP_RM_NOT_SENT);
    EXPECT_EQ(client.State(), SOAP_RM_FAULTED);
    EXPECT_EQ(service.requests().size(), 1u);
  }
}

TEST_P(ClientFault, OnAMessageEndsTheSessionAndIsNotAnswered) {
  for (const PeerFault& fault : FaultsOnMessages(GetParam())) {
    SCOPED_TRACE(fault.name);
    ClientService service(Answering(RmAction::kNone, fault, GetParam()));
    StateLog states;
    soap_rm_options options = Options();
    states.Watch(&options);
    TestClient client(service.url(), options);
    EXPECT_EQ(client.Add(1, 2), SOAP_RM_ERROR);
    ExpectError(&client, fault, SOAP_RM_SEQUENCE_DEAD, SOAP_RM_UNKNOWN);
    EXPECT_EQ(client.State(), SOAP_RM_FAULTED);
    EXPECT_EQ(states.Faulted().code, fault.code);
    EXPECT_EQ(states.Faulted().reason, Filled(fault.reason, GetParam()));
    EXPECT_EQ(states.Faulted().unacknowledged, std::vector<std::uint64_t>{1});
    EXPECT_EQ(service.requests().size(), 2u) << "CreateSequence and the message";
  }
}

// A one-way service of WCF refuses the Offer; what it says about the second attempt does not count.
TEST_P(ClientFault, OfARefusalIsThatOfTheFirstAttemptWhenTheShapeIsLearnt) {
  const PeerFault fault = Named(FaultsOnCreate(GetParam()), "CreateSequenceRefused");
  ClientService service([&](const ServiceRequest& request, ServiceAnswer* answer) {
    PeerFault said = fault;
    if (request.envelope.rm_action != RmAction::kCreateSequence) return false;
    if (!std::get<wire::CreateSequence>(request.envelope.body).offer) said.reason = "And not without an Offer either.";
    return Answering(RmAction::kCreateSequence, said, GetParam())(request, answer);
  });
  soap_rm_options options = Options();
  options.session_shape = SOAP_RM_SHAPE_LEARN;
  TestClient client(service.url(), options);
  EXPECT_EQ(client.Add(1, 2), SOAP_RM_ERROR);
  ExpectError(&client, fault, SOAP_RM_ENDPOINT_DEAD, SOAP_RM_NOT_SENT);
  EXPECT_EQ(service.requests(RmAction::kCreateSequence).size(), 2u);
}

// UnknownSequence in answer to TerminateSequence: the sequence is gone, which is what was asked for.
TEST_P(ClientFault, UnknownSequenceOnTerminateSequenceIsAGoodEnd) {
  const PeerFault unknown = Named(FaultsOnMessages(GetParam()), "UnknownSequence");
  ClientService service(Answering(RmAction::kTerminateSequence, unknown, GetParam()));
  TestClient client(service.url(), Options());
  EXPECT_EQ(client.Add(1, 2), SOAP_OK) << client.Fault();
  EXPECT_EQ(client.Close(), SOAP_OK) << client.Fault();
}

TEST_P(ClientFault, OfAnotherKindOnTerminateSequenceIsNone) {
  const PeerFault terminated = Named(FaultsOnMessages(GetParam()), "SequenceTerminated");
  ClientService service(Answering(RmAction::kTerminateSequence, terminated, GetParam()));
  TestClient client(service.url(), Options());
  EXPECT_EQ(client.Add(1, 2), SOAP_OK) << client.Fault();
  EXPECT_EQ(client.Close(), SOAP_RM_ERROR);
  EXPECT_STREQ(client.Error().code, "SequenceTerminated");
}

}  // namespace
}  // namespace gsoaprm::testing
