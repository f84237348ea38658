// Options of soap_rm_options that limit something show their effect: nothing below the limit, and all above it.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "gsoap/knobs.h"

namespace gsoaprm::testing {
namespace {

using namespace knobs;
using Lines = std::vector<std::string>;
using wire::RmAction;

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
