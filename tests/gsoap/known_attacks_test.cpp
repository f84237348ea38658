// What attackers could do to other stacks does not happen here.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "gsoap/known_defects.h"
#include "gsoap/support/bystander.h"
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
