// A generated client with the plugin against a service made by hand: what goes out, and what comes of each answer.
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <thread>

#include "gsoap/either_version.h"
#include "gsoap/support/raw_http.h"

namespace gsoaprm::testing {
namespace {

using wire::RmAction;
using State = soap_rm_state;

class ClientOfEitherVersion : public EitherVersion {};

INSTANTIATE_TEST_SUITE_P(Versions, ClientOfEitherVersion, BothRmVersions(), RmVersionName);

// ---- the life of a session ----

TEST_P(ClientOfEitherVersion, CreatesTheSequenceWithAnOfferAtTheFirstCallAndReturnsTheReply) {
  ClientService service;
  TestClient program(service.url(), Options());
  EXPECT_EQ(program.State(), SOAP_RM_CREATED);
  EXPECT_EQ(program.Sum(1, 2), 3) << program.Fault();
  EXPECT_EQ(program.State(), SOAP_RM_OPENED);
  const auto created = service.requests(RmAction::kCreateSequence);
  ASSERT_EQ(created.size(), 1u);
  EXPECT_TRUE(std::get<wire::CreateSequence>(created[0].envelope.body).offer);
  EXPECT_EQ(created[0].envelope.addressing.to, Uri(service.url()));
  const auto sent = service.requests(RmAction::kNone);
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].number, 1u);
  EXPECT_EQ(sent[0].envelope.addressing.action, "http://Microsoft.ServiceModel.Samples/ICalculator/Add");
  EXPECT_TRUE(sent[0].envelope.addressing.message_id);
  EXPECT_EQ(sent[0].Header("Content-Type"), kSoap12Type);
  EXPECT_EQ(sent[0].Header("SOAPAction"), "");
}

TEST_P(ClientOfEitherVersion, AcknowledgesRepliesWithTheNextRequest) {
  ClientService service;
  TestClient program(service.url(), Options());
  EXPECT_EQ(program.Sum(1, 2), 3);
  EXPECT_EQ(program.Sum(3, 4), 7);
  const auto sent = service.requests(RmAction::kNone);
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_FALSE(sent[0].envelope.acknowledgement);
  ASSERT_TRUE(sent[1].envelope.acknowledgement);
  EXPECT_TRUE(sent[1].envelope.acknowledgement->ranges.IsExactly(MessageNumber(1)));
}

TEST_P(ClientOfEitherVersion, ClosesWithTheHandshakeOfItsVersion) {
  ClientService service;
  TestClient program(service.url(), Options());
  EXPECT_EQ(program.Sum(1, 2), 3);
  EXPECT_EQ(program.Close(), SOAP_OK) << program.Fault();
  EXPECT_EQ(program.State(), SOAP_RM_CLOSED);
  const bool rm11 = GetParam() == SOAP_RM_11;
  EXPECT_EQ(service.requests(RmAction::kCloseSequence).size(), rm11 ? 1u : 0u);
  EXPECT_EQ(service.requests(RmAction::kLastMessage).size(), rm11 ? 0u : 1u);
  EXPECT_EQ(service.requests(RmAction::kTerminateSequence).size(), 1u);
  EXPECT_EQ(program.Sum(3, 4), 7) << "a call after that opens a new session: " << program.Fault();
  EXPECT_EQ(service.requests(RmAction::kCreateSequence).size(), 2u);
}

TEST_P(ClientOfEitherVersion, ClosesByItselfWhenTheLastContextGoes) {
  ClientService service;
  {
    TestClient program(service.url(), Options());
    EXPECT_EQ(program.Sum(1, 2), 3);
  }
  EXPECT_EQ(service.requests(RmAction::kTerminateSequence).size(), 1u);
}

TEST_P(ClientOfEitherVersion, DoesNotWaitForTheServiceWhenToldSo) {
  ClientService service([](const ServiceRequest& request, ServiceAnswer* answer) {
    if (request.envelope.rm_action != (is_11() ? RmAction::kCloseSequence : RmAction::kLastMessage)) return false;
    *answer = Hanging();
    return true;
  });
  soap_rm_options options = Options();
  options.automatic_close_timeout = 0;
  {
    TestClient program(service.url(), options);
    EXPECT_EQ(program.Sum(1, 2), 3);
  }
  for (const RmAction action : {RmAction::kCloseSequence, RmAction::kLastMessage, RmAction::kTerminateSequence})
    EXPECT_TRUE(service.requests(action).empty());
}

TEST_P(ClientOfEitherVersion, OpensAtOnceWhenAskedTo) {
  ClientService service;
  TestClient program(service.url(), Options());
  EXPECT_EQ(soap_rm_open(program.get(), service.url().c_str()), SOAP_OK);
  EXPECT_EQ(program.State(), SOAP_RM_OPENED);
  EXPECT_EQ(program.Sum(1, 2), 3);
  EXPECT_EQ(service.requests(RmAction::kCreateSequence).size(), 1u);
}

TEST_P(ClientOfEitherVersion, TellsTheServiceWhenItAborts) {
  ClientService service;
  TestClient program(service.url(), Options());
  EXPECT_EQ(program.Sum(1, 2), 3);
  EXPECT_EQ(soap_rm_abort(program.get(), service.url().c_str()), SOAP_OK);
  EXPECT_NE(WaitForFault(service, 1).find("SequenceTerminated"), std::string::npos);
}

// ---- loss ----

TEST_P(ClientOfEitherVersion, RepairsALostResponseByTheSameMessageAgain) {
  ClientService service([](const ServiceRequest& request, ServiceAnswer* answer) {
    if (!IsMessage(request, 1)) return false;
    *answer = Closed();
    return true;
  });
  TestClient program(service.url(), Options());
  EXPECT_EQ(program.Sum(1, 2), 3) << program.Fault();
  const auto sent = service.requests(RmAction::kNone);
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[0].number, sent[1].number);
  EXPECT_EQ(sent[0].envelope.addressing.message_id, sent[1].envelope.addressing.message_id);
  EXPECT_EQ(program.Metrics().retransmissions, 1u);
}

TEST_P(ClientOfEitherVersion, WakesTheCallWhoseExchangeHangsWhenARetransmissionBringsTheReply) {
  ClientService service([](const ServiceRequest& request, ServiceAnswer* answer) {
    if (!IsMessage(request, 1)) return false;
    *answer = Hanging();
    return true;
  });
  TestClient program(service.url(), Options());
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(program.Sum(1, 2), 3) << program.Fault();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10)) << "WCF would wait for send_timeout";
  EXPECT_EQ(program.Sum(3, 4), 7) << "the next call has a connection of its own";
}

TEST_P(ClientOfEitherVersion, TakesAnEmpty202ForNoAnswerYet) {
  ClientService service([](const ServiceRequest& request, ServiceAnswer* answer) {
    if (!IsMessage(request, 1)) return false;
    *answer = Accepted();
    return true;
  });
  TestClient program(service.url(), Options());
  EXPECT_EQ(program.Sum(1, 2), 3) << program.Fault();
}

TEST_P(ClientOfEitherVersion, SendsAgainAfterEveryResultThatMeansTryAgain) {
  for (const int status : {200, 404, 500, 503, 504}) {
    ClientService service([status](const ServiceRequest& request, ServiceAnswer* answer) {
      if (!IsMessage(request, 1)) return false;
      *answer = Http(status, "", "");
      return true;
    });
    TestClient program(service.url(), Options());
    EXPECT_EQ(program.Sum(1, 2), 3) << status << ": " << program.Fault();
  }
}

TEST_P(ClientOfEitherVersion, SendsAgainAfterADamagedAnswer) {
  ClientService* own = nullptr;
  ClientService service([&own](const ServiceRequest& request, ServiceAnswer* answer) {
    if (!IsMessage(request, 1)) return false;
    *answer = own->Answer(request);
    answer->bytes.replace(answer->bytes.find("Identifier"), 4, "<<<<");
    return true;
  });
  own = &service;
  TestClient program(service.url(), Options());
  EXPECT_EQ(program.Sum(1, 2), 3) << program.Fault();
}

TEST_P(ClientOfEitherVersion, RepeatsCreateSequenceUnchangedWhenItsAnswerIsLost) {
  ClientService service([](const ServiceRequest& request, ServiceAnswer* answer) {
    if (request.envelope.rm_action != RmAction::kCreateSequence || request.sending > 1) return false;
    *answer = Closed();
    return true;
  });
  TestClient program(service.url(), Options());
  EXPECT_EQ(program.Sum(1, 2), 3) << program.Fault();
  const auto created = service.requests(RmAction::kCreateSequence);
  ASSERT_EQ(created.size(), 2u);
  EXPECT_EQ(created[0].envelope.addressing.message_id, created[1].envelope.addressing.message_id);
}

TEST_P(ClientOfEitherVersion, GivesUpACallAfterTheSendTimeOutAndSaysWhatIsKnown) {
  ClientService service([](const ServiceRequest& request, ServiceAnswer* answer) {
    if (request.envelope.rm_action != RmAction::kNone || !request.number) return false;
    *answer = Hanging();
    return true;
  });
  soap_rm_options options = Options();
  options.send_timeout = 300;
  TestClient program(service.url(), options);
  EXPECT_TRUE(std::isnan(program.Sum(1, 2)));
  EXPECT_EQ(program.get()->error, SOAP_RM_ERROR);
  EXPECT_NE(program.Fault().find("SendTimeout"), std::string::npos) << program.Fault();
  EXPECT_EQ(program.Error().outcome, SOAP_RM_UNKNOWN);
  EXPECT_EQ(program.Error().error_class, SOAP_RM_SEQUENCE_DEAD);
  EXPECT_EQ(program.State(), SOAP_RM_FAULTED);
}

// ---- errors ----

TEST_P(ClientOfEitherVersion, EndsTheCallAtAnHttpErrorAndKeepsTheSession) {
  ClientService service([](const ServiceRequest& request, ServiceAnswer* answer) {
    if (!IsMessage(request, 1)) return false;
    *answer = Http(401, "text/html", "<html/>");
    return true;
  });
  TestClient program(service.url(), Options());
  EXPECT_TRUE(std::isnan(program.Sum(1, 2)));
  EXPECT_EQ(std::string(program.Error().code), "HTTP 401");
  EXPECT_EQ(program.Error().error_class, SOAP_RM_TRY_AGAIN);
  ASSERT_TRUE(service.WaitForRequests(2, RmAction::kNone)) << "the message goes on";
  EXPECT_EQ(program.Sum(3, 4), 7) << program.Fault();
}

TEST_P(ClientOfEitherVersion, DoesNotFollowARedirection) {
  ClientService service([](const ServiceRequest& request, ServiceAnswer* answer) {
    if (!IsMessage(request, 1)) return false;
    *answer = Http(307, "", "", "Location: http://127.0.0.1:1/elsewhere\r\n");
    return true;
  });
  TestClient program(service.url(), Options());
  EXPECT_TRUE(std::isnan(program.Sum(1, 2)));
  EXPECT_EQ(std::string(program.Error().code), "HTTP 307");
}

TEST_P(ClientOfEitherVersion, FailsUntilReopenedWhenTheServiceForgetsTheSequence) {
  std::atomic<bool> forgotten{false};
  ClientService* own = nullptr;
  ClientService service([&](const ServiceRequest& request, ServiceAnswer* answer) {
    if (request.envelope.rm_action != RmAction::kNone || !forgotten) return false;
    wire::Envelope envelope;
    envelope.protocol = request.envelope.protocol;
    wire::Fault fault;
    fault.code = wire::FaultCode::kUnknownSequence;
    fault.reason = "Never heard of it.";
    fault.id = own->sequence();
    envelope.addressing.action = wire::RmFaultAction(envelope.protocol);
    envelope.body = fault;
    *answer = Enveloped(envelope, 500);
    return true;
  });
  own = &service;
  TestClient program(service.url(), Options());
  EXPECT_EQ(program.Sum(1, 2), 3);
  forgotten = true;
  EXPECT_TRUE(std::isnan(program.Sum(1, 2)));
  EXPECT_NE(program.Fault().find("UnknownSequence"), std::string::npos) << program.Fault();
  EXPECT_NE(program.Fault().find("Never heard of it."), std::string::npos) << program.Fault();
  EXPECT_EQ(program.State(), SOAP_RM_FAULTED);
  forgotten = false;
  EXPECT_TRUE(std::isnan(program.Sum(1, 2))) << "until it is reopened";
  EXPECT_EQ(program.Error().outcome, SOAP_RM_NOT_SENT);
  EXPECT_EQ(soap_rm_reopen(program.get(), service.url().c_str()), SOAP_OK);
  EXPECT_EQ(program.Sum(1, 2), 3) << program.Fault();
}

TEST_P(ClientOfEitherVersion, OpensANewSessionByItselfAfterAFaultWhenToldSo) {
  std::atomic<int> faults{0};
  ClientService service([&](const ServiceRequest& request, ServiceAnswer* answer) {
    if (request.envelope.rm_action != RmAction::kNone || !request.number || faults++ > 0) return false;
    wire::Envelope envelope;
    envelope.protocol = request.envelope.protocol;
    wire::Fault fault;
    fault.code = wire::FaultCode::kSequenceTerminated;
    fault.reason = "Enough.";
    fault.id = request.envelope.sequence->id;
    envelope.addressing.action = wire::RmFaultAction(envelope.protocol);
    envelope.body = fault;
    *answer = Enveloped(envelope, 500);
    return true;
  });
  soap_rm_options options = Options();
  options.reopen_after_fault = 1;
  TestClient program(service.url(), options);
  EXPECT_TRUE(std::isnan(program.Sum(1, 2)));
  EXPECT_EQ(program.Sum(1, 2), 3) << program.Fault();
}

TEST_P(ClientOfEitherVersion, HandsOnAFaultOfTheApplicationAndGoesOn) {
  ClientService* own = nullptr;
  ClientService service([&](const ServiceRequest& request, ServiceAnswer* answer) {
    if (!IsMessage(request, 1)) return false;
    *answer = Enveloped(own->Reply(request,
                                   "<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason><s:Text "
                                   "xml:lang=\"en\">No such number</s:Text></s:Reason></s:Fault>"),
                        500);
    return true;
  });
  own = &service;
  TestClient program(service.url(), Options());
  EXPECT_TRUE(std::isnan(program.Sum(1, 2)));
  EXPECT_NE(program.get()->error, SOAP_RM_ERROR);
  EXPECT_NE(program.Fault().find("No such number"), std::string::npos) << program.Fault();
  EXPECT_EQ(program.Sum(3, 4), 7) << program.Fault();
}

TEST_P(ClientOfEitherVersion, SaysWhyItCouldNotConnect) {
  int port;
  { port = ClientService().port(); }
  soap_rm_options options = Options();
  options.open_timeout = 300;
  TestClient program("http://127.0.0.1:" + std::to_string(port) + "/", options);
  EXPECT_TRUE(std::isnan(program.Sum(1, 2)));
  EXPECT_NE(program.Fault().find("OpenTimeout"), std::string::npos) << program.Fault();
  EXPECT_NE(program.Fault().find("Connection refused"), std::string::npos) << program.Fault();
  EXPECT_EQ(program.Error().outcome, SOAP_RM_NOT_SENT);
}

// ---- one-way ----

TEST_P(ClientOfEitherVersion, LearnsFromTheFirstAnswerThatAnOperationIsOneWay) {
  ClientService service;
  TestClient program(service.url(), Options());
  EXPECT_EQ(program.Note(1), SOAP_OK) << program.Fault();
  EXPECT_EQ(program.Note(2), SOAP_OK) << program.Fault();
  EXPECT_EQ(program.Close(), SOAP_OK) << program.Fault();
  const auto sent = service.requests(RmAction::kNone);
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_TRUE(sent[0].envelope.addressing.message_id) << "it might have been a request";
  EXPECT_FALSE(sent[1].envelope.addressing.message_id) << "as WCF writes one-way messages";
}

TEST_P(ClientOfEitherVersion, KnowsOneWayOperationsThatItWasTold) {
  ClientService service;
  soap_rm_options options = Options();
  std::snprintf(options.one_way_actions, sizeof options.one_way_actions, "a b %s", kNoteAction);
  TestClient program(service.url(), options);
  EXPECT_EQ(program.Note(1), SOAP_OK) << program.Fault();
  EXPECT_EQ(program.Close(), SOAP_OK) << program.Fault();
  EXPECT_FALSE(service.requests(RmAction::kNone)[0].envelope.addressing.message_id);
}

TEST_P(ClientOfEitherVersion, ReturnsFromAOneWayCallBeforeTheServiceHasAnswered) {
  Gate gate;
  ClientService service([&gate](const ServiceRequest& request, ServiceAnswer*) {
    if (request.envelope.rm_action == RmAction::kNone) gate.Wait();
    return false;
  });
  soap_rm_options options = Options();
  options.session_shape = SOAP_RM_SHAPE_ONE_WAY;
  options.retransmission_minimum = 400;
  TestClient program(service.url(), options);
  for (int i = 0; i < 8; i++) EXPECT_EQ(program.Note(i), SOAP_OK) << program.Fault();
  EXPECT_EQ(soap_rm_flush(program.get(), service.url().c_str(), 1), SOAP_EOF);
  gate.Open();
  EXPECT_EQ(soap_rm_flush(program.get(), service.url().c_str(), 10000), SOAP_OK);
  EXPECT_EQ(program.Close(), SOAP_OK) << program.Fault();
}

TEST_P(ClientOfEitherVersion, BlocksAtAFullWindowAndSaysSoAfterTheSendTimeOut) {
  Gate gate;
  ClientService service([&gate](const ServiceRequest& request, ServiceAnswer*) {
    if (request.envelope.rm_action == RmAction::kNone) gate.Wait();
    return false;
  });
  soap_rm_options options = Options();
  options.session_shape = SOAP_RM_SHAPE_ONE_WAY;
  options.max_transfer_window_size = 2;
  options.send_timeout = 200;
  TestClient program(service.url(), options);
  EXPECT_EQ(program.Note(1), SOAP_OK);
  EXPECT_EQ(program.Note(2), SOAP_OK);
  EXPECT_EQ(program.Note(3), SOAP_RM_ERROR);
  EXPECT_EQ(std::string(program.Error().code), "SendTimeout");
  EXPECT_EQ(program.Error().error_class, SOAP_RM_TRY_AGAIN);
  EXPECT_EQ(program.Error().outcome, SOAP_RM_NOT_SENT);
  gate.Open();
}

TEST_P(ClientOfEitherVersion, FailsATwoWayCallThatIsOnlyAcknowledgedAsWcfDoes) {
  ClientService* own = nullptr;
  ClientService service([&](const ServiceRequest& request, ServiceAnswer* answer) {
    if (!IsMessage(request, 1)) return false;
    *answer = Enveloped(own->Acknowledgement(request));
    return true;
  });
  own = &service;
  TestClient program(service.url(), Options());
  EXPECT_TRUE(std::isnan(program.Sum(1, 2)));
  EXPECT_NE(program.Fault().find("The server did not provide a meaningful reply"), std::string::npos)
      << program.Fault();
  EXPECT_EQ(program.Sum(3, 4), 7) << "it was not learnt as one-way: " << program.Fault();
}

// ---- the halves of a call ----

TEST_P(ClientOfEitherVersion, LosesNothingWhenTheReceivingHalfNeverComes) {
  ClientService service;
  TestClient program(service.url(), Options());
  EXPECT_EQ(program.SendAdd(1, 2), SOAP_OK);
  soap_end(program.get());
  EXPECT_EQ(program.Sum(3, 4), 7) << "the reply of the other is not taken for this one's: " << program.Fault();
  EXPECT_EQ(program.SendAdd(5, 6), SOAP_OK);
  EXPECT_EQ(program.Close(), SOAP_OK) << program.Fault();
  for (std::uint64_t n = 1; n <= 3; n++) {
    bool seen = false;
    for (const auto& request : service.requests(RmAction::kNone)) seen = seen || request.number == n;
    EXPECT_TRUE(seen) << n;
  }
}

TEST_P(ClientOfEitherVersion, FinishesAnUnreceivedCallWhenTheContextGoes) {
  ClientService service;
  {
    TestClient program(service.url(), Options());
    EXPECT_EQ(program.SendAdd(1, 2), SOAP_OK);
  }
  EXPECT_EQ(service.requests(RmAction::kTerminateSequence).size(), 1u);
}

// ---- threads ----

TEST_P(ClientOfEitherVersion, SharesOneSessionAmongTheThreadsOfCopiedContexts) {
  ClientService service;
  TestClient program(service.url(), Options());
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; t++) {
    threads.emplace_back([&right, copy = program.Copy(), t] {
      for (int i = 0; i < 25; i++)
        if (copy->Add(t, i) == SOAP_OK) right++;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 100);
  EXPECT_EQ(program.Close(), SOAP_OK) << program.Fault();
  EXPECT_EQ(service.requests(RmAction::kCreateSequence).size(), 1u);
}

// ---- callbacks ----

TEST_P(ClientOfEitherVersion, TellsTheApplicationOfEachChangeOfState) {
  ClientService service;
  std::vector<int> states;
  soap_rm_options options = Options();
  options.state_changed = [](void* user, const soap_rm_event* event) {
    static_cast<std::vector<int>*>(user)->push_back(event->state);
  };
  options.state_changed_user = &states;
  TestClient program(service.url(), options);
  EXPECT_EQ(program.Sum(1, 2), 3);
  EXPECT_EQ(program.Close(), SOAP_OK);
  EXPECT_EQ(states, (std::vector<int>{SOAP_RM_OPENING, SOAP_RM_OPENED, SOAP_RM_CLOSING, SOAP_RM_CLOSED}));
}

TEST_P(ClientOfEitherVersion, TracesEnvelopesInBothDirections) {
  ClientService service;
  std::mutex mutex;
  std::string lines;
  struct Sink {
    std::mutex* mutex;
    std::string* lines;
  } sink{&mutex, &lines};
  soap_rm_options options = Options();
  options.trace = [](void* user, const char* line) {
    auto* to = static_cast<Sink*>(user);
    std::lock_guard<std::mutex> lock(*to->mutex);
    *to->lines += std::string(line) + "\n";
  };
  options.trace_user = &sink;
  TestClient program(service.url(), options);
  EXPECT_EQ(program.Sum(1, 2), 3);
  EXPECT_EQ(program.Close(), SOAP_OK);
  EXPECT_NE(lines.find("> @2 Add seq="), std::string::npos) << lines;
  EXPECT_NE(lines.find("< @2 AddResponse seq="), std::string::npos) << lines;
}

}  // namespace
}  // namespace gsoaprm::testing
