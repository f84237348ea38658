// Clients that want their acknowledgements at an address of their own: at a server that lists it, and one that does
// not.
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "gsoap/support/raw_http.h"
#include "gsoap/support/test_server.h"
#include "support/letter_box.h"
#include "wire/describe.h"
#include "wire/envelope_reader.h"
#include "wire/envelope_writer.h"

namespace gsoaprm::testing {
namespace {

using wire::FaultCode;
using wire::RmAction;

struct Form {
  wire::RmVersion rm;
  wire::SoapVersion soap;
};

wire::Envelope Opened(const Letter& letter) {
  wire::ReadResult result = wire::ReadEnvelope(letter.body, letter.Value("Content-Type"), "");
  EXPECT_TRUE(result.ok()) << result.reason << letter.body;
  return result.envelope;
}

class ResponseEndpoints : public ::testing::TestWithParam<Form> {
 protected:
  bool is_11() const { return GetParam().rm == wire::RmVersion::k11; }
  static soap_rm_options Listing(const std::string& endpoints) {
    soap_rm_options options = TestOptions();
    endpoints.copy(options.response_endpoints, sizeof options.response_endpoints - 1);
    return options;
  }
  static HttpAnswer Ask(const TestServer& server, const std::string& request) {
    return RawConnection(server.port()).Exchange(request);
  }
  static HttpAnswer Ask(const TestServer& server, const wire::Envelope& envelope) {
    return Ask(server, RawSession::Written(envelope));
  }
  RawSession Session() const { return RawSession(GetParam().rm, false, GetParam().soap); }

  // A CreateSequence that wants everything there.
  wire::Envelope Create(const Uri& address, bool offer = false) const {
    static int count = 0;
    wire::Envelope create = Session().Protocol(RmAction::kCreateSequence);
    create.addressing.message_id = MessageId("urn:test:elsewhere:" + std::to_string(++count));
    create.addressing.reply_to = address;
    wire::CreateSequence body;
    body.acks_to = address;
    if (offer) {
      body.offer.emplace();
      body.offer->id = SequenceId("urn:test:elsewhere:offer:" + std::to_string(count));
      if (is_11()) body.offer->endpoint = address;
    }
    create.body = body;
    return create;
  }
  // Opens a session whose answers go to /acks of the box; the box has one letter afterwards.
  RawSession Open(const TestServer& server, const LetterBox& box, const std::string& path = "/acks") {
    RawSession session = Session();
    EXPECT_EQ(Ask(server, Create(Uri(box.origin() + path), true)).status, 202);
    EXPECT_TRUE(box.WaitFor(1));
    if (!box.letters().empty()) session.Created(CreatedAs(box.letters()[0]));
    return session;
  }
  static HttpAnswer CreatedAs(const Letter& letter) {
    HttpAnswer answer;
    answer.status = 200;
    answer.header = letter.header;
    answer.body = letter.body;
    return answer;
  }
  static wire::Envelope Note(const RawSession& session, std::uint64_t number) {
    return session.Application(number, kNoteAction, NoteBody(static_cast<int>(number), "x"), false);
  }
  static wire::Envelope Add(const RawSession& session, std::uint64_t number, const Uri& reply_to) {
    wire::Envelope message = session.Application(number, kAddAction, AddBody(static_cast<double>(number), 1), true);
    message.addressing.reply_to = reply_to;
    return message;
  }
  // What the acknowledgement in the letter covers: "1-3".
  static std::string Covered(const Letter& letter) {
    const wire::Envelope envelope = Opened(letter);
    if (!envelope.acknowledgement || envelope.acknowledgement->ranges.empty()) return "nothing";
    const MessageRange range = envelope.acknowledgement->ranges.ranges().back();
    return std::to_string(range.lower.value()) + "-" + std::to_string(range.upper.value());
  }
  static Uri To(const LetterBox& box) { return Uri(box.origin() + "/acks"); }
};

INSTANTIATE_TEST_SUITE_P(Forms, ResponseEndpoints,
                         ::testing::Values(Form{wire::RmVersion::kFebruary2005, wire::SoapVersion::k11},
                                           Form{wire::RmVersion::kFebruary2005, wire::SoapVersion::k12},
                                           Form{wire::RmVersion::k11, wire::SoapVersion::k11},
                                           Form{wire::RmVersion::k11, wire::SoapVersion::k12}),
                         [](const auto& p) {
                           return std::string(p.param.rm == wire::RmVersion::k11 ? "Rm11" : "Rm2005") +
                                  (p.param.soap == wire::SoapVersion::k11 ? "Soap11" : "Soap12");
                         });

// ---- what is posted ----

TEST_P(ResponseEndpoints, AcknowledgementsArriveThereAndNowhereElse) {
  LetterBox box;
  const soap_rm_options options = Listing(box.origin());
  TestServer server(Serving::kThreaded, &options);
  const RawSession session = Open(server, box);
  for (const std::uint64_t number : {1u, 2u}) {
    const HttpAnswer answer = Ask(server, Note(session, number));
    EXPECT_EQ(answer.status, 202);
    EXPECT_EQ(answer.body, "");
    ASSERT_TRUE(box.WaitFor(number + 1));
    const Letter letter = box.letters()[number];
    EXPECT_EQ(letter.target(), "/acks");
    EXPECT_EQ(Covered(letter), "1-" + std::to_string(number));
    EXPECT_EQ(Opened(letter).rm_action, RmAction::kSequenceAcknowledgement);
    EXPECT_EQ(Opened(letter).addressing.to, To(box));
    EXPECT_EQ(Opened(letter).protocol.soap, GetParam().soap);
    const std::string action = "\"" + Opened(letter).addressing.action + "\"";
    EXPECT_EQ(letter.Value("SOAPAction"), GetParam().soap == wire::SoapVersion::k11 ? action : "none");
  }
  EXPECT_EQ(server.executions().lines(), (std::vector<std::string>{"Note 1", "Note 2"}));
}

TEST_P(ResponseEndpoints, AReplyArrivesThereWithItsAcknowledgement) {
  LetterBox box;
  const soap_rm_options options = Listing(box.origin());
  TestServer server(Serving::kThreaded, &options);
  const RawSession session = Open(server, box);
  const wire::Envelope request = Add(session, 1, To(box));
  EXPECT_EQ(Ask(server, request).status, 202);
  ASSERT_TRUE(box.WaitFor(2));
  const Letter letter = box.letters()[1];
  EXPECT_NE(letter.body.find("AddResponse"), std::string::npos) << letter.body;
  EXPECT_EQ(Covered(letter), "1-1");
  EXPECT_EQ(Opened(letter).addressing.relates_to, request.addressing.message_id);
  EXPECT_EQ(Opened(letter).addressing.to, To(box));
  EXPECT_FALSE(Opened(letter).sequence);
}

TEST_P(ResponseEndpoints, TheEndIsAnsweredThere) {
  LetterBox box;
  const soap_rm_options options = Listing(box.origin());
  TestServer server(Serving::kThreaded, &options);
  const RawSession session = Open(server, box);
  EXPECT_EQ(Ask(server, Note(session, 1)).status, 202);
  ASSERT_TRUE(box.WaitFor(2));
  wire::Envelope terminate = session.Protocol(RmAction::kTerminateSequence);
  terminate.addressing.reply_to = To(box);
  wire::TerminateSequence body{session.sequence(), std::nullopt};
  if (is_11()) body.last_message_number = MessageNumber(1);
  terminate.body = body;
  EXPECT_EQ(Ask(server, terminate).status, 202);
  if (is_11()) {
    ASSERT_TRUE(box.WaitFor(3));
    EXPECT_EQ(Opened(box.letters()[2]).rm_action, RmAction::kTerminateSequenceResponse);
    EXPECT_EQ(Covered(box.letters()[2]), "1-1");
  }
  EXPECT_EQ(server.Metrics().open_sessions, 0u);
  // Whoever asks after the end is told so on the exchange.
  EXPECT_EQ(Ask(server, Note(session, 2)).status, 500);
}

TEST_P(ResponseEndpoints, AKeptMessageIsAnsweredThereWhenItHasRun) {
  LetterBox box;
  const soap_rm_options options = Listing(box.origin());
  TestServer server(Serving::kThreaded, &options);
  const RawSession session = Open(server, box);
  RawConnection loop(server.port());
  EXPECT_EQ(loop.Exchange(RawSession::Written(Add(session, 1, To(box)))).status, 202);
  EXPECT_EQ(loop.Exchange(RawSession::Written(Add(session, 3, To(box)))).status, 202);
  EXPECT_EQ(loop.Exchange(RawSession::Written(Add(session, 2, To(box)))).status, 202);
  // CreateSequenceResponse, three replies, and that 3 is kept.
  ASSERT_TRUE(box.WaitFor(5));
  std::size_t replies = 0;
  for (const Letter& letter : box.letters()) replies += letter.body.find("AddResponse") != std::string::npos ? 1 : 0;
  EXPECT_EQ(replies, 3u);
}

TEST_P(ResponseEndpoints, AMessageMayBeAnsweredOnItsExchange) {
  LetterBox box;
  const soap_rm_options options = Listing(box.origin());
  TestServer server(Serving::kThreaded, &options);
  const RawSession session = Open(server, box);
  wire::Envelope nobodys = session.Protocol(RmAction::kAckRequested);
  nobodys.addressing.message_id.reset();
  nobodys.ack_requested = wire::AckRequestedHeader{session.sequence()};
  EXPECT_EQ(Ask(server, nobodys).status, 202);
  ASSERT_TRUE(box.WaitFor(2));
  // Of no session that it could belong to.
  nobodys.ack_requested = wire::AckRequestedHeader{SequenceId("urn:test:nobody")};
  nobodys.addressing.reply_to = To(box);
  EXPECT_EQ(Ask(server, nobodys).status, 500);
  EXPECT_EQ(box.letters().size(), 2u);
}

// ---- where nothing is posted ----

TEST_P(ResponseEndpoints, AnAddressThatIsNotListedIsRefusedAndNeverConnectedTo) {
  LetterBox listed, other;
  const soap_rm_options options = Listing(listed.origin());
  TestServer server(Serving::kThreaded, &options);
  const std::string port = std::to_string(other.port());
  for (const std::string& address : std::vector<std::string>{
           other.origin() + "/acks", "http://localhost:" + port + "/", "http://[::ffff:127.0.0.1]:" + port + "/",
           "http://2130706433:" + port + "/", "http://0x7f.1:" + port + "/", "http://127.0.0.1.:" + port + "/",
           listed.origin() + "@127.0.0.1:" + port + "/", "https://127.0.0.1:" + port + "/",
           "http://169.254.169.254/latest/meta-data/", "file:///etc/passwd"}) {
    const HttpAnswer answer = Ask(server, Create(Uri(address)));
    EXPECT_EQ(answer.status, 500) << address;
    ASSERT_NE(answer.Envelope().fault(), nullptr) << address;
    EXPECT_EQ(answer.Envelope().fault()->code, FaultCode::kCreateSequenceRefused) << address;
  }
  const RawSession session = Open(server, listed);
  for (const std::string& address : {other.origin() + "/acks", listed.origin() + "/others"}) {
    const HttpAnswer answer = Ask(server, Add(session, 1, Uri(address)));
    EXPECT_EQ(answer.status, 500);
    EXPECT_EQ(answer.Envelope().fault()->code, FaultCode::kOnlyAnonymousAddressSupported) << address;
  }
  EXPECT_EQ(server.executions().lines().size(), 0u);
  EXPECT_EQ(listed.connections(), 1u);
  EXPECT_EQ(other.connections(), 0u);
}

TEST_P(ResponseEndpoints, ARedirectIsNotFollowed) {
  LetterBox other;
  LetterBox box([&](const Letter&) {
    return "HTTP/1.1 307 Temporary Redirect\r\nLocation: " + other.origin() + "/\r\nContent-Length: 0\r\n\r\n";
  });
  const soap_rm_options options = Listing(box.origin() + " " + other.origin());
  TestServer server(Serving::kThreaded, &options);
  const RawSession session = Open(server, box);
  EXPECT_EQ(Ask(server, Note(session, 1)).status, 202);
  ASSERT_TRUE(box.WaitFor(2));
  EXPECT_EQ(server.executions().lines().size(), 1u);
  EXPECT_EQ(other.connections(), 0u);
  EXPECT_EQ(server.Metrics().responses_posted, 0u);
}

// ---- endpoints that fail ----

TEST_P(ResponseEndpoints, MessagesRunWhileItIsDeadAndAreAcknowledgedWhenItIsBack) {
  auto box = std::make_unique<LetterBox>();
  const int port = box->port();
  const soap_rm_options options = Listing(box->origin());
  TestServer server(Serving::kThreaded, &options);
  const RawSession session = Open(server, *box);
  box.reset();
  for (const std::uint64_t number : {1u, 2u, 3u}) EXPECT_EQ(Ask(server, Note(session, number)).status, 202);
  EXPECT_EQ(server.executions().lines().size(), 3u);
  while (server.Metrics().responses_lost < 3) std::this_thread::yield();

  LetterBox back([](const Letter&) { return kTaken; }, port);
  EXPECT_EQ(Ask(server, Note(session, 3)).status, 202);
  ASSERT_TRUE(back.WaitFor(1));
  EXPECT_EQ(Covered(back.letters()[0]), "1-3");
  EXPECT_EQ(server.executions().lines().size(), 3u);
}

TEST_P(ResponseEndpoints, OneThatNeverAnswersDelaysNobodyElse) {
  LetterBox silent([](const Letter&) { return ""; });
  LetterBox box;
  const soap_rm_options options = Listing(silent.origin() + " " + box.origin());
  TestServer server(Serving::kThreaded, &options);
  const RawSession stuck = Open(server, silent);
  for (std::uint64_t number = 1; number <= 5; number++) EXPECT_EQ(Ask(server, Note(stuck, number)).status, 202);
  EXPECT_EQ(server.executions().lines().size(), 5u);
  const RawSession session = Open(server, box);
  EXPECT_EQ(Ask(server, Note(session, 1)).status, 202);
  ASSERT_TRUE(box.WaitFor(2));
  EXPECT_EQ(Covered(box.letters()[1]), "1-1");
  // The end of the server does not wait for it either.
}

TEST_P(ResponseEndpoints, OneThatNeverAnswersIsGivenUpAfterTheTimeToRead) {
  LetterBox silent([](const Letter&) { return ""; });
  soap_rm_options options = Listing(silent.origin());
  options.read_timeout = 200;
  TestServer server(Serving::kThreaded, &options);
  const RawSession session = Open(server, silent);
  while (server.Metrics().responses_lost < 1) std::this_thread::yield();
  EXPECT_EQ(Ask(server, Note(session, 1)).status, 202);
  EXPECT_TRUE(silent.WaitFor(2));
}

// ---- other ways of serving ----

TEST_P(ResponseEndpoints, ServersWithOneThreadPostAsWell) {
  for (const Serving serving : {Serving::kIterative, Serving::kByHand}) {
    LetterBox box;
    const soap_rm_options options = Listing(box.origin());
    TestServer server(serving, &options);
    const RawSession session = Open(server, box);
    EXPECT_EQ(Ask(server, Note(session, 1)).status, 202);
    EXPECT_EQ(Ask(server, Add(session, 2, To(box))).status, 202);
    ASSERT_TRUE(box.WaitFor(3));
    EXPECT_EQ(Covered(box.letters()[2]), "1-2");
  }
}

TEST_P(ResponseEndpoints, AClientOfItsExchangesIsServedAsEver) {
  LetterBox box;
  const soap_rm_options options = Listing(box.origin());
  TestServer server(Serving::kThreaded, &options);
  RawSession session(GetParam().rm, true, GetParam().soap);
  session.Created(Ask(server, session.Create()));
  const HttpAnswer answer = Ask(server, session.Message(1, kAddAction, AddBody(1, 2), true));
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.Envelope().sequence);
  EXPECT_EQ(box.connections(), 0u);
}

TEST(ResponseEndpointsOption, AWrongOneIsRefusedAtRegistrationByItsName) {
  soap_rm_options options;
  soap_rm_options_default(&options);
  const std::string list = "http://good.example http://169.254.169.254";
  list.copy(options.response_endpoints, sizeof options.response_endpoints - 1);
  struct soap* const soap = soap_new();
  EXPECT_NE(soap_register_plugin_arg(soap, soap_rm, &options), SOAP_OK);
  char text[1024] = "";
  soap_sprint_fault(soap, text, sizeof text);
  EXPECT_NE(std::string(text).find("response_endpoints"), std::string::npos) << text;
  EXPECT_NE(std::string(text).find("'http://169.254.169.254'"), std::string::npos) << text;
  soap_destroy(soap);
  soap_end(soap);
  soap_free(soap);
}

}  // namespace
}  // namespace gsoaprm::testing
