// WCF has one code for many things that went wrong; which it was stands in the reason alone. Its sentences, and a word
// of the advice that each must lead to.
#include <set>
#include <string>

#include "engine/initiator_peer_faults.h"
#include "tests/unit/engine/initiator_driver.h"
#include "wire/describe.h"

namespace gsoaprm::engine {
namespace {

using wire::FaultCode;

struct Sentence {
  const char* reason;
  const char* advice;  // a part that no other kind of advice has
};

void PrintTo(const Sentence& sentence, std::ostream* out) { *out << sentence.reason; }

wire::Fault FaultOf(FaultCode code, const std::string& reason) {
  wire::Fault fault;
  fault.code = code;
  fault.reason = reason;
  return fault;
}

Status Ended(const std::string& reason) {
  wire::Envelope answer;
  answer.body = FaultOf(FaultCode::kSequenceTerminated, reason);
  return PeerFault(answer);
}

// ---- SequenceTerminated ----

class ReasonOfTheEnd : public ::testing::TestWithParam<Sentence> {};

TEST_P(ReasonOfTheEnd, LeadsToItsAdvice) {
  const Status status = Ended(GetParam().reason);
  EXPECT_EQ("SequenceTerminated", status.code);
  EXPECT_EQ(GetParam().reason, status.reason);
  EXPECT_EQ(ErrorClass::kSequenceDead, status.error);
  EXPECT_NE(std::string::npos, status.advice.find(GetParam().advice)) << status.advice;
  EXPECT_NE(Ended("For another reason.").advice, status.advice);
}

constexpr char kEarlyEnd[] = "received an end of sequence that it did not expect";
constexpr char kHandshake[] = "received a handshake message that it did not expect";

INSTANTIATE_TEST_SUITE_P(
    OfWcf, ReasonOfTheEnd,
    ::testing::Values(
        Sentence{"The inactivity timeout of (00:10:00) has been exceeded.", "inactivity_timeout at or below"},
        Sentence{"The user specified maximum retry count for a particular message has been exceeded. Because of this "
                 "the reliable session cannot continue.",
                 "the way back from here"},
        Sentence{"Due to a user abort the reliable session cannot continue.", "application at the other end aborted"},
        Sentence{"A reply message was received with no acknowledgement.", "reply lacked the acknowledgement"},
        Sentence{"The CloseSequence request's reply message must carry a final acknowledgement. This is a violation of "
                 "the WS-ReliableMessaging protocol. The reliable session cannot continue.",
                 "closing answer lacked the final"},
        Sentence{"Two different wsrm:LastMsgNumber values were specified. Because of this the reliable session cannot "
                 "complete.",
                 "different last numbers"},
        Sentence{"The wsrm:LastMsgNumber value is too small. A message with a larger sequence number has already been "
                 "received.",
                 "closed below a number"},
        Sentence{"The session has stopped waiting for a particular reply. Because of this the reliable session cannot "
                 "continue.",
                 "peer's send timeout"},
        Sentence{"All of the reply sequence's messages must be acknowledged prior to closing the request sequence. "
                 "This is a violation of the reply sequence's delivery guarantee. The session cannot continue.",
                 "not acknowledged when the session closed"},
        Sentence{"The server received a TerminateSequence message before all reply sequence messages were "
                 "acknowledged. This is a violation of the reply sequence acknowledgement protocol.",
                 "not acknowledged when the session ended"},
        Sentence{"The necessary size to buffer a sequence message has exceeded the configured buffer quota. Because "
                 "of this the reliable session cannot continue.",
                 "limits on received messages"},
        Sentence{"The wsrm:TerminateSequence protocol message was transmitted before the sequence was successfully "
                 "completed.",
                 "has not received every message"},
        Sentence{"The remote endpoint closed the sequence before message transfer was complete.",
                 "messages were under way"},
        Sentence{"The user of the remote endpoint's reliable session expects no more messages and a new message "
                 "arrived. Due to this the reliable session cannot continue.",
                 "who ends the session"}));

INSTANTIATE_TEST_SUITE_P(
    OfWcfAboutUnexpectedMessages, ReasonOfTheEnd,
    ::testing::Values(
        Sentence{"The RM Source could not transfer the last message within the timeout the user specified.",
                 "close timeout"},
        Sentence{"The RM source does not support an RM destination initiated close since messages can be lost. The "
                 "reliable session cannot continue.",
                 "close from the wrong side"},
        Sentence{"The RM source does not support an RM destination initiated termination since messages can be lost. "
                 "The reliable session cannot continue.",
                 "close from the wrong side"},
        Sentence{"The wsrm:CloseSequence request message's wsa:ReplyTo address containing a URI which is not "
                 "equivalent to the remote address. This is not supported. The reliable session was faulted.",
                 "another ReplyTo arrived"},
        Sentence{"The remote endpoint has responded to a CloseSequence request message with an invalid reply. The "
                 "reply has a wsa:RelatesTo header with an unexpected identifier. The reliable session cannot "
                 "continue.",
                 "did not relate to the request"},
        Sentence{"The CloseSequence request's response was a message with action urn:x. The response must be a "
                 "CloseSequenceResponse with action urn:y. The reliable session cannot continue.",
                 "was another message"},
        Sentence{"The TerminateSequenceResponse was received when the TerminateSequence request had not been sent. "
                 "This is a WS-ReliableMessaging protocol violation. The reliable session cannot continue.",
                 "a request that it had not sent"},
        Sentence{"An unknown error occurred while trying to add a sequence message to the window.",
                 "what the peer logs"},
        Sentence{"The RM destination received an acknowledgement message. The RM destination does not process "
                 "acknowledgement messages.",
                 "session_shape to one-way"},
        Sentence{"The RM source received an AckRequested message. The RM source does not process AckRequested "
                 "messages.",
                 "a request for an acknowledgement"},
        Sentence{"The RM source received an CloseSequence message. The RM source does not process CloseSequence "
                 "messages.",
                 kEarlyEnd},
        Sentence{"The RM destination received an CloseSequenceResponse message. The RM destination does not process "
                 "CloseSequenceResponse messages.",
                 kEarlyEnd},
        Sentence{"The RM source received a TerminateSequence message. The RM source does not process "
                 "TerminateSequence messages.",
                 kEarlyEnd},
        Sentence{"The RM destination received a TerminateSequenceResponse message. The RM destination does not "
                 "process TerminateSequenceResponse messages.",
                 kEarlyEnd},
        Sentence{"The RM source received a CreateSequence request. The RM source does not process CreateSequence "
                 "requests.",
                 kHandshake},
        Sentence{"The RM destination received multiple CreateSequence requests with different OfferId values over the "
                 "same session.",
                 kHandshake},
        Sentence{"The RM destination received a CreateSequenceResponse message. The RM destination does not process "
                 "CreateSequenceResponse messages.",
                 kHandshake},
        Sentence{"The RM source received multiple CreateSequenceResponse messages with different sequence identifiers "
                 "over the same session.",
                 kHandshake}));

// ---- CreateSequenceRefused ----

class ReasonOfARefusal : public ::testing::TestWithParam<Sentence> {};

TEST_P(ReasonOfARefusal, LeadsToItsAdvice) {
  const Status status = CreateRefusal(FaultOf(FaultCode::kCreateSequenceRefused, GetParam().reason));
  EXPECT_EQ("CreateSequenceRefused", status.code);
  EXPECT_EQ(GetParam().reason, status.reason);
  EXPECT_EQ(ErrorClass::kEndpointDead, status.error);
  EXPECT_NE(std::string::npos, status.advice.find(GetParam().advice)) << status.advice;
}

INSTANTIATE_TEST_SUITE_P(
    OfWcf, ReasonOfARefusal,
    ::testing::Values(
        Sentence{"The endpoint at http://localhost/calc processes reply sessions. The create sequence request must "
                 "contain an offer for a return sequence. This is likely caused by a binding mismatch.",
                 "session_shape to request-reply"},
        Sentence{"The endpoint at http://localhost/calc processes duplex sessions. The create sequence request must "
                 "contain an offer for a return sequence. This is likely caused by a binding mismatch.",
                 "session_shape to request-reply"},
        Sentence{"The endpoint at http://localhost/notes processes input sessions. The create sequence request must "
                 "not contain an offer for a return sequence. This is likely caused by a binding mismatch.",
                 "session_shape to one-way"},
        Sentence{"The endpoint processing requests to create a reliable session only supports sessions in which the "
                 "AcksTo Uri and the ReplyTo Uri are the same.",
                 "an address seems to be rewritten"},
        Sentence{"The endpoint processing requests to create a reliable session only supports sessions in which the "
                 "AcksTo Uri and the Endpoint Uri are the same.",
                 "an address seems to be rewritten"},
        Sentence{"The request to create a reliable session contains an invalid wsrm:IncompleteSequenceBehavior value. "
                 "This is a WS-ReliableMessaging protocol violation.",
                 "does not know a value"},
        Sentence{"The RM Destination requires the WS-SecureConversation protocol in the binding. This is likely "
                 "caused by a binding mismatch.",
                 "secure conversation is not spoken"},
        Sentence{"The request to create a reliable session contains the wsse:SecurityTokenReference but does not "
                 "carry a wsrm:UsesSequenceSTR header. This is a WS-ReliableMessaging protocol violation. The session "
                 "could not be created.",
                 "bound to a security token"},
        Sentence{"The request to create a reliable session carries a wsrm:UsesSequenceSTR header, but does not "
                 "contain the wsse:SecurityTokenReference. This is a WS-ReliableMessaging protocol violation. The "
                 "session could not be created.",
                 "bound to a security token"},
        Sentence{"The endpoint processing requests to create a reliable session does not support sessions that use "
                 "SSL. This is likely caused by a binding mismatch. The session could not be created.",
                 "bound to the TLS connection"},
        Sentence{"The message is not a valid SOAP message. The body contains more than 1 root element.",
                 "more than the request"}));

TEST(ReasonsOfPeers, ThatNobodyKnowsGetTheAdviceOfTheirCode) {
  const Status refused = CreateRefusal(FaultOf(FaultCode::kCreateSequenceRefused, "no sequences today"));
  EXPECT_NE(std::string::npos, refused.advice.find("reliable session switched on")) << refused.advice;
  EXPECT_EQ("Open a new session; the reason above says what to mend.", Ended("no more today").advice);
}

TEST(ReasonsOfPeers, CountWithTheirCodeOnly) {
  wire::Envelope answer;
  answer.body = FaultOf(FaultCode::kUnknownSequence, "Due to a user abort the reliable session cannot continue.");
  EXPECT_NE(std::string::npos, PeerFault(answer).advice.find("has forgotten the session"));
  const Status limit = CreateRefusal(FaultOf(FaultCode::kConnectionLimitReached,
                                             "Server 'http://localhost/calc' is too busy to process this request. Try "
                                             "again later."));
  EXPECT_EQ(ErrorClass::kTryAgain, limit.error);
  EXPECT_NE(std::string::npos, limit.advice.find("maxPendingChannels"));
}

TEST(ReasonsOfPeers, AreToldUnderTheCodeThatThePeerGave) {
  wire::Fault fault = FaultOf(FaultCode::kOther, "because");
  EXPECT_EQ(wire::Name(FaultCode::kOther), CreateRefusal(fault).code);
  fault.other_code = "{urn:peer}TooTired";
  EXPECT_EQ("{urn:peer}TooTired", CreateRefusal(fault).code);
}

TEST(ReasonsOfPeers, EveryCodeHasItsOwnAdviceInBothPlaces) {
  std::set<std::string> given;
  std::size_t count = 0;
  for (const FaultCode code :
       {FaultCode::kSequenceTerminated, FaultCode::kUnknownSequence, FaultCode::kInvalidAcknowledgement,
        FaultCode::kMessageNumberRollover, FaultCode::kLastMessageNumberExceeded, FaultCode::kSequenceClosed,
        FaultCode::kCreateSequenceRefused, FaultCode::kWsrmRequired, FaultCode::kConnectionLimitReached,
        FaultCode::kEndpointUnavailable, FaultCode::kMessageAddressingHeaderRequired,
        FaultCode::kOnlyAnonymousAddressSupported, FaultCode::kActionNotSupported, FaultCode::kMustUnderstand,
        FaultCode::kOther}) {
    wire::Envelope answer;
    answer.body = FaultOf(code, "because");
    EXPECT_EQ(PeerFault(answer).advice, CreateRefusal(FaultOf(code, "because")).advice);
    given.insert(PeerFault(answer).advice);
    ++count;
  }
  EXPECT_EQ(count, given.size());
  EXPECT_EQ(0u, given.count(""));
}

}  // namespace
}  // namespace gsoaprm::engine
