// Options of soap_rm_options show their effect, each at the role that it belongs to. Those of the scenarios of WCF, of
// the client's and the server's tests are not repeated here.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include "gsoap/client_service.h"
#include "gsoap/support/raw_http.h"
#include "gsoap/support/test_client.h"
#include "gsoap/support/test_server.h"
#include "wire/describe.h"
#include "wire/envelope_writer.h"

namespace gsoaprm::testing {
namespace {

using Lines = std::vector<std::string>;
using wire::RmAction;
using Clock = std::chrono::steady_clock;

// What a slow machine may need for a moment; the defaults of the times are longer, so that they cannot be what passed.
constexpr std::int64_t kMoment = 10000;

std::int64_t MillisecondsSince(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count();
}

soap_rm_options ClientOptions() { return QuickOptions(SOAP_RM_11); }

soap_rm_options NotesOptions() {
  soap_rm_options options = ClientOptions();
  options.session_shape = SOAP_RM_SHAPE_ONE_WAY;
  return options;
}

// Does not answer requests of this kind.
ClientService::Script HangingAt(RmAction action) {
  return [action](const ServiceRequest& request, ServiceAnswer* answer) {
    if (request.envelope.rm_action != action) return false;
    *answer = Hanging();
    return true;
  };
}

HttpAnswer Ask(const TestServer& server, const std::string& request) {
  return RawConnection(server.port()).Exchange(request);
}

RawSession Open(const TestServer& server, bool offer) {
  RawSession session(wire::RmVersion::k11, offer);
  session.Created(Ask(server, session.Create()));
  return session;
}

HttpAnswer AskNote(const TestServer& server, const RawSession& session, std::uint64_t number,
                   const std::string& text = "x") {
  return Ask(server, session.Message(number, kNoteAction, NoteBody(static_cast<int>(number), text), false));
}

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

// ---- limits of sessions ----

void ExpectLimitOfSessions(const soap_rm_options& options, int limit, const std::string& lines) {
  TestServer server(Serving::kThreaded, &options);
  std::vector<RawSession> sessions;
  const auto ask = [&](std::string request) { return Ask(server, request.insert(request.find("\r\n") + 2, lines)); };
  for (int i = 1; i <= limit; i++) {
    sessions.emplace_back(wire::RmVersion::k11, false);
    const HttpAnswer created = ask(sessions.back().Create());
    ASSERT_EQ(created.status, 200) << i;
    sessions.back().Created(created);
  }
  const HttpAnswer refused = ask(RawSession(wire::RmVersion::k11, false).Create());
  EXPECT_EQ(refused.status, 500);
  ASSERT_NE(refused.Envelope().fault(), nullptr) << refused.body;
  EXPECT_EQ(refused.Envelope().fault()->code, wire::FaultCode::kConnectionLimitReached);
  EXPECT_EQ(server.Metrics().sessions_opened, static_cast<std::uint64_t>(limit));
  // One that ends makes room for one.
  EXPECT_EQ(ask(sessions.back().Close(0)).status, 200);
  EXPECT_EQ(ask(sessions.back().Terminate(0)).status, 200);
  EXPECT_EQ(ask(RawSession(wire::RmVersion::k11, false).Create()).status, 200);
  EXPECT_EQ(ask(RawSession(wire::RmVersion::k11, false).Create()).status, 500);
}

TEST(MaxSessions, LimitsTheOpenSessionsOfAServer) {
  soap_rm_options options = TestOptions();
  for (const int limit : {1, 3}) {
    options.max_sessions = limit;
    ExpectLimitOfSessions(options, limit, "");
  }
}

TEST(MaxSessionsPerPrincipal, LimitsTheOpenSessionsOfOneUserAndNotOfOthers) {
  const std::string alice = "Authorization: Basic YWxpY2U6c2VjcmV0\r\n";
  soap_rm_options options = TestOptions();
  for (const int limit : {1, 3}) {
    options.max_sessions_per_principal = limit;
    ExpectLimitOfSessions(options, limit, alice);
  }
  options.max_sessions_per_principal = 1;
  TestServer server(Serving::kThreaded, &options);
  for (const char* lines :
       {"Authorization: Basic YWxpY2U6c2VjcmV0\r\n", "Authorization: Basic Ym9iOnNlY3JldA==\r\n", "", ""}) {
    std::string create = RawSession(wire::RmVersion::k11, false).Create();
    EXPECT_EQ(Ask(server, create.insert(create.find("\r\n") + 2, lines)).status, 200) << lines;
  }
}

TEST(MaxPendingChannels, LimitsTheSequencesWithoutAMessage) {
  for (const int pending : {1, 2}) {
    soap_rm_options options = TestOptions();
    options.max_pending_channels = pending;
    TestServer server(Serving::kThreaded, &options);
    // A sequence beyond the number may stay for some seconds, as long as there are not 64 times as many.
    std::unique_ptr<RawSession> last;
    for (int i = 1; i <= 64 * pending; i++) last = std::make_unique<RawSession>(Open(server, false));
    EXPECT_EQ(Ask(server, RawSession(wire::RmVersion::k11, false).Create()).status, 500);
    // One that has a message is not pending any more.
    EXPECT_EQ(AskNote(server, *last, 1).status, 200);
    EXPECT_EQ(Ask(server, RawSession(wire::RmVersion::k11, false).Create()).status, 200);
    EXPECT_EQ(Ask(server, RawSession(wire::RmVersion::k11, false).Create()).status, 500);
  }
}

// ---- what a server keeps ----

TEST(MaxTransferWindowSize, LimitsTheEarlyMessagesThatAServerKeeps) {
  soap_rm_options options = TestOptions();
  options.max_transfer_window_size = 3;
  TestServer server(Serving::kThreaded, &options);
  const RawSession session = Open(server, false);
  RawConnection loop(server.port());
  const auto note = [&](int number) {
    const auto message_number = static_cast<std::uint64_t>(number);
    EXPECT_EQ(loop.Exchange(session.Message(message_number, kNoteAction, NoteBody(number, "x"), false)).status, 200);
  };
  note(1);
  // From the missing one on, whose place is kept free.
  for (const int number : {3, 4}) note(number);
  EXPECT_EQ(server.Metrics().early_messages_kept, 2u);
  EXPECT_EQ(server.Metrics().messages_dropped, 0u);
  note(5);
  EXPECT_EQ(server.Metrics().early_messages_kept, 2u);
  EXPECT_EQ(server.Metrics().messages_dropped, 1u);
  note(2);
  ASSERT_TRUE(server.executions().WaitFor(4));
  note(5);
  EXPECT_EQ(server.executions().lines(), (Lines{"Note 1", "Note 2", "Note 3", "Note 4", "Note 5"}));
}

TEST(SessionMemory, LimitsTheBytesOfEarlyMessages) {
  soap_rm_options options = TestOptions();
  options.session_memory = 65536;
  TestServer server(Serving::kThreaded, &options);
  const RawSession session = Open(server, false);
  EXPECT_EQ(AskNote(server, session, 1).status, 200);
  EXPECT_EQ(AskNote(server, session, 3, std::string(40000, 'x')).status, 200);
  EXPECT_EQ(server.Metrics().messages_dropped, 0u);
  EXPECT_EQ(AskNote(server, session, 4, std::string(40000, 'x')).status, 200);
  EXPECT_EQ(server.Metrics().early_messages_kept, 1u);
  EXPECT_EQ(server.Metrics().messages_dropped, 1u);
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

// ---- times ----

TEST(OpenTimeout, EndsTheWaitForTheAnswerToCreateSequence) {
  ClientService service(HangingAt(RmAction::kCreateSequence));
  soap_rm_options options = ClientOptions();
  options.open_timeout = 60;
  TestClient client(service.url(), options);
  const auto start = Clock::now();
  EXPECT_EQ(client.Add(1, 2), SOAP_RM_ERROR);
  EXPECT_GE(MillisecondsSince(start), 60);
  EXPECT_LT(MillisecondsSince(start), kMoment);
  EXPECT_STREQ(client.Error().code, "OpenTimeout");
  EXPECT_EQ(client.Error().outcome, SOAP_RM_NOT_SENT);
}

TEST(SendTimeout, EndsTheWaitForAReplyAndTheSession) {
  ClientService service(HangingAt(RmAction::kNone));
  soap_rm_options options = ClientOptions();
  options.send_timeout = 60;
  options.max_retry_count = 1000000;  // which is not what ends it
  TestClient client(service.url(), options);
  const auto start = Clock::now();
  EXPECT_EQ(client.Add(1, 2), SOAP_RM_ERROR);
  EXPECT_GE(MillisecondsSince(start), 60);
  EXPECT_LT(MillisecondsSince(start), kMoment);
  EXPECT_STREQ(client.Error().code, "SendTimeout");
  EXPECT_EQ(client.Error().outcome, SOAP_RM_UNKNOWN);
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
    EXPECT_EQ(seen, 2) << wire::Name(action) << " with " << connections << " connections";
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

// ---- max_connections ----

TEST(MaxConnections, LimitsTheExchangesInTheBackground) {
  for (const int limit : {1, 2, 4}) {
    std::atomic<int> under_way{0}, most{0};
    std::atomic<bool> measured{false};
    Gate all;
    ClientService service([&](const ServiceRequest& request, ServiceAnswer*) {
      if (request.envelope.rm_action != RmAction::kNone || !measured) return false;
      const int now = ++under_way;
      if (now > most) most = now;
      if (now == limit) all.Open();
      all.Wait();
      --under_way;
      return false;
    });
    soap_rm_options options = NotesOptions();
    options.ordered = 0;
    options.max_connections = limit;
    options.retransmission_minimum = 2000;
    options.retransmission_maximum = 4000;
    TestClient client(service.url(), options);
    // WCF begins with a window of one message and widens it with every acknowledgement.
    for (int i = 1; i <= 20; i++) EXPECT_EQ(client.Note(i), SOAP_OK) << client.Fault();
    EXPECT_EQ(client.Flush(), SOAP_OK) << client.Fault();
    measured = true;
    for (int i = 21; i <= 60; i++) EXPECT_EQ(client.Note(i), SOAP_OK) << client.Fault();
    EXPECT_EQ(client.Close(), SOAP_OK) << client.Fault();
    EXPECT_EQ(most, limit);
  }
}

}  // namespace
}  // namespace gsoaprm::testing
