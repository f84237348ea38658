#include "gsoap/support/ownership.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace gsoaprm::testing {
namespace {

using wire::RmAction;

struct Foreign {
  const char* what;
  wire::Envelope message;
};

wire::AcknowledgementHeader AcknowledgementOf(const SequenceId& sequence, std::uint64_t last) {
  wire::AcknowledgementHeader header;
  header.id = sequence;
  header.ranges.InsertRange(MessageNumber(1), MessageNumber(last));
  return header;
}

wire::Envelope LastMessage(const RawSession& session, std::uint64_t number) {
  wire::Envelope envelope = session.Protocol(RmAction::kLastMessage);
  envelope.addressing.message_id.reset();
  envelope.sequence = wire::SequenceHeader{session.sequence(), MessageNumber(number), true};
  return envelope;
}

wire::Envelope OfProtocol(const RawSession& session, RmAction action) {
  wire::Envelope envelope = session.Protocol(action);
  if (action == RmAction::kCloseSequence) envelope.body = wire::CloseSequence{session.sequence(), std::nullopt};
  if (action == RmAction::kTerminateSequence) envelope.body = wire::TerminateSequence{session.sequence(), std::nullopt};
  if (action == RmAction::kAckRequested) envelope.ack_requested = wire::AckRequestedHeader{session.sequence()};
  if (action == RmAction::kSequenceAcknowledgement) envelope.acknowledgement = AcknowledgementOf(session.offered(), 1);
  return envelope;
}

// What the intruder says of the session whose message 1 was answered; `own` is a session of the intruder's.
std::vector<Foreign> MessagesAbout(const RawSession& session, const RawSession& own, bool is_11,
                                   const TwoWayOperation& operation) {
  const auto application = [&](const RawSession& of, std::uint64_t number) {
    return of.Application(number, operation.action, operation.body, true);
  };
  std::vector<Foreign> messages = {
      {"a new message", application(session, 2)},
      {"a copy, to be told the reply", application(session, 1)},
      {"an acknowledgement", OfProtocol(session, RmAction::kSequenceAcknowledgement)},
      {"AckRequested", OfProtocol(session, RmAction::kAckRequested)},
      {"TerminateSequence", OfProtocol(session, RmAction::kTerminateSequence)},
      {"an acknowledgement with a message of the own session", application(own, 1)},
      {"AckRequested with a message of the own session", application(own, 1)},
  };
  messages[5].message.acknowledgement = AcknowledgementOf(session.offered(), 1);
  messages[6].message.ack_requested = wire::AckRequestedHeader{session.sequence()};
  if (is_11) {
    messages.push_back({"CloseSequence", OfProtocol(session, RmAction::kCloseSequence)});
  } else {
    messages.push_back({"LastMessage", LastMessage(session, 2)});
  }
  return messages;
}

void ExpectUnknownSequence(const HttpAnswer& answer, const char* what) {
  EXPECT_EQ(answer.status, 500) << what;
  const wire::Envelope envelope = answer.Envelope();
  ASSERT_NE(envelope.fault(), nullptr) << what << answer.body;
  EXPECT_EQ(envelope.fault()->code, wire::FaultCode::kUnknownSequence) << what << answer.body;
}

// A fault would end the session if it were its owner's.
void SayThatItIsOver(const RawSession& session, bool is_11, const Asker& intruder) {
  wire::Envelope envelope = session.Protocol(is_11 ? RmAction::kFault : RmAction::kNone);
  if (!is_11) envelope.addressing.action = wire::SoapFaultAction(envelope.protocol.addressing);
  wire::Fault fault;
  fault.code = wire::FaultCode::kSequenceTerminated;
  fault.reason = "Enough.";
  fault.id = session.sequence();
  envelope.body = fault;
  intruder(RawSession::Written(envelope));
}

}  // namespace

void ExpectSequenceBelongsToItsOwner(wire::RmVersion version, const TwoWayOperation& operation, const Asker& owner,
                                     const Asker& intruder) {
  const bool is_11 = version == wire::RmVersion::k11;
  const int before = operation.executions();
  RawSession session(version, true), own(version, true);
  const std::string create = session.Create();
  session.Created(owner(create));
  own.Created(intruder(own.Create()));
  const auto call = [&](const RawSession& of, std::uint64_t number) {
    return of.Message(number, operation.action, operation.body, true);
  };
  const HttpAnswer first = owner(call(session, 1));
  EXPECT_EQ(first.status, 200) << first.body;

  for (const Foreign& foreign : MessagesAbout(session, own, is_11, operation))
    ExpectUnknownSequence(intruder(RawSession::Written(foreign.message)), foreign.what);
  SayThatItIsOver(session, is_11, intruder);
  EXPECT_NE(intruder(create).body.find("CreateSequenceRefused"), std::string::npos) << "its Offer is taken";
  EXPECT_EQ(operation.executions(), before + 1);

  EXPECT_EQ(owner(call(session, 1)).body, first.body) << "the reply is still kept";
  const wire::Envelope second = owner(call(session, 2)).Envelope();
  EXPECT_TRUE(second.acknowledgement && second.acknowledgement->ranges.IsExactly(MessageNumber(2)));
  EXPECT_EQ(operation.executions(), before + 2);
  session.AcknowledgeUpTo(2);
  const HttpAnswer closed = owner(is_11 ? session.Close(2) : RawSession::Written(LastMessage(session, 3)));
  EXPECT_EQ(closed.status, 200) << closed.body;
  if (!is_11) session.AcknowledgeUpTo(3);
  const std::string terminate = session.Terminate(2);
  EXPECT_EQ(owner(terminate).status, 200);
  ExpectUnknownSequence(intruder(terminate), "a copy of TerminateSequence");
  EXPECT_EQ(owner(terminate).status, 200) << "a copy of its own is answered again";
  EXPECT_EQ(intruder(call(own, 1)).status, 200) << "the intruder's own session was not ended";
}

}  // namespace gsoaprm::testing
