// A trace of a real run is a script: generated clients and servers over loopback, their traces played again.
#include <gtest/gtest.h>

#include <regex>
#include <string>
#include <thread>
#include <vector>

#include "gsoap/support/test_client.h"
#include "gsoap/support/test_server.h"
#include "tests/scenarios/play.h"

namespace gsoaprm::scenarios {
namespace {

using testing::QuickOptions;
using testing::Serving;
using testing::TestClient;
using testing::TestServer;
using testing::TraceLog;

std::string Joined(const TraceLog& log) {
  std::string text;
  for (const std::string& line : log.lines()) text += line + "\n";
  return text;
}

// A machine that is busy with other tests wakes its threads late; what counts here is what happened.
std::string OfABusyMachine(const std::string& trace) {
  return std::regex_replace(trace, std::regex(" tolerance=[0-9.]+"), " tolerance=5",
                            std::regex_constants::format_first_only);
}

void ExpectToPlay(const std::string& trace, int session = 1) {
  const std::string script = LinesOfSession(trace, session);
  EXPECT_EQ(PlayText(OfABusyMachine(script), "trace"), "") << script;
}

class TraceOfARun : public ::testing::TestWithParam<soap_rm_protocol_version> {
 protected:
  // Nothing is sent again unless something is lost.
  soap_rm_options Options(TraceLog* log) const {
    soap_rm_options options = QuickOptions(GetParam());
    options.retransmission_minimum = 20000;
    options.retransmission_maximum = 60000;
    options.send_timeout = 60000;
    options.handshake_retry_interval = 20000;
    log->Watch(&options);
    return options;
  }
  std::string ClientTrace() const { return Joined(client_); }
  std::string ServerTrace() const { return Joined(server_); }

  TraceLog client_;
  TraceLog server_;
};

INSTANTIATE_TEST_SUITE_P(Versions, TraceOfARun, ::testing::Values(SOAP_RM_FEBRUARY_2005, SOAP_RM_11),
                         [](const auto& p) { return p.param == SOAP_RM_11 ? "Rm11" : "Rm2005"; });

TEST_P(TraceOfARun, OfCallsIsAScriptForEitherSide) {
  const soap_rm_options server_options = Options(&server_);
  {
    TestServer server(Serving::kThreaded, &server_options);
    TestClient program(server.url(), Options(&client_));
    for (int i = 0; i < 5; ++i) EXPECT_EQ(program.Add(i, 2), SOAP_OK);
    EXPECT_EQ(program.Close(), SOAP_OK);
  }
  EXPECT_EQ(client_.Count("completed "), 5u) << ClientTrace();
  EXPECT_EQ(server_.Count("delivered "), 5u) << ServerTrace();
  EXPECT_EQ(server_.Count("TerminateSequence"), 2u) << ServerTrace();
  ExpectToPlay(ClientTrace());
  ExpectToPlay(ServerTrace());
}

TEST_P(TraceOfARun, OfOneWayMessagesIsAScriptForEitherSide) {
  const soap_rm_options server_options = Options(&server_);
  {
    TestServer server(Serving::kThreaded, &server_options);
    TestClient program(server.url(), Options(&client_));
    // One after the other: which of several threads comes first at the engine is not in the trace.
    for (int i = 0; i < 5; ++i) {
      EXPECT_EQ(program.Note(i), SOAP_OK);
      EXPECT_EQ(program.Flush(), SOAP_OK);
    }
    EXPECT_EQ(program.Close(), SOAP_OK);
  }
  EXPECT_EQ(server_.Count("return "), 5u) << ServerTrace();
  ExpectToPlay(ClientTrace());
  ExpectToPlay(ServerTrace());
}

TEST_P(TraceOfARun, OfAFaultOfTheOperationIsAScriptForEitherSide) {
  const soap_rm_options server_options = Options(&server_);
  {
    TestServer server(Serving::kThreaded, &server_options);
    server.set_hook([](struct soap* soap, const std::string&) { return soap_receiver_fault(soap, "no", nullptr); });
    TestClient program(server.url(), Options(&client_));
    EXPECT_NE(program.Add(1, 2), SOAP_OK);
    EXPECT_EQ(program.Close(), SOAP_OK);
  }
  EXPECT_EQ(client_.Count("reply application-fault"), 1u) << ClientTrace();
  ExpectToPlay(ClientTrace());
  ExpectToPlay(ServerTrace());
}

TEST_P(TraceOfARun, OfAnAbortedSessionIsAScriptForEitherSide) {
  const soap_rm_options server_options = Options(&server_);
  {
    TestServer server(Serving::kThreaded, &server_options);
    TestClient program(server.url(), Options(&client_));
    EXPECT_EQ(program.Add(1, 2), SOAP_OK);
    EXPECT_EQ(soap_rm_abort(program.get(), nullptr), SOAP_OK);
    EXPECT_TRUE(server_.WaitFor("fault SequenceTerminated")) << ServerTrace();
  }
  EXPECT_NE(ClientTrace().find(" abort\n"), std::string::npos) << ClientTrace();
  ExpectToPlay(ClientTrace());
  ExpectToPlay(ServerTrace());
}

TEST_P(TraceOfARun, WithMessagesThatAreSentAgainIsAScriptForEitherSide) {
  const soap_rm_options server_options = Options(&server_);
  {
    TestServer server(Serving::kThreaded, &server_options);
    server.set_hook([this](struct soap*, const std::string&) {
      // Its copies are answered before it is.
      return client_.WaitFor("empty", 2) ? SOAP_OK : SOAP_ERR;
    });
    soap_rm_options options = Options(&client_);
    options.retransmission_minimum = 100;
    TestClient program(server.url(), options);
    EXPECT_EQ(program.Add(1, 2), SOAP_OK);
    EXPECT_EQ(program.Close(), SOAP_OK);
  }
  EXPECT_GE(client_.Count(" Add seq="), 3u) << ClientTrace();
  EXPECT_EQ(server_.Count("delivered "), 1u) << ServerTrace();
  ExpectToPlay(ClientTrace());
  ExpectToPlay(ServerTrace());
}

TEST_P(TraceOfARun, OfTheSecondSessionIsAScriptOfItsOwn) {
  const soap_rm_options server_options = Options(&server_);
  {
    TestServer server(Serving::kThreaded, &server_options);
    TestClient program(server.url(), Options(&client_));
    EXPECT_EQ(program.Add(1, 2), SOAP_OK);
    EXPECT_EQ(program.Close(), SOAP_OK);
    EXPECT_EQ(program.Add(3, 4), SOAP_OK);
    EXPECT_EQ(program.Close(), SOAP_OK);
  }
  EXPECT_EQ(client_.Count("[2] client rm="), 1u) << ClientTrace();
  ExpectToPlay(ClientTrace(), 1);
  ExpectToPlay(ClientTrace(), 2);
  ExpectToPlay(ServerTrace());
}

TEST_P(TraceOfARun, OfCallersBesideEachOtherIsAScriptForTheClient) {
  const soap_rm_options server_options = Options(&server_);
  {
    TestServer server(Serving::kThreaded, &server_options);
    TestClient program(server.url(), Options(&client_));
    EXPECT_EQ(program.Add(1, 2), SOAP_OK);
    std::vector<std::thread> callers;
    for (int i = 0; i < 4; ++i) {
      callers.emplace_back([&program, i] { EXPECT_EQ(program.Copy()->Add(i, 1), SOAP_OK); });
    }
    for (std::thread& caller : callers) caller.join();
    EXPECT_EQ(program.Close(), SOAP_OK);
  }
  EXPECT_EQ(client_.Count("completed "), 5u) << ClientTrace();
  // In which order they came to the engine is not in the trace, so it may differ when it is played; but it can be read.
  const ParseResult parsed = Parse(ClientTrace());
  EXPECT_TRUE(parsed.script) << parsed.line << ": " << parsed.error << "\n" << ClientTrace();
}

TEST(Trace, OfARefusedConnectionIsAScript) {
  TraceLog log;
  soap_rm_options options = QuickOptions(SOAP_RM_11);
  options.open_timeout = 300;
  options.handshake_retry_interval = 200;
  log.Watch(&options);
  // Nobody listens on the discard port.
  TestClient program("http://127.0.0.1:9/", options);
  EXPECT_NE(program.Add(1, 2), SOAP_OK);
  // The call ends a moment before the line is written.
  EXPECT_TRUE(log.WaitFor("state Faulted OpenTimeout"));
  const std::string trace = Joined(log);
  EXPECT_NE(trace.find("< @1 nothing reason="), std::string::npos) << trace;
  ExpectToPlay(trace);
}

}  // namespace
}  // namespace gsoaprm::scenarios
