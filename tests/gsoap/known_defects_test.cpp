// What other stacks got wrong against WCF does not happen here. What attackers could do to them is in
// known_attacks_test.cpp.
#include "gsoap/known_defects.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gsoaprm::testing {
namespace {

using Lines = std::vector<std::string>;
using wire::FaultCode;
using wire::RmAction;

INSTANTIATE_TEST_SUITE_P(Versions, KnownDefect, ::testing::Values(wire::RmVersion::kFebruary2005, wire::RmVersion::k11),
                         [](const auto& p) { return p.param == wire::RmVersion::k11 ? "Rm11" : "Rm2005"; });

SequenceId CreatedId(const HttpAnswer& answer) {
  const wire::Envelope envelope = answer.Envelope();
  const auto* response = std::get_if<wire::CreateSequenceResponse>(&envelope.body);
  EXPECT_NE(response, nullptr) << answer.body;
  return response ? response->id : SequenceId();
}

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

}  // namespace
}  // namespace gsoaprm::testing
