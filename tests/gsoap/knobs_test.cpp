// Options of soap_rm_options that decide how messages are treated show their effect: those of times and of limits have
// files of their own beside this one.
#include "gsoap/knobs.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "wire/envelope_writer.h"

namespace gsoaprm::testing {
namespace {

using namespace knobs;
using wire::RmAction;

// ---- flow_control_enabled ----

TEST(FlowControlEnabled, DecidesWhetherTheServerWritesBufferRemaining) {
  for (const int enabled : {0, 1}) {
    soap_rm_options options = TestOptions();
    options.flow_control_enabled = enabled;
    TestServer server(Serving::kThreaded, &options);
    const RawSession session = Open(server, false);
    const wire::Envelope answer = AskNote(server, session, 1).Envelope();
    ASSERT_TRUE(answer.acknowledgement);
    EXPECT_EQ(answer.acknowledgement->buffer_remaining.has_value(), enabled == 1);
  }
}

TEST(FlowControlEnabled, DecidesWhetherTheClientWaitsForRoomAtTheService) {
  for (const int enabled : {0, 1}) {
    std::atomic<ClientService*> self{nullptr};
    ClientService service([&self](const ServiceRequest& request, ServiceAnswer* answer) {
      if (request.number != 1) return false;
      wire::Envelope full = self.load()->Acknowledgement(request);
      full.acknowledgement->buffer_remaining = 0;
      *answer = Enveloped(full);
      return true;
    });
    self = &service;
    soap_rm_options options = NotesOptions();
    options.flow_control_enabled = enabled;
    TestClient client(service.url(), options);
    EXPECT_EQ(client.Note(1), SOAP_OK) << client.Fault();
    EXPECT_EQ(client.Flush(), SOAP_OK) << client.Fault();
    EXPECT_EQ(client.Note(2), SOAP_OK) << client.Fault();
    EXPECT_EQ(client.Flush(), SOAP_OK) << client.Fault();
    // With flow control it asked for room before it sent.
    EXPECT_EQ(service.requests(RmAction::kAckRequested).empty(), enabled == 0);
    EXPECT_EQ(client.Close(), SOAP_OK) << client.Fault();
  }
}

// ---- ordered ----

TEST(Ordered, DecidesWhetherTheServerRunsAMessageBeforeTheOnesThatAreMissing) {
  for (const int ordered : {0, 1}) {
    soap_rm_options options = TestOptions();
    options.ordered = ordered;
    TestServer server(Serving::kThreaded, &options);
    const RawSession session = Open(server, false);
    for (const std::uint64_t number : {2u, 1u}) EXPECT_EQ(AskNote(server, session, number).status, 200);
    ASSERT_TRUE(server.executions().WaitFor(ordered ? 1 : 2));
    EXPECT_EQ(server.executions().lines().front(), ordered ? "Note 1" : "Note 2");
  }
}

TEST(Ordered, IsWhatBothSidesSayOfIncompleteSequences) {
  for (const int ordered : {0, 1}) {
    const char* const behavior = ordered ? "DiscardFollowingFirstGap" : "NoDiscard";
    soap_rm_options options = ClientOptions();
    options.ordered = ordered;
    TestServer server(Serving::kThreaded, &options);
    const HttpAnswer created = Ask(server, RawSession(wire::RmVersion::k11, true).Create());
    EXPECT_NE(created.body.find(behavior), std::string::npos) << created.body;
    ClientService service;
    TestClient client(service.url(), options);
    EXPECT_EQ(client.Open(), SOAP_OK) << client.Fault();
    EXPECT_NE(service.requests(RmAction::kCreateSequence).front().body.find(behavior), std::string::npos);
  }
}

// ---- concurrency_mode ----

TEST(ConcurrencyMode, SingleRunsOneOperationOfASessionAtATime) {
  const soap_rm_options options = TestOptions();
  TestServer server(Serving::kThreaded, &options);
  std::atomic<int> under_way{0}, most{0};
  server.set_hook([&](struct soap*, const std::string&) {
    const int now = ++under_way;
    if (now > most) most = now;
    std::this_thread::yield();
    --under_way;
    return SOAP_OK;
  });
  TestClient client(server.url(), ClientOptions());
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; t++) {
    threads.emplace_back([copy = client.Copy()] {
      for (int i = 0; i < 50; i++) EXPECT_EQ(copy->Add(i, 1), SOAP_OK) << copy->Fault();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(client.Close(), SOAP_OK) << client.Fault();
  EXPECT_EQ(most, 1);
}

TEST(ConcurrencyMode, MultipleStartsAnOperationBesideAnother) {
  soap_rm_options options = TestOptions();
  options.concurrency_mode = SOAP_RM_CONCURRENCY_MULTIPLE;
  TestServer server(Serving::kThreaded, &options);
  Gate gate;
  server.set_hook([&](struct soap*, const std::string& line) {
    if (line == "Add 2 0") gate.Open();
    return gate.Wait() ? SOAP_OK : SOAP_ERR;  // the first waits for the second
  });
  const RawSession session = Open(server, true);
  RawConnection first(server.port()), second(server.port());
  first.Send(session.Message(1, kAddAction, AddBody(1, 0), true));
  ASSERT_TRUE(server.executions().WaitFor(1));
  EXPECT_EQ(second.Exchange(session.Message(2, kAddAction, AddBody(2, 0), true)).status, 200);
  EXPECT_EQ(first.Receive().status, 200);
}

// ---- session_shape ----

wire::Envelope Refusal(const ServiceRequest& request) {
  wire::Envelope envelope;
  envelope.protocol = request.envelope.protocol;
  envelope.rm_action = RmAction::kFault;
  envelope.addressing.action = std::string(wire::RmFaultAction(envelope.protocol));
  envelope.addressing.relates_to = request.envelope.addressing.message_id;
  wire::Fault fault;
  fault.code = wire::FaultCode::kCreateSequenceRefused;
  fault.reason = "no offers here";
  envelope.body = fault;
  return envelope;
}

bool RefuseOffers(const ServiceRequest& request, ServiceAnswer* answer) {
  const auto* create = std::get_if<wire::CreateSequence>(&request.envelope.body);
  if (!create || !create->offer) return false;
  *answer = Enveloped(Refusal(request), 500);
  return true;
}

TEST(SessionShape, LearnOpensWithoutAnOfferWhereTheServiceDoesNotTakeIt) {
  ClientService service(RefuseOffers);
  TestClient client(service.url(), ClientOptions());
  EXPECT_EQ(client.Note(1), SOAP_OK) << client.Fault();
  EXPECT_EQ(client.Close(), SOAP_OK) << client.Fault();
  const auto creates = service.requests(RmAction::kCreateSequence);
  ASSERT_EQ(creates.size(), 2u);
  EXPECT_TRUE(std::get<wire::CreateSequence>(creates[0].envelope.body).offer);
  EXPECT_FALSE(std::get<wire::CreateSequence>(creates[1].envelope.body).offer);
}

TEST(SessionShape, RequestReplyInsistsOnTheOffer) {
  ClientService service(RefuseOffers);
  soap_rm_options options = ClientOptions();
  options.session_shape = SOAP_RM_SHAPE_REQUEST_REPLY;
  TestClient client(service.url(), options);
  EXPECT_EQ(client.Note(1), SOAP_RM_ERROR);
  EXPECT_STREQ(client.Error().code, "CreateSequenceRefused");
  EXPECT_EQ(client.Error().outcome, SOAP_RM_NOT_SENT);
  EXPECT_EQ(service.requests(RmAction::kCreateSequence).size(), 1u);
}

TEST(SessionShape, OneWayNeverOffers) {
  ClientService service;
  TestClient client(service.url(), NotesOptions());
  EXPECT_EQ(client.Note(1), SOAP_OK) << client.Fault();
  EXPECT_EQ(client.Close(), SOAP_OK) << client.Fault();
  EXPECT_FALSE(std::get<wire::CreateSequence>(service.requests(RmAction::kCreateSequence)[0].envelope.body).offer);
}

}  // namespace
}  // namespace gsoaprm::testing
