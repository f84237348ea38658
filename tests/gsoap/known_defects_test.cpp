// What other stacks got wrong against WCF, and what attackers could do to them: none of it happens here. At the server
// spoken to by hand, and at the client answered by hand.
#include <gtest/gtest.h>

#include <atomic>
#include <set>

#include "gsoap/client_service.h"
#include "gsoap/support/bystander.h"
#include "gsoap/support/raw_http.h"
#include "gsoap/support/test_client.h"
#include "gsoap/support/test_server.h"
#include "wire/envelope_writer.h"

namespace gsoaprm::testing {
namespace {

using Lines = std::vector<std::string>;
using wire::FaultCode;
using wire::RmAction;

const std::string kAlice = "Authorization: Basic YWxpY2U6c2VjcmV0\r\n";
const std::string kMallory = "Authorization: Basic bWFsbG9yeTpzZWNyZXQ=\r\n";

std::string WithLines(std::string request, const std::string& lines) {
  return request.insert(request.find("\r\n") + 2, lines);
}

// The envelope with another text in it.
std::string Changed(const wire::Envelope& envelope, const std::string& from, const std::string& to) {
  wire::WrittenMessage message = wire::WriteEnvelope(envelope);
  const std::size_t at = message.entity.find(from);
  EXPECT_NE(at, std::string::npos) << message.entity;
  if (at != std::string::npos) message.entity.replace(at, from.size(), to);
  return Post(message.content_type, message.entity);
}

FaultCode FaultIn(const HttpAnswer& answer) {
  const wire::Envelope envelope = answer.Envelope();
  EXPECT_NE(envelope.fault(), nullptr) << answer.header << answer.body;
  return envelope.fault() ? envelope.fault()->code : FaultCode::kOther;
}

SequenceId CreatedId(const HttpAnswer& answer) {
  const wire::Envelope envelope = answer.Envelope();
  const auto* response = std::get_if<wire::CreateSequenceResponse>(&envelope.body);
  EXPECT_NE(response, nullptr) << answer.body;
  return response ? response->id : SequenceId();
}

class KnownDefect : public ::testing::TestWithParam<wire::RmVersion> {
 protected:
  bool is_11() const { return GetParam() == wire::RmVersion::k11; }
  RawSession Open(const TestServer& server, bool offer, wire::SoapVersion soap = wire::SoapVersion::k12) {
    RawSession session(GetParam(), offer, soap);
    session.Created(Ask(server, session.Create()));
    return session;
  }
  static HttpAnswer Ask(const TestServer& server, const std::string& request) {
    return RawConnection(server.port()).Exchange(request);
  }
  static HttpAnswer AskAdd(const TestServer& server, const RawSession& session, std::uint64_t number) {
    return Ask(server, session.Message(number, kAddAction, AddBody(static_cast<double>(number), 0), true));
  }
  static HttpAnswer AskNote(const TestServer& server, const RawSession& session, std::uint64_t number) {
    return Ask(server, session.Message(number, kNoteAction, NoteBody(static_cast<int>(number), "x"), false));
  }
  // What asks for an acknowledgement and says nothing else.
  static wire::Envelope AckRequested(const RawSession& session) {
    wire::Envelope envelope = session.Protocol(RmAction::kAckRequested);
    envelope.addressing.message_id.reset();
    envelope.ack_requested = wire::AckRequestedHeader{session.sequence()};
    return envelope;
  }
  soap_rm_options ClientOptions() const { return QuickOptions(is_11() ? SOAP_RM_11 : SOAP_RM_FEBRUARY_2005); }
  soap_rm_options NotesOptions() const {
    soap_rm_options changed = ClientOptions();
    changed.session_shape = SOAP_RM_SHAPE_ONE_WAY;
    return changed;
  }
  const soap_rm_options options = TestOptions();
  std::atomic<ClientService*> service_{nullptr};  // for its script
};

INSTANTIATE_TEST_SUITE_P(Versions, KnownDefect, ::testing::Values(wire::RmVersion::kFebruary2005, wire::RmVersion::k11),
                         [](const auto& p) { return p.param == wire::RmVersion::k11 ? "Rm11" : "Rm2005"; });

// ---- acknowledgements that say "nothing yet" ----

TEST_P(KnownDefect, TheServerTakesAnAcknowledgementOfNothingWhileRepliesAreOutstanding) {
  TestServer server(Serving::kThreaded, &options);
  RawSession session = Open(server, true);
  EXPECT_EQ(AskAdd(server, session, 1).status, 200);
  wire::Envelope second = session.Application(2, kAddAction, AddBody(2, 0), true);
  second.acknowledgement = wire::AcknowledgementHeader{session.offered(), {}, false, std::nullopt};
  EXPECT_EQ(Ask(server, RawSession::Written(second)).status, 200);
  EXPECT_EQ(AskAdd(server, session, 3).status, 200);
  EXPECT_EQ(server.executions().lines().size(), 3u);
}

TEST_P(KnownDefect, TheClientTakesAnAcknowledgementOfNothingWhileMessagesAreOutstanding) {
  ClientService service([this](const ServiceRequest& request, ServiceAnswer* answer) {
    if (request.number != 1 || request.sending != 1) return false;
    wire::Envelope nothing = service_.load()->Acknowledgement(request);
    nothing.acknowledgement->ranges = MessageRanges();
    *answer = Enveloped(nothing);
    return true;
  });
  service_ = &service;
  TestClient client(service.url(), NotesOptions());
  EXPECT_EQ(client.Note(1), SOAP_OK) << client.Fault();
  EXPECT_EQ(client.Note(2), SOAP_OK) << client.Fault();
  EXPECT_EQ(client.Close(), SOAP_OK) << client.Fault();
  EXPECT_EQ(client.Metrics().retransmissions, 1u);
}

TEST_P(KnownDefect, TheServerWritesAnAcknowledgementOfNothingAsWcfReadsIt) {
  TestServer server(Serving::kThreaded, &options);
  const RawSession session = Open(server, false);
  const HttpAnswer answer = Ask(server, RawSession::Written(AckRequested(session)));
  EXPECT_EQ(answer.status, 200);
  if (is_11()) {
    EXPECT_NE(answer.body.find(":None"), std::string::npos) << answer.body;
  } else {
    EXPECT_NE(answer.body.find("Lower=\"0\""), std::string::npos) << answer.body;
    EXPECT_NE(answer.body.find("Upper=\"0\""), std::string::npos) << answer.body;
  }
}

TEST_P(KnownDefect, MessagesThatComeBackwardsAreAcknowledgedAsOneRange) {
  soap_rm_options unordered = options;
  unordered.ordered = 0;
  TestServer server(Serving::kThreaded, &unordered);
  const RawSession session = Open(server, false);
  HttpAnswer answer;
  for (const std::uint64_t number : {1u, 5u, 4u, 3u, 2u}) answer = AskNote(server, session, number);
  const wire::Envelope envelope = answer.Envelope();
  ASSERT_TRUE(envelope.acknowledgement) << answer.body;
  MessageRanges all;
  all.InsertRange(MessageNumber(1), MessageNumber(5));
  EXPECT_EQ(envelope.acknowledgement->ranges.ranges().size(), 1u);
  EXPECT_TRUE(envelope.acknowledgement->ranges.Covers(all));
}

// ---- lost replies ----

TEST_P(KnownDefect, TheServerRepeatsAReplyThatWasLost) {
  TestServer server(Serving::kThreaded, &options);
  const RawSession session = Open(server, true);
  const std::string request = session.Message(1, kAddAction, AddBody(1, 2), true);
  {
    RawConnection lost(server.port());
    lost.Send(request);
    ASSERT_TRUE(server.executions().WaitFor(1));
    lost.Reset();
  }
  HttpAnswer copy;
  do copy = Ask(server, request);
  while (copy.status == 202);  // until the operation has answered
  EXPECT_EQ(copy.status, 200);
  EXPECT_NE(copy.body.find("AddResult>3<"), std::string::npos) << copy.body;
  EXPECT_EQ(server.executions().lines(), Lines{"Add 1 2"});
}

TEST_P(KnownDefect, TheClientTakesTheReplyFromTheAnswerToACopy) {
  ClientService service([](const ServiceRequest& request, ServiceAnswer* answer) {
    if (request.number != 1 || request.sending > 2) return false;
    *answer = Closed();
    return true;
  });
  TestClient client(service.url(), ClientOptions());
  EXPECT_EQ(client.Add(1, 2), SOAP_OK) << client.Fault();
  EXPECT_EQ(client.Metrics().retransmissions, 2u);
  EXPECT_EQ(client.Close(), SOAP_OK) << client.Fault();
}

// ---- opening and closing ----

TEST_P(KnownDefect, TheClientWritesMessageIdsWhereWcfRequiresThem) {
  ClientService service;
  TestClient client(service.url(), ClientOptions());
  EXPECT_EQ(client.Add(1, 2), SOAP_OK) << client.Fault();
  EXPECT_EQ(client.Close(), SOAP_OK) << client.Fault();
  std::vector<RmAction> actions{RmAction::kCreateSequence, RmAction::kNone};
  if (is_11()) actions.insert(actions.end(), {RmAction::kCloseSequence, RmAction::kTerminateSequence});
  for (const RmAction action : actions) {
    const auto requests = service.requests(action);
    ASSERT_EQ(requests.size(), 1u);
    EXPECT_TRUE(requests[0].envelope.addressing.message_id) << requests[0].body;
  }
}

TEST_P(KnownDefect, TheServerAsksForTheMessageIdOfCreateSequence) {
  TestServer server(Serving::kThreaded, &options);
  wire::Envelope create = RawSession(GetParam(), false).Protocol(RmAction::kCreateSequence);
  create.addressing.message_id.reset();
  wire::CreateSequence body;
  body.acks_to = Uri(std::string(wire::AnonymousAddress(create.protocol.addressing)));
  create.body = body;
  EXPECT_EQ(FaultIn(Ask(server, RawSession::Written(create))), FaultCode::kMessageAddressingHeaderRequired);
  EXPECT_EQ(server.Metrics().open_sessions, 0u);
}

TEST_P(KnownDefect, ARepeatedCreateSequenceGetsTheSameSequence) {
  TestServer server(Serving::kThreaded, &options);
  for (const bool offer : {true, false}) {
    const std::string create = RawSession(GetParam(), offer).Create();
    EXPECT_EQ(CreatedId(Ask(server, create)), CreatedId(Ask(server, create)));
  }
  EXPECT_EQ(server.Metrics().sessions_opened, 2u);
}

TEST_P(KnownDefect, AnOfferOfAnIdentifierThatExistsIsRefused) {
  TestServer server(Serving::kThreaded, &options);
  const RawSession session = Open(server, true);
  for (const SequenceId& taken : {session.offered(), session.sequence()}) {
    wire::Envelope create = session.Protocol(RmAction::kCreateSequence);
    create.addressing.message_id = MessageId("urn:test:another:" + taken.text());
    wire::CreateSequence body;
    body.acks_to = Uri(std::string(wire::AnonymousAddress(create.protocol.addressing)));
    body.offer.emplace();
    body.offer->id = taken;
    if (is_11()) body.offer->endpoint = body.acks_to;
    create.body = body;
    const HttpAnswer answer = Ask(server, RawSession::Written(create));
    // The offer of a live session is what WCF knows a repeated CreateSequence by.
    if (taken == session.offered()) {
      EXPECT_EQ(CreatedId(answer), session.sequence());
    } else {
      EXPECT_EQ(FaultIn(answer), FaultCode::kCreateSequenceRefused);
    }
  }
  EXPECT_EQ(server.Metrics().sessions_opened, 1u);
}

TEST(KnownDefectOf11, TheCloseSequenceResponseCarriesTheFinalAcknowledgement) {
  const soap_rm_options options = TestOptions();
  TestServer server(Serving::kThreaded, &options);
  RawSession session(wire::RmVersion::k11, true);
  session.Created(RawConnection(server.port()).Exchange(session.Create()));
  EXPECT_EQ(RawConnection(server.port()).Exchange(session.Message(1, kAddAction, AddBody(1, 2), true)).status, 200);
  session.AcknowledgeUpTo(1);
  const wire::Envelope closed = RawConnection(server.port()).Exchange(session.Close(1)).Envelope();
  EXPECT_EQ(closed.rm_action, RmAction::kCloseSequenceResponse);
  ASSERT_TRUE(closed.acknowledgement);
  EXPECT_TRUE(closed.acknowledgement->final);
  EXPECT_TRUE(closed.acknowledgement->ranges.IsExactly(MessageNumber(1)));
}

TEST(KnownDefectOf11, TheClientWritesTheFinalAcknowledgementWithCloseSequence) {
  ClientService service;
  TestClient client(service.url(), QuickOptions(SOAP_RM_11));
  EXPECT_EQ(client.Add(1, 2), SOAP_OK) << client.Fault();
  EXPECT_EQ(client.Close(), SOAP_OK) << client.Fault();
  for (const RmAction action : {RmAction::kCloseSequence, RmAction::kTerminateSequence}) {
    const auto requests = service.requests(action);
    ASSERT_EQ(requests.size(), 1u);
    ASSERT_TRUE(requests[0].envelope.acknowledgement) << requests[0].body;
    EXPECT_TRUE(requests[0].envelope.acknowledgement->final) << requests[0].body;
  }
}

TEST(KnownDefectOf2005, TheServerAnswersTheLastMessageWithTheLastMessageOfTheReplies) {
  const soap_rm_options options = TestOptions();
  TestServer server(Serving::kThreaded, &options);
  RawSession session(wire::RmVersion::kFebruary2005, true);
  session.Created(RawConnection(server.port()).Exchange(session.Create()));
  EXPECT_EQ(RawConnection(server.port()).Exchange(session.Message(1, kAddAction, AddBody(1, 2), true)).status, 200);
  wire::Envelope last = session.Protocol(RmAction::kLastMessage);
  last.addressing.message_id.reset();
  last.sequence = wire::SequenceHeader{session.sequence(), MessageNumber(2), true};
  const wire::Envelope answer = RawConnection(server.port()).Exchange(RawSession::Written(last)).Envelope();
  EXPECT_EQ(answer.rm_action, RmAction::kLastMessage);
  ASSERT_TRUE(answer.sequence);
  EXPECT_EQ(answer.sequence->id, session.offered());
  EXPECT_EQ(answer.sequence->number, MessageNumber(2));
  EXPECT_TRUE(answer.sequence->last_message);
}

TEST(KnownDefectOf2005, TheClientTakesTheLastMessageOfTheRepliesAndAcknowledgesIt) {
  ClientService service;
  TestClient client(service.url(), QuickOptions(SOAP_RM_FEBRUARY_2005));
  EXPECT_EQ(client.Add(1, 2), SOAP_OK) << client.Fault();
  EXPECT_EQ(client.Close(), SOAP_OK) << client.Fault();
  EXPECT_EQ(service.requests(RmAction::kLastMessage).size(), 1u);
  const auto terminated = service.requests(RmAction::kTerminateSequence);
  ASSERT_EQ(terminated.size(), 1u);
  MessageRanges both;
  both.InsertRange(MessageNumber(1), MessageNumber(2));
  ASSERT_TRUE(terminated[0].envelope.acknowledgement);
  EXPECT_TRUE(terminated[0].envelope.acknowledgement->ranges.Covers(both)) << terminated[0].body;
}

// ---- faults ----

TEST_P(KnownDefect, ASoap11FaultNamesTheSequenceWhereWcfLooksForIt) {
  TestServer server(Serving::kThreaded, &options);
  const RawSession nobody(GetParam(), false, wire::SoapVersion::k11);
  wire::Envelope message = nobody.Application(1, kNoteAction, NoteBody(1, "x"), false);
  message.sequence->id = SequenceId("urn:test:nobody");
  const HttpAnswer answer = Ask(server, RawSession::Written(message));
  EXPECT_EQ(answer.status, 500);
  const wire::Envelope envelope = answer.Envelope();
  ASSERT_NE(envelope.fault(), nullptr) << answer.body;
  EXPECT_EQ(envelope.fault()->code, FaultCode::kUnknownSequence);
  EXPECT_EQ(envelope.fault()->id, SequenceId("urn:test:nobody"));
  EXPECT_TRUE(envelope.fault()->sender);
  const std::size_t code = answer.body.find("FaultCode>r:UnknownSequence</r:FaultCode>");
  ASSERT_NE(code, std::string::npos) << answer.body;
  // The first element of the detail, not the reason; 1.1 has an element for the detail, and 2005 has none.
  const std::string detail = is_11() ? "<r:Detail><r:Identifier>urn:test:nobody" : "<r:Identifier>urn:test:nobody";
  EXPECT_EQ(answer.body.find(detail), code + std::string("FaultCode>r:UnknownSequence</r:FaultCode>").size())
      << answer.body;
}

TEST_P(KnownDefect, AnAcknowledgementOfAnUnknownSequenceIsAFaultAndNotIgnored) {
  TestServer server(Serving::kThreaded, &options);
  const RawSession session = Open(server, true);
  wire::Envelope message = session.Application(1, kAddAction, AddBody(1, 2), true);
  message.acknowledgement = wire::AcknowledgementHeader{SequenceId("urn:test:nobody"), {}, false, std::nullopt};
  message.acknowledgement->ranges.Insert(MessageNumber(1));
  EXPECT_EQ(FaultIn(Ask(server, RawSession::Written(message))), FaultCode::kUnknownSequence);
  EXPECT_TRUE(server.executions().lines().empty());
  EXPECT_EQ(AskAdd(server, session, 1).status, 200);
}

TEST_P(KnownDefect, AnAcknowledgementOfAnUnknownSequenceEndsTheClientsSession) {
  ClientService service([this](const ServiceRequest& request, ServiceAnswer* answer) {
    if (request.number != 1) return false;
    wire::Envelope foreign = service_.load()->Acknowledgement(request);
    foreign.acknowledgement->id = SequenceId("urn:test:nobody");
    *answer = Enveloped(foreign);
    return true;
  });
  service_ = &service;
  StateLog states;
  soap_rm_options client_options = NotesOptions();
  states.Watch(&client_options);
  TestClient client(service.url(), client_options);
  EXPECT_EQ(client.Note(1), SOAP_OK) << client.Fault();
  ASSERT_TRUE(states.WaitFor(SOAP_RM_FAULTED));
  EXPECT_EQ(states.Faulted().code, "UnknownSequence");
  EXPECT_EQ(states.Faulted().unacknowledged, std::vector<std::uint64_t>{1});
}

// ---- attacks ----

TEST_P(KnownDefect, IdentifiersCannotBeGuessedFromOthers) {
  soap_rm_options many = options;
  many.max_pending_channels = 100;
  TestServer server(Serving::kThreaded, &many);
  std::set<std::string> seen, beginnings, ends;
  for (int i = 0; i < 100; i++) {
    const std::string id = Open(server, i % 2 == 0).sequence().text();
    ASSERT_EQ(id.size(), std::string("urn:uuid:00000000-0000-0000-0000-000000000000").size()) << id;
    seen.insert(id);
    beginnings.insert(id.substr(0, std::string("urn:uuid:00000000").size()));
    ends.insert(id.substr(id.size() - 12));
  }
  EXPECT_EQ(seen.size(), 100u);
  EXPECT_EQ(beginnings.size(), 100u);
  EXPECT_EQ(ends.size(), 100u);
}

TEST_P(KnownDefect, NobodyElseCanUseOrEndASequence) {
  TestServer server(Serving::kThreaded, &options);
  RawSession session(GetParam(), true);
  session.Created(Ask(server, WithLines(session.Create(), kAlice)));
  const std::string second = session.Message(2, kAddAction, AddBody(66, 6), true);
  EXPECT_EQ(Ask(server, WithLines(session.Message(1, kAddAction, AddBody(1, 0), true), kAlice)).status, 200);
  for (const std::string& credentials : {kMallory, std::string()}) {
    EXPECT_EQ(FaultIn(Ask(server, WithLines(second, credentials))), FaultCode::kUnknownSequence);
    EXPECT_EQ(FaultIn(Ask(server, WithLines(session.Terminate(1), credentials))), FaultCode::kUnknownSequence);
  }
  EXPECT_EQ(Ask(server, WithLines(session.Message(2, kAddAction, AddBody(2, 0), true), kAlice)).status, 200);
  EXPECT_EQ(Ask(server, WithLines(session.Message(3, kAddAction, AddBody(3, 0), true), kAlice)).status, 200);
  EXPECT_EQ(server.executions().lines(), (Lines{"Add 1 0", "Add 2 0", "Add 3 0"}));
}

TEST_P(KnownDefect, TheServerConnectsToNobody) {
  TestServer server(Serving::kThreaded, &options);
  const Bystander bystander;
  const Uri anonymous(std::string(wire::AnonymousAddress(wire::AddressingVersion::k10)));
  struct Addresses {
    Uri reply_to, acks_to, offer_endpoint;
  };
  int count = 0;
  for (const Addresses& addresses :
       {Addresses{bystander.uri(), bystander.uri(), bystander.uri()}, Addresses{anonymous, bystander.uri(), anonymous},
        Addresses{bystander.uri(), anonymous, anonymous}, Addresses{anonymous, anonymous, bystander.uri()}}) {
    if (!is_11() && addresses.acks_to == anonymous && addresses.reply_to == anonymous) continue;  // no such element
    wire::Envelope create = RawSession(GetParam(), true).Protocol(RmAction::kCreateSequence);
    create.addressing.message_id = MessageId("urn:test:bystander:" + std::to_string(++count));
    create.addressing.reply_to = addresses.reply_to;
    wire::CreateSequence body;
    body.acks_to = addresses.acks_to;
    body.offer.emplace();
    body.offer->id = SequenceId("urn:test:bystander:offer:" + std::to_string(count));
    if (is_11()) body.offer->endpoint = addresses.offer_endpoint;
    create.body = body;
    EXPECT_EQ(FaultIn(Ask(server, RawSession::Written(create))), FaultCode::kCreateSequenceRefused) << count;
  }
  EXPECT_EQ(server.Metrics().sessions_opened, 0u);
  EXPECT_TRUE(bystander.IsLeftAlone());
}

// In every message of a session, not in the one that opens it alone: a plugin of the application may follow them.
TEST_P(KnownDefect, TheServerRepliesToNobodyElse) {
  TestServer server(Serving::kThreaded, &options);
  const Bystander bystander;
  RawSession session = Open(server, true);
  EXPECT_EQ(AskAdd(server, session, 1).status, 200);
  session.AcknowledgeUpTo(1);
  std::vector<wire::Envelope> messages{session.Application(2, kAddAction, AddBody(66, 6), true),
                                       session.Application(2, kNoteAction, NoteBody(66, "x"), false),
                                       AckRequested(session)};
  for (const RmAction action : {RmAction::kTerminateSequence, RmAction::kCloseSequence, RmAction::kLastMessage}) {
    if (wire::ActionUri(GetParam(), action).empty()) continue;
    wire::Envelope message = session.Protocol(action);
    if (action == RmAction::kTerminateSequence) message.body = wire::TerminateSequence{session.sequence(), {}};
    if (action == RmAction::kCloseSequence) message.body = wire::CloseSequence{session.sequence(), {}};
    if (action == RmAction::kLastMessage)
      message.sequence = wire::SequenceHeader{session.sequence(), MessageNumber(2), true};
    messages.push_back(message);
  }
  for (const wire::Envelope& message : messages) {
    for (const char* name : {"ReplyTo", "FaultTo"}) {
      const HttpAnswer answer = Ask(server, WithAddress(message, name, bystander.uri()));
      EXPECT_EQ(answer.status, 500) << answer.body;
      EXPECT_EQ(FaultIn(answer), FaultCode::kOnlyAnonymousAddressSupported) << answer.body;
    }
  }
  EXPECT_EQ(server.Metrics().open_sessions, 1u);
  EXPECT_EQ(AskAdd(server, session, 2).status, 200);
  EXPECT_EQ(server.executions().lines(), (Lines{"Add 1 0", "Add 2 0"}));
  EXPECT_TRUE(bystander.IsLeftAlone());
}

TEST_P(KnownDefect, AFloodOfCreateSequenceIsBounded) {
  soap_rm_options few = options;
  few.max_pending_channels = 1;
  TestServer server(Serving::kThreaded, &few);
  // So many that nothing was ever heard of again, times the pending channels.
  constexpr int kLimit = 64;
  for (int i = 1; i <= kLimit; i++) ASSERT_EQ(Ask(server, RawSession(GetParam(), false).Create()).status, 200) << i;
  for (int i = 1; i <= 100; i++)
    ASSERT_EQ(FaultIn(Ask(server, RawSession(GetParam(), false).Create())), FaultCode::kConnectionLimitReached);
  EXPECT_EQ(server.Metrics().open_sessions, static_cast<std::uint64_t>(kLimit));
}

TEST_P(KnownDefect, MessagesBehindAGapAreKeptAndNotDropped) {
  TestServer server(Serving::kThreaded, &options);
  const RawSession session = Open(server, false);
  RawConnection loop(server.port());
  for (const std::uint64_t number : {1u, 3u, 2u, 5u})
    EXPECT_EQ(
        loop.Exchange(session.Message(number, kNoteAction, NoteBody(static_cast<int>(number), "x"), false)).status,
        200);
  EXPECT_EQ(server.executions().lines(), (Lines{"Note 1", "Note 2", "Note 3"}));
  EXPECT_EQ(loop.Exchange(session.Message(4, kNoteAction, NoteBody(4, "x"), false)).status, 200);
  ASSERT_TRUE(server.executions().WaitFor(5));
  EXPECT_EQ(server.executions().lines(), (Lines{"Note 1", "Note 2", "Note 3", "Note 4", "Note 5"}));
}

TEST_P(KnownDefect, ANumberOutOfRangeIsAFaultAndChangesNothing) {
  TestServer server(Serving::kThreaded, &options);
  const RawSession session = Open(server, true);
  EXPECT_EQ(AskAdd(server, session, 1).status, 200);
  const wire::Envelope message = session.Application(4242, kAddAction, AddBody(66, 6), true);
  for (const char* number : {"9223372036854775808", "18446744073709551615", "18446744073709551616"}) {
    const HttpAnswer answer = Ask(server, Changed(message, ">4242<", std::string(">") + number + "<"));
    EXPECT_EQ(answer.status, 500) << number;
    EXPECT_EQ(FaultIn(answer), FaultCode::kMessageNumberRollover) << number;
  }
  EXPECT_EQ(AskAdd(server, session, 2).status, 200);
  EXPECT_EQ(server.executions().lines(), (Lines{"Add 1 0", "Add 2 0"}));
}

// The client's half dies of the fault, so the server's must not live on until its inactivity time-out (WCF ends both).
TEST_P(KnownDefect, ASequenceThatCannotBeReadEndsTheSessionOfItsOwner) {
  TestServer server(Serving::kThreaded, &options);
  for (const char* number : {"0", "-1", "x", ""}) {
    RawSession session(GetParam(), true);
    session.Created(Ask(server, WithLines(session.Create(), kAlice)));
    const wire::Envelope message = session.Application(4242, kAddAction, AddBody(66, 6), true);
    const std::string unreadable = Changed(message, ">4242<", std::string(">") + number + "<");
    for (const std::string& credentials : {kMallory, std::string()}) {
      EXPECT_EQ(FaultIn(Ask(server, WithLines(unreadable, credentials))), FaultCode::kSequenceTerminated) << number;
      EXPECT_EQ(server.Metrics().open_sessions, 1u) << number;
    }
    EXPECT_EQ(FaultIn(Ask(server, WithLines(unreadable, kAlice))), FaultCode::kSequenceTerminated) << number;
    EXPECT_EQ(server.Metrics().open_sessions, 0u) << number;
    const std::string next = session.Message(1, kAddAction, AddBody(66, 6), true);
    EXPECT_EQ(FaultIn(Ask(server, WithLines(next, kAlice))), FaultCode::kUnknownSequence) << number;
  }
  EXPECT_EQ(server.Metrics().sessions_faulted, 4u);
  EXPECT_TRUE(server.executions().lines().empty());
}

}  // namespace
}  // namespace gsoaprm::testing
