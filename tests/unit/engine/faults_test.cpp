#include "engine/faults.h"

#include <gtest/gtest.h>

#include <string>

#include "engine/listener.h"

namespace gsoaprm::engine {
namespace {

constexpr Violation kEvery[] = {
    Violation::kUnknownSequence,
    Violation::kUnexpectedAcknowledgement,
    Violation::kInvalidAcknowledgement,
    Violation::kSequenceClosed,
    Violation::kLastMessageNumberExceeded,
    Violation::kLastMessageTooLow,
    Violation::kLastMsgNumberTooSmall,
    Violation::kLastMsgNumberDiffers,
    Violation::kTerminatedEarly,
    Violation::kMessageNumberRollover,
    Violation::kMessageIdMissing,
    Violation::kReplyToMissing,
    Violation::kReturnAddressElsewhere,
    Violation::kReturnAddressNotAcksTo,
    Violation::kHeaderNotUnderstood,
    Violation::kNotReliable,
    Violation::kActionNotSupported,
    Violation::kSecurityNotSupported,
    Violation::kAcksToNotReplyTo,
    Violation::kAcksToNotAnonymous,
    Violation::kAcksToNotAllowed,
    Violation::kAcksToNotDurable,
    Violation::kOfferEndpointNotAcksTo,
    Violation::kUnknownIncompleteSequenceBehavior,
    Violation::kOfferInUse,
    Violation::kMessageIdInUse,
    Violation::kExpiresInvalid,
    Violation::kTooManySequences,
    Violation::kStoreTakesNothing,
    Violation::kEndpointClosing,
};

TEST(Faults, EveryViolationHasItsRowWithAReason) {
  for (const Violation violation : kEvery) {
    EXPECT_EQ(RuleOf(violation).violation, violation);
    EXPECT_FALSE(std::string(RuleOf(violation).reason).empty());
    EXPECT_EQ(MakeFault(violation).reason, RuleOf(violation).reason);
    EXPECT_EQ(EndedBy(violation).reason, RuleOf(violation).reason);
  }
}

TEST(Faults, OnlyWantOfRoomIsTheReceiversFault) {
  for (const Violation violation : kEvery) {
    const bool ours = violation == Violation::kTooManySequences || violation == Violation::kStoreTakesNothing;
    EXPECT_EQ(MakeFault(violation).sender, !ours);
  }
}

TEST(Faults, AClosedSequenceAndARolloverLeaveTheSessionAlive) {
  EXPECT_TRUE(RuleOf(Violation::kSequenceClosed).session_lives);
  EXPECT_TRUE(RuleOf(Violation::kMessageNumberRollover).session_lives);
  EXPECT_TRUE(RuleOf(Violation::kUnknownSequence).session_lives);
  EXPECT_FALSE(RuleOf(Violation::kInvalidAcknowledgement).session_lives);
  EXPECT_FALSE(RuleOf(Violation::kTerminatedEarly).session_lives);
}

TEST(Faults, AnIdentifierIsGivenWhereTheDetailHasOne) {
  const SequenceId id("urn:s");
  EXPECT_EQ(MakeFault(Violation::kUnknownSequence, id).id, id);
  EXPECT_EQ(MakeFault(Violation::kTerminatedEarly, id).id, id);
  EXPECT_FALSE(MakeFault(Violation::kInvalidAcknowledgement, id).id);
  EXPECT_FALSE(MakeFault(Violation::kOfferInUse, id).id);
  EXPECT_FALSE(MakeFault(Violation::kUnknownSequence).id);
}

TEST(Faults, ARolloverNamesTheMaximumOnlyInVersion11) {
  const wire::Fault fault = MakeRolloverFault(wire::RmVersion::k11, SequenceId("urn:s"));
  EXPECT_EQ(fault.code, wire::FaultCode::kMessageNumberRollover);
  EXPECT_EQ(fault.id, SequenceId("urn:s"));
  EXPECT_EQ(fault.max_message_number, MessageNumber(9223372036854775807ULL));
  EXPECT_FALSE(MakeRolloverFault(wire::RmVersion::kFebruary2005, SequenceId("urn:s")).max_message_number);
}

TEST(Faults, TheActionFollowsFromTheKindOfFaultAndTheVersions) {
  wire::Protocol v11;
  v11.rm = wire::RmVersion::k11;
  wire::Protocol v2005;
  EXPECT_EQ(FaultAction(v11, wire::FaultCode::kUnknownSequence), "http://docs.oasis-open.org/ws-rx/wsrm/200702/fault");
  EXPECT_EQ(FaultAction(v2005, wire::FaultCode::kUnknownSequence), "http://www.w3.org/2005/08/addressing/soap/fault");
  EXPECT_EQ(FaultAction(v11, wire::FaultCode::kWsrmRequired), "http://docs.oasis-open.org/ws-rx/wsrm/200702/fault");
  EXPECT_EQ(FaultAction(v2005, wire::FaultCode::kActionNotSupported), "http://www.w3.org/2005/08/addressing/fault");
  EXPECT_EQ(FaultAction(v11, wire::FaultCode::kEndpointUnavailable), "http://www.w3.org/2005/08/addressing/fault");
  EXPECT_EQ(FaultAction(v11, wire::FaultCode::kOnlyAnonymousAddressSupported),
            "http://www.w3.org/2005/08/addressing/fault");
  EXPECT_EQ(FaultAction(v11, wire::FaultCode::kMustUnderstand), "http://www.w3.org/2005/08/addressing/soap/fault");
}

TEST(Faults, AFaultResponseFollowsItsRequest) {
  wire::Envelope request;
  request.protocol.soap = wire::SoapVersion::k11;
  request.protocol.rm = wire::RmVersion::k11;
  request.addressing.message_id = MessageId("urn:m1");
  const Respond response = FaultResponse(request, MakeFault(Violation::kUnknownSequence, SequenceId("urn:s")));
  EXPECT_EQ(response.http_status, 500);
  EXPECT_EQ(response.envelope.protocol, request.protocol);
  EXPECT_EQ(response.envelope.addressing.relates_to, MessageId("urn:m1"));
  EXPECT_EQ(response.envelope.rm_action, wire::RmAction::kFault);
  ASSERT_NE(response.envelope.fault(), nullptr);
  EXPECT_EQ(response.envelope.fault()->code, wire::FaultCode::kUnknownSequence);

  request.protocol.rm = wire::RmVersion::kFebruary2005;
  EXPECT_EQ(FaultResponse(request, wire::Fault()).envelope.rm_action, wire::RmAction::kNone);
}

TEST(Faults, TheConcernedSequenceIsTheAcknowledgementsAsWithWcf) {
  wire::Envelope message;
  EXPECT_TRUE(ConcernedSequence(message).empty());
  message.body = wire::TerminateSequence{SequenceId("urn:s1"), std::nullopt};
  EXPECT_EQ(ConcernedSequence(message), SequenceId("urn:s1"));
  message.ack_requested = wire::AckRequestedHeader{SequenceId("urn:s2")};
  EXPECT_EQ(ConcernedSequence(message), SequenceId("urn:s2"));
  message.sequence = wire::SequenceHeader{SequenceId("urn:s3"), MessageNumber(1), false};
  EXPECT_EQ(ConcernedSequence(message), SequenceId("urn:s3"));
  message.acknowledgement = wire::AcknowledgementHeader{SequenceId("urn:o"), MessageRanges(), false, std::nullopt};
  EXPECT_EQ(ConcernedSequence(message), SequenceId("urn:o"));
}

TEST(Faults, TheSequenceOfTheBodyIsWhatAControlMessageIsAbout) {
  wire::Envelope message;
  EXPECT_TRUE(BodySequence(message).empty());
  message.body = wire::CloseSequence{SequenceId("urn:s"), std::nullopt};
  message.acknowledgement = wire::AcknowledgementHeader{SequenceId("urn:o"), MessageRanges(), false, std::nullopt};
  EXPECT_EQ(BodySequence(message), SequenceId("urn:s"));
}

TEST(Faults, AFaultOfThePeerGivesItsOwnReason) {
  wire::Fault fault;
  fault.code = wire::FaultCode::kSequenceTerminated;
  fault.reason = "The user aborted.";
  const Status status = EndedByPeer(fault);
  EXPECT_EQ(status.error, ErrorClass::kSequenceDead);
  EXPECT_EQ(status.code, "SequenceTerminated");
  EXPECT_EQ(status.reason, "The user aborted.");
  EXPECT_FALSE(status.advice.empty());
}

}  // namespace
}  // namespace gsoaprm::engine
