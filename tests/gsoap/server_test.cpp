// A gSOAP server with the plugin, spoken to by a client that is not gSOAP: threaded, iterative, dispatched by hand.
#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "gsoap/support/ownership.h"
#include "gsoap/support/raw_http.h"
#include "gsoap/support/test_server.h"
#include "wire/envelope_writer.h"

namespace gsoaprm::testing {
namespace {

using Lines = std::vector<std::string>;

std::string ReplyNumber(const HttpAnswer& answer) {
  const wire::Envelope envelope = answer.Envelope();
  return envelope.sequence ? std::to_string(envelope.sequence->number.value()) : "none";
}

bool Acknowledges(const HttpAnswer& answer, std::uint64_t lower, std::uint64_t upper) {
  const wire::Envelope envelope = answer.Envelope();
  if (!envelope.acknowledgement) return false;
  for (std::uint64_t n = lower; n <= upper; n++)
    if (!envelope.acknowledgement->ranges.Contains(MessageNumber(n))) return false;
  return true;
}

class ServerOfEitherVersion : public ::testing::TestWithParam<wire::RmVersion> {
 protected:
  RawSession Open(int port, bool offer) {
    RawSession session(GetParam(), offer);
    session.Created(RawConnection(port).Exchange(session.Create()));
    return session;
  }
  const soap_rm_options options = TestOptions();
};

INSTANTIATE_TEST_SUITE_P(Versions, ServerOfEitherVersion,
                         ::testing::Values(wire::RmVersion::kFebruary2005, wire::RmVersion::k11),
                         [](const auto& p) { return p.param == wire::RmVersion::k11 ? "Rm11" : "Rm2005"; });

TEST_P(ServerOfEitherVersion, RunsAnOperationAndRepliesOnTheOfferedSequenceWithAnAcknowledgement) {
  TestServer server(Serving::kThreaded, &options);
  RawSession session = Open(server.port(), true);
  const HttpAnswer answer = RawConnection(server.port()).Exchange(session.Message(1, kAddAction, AddBody(1, 2), true));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(ReplyNumber(answer), "1");
  EXPECT_EQ(answer.Envelope().sequence->id, session.offered());
  EXPECT_TRUE(Acknowledges(answer, 1, 1));
  EXPECT_NE(answer.body.find("AddResult>3<"), std::string::npos) << answer.body;
  EXPECT_EQ(answer.Envelope().addressing.action, std::string(kAddAction) + "Response");
}

TEST_P(ServerOfEitherVersion, AnswersACopyWithTheSameReplyAndRunsItOnce) {
  TestServer server(Serving::kThreaded, &options);
  RawSession session = Open(server.port(), true);
  const std::string request = session.Message(1, kAddAction, AddBody(1, 2), true);
  const HttpAnswer first = RawConnection(server.port()).Exchange(request);
  const HttpAnswer second = RawConnection(server.port()).Exchange(request);
  EXPECT_EQ(first.body, second.body);
  EXPECT_EQ(server.executions().lines().size(), 1u);
  EXPECT_EQ(server.Metrics().replies_repeated, 1u);
}

TEST_P(ServerOfEitherVersion, AnswersACopyOfARunningRequestWith202AtOnce) {
  TestServer server(Serving::kThreaded, &options);
  Gate gate;
  server.set_hook([&](struct soap*, const std::string&) { return gate.Wait() ? SOAP_OK : SOAP_ERR; });
  RawSession session = Open(server.port(), true);
  const std::string request = session.Message(1, kAddAction, AddBody(1, 2), true);
  RawConnection first(server.port());
  first.Send(request);
  ASSERT_TRUE(server.executions().WaitFor(1));
  const HttpAnswer copy = RawConnection(server.port()).Exchange(request);
  EXPECT_EQ(copy.status, 202);
  EXPECT_EQ(copy.body, "");
  gate.Open();
  EXPECT_EQ(ReplyNumber(first.Receive()), "1");
  EXPECT_EQ(server.executions().lines().size(), 1u);
}

TEST_P(ServerOfEitherVersion, KeepsAnEarlyRequestAndRunsItWhenTheGapCloses) {
  TestServer server(Serving::kThreaded, &options);
  RawSession session = Open(server.port(), true);
  RawConnection connection(server.port());
  ASSERT_EQ(connection.Exchange(session.Message(1, kAddAction, AddBody(1, 0), true)).status, 200);
  EXPECT_EQ(RawConnection(server.port()).Exchange(session.Message(3, kAddAction, AddBody(3, 0), true)).status, 202);
  // The first two requests of this connection have shown that the server has a serve loop.
  EXPECT_EQ(ReplyNumber(connection.Exchange(session.Message(2, kAddAction, AddBody(2, 0), true))), "2");
  ASSERT_TRUE(server.executions().WaitFor(3));
  EXPECT_EQ(server.executions().lines(), (Lines{"Add 1 0", "Add 2 0", "Add 3 0"}));
  HttpAnswer copy;
  do copy = RawConnection(server.port()).Exchange(session.Message(3, kAddAction, AddBody(3, 0), true));
  while (copy.status == 202);  // until the operation has answered
  EXPECT_EQ(ReplyNumber(copy), "3");
  EXPECT_EQ(server.executions().lines().size(), 3u);
}

// The operation that closed the gap ends in a fault, and gSOAP's loop with it: nobody comes round for the kept message.
TEST_P(ServerOfEitherVersion, AKeptRequestRunsBeforeTheNextOneWhenTheLoopWasLeft) {
  TestServer server(Serving::kThreaded, &options);
  server.set_hook([](struct soap* soap, const std::string& line) {
    return line == "Add 2 0" ? soap_sender_fault(soap, "no", nullptr) : SOAP_OK;
  });
  RawSession session = Open(server.port(), true);
  RawConnection connection(server.port());
  ASSERT_EQ(connection.Exchange(session.Message(1, kAddAction, AddBody(1, 0), true)).status, 200);
  ASSERT_EQ(RawConnection(server.port()).Exchange(session.Message(3, kAddAction, AddBody(3, 0), true)).status, 202);
  ASSERT_EQ(connection.Exchange(session.Message(2, kAddAction, AddBody(2, 0), true)).status, 500);
  RawConnection next(server.port());
  const HttpAnswer fourth = next.Exchange(session.Message(4, kAddAction, AddBody(4, 0), true));
  EXPECT_EQ(fourth.status, 200) << fourth.body;
  EXPECT_EQ(ReplyNumber(fourth), "4");
  EXPECT_EQ(next.Exchange(session.Message(5, kAddAction, AddBody(5, 0), true)).status, 200);
  EXPECT_EQ(server.executions().lines(), (Lines{"Add 1 0", "Add 2 0", "Add 3 0", "Add 4 0", "Add 5 0"}));
}

TEST_P(ServerOfEitherVersion, TheConnectionThatClosedAGapServesOn) {
  TestServer server(Serving::kThreaded, &options);
  RawSession session = Open(server.port(), true);
  RawConnection connection(server.port());
  ASSERT_EQ(connection.Exchange(session.Message(1, kAddAction, AddBody(1, 0), true)).status, 200);
  ASSERT_EQ(RawConnection(server.port()).Exchange(session.Message(3, kAddAction, AddBody(3, 0), true)).status, 202);
  ASSERT_EQ(connection.Exchange(session.Message(2, kAddAction, AddBody(2, 0), true)).status, 200);
  session.AcknowledgeUpTo(2);
  EXPECT_EQ(connection.Exchange(session.Message(4, kAddAction, AddBody(4, 0), true)).status, 200);
  EXPECT_EQ(server.executions().lines(), (Lines{"Add 1 0", "Add 2 0", "Add 3 0", "Add 4 0"}));
}

TEST_P(ServerOfEitherVersion, AcknowledgesOneWayMessagesWith200AndNoSequence) {
  TestServer server(Serving::kThreaded, &options);
  RawSession session = Open(server.port(), false);
  RawConnection connection(server.port());
  for (int i = 1; i <= 3; i++) {
    const HttpAnswer answer =
        connection.Exchange(session.Message(static_cast<std::uint64_t>(i), kNoteAction, NoteBody(i, "x"), false));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(ReplyNumber(answer), "none");
    EXPECT_TRUE(Acknowledges(answer, 1, static_cast<std::uint64_t>(i)));
  }
  EXPECT_EQ(server.executions().lines(), (Lines{"Note 1", "Note 2", "Note 3"}));
}

TEST_P(ServerOfEitherVersion, StartsTheNextOperationOnlyWhenAOneWayOperationThatAnsweredFirstHasReturned) {
  TestServer server(Serving::kThreaded, &options);
  Gate gate;
  server.set_hook([&](struct soap*, const std::string& line) {
    return line.rfind("SlowNote", 0) == 0 && !gate.Wait() ? SOAP_ERR : SOAP_OK;
  });
  RawSession session = Open(server.port(), false);
  RawConnection first(server.port()), second(server.port());
  const std::string slow = "<SlowNote xmlns=\"http://Microsoft.ServiceModel.Samples\"><id>1</id></SlowNote>";
  const std::string action = "http://Microsoft.ServiceModel.Samples/INotes/SlowNote";
  EXPECT_EQ(first.Exchange(session.Message(1, action, slow, false)).status, 200);
  ASSERT_TRUE(server.executions().WaitFor(1));
  second.Send(session.Message(2, kNoteAction, NoteBody(2, "x"), false));
  gate.Open();
  EXPECT_TRUE(Acknowledges(second.Receive(), 1, 2));
  EXPECT_EQ(server.executions().lines(), (Lines{"SlowNote 1", "Note 2"}));
}

TEST_P(ServerOfEitherVersion, AFaultOfTheApplicationIsAReplyWithStatus500) {
  TestServer server(Serving::kThreaded, &options);
  server.set_hook([](struct soap* soap, const std::string&) { return soap_sender_fault(soap, "no", nullptr); });
  RawSession session = Open(server.port(), true);
  const std::string request = session.Message(1, kAddAction, AddBody(1, 2), true);
  const HttpAnswer first = RawConnection(server.port()).Exchange(request);
  EXPECT_EQ(first.status, 500);
  EXPECT_EQ(ReplyNumber(first), "1");
  EXPECT_TRUE(Acknowledges(first, 1, 1));
  EXPECT_EQ(RawConnection(server.port()).Exchange(request).body, first.body);
  EXPECT_EQ(server.executions().lines().size(), 1u);
}

TEST_P(ServerOfEitherVersion, AFaultWhoseConnectionIsGoneIsCollectedByTheCopy) {
  TestServer server(Serving::kThreaded, &options);
  Gate gate;
  server.set_hook([&](struct soap* soap, const std::string&) {
    gate.Wait();
    return soap_sender_fault(soap, "no", nullptr);
  });
  RawSession session = Open(server.port(), true);
  const std::string request = session.Message(1, kAddAction, AddBody(1, 2), true);
  RawConnection lost(server.port());
  lost.Send(request);
  ASSERT_TRUE(server.executions().WaitFor(1));
  lost.Reset();
  gate.Open();
  HttpAnswer copy;
  do copy = RawConnection(server.port()).Exchange(request);
  while (copy.status == 202);
  EXPECT_EQ(copy.status, 500);
  EXPECT_EQ(ReplyNumber(copy), "1");
  EXPECT_EQ(server.executions().lines().size(), 1u);
}

TEST_P(ServerOfEitherVersion, AServerThatDispatchesByHandRunsAnEarlyRequestWhenItsCopyComes) {
  TestServer server(Serving::kByHand, &options);
  RawSession session = Open(server.port(), true);
  const std::string third = session.Message(3, kAddAction, AddBody(3, 0), true);
  EXPECT_EQ(RawConnection(server.port()).Exchange(session.Message(1, kAddAction, AddBody(1, 0), true)).status, 200);
  EXPECT_EQ(RawConnection(server.port()).Exchange(third).status, 202);
  EXPECT_EQ(RawConnection(server.port()).Exchange(session.Message(2, kAddAction, AddBody(2, 0), true)).status, 200);
  EXPECT_EQ(ReplyNumber(RawConnection(server.port()).Exchange(third)), "3");
  EXPECT_EQ(server.executions().lines(), (Lines{"Add 1 0", "Add 2 0", "Add 3 0"}));
}

TEST_P(ServerOfEitherVersion, AServerThatDispatchesByHandDoesNotAcknowledgeAnEarlyOneWayMessageBeforeItRan) {
  TestServer server(Serving::kByHand, &options);
  RawSession session = Open(server.port(), false);
  const std::string second = session.Message(2, kNoteAction, NoteBody(2, "x"), false);
  EXPECT_FALSE(Acknowledges(RawConnection(server.port()).Exchange(second), 2, 2));
  EXPECT_EQ(RawConnection(server.port()).Exchange(session.Message(1, kNoteAction, NoteBody(1, "x"), false)).status,
            200);
  EXPECT_TRUE(Acknowledges(RawConnection(server.port()).Exchange(second), 1, 2));
  EXPECT_EQ(server.executions().lines(), (Lines{"Note 1", "Note 2"}));
}

TEST_P(ServerOfEitherVersion, AnIterativeServerClosesEachConnectionUnlessTheNextRequestIsThere) {
  TestServer server(Serving::kIterative, &options);
  RawSession session = Open(server.port(), true);
  EXPECT_TRUE(RawConnection(server.port()).Exchange(session.Message(1, kAddAction, AddBody(1, 0), true)).closes());
  RawConnection pipelining(server.port());
  pipelining.Send(session.Message(2, kAddAction, AddBody(2, 0), true) +
                  session.Message(3, kAddAction, AddBody(3, 0), true));
  EXPECT_FALSE(pipelining.Receive().closes());
  EXPECT_TRUE(pipelining.Receive().closes());
  EXPECT_EQ(server.executions().lines(), (Lines{"Add 1 0", "Add 2 0", "Add 3 0"}));
}

TEST_P(ServerOfEitherVersion, AnIterativeServerRunsAnEarlyRequestAfterTheOneThatClosesTheGap) {
  TestServer server(Serving::kIterative, &options);
  RawSession session = Open(server.port(), true);
  const std::string second = session.Message(2, kAddAction, AddBody(2, 0), true);
  EXPECT_EQ(RawConnection(server.port()).Exchange(second).status, 202);
  EXPECT_EQ(RawConnection(server.port()).Exchange(session.Message(1, kAddAction, AddBody(1, 0), true)).status, 200);
  ASSERT_TRUE(server.executions().WaitFor(2));
  EXPECT_EQ(ReplyNumber(RawConnection(server.port()).Exchange(second)), "2");
  EXPECT_EQ(server.executions().lines(), (Lines{"Add 1 0", "Add 2 0"}));
}

TEST_P(ServerOfEitherVersion, SevenPipelinedRequestsAreAnsweredInOrder) {
  TestServer server(Serving::kThreaded, &options);
  RawSession session = Open(server.port(), true);
  std::string requests;
  for (std::uint64_t n = 1; n <= 7; n++)
    requests += session.Message(n, kAddAction, AddBody(static_cast<double>(n), 0), true);
  RawConnection connection(server.port());
  connection.Send(requests);
  for (std::uint64_t n = 1; n <= 7; n++) EXPECT_EQ(ReplyNumber(connection.Receive()), std::to_string(n));
}

TEST_P(ServerOfEitherVersion, ASequenceBelongsToTheHttpUserThatMadeIt) {
  TestServer server(Serving::kThreaded, &options);
  const TwoWayOperation add{kAddAction, AddBody(1, 2),
                            [&] { return static_cast<int>(server.executions().lines().size()); }};
  const auto asking_as = [&](const std::string& user) -> Asker {
    return [&server, line = user.empty() ? user : "Authorization: " + user + "\r\n"](std::string request) {
      return RawConnection(server.port()).Exchange(request.insert(request.find("\r\n") + 2, line));
    };
  };
  const std::string alice = "Basic YWxpY2U6c2VjcmV0";
  // Somebody else, nobody in particular, her name with another password, and one who names her otherwise.
  for (const char* intruder : {"Basic bWFsbG9yeTpzZWNyZXQ=", "", "Basic YWxpY2U6Z3Vlc3M=", "Digest username=\"alice\""})
    ExpectSequenceBelongsToItsOwner(GetParam(), add, asking_as(alice), asking_as(intruder));
  ExpectSequenceBelongsToItsOwner(GetParam(), add, asking_as("Digest username=\"alice\", nc=1"),
                                  asking_as("Digest username=\"mallory\", nc=1"));
  ExpectSequenceBelongsToItsOwner(GetParam(), add, asking_as(""), asking_as(alice));
}

TEST_P(ServerOfEitherVersion, AUserKeepsTheSequenceThoughTheRestOfTheCredentialsChanges) {
  TestServer server(Serving::kThreaded, &options);
  RawSession session(GetParam(), true);
  const auto ask = [&](std::string request, const std::string& credentials) {
    request.insert(request.find("\r\n") + 2, "Authorization: " + credentials + "\r\n");
    return RawConnection(server.port()).Exchange(request);
  };
  session.Created(ask(session.Create(), "Digest username=\"alice\", nc=1"));
  EXPECT_EQ(ask(session.Message(1, kAddAction, AddBody(1, 2), true), "Digest nc=2, username=\"alice\"").status, 200);
}

TEST_P(ServerOfEitherVersion, KeepsTheApplicationsStatePerSessionAndDestroysItWithTheSession) {
  Executions destroyed;
  struct Counter {
    int calls = 0;
    Executions* destroyed;
  };
  TestServer server(Serving::kThreaded, &options);
  server.set_hook([&destroyed](struct soap* soap, const std::string&) {
    auto* counter = static_cast<Counter*>(soap_rm_session_user(soap));
    if (!counter) {
      counter = new Counter{0, &destroyed};
      soap_rm_set_session_user(soap, counter, [](void* user) {
        const std::unique_ptr<Counter> gone(static_cast<Counter*>(user));
        gone->destroyed->Add("after " + std::to_string(gone->calls));
      });
    }
    EXPECT_EQ(static_cast<std::uint64_t>(++counter->calls), soap_rm_message_number(soap));
    EXPECT_NE(soap_rm_session_id(soap), nullptr);
    return SOAP_OK;
  });
  RawSession one = Open(server.port(), true), other = Open(server.port(), true);
  for (std::uint64_t n = 1; n <= 3; n++) {
    EXPECT_EQ(RawConnection(server.port()).Exchange(one.Message(n, kAddAction, AddBody(1, 2), true)).status, 200);
    EXPECT_EQ(RawConnection(server.port()).Exchange(other.Message(n, kAddAction, AddBody(1, 2), true)).status, 200);
  }
  one.AcknowledgeUpTo(3);
  if (GetParam() == wire::RmVersion::k11) {
    EXPECT_EQ(RawConnection(server.port()).Exchange(one.Close(3)).status, 200);
  }
  EXPECT_EQ(destroyed.lines(), Lines{});
  EXPECT_EQ(RawConnection(server.port()).Exchange(one.Terminate(3)).status, 200);
  EXPECT_EQ(server.Metrics().open_sessions, 1u);
  // The context that served Terminate lets go of the session when it reads again or its connection ends.
  ASSERT_TRUE(destroyed.WaitFor(1));
  EXPECT_EQ(RawConnection(server.port()).Exchange(other.Message(4, kAddAction, AddBody(1, 2), true)).status, 200);
  EXPECT_EQ(destroyed.lines(), (Lines{"after 3"}));
  other.AcknowledgeUpTo(4);
  EXPECT_EQ(RawConnection(server.port()).Exchange(other.Terminate(4)).status, 200);
  ASSERT_TRUE(destroyed.WaitFor(2));
  EXPECT_EQ(destroyed.lines(), (Lines{"after 3", "after 4"}));
  EXPECT_EQ(server.Metrics().open_sessions, 0u);
}

TEST(Server, ServesCallsWithoutReliableMessagingAsBefore) {
  const soap_rm_options options = TestOptions();
  TestServer server(Serving::kThreaded, &options);
  const std::string plain = "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body>" + AddBody(1, 2) +
                            "</s:Body></s:Envelope>";
  const HttpAnswer answer = RawConnection(server.port()).Exchange(Post("application/soap+xml; charset=utf-8", plain));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body.find("Sequence"), std::string::npos);
  EXPECT_NE(answer.body.find("AddResult>3<"), std::string::npos) << answer.body;
}

// A message without RM does not say which version it should have been: the fault is that of the server's option.
struct Unreliable {
  soap_rm_protocol_version version;
  const char* soap;          // namespace
  const char* content_type;  // of request and answer
  const char* code;          // the elements that hold the code, with its local name
  const char* action;        // of the fault
};

class ServerThatRequiresReliableSessions : public ::testing::TestWithParam<Unreliable> {};

constexpr char kSoap11[] = "http://schemas.xmlsoap.org/soap/envelope/";
constexpr char kSoap12[] = "http://www.w3.org/2003/05/soap-envelope";
constexpr char kRm11Fault[] = "http://docs.oasis-open.org/ws-rx/wsrm/200702/fault";
constexpr char kAddressingFault[] = "http://www.w3.org/2005/08/addressing/fault";

INSTANTIATE_TEST_SUITE_P(Versions, ServerThatRequiresReliableSessions,
                         ::testing::Values(Unreliable{SOAP_RM_11, kSoap11, "text/xml", ":WsrmRequired</faultcode>",
                                                      kRm11Fault},
                                           Unreliable{SOAP_RM_11, kSoap12, "application/soap+xml",
                                                      ":WsrmRequired</s:Value></s:Subcode>", kRm11Fault},
                                           Unreliable{SOAP_RM_FEBRUARY_2005, kSoap11, "text/xml",
                                                      ":ActionNotSupported</faultcode>", kAddressingFault},
                                           Unreliable{SOAP_RM_FEBRUARY_2005, kSoap12, "application/soap+xml",
                                                      ":ActionNotSupported</s:Value></s:Subcode>", kAddressingFault}),
                         [](const auto& p) {
                           return std::string(p.param.version == SOAP_RM_11 ? "Rm11" : "Rm2005") +
                                  (p.param.soap == kSoap11 ? "Soap11" : "Soap12");
                         });

TEST_P(ServerThatRequiresReliableSessions, RefusesACallWithoutOne) {
  soap_rm_options options = TestOptions();
  options.reliable_messaging_version = GetParam().version;
  options.reliable_session_required = 1;
  TestServer server(Serving::kThreaded, &options);
  const std::string plain = std::string("<s:Envelope xmlns:s=\"") + GetParam().soap + "\"><s:Body>" + AddBody(1, 2) +
                            "</s:Body></s:Envelope>";
  const HttpAnswer answer =
      RawConnection(server.port()).Exchange(Post(std::string(GetParam().content_type) + "; charset=utf-8", plain));
  EXPECT_EQ(answer.status, 500);
  EXPECT_NE(answer.header.find(std::string("Content-Type: ") + GetParam().content_type), std::string::npos)
      << answer.header;
  for (const char* part : {GetParam().soap, GetParam().code, GetParam().action})
    EXPECT_NE(answer.body.find(part), std::string::npos) << part << " in " << answer.body;
  EXPECT_TRUE(server.executions().lines().empty());
  EXPECT_EQ(server.Metrics().sessions_opened, 0u);
}

TEST(Server, LimitsTheSizeOfAMessage) {
  soap_rm_options options = TestOptions();
  options.max_message_size = 4096;
  TestServer server(Serving::kThreaded, &options);
  RawSession session(wire::RmVersion::k11, false);
  session.Created(RawConnection(server.port()).Exchange(session.Create()));
  const auto sized = [&](std::uint64_t number, std::size_t size) {
    wire::Envelope small = session.Application(number, kNoteAction, NoteBody(1, ""), false);
    const std::size_t rest = wire::WriteEnvelope(small).entity.size();
    return session.Message(number, kNoteAction, NoteBody(1, std::string(size - rest, 'x')), false);
  };
  EXPECT_EQ(RawConnection(server.port()).Exchange(sized(1, 4095)).status, 200);
  EXPECT_EQ(RawConnection(server.port()).Exchange(sized(2, 4096)).status, 200);
  const HttpAnswer refused = RawConnection(server.port()).Exchange(sized(3, 4097));
  EXPECT_NE(refused.status, 200);
  EXPECT_NE(refused.body.find("max_message_size"), std::string::npos) << refused.header << refused.body;
  EXPECT_EQ(server.executions().lines().size(), 2u);
}

}  // namespace
}  // namespace gsoaprm::testing
