// Sessions whose client wants its answers at an address of its own.
#include "engine/response_address.h"

#include <gtest/gtest.h>

#include "tests/unit/engine/acceptor_client.h"
#include "tests/unit/engine/listener_client.h"

namespace gsoaprm::acceptor_testing {
namespace {

using engine::Respond;
const Uri kElsewhere("http://client.example:9000/acks");

TEST(ResponseAddress, OfASessionThatHasNoneIsNoEmptyAddressEither) {
  wire::Envelope request;
  request.addressing.reply_to = Uri("");
  request.addressing.fault_to = Uri("");
  const engine::ReturnPath path = engine::ReturnPathOf(request, Uri());
  EXPECT_FALSE(path.reply_posted);
  EXPECT_FALSE(path.fault_posted);
}

// ---- CreateSequence ----

class ResponseAddressCreate : public ListenerTest {
 protected:
  ResponseAddressCreate() { options.response_endpoints = {HttpOrigin{false, "client.example", 9000}}; }
  wire::Envelope CreateTo(const Uri& address, const std::string& offer = "", const std::string& id = "urn:c") const {
    wire::Envelope message = Create(id, offer);
    message.addressing.reply_to = address;
    BodyOf(message).acks_to = address;
    if (BodyOf(message).offer && is_11()) BodyOf(message).offer->endpoint = address;
    return message;
  }
  std::string Reason(const wire::Envelope& message) {
    const auto disposition = Handle(message);
    const wire::Fault* const fault = ResponseOf(disposition).envelope.fault();
    // A refusal goes nowhere but to whoever asks.
    EXPECT_EQ(ResponseOf(disposition).post_to.empty(), fault != nullptr);
    return fault ? fault->reason : "accepted";
  }
};

TEST_P(ResponseAddressCreate, IsAcceptedForAListedAddressAndAnsweredThere) {
  const auto disposition = Handle(CreateTo(kElsewhere));
  const Respond& response = ResponseOf(disposition);
  EXPECT_EQ(std::get<engine::SessionAccepted>(disposition).identity.acks_to, kElsewhere);
  EXPECT_EQ(response.post_to, kElsewhere);
  EXPECT_EQ(response.envelope.addressing.to, kElsewhere);
  EXPECT_EQ(response.envelope.addressing.relates_to, MessageId("urn:c"));
}

TEST_P(ResponseAddressCreate, LeavesItsOfferUnaccepted) {
  const auto disposition = Handle(CreateTo(kElsewhere, "urn:o"));
  EXPECT_TRUE(std::get<engine::SessionAccepted>(disposition).identity.offered.empty());
  const auto& body = std::get<wire::CreateSequenceResponse>(ResponseOf(disposition).envelope.body);
  EXPECT_FALSE(body.accept_acks_to);
}

TEST_P(ResponseAddressCreate, GetsTheSameAnswerThereWhenItIsRepeated) {
  const SequenceId sequence = IdOf(Handle(CreateTo(kElsewhere, "urn:o")));
  const auto again = Handle(CreateTo(kElsewhere, "urn:o"));
  EXPECT_EQ(IdOf(again), sequence);
  EXPECT_EQ(ResponseOf(again).post_to, kElsewhere);
  // Not to whoever repeats it with another address.
  EXPECT_EQ(Reason(CreateTo(Uri("http://client.example:9000/other"))),
            "Another CreateSequence had this wsa:MessageID.");
  EXPECT_EQ(listener().open_sequences(), 1u);
}

TEST_P(ResponseAddressCreate, IsRefusedForAnyOtherAddressOnItsExchange) {
  for (const char* address :
       {"http://client.example:9001/acks", "https://client.example:9000/acks", "http://client.example/acks",
        "http://other.example:9000/acks", "http://client.example:9000@other.example/", "http://client.example.:9000/",
        "HTTP://client.example:9000/", "http://u@client.example:9000/", "file:///etc/passwd",
        "http://client.example:9000#"})
    EXPECT_EQ(Reason(CreateTo(Uri(address))),
              "AcksTo must be the anonymous address, or one of those that this endpoint may connect to.")
        << address;
  EXPECT_EQ(listener().open_sequences(), 0u);
}

TEST_P(ResponseAddressCreate, TheCaseOfTheHostDoesNotCount) {
  EXPECT_EQ(Reason(CreateTo(Uri("http://Client.Example:9000/"))), "accepted");
}

TEST_P(ResponseAddressCreate, NeedsTheSameAddressInReplyToAndNoOtherInFaultTo) {
  wire::Envelope message = CreateTo(kElsewhere);
  message.addressing.reply_to = Anonymous();
  EXPECT_EQ(Reason(message), "AcksTo and ReplyTo must be the same address.");
  message = CreateTo(kElsewhere);
  message.addressing.fault_to = Uri("http://client.example:9000/faults");
  EXPECT_EQ(Reason(message), "ReplyTo and FaultTo must be the anonymous address or the AcksTo of the session.");
  message.addressing.fault_to = kElsewhere;
  EXPECT_EQ(Reason(message), "accepted");
}

TEST_P(ResponseAddressCreate, IsRefusedWhereNoAddressIsListed) {
  options.response_endpoints.clear();
  EXPECT_EQ(Reason(CreateTo(kElsewhere)),
            "AcksTo must be the anonymous address: this endpoint opens no connections of its own.");
}

TEST_P(ResponseAddressCreate, IsRefusedByADurableServer) {
  options.durable = true;
  EXPECT_EQ(Reason(CreateTo(kElsewhere)),
            "AcksTo must be the anonymous address: sessions here outlive the process, and those posts would not.");
}

TEST_P(ResponseAddressCreate, IsRefusedOnItsExchangeWhenThereIsNoRoom) {
  options.sequences_per_endpoint = 1;
  EXPECT_EQ(Reason(CreateTo(kElsewhere)), "accepted");
  EXPECT_EQ(Reason(CreateTo(kElsewhere, "", "urn:c2")), "This endpoint has too many sessions open; try again later.");
}

TEST_P(ResponseAddressCreate, TheAnswerThatEndedASessionIsRepeatedThere) {
  const SequenceId sequence = IdOf(Handle(CreateTo(kElsewhere)));
  wire::Envelope terminate = Terminate(sequence);
  terminate.addressing.reply_to = kElsewhere;
  if (!is_11()) {
    // Without an Offer it ends without an answer there.
    listener().SessionEnded(now, sequence, std::nullopt);
    const Respond refusal = listener().HandleUnknown(now, terminate, Principal());
    EXPECT_NE(refusal.envelope.fault(), nullptr);
    EXPECT_TRUE(refusal.post_to.empty());
    return;
  }
  listener().SessionEnded(now, sequence, Final(sequence));
  EXPECT_EQ(listener().HandleUnknown(now, terminate, Principal()).post_to, kElsewhere);
  terminate.addressing.reply_to.reset();
  const Respond here = listener().HandleUnknown(now, terminate, Principal());
  EXPECT_TRUE(here.post_to.empty());
  EXPECT_FALSE(here.envelope.acknowledgement);
  ASSERT_NE(here.besides, nullptr);
  EXPECT_EQ(here.besides->post_to, kElsewhere);
}

INSTANTIATE_TEST_SUITE_P(Versions, ResponseAddressCreate, BothVersions(), VersionName);

// ---- messages of the session ----

class ResponseAddress : public ::testing::TestWithParam<wire::RmVersion> {
 protected:
  ResponseAddress() {
    client.offer = false;
    client.acks_to = kElsewhere;
  }
  wire::Envelope To(wire::Envelope message, const std::optional<Uri>& reply_to) const {
    message.addressing.reply_to = reply_to;
    return message;
  }
  // "here ..." or "posted ...", and what is posted besides.
  static std::string Place(const engine::Disposition& disposition) {
    const auto* respond = std::get_if<Respond>(&disposition);
    if (!respond) return Line(disposition);
    std::string text = (respond->post_to.empty() ? "here " : "posted ") + Line(*respond);
    if (!respond->post_to.empty()) {
      EXPECT_EQ(respond->post_to, kElsewhere);
      EXPECT_EQ(respond->envelope.addressing.to, kElsewhere);
    }
    if (respond->besides) text += ", " + Place(*respond->besides);
    return text;
  }
  std::string Send(const wire::Envelope& message) { return Place(client.Handle(message)); }
  std::string Answer(std::uint64_t number, bool is_fault = false) {
    engine::OperationAnswer answer;
    answer.reply = MakePayload("reply", is_fault);
    answer.http_status = is_fault ? 500 : 200;
    const auto disposition = client.AnswerOf(number, answer);
    client.Return(number);
    return Place(disposition);
  }
  const Uri anonymous_{std::string(wire::AnonymousAddress(wire::AddressingVersion::k10))};
  AcceptorClient client{GetParam()};
};

TEST_P(ResponseAddress, AcknowledgementsArePostedToAcksTo) {
  EXPECT_EQ(Send(client.OneWay(1)), "deliver 1");
  EXPECT_EQ(Place(client.AnswerOf(1, engine::OperationAnswer())), "posted 200 SequenceAcknowledgement ack=[1-1]");
  client.Return(1);
  EXPECT_EQ(Send(client.OneWay(1)), "posted 200 SequenceAcknowledgement ack=[1-1]");
  EXPECT_EQ(Send(client.AckRequested()), "posted 200 SequenceAcknowledgement ack=[1-1]");
  EXPECT_EQ(Send(To(client.AckRequested(), anonymous_)), "posted 200 SequenceAcknowledgement ack=[1-1]");
}

TEST_P(ResponseAddress, AReplyIsPostedOnceWithTheAcknowledgementAndWithoutASequence) {
  EXPECT_EQ(Send(To(client.Request(1), kElsewhere)), "deliver 1");
  EXPECT_EQ(Answer(1), "posted 200 reply ack=[1-1]");
  EXPECT_EQ(Send(To(client.Request(1), kElsewhere)), "posted 200 SequenceAcknowledgement ack=[1-1]");
}

TEST_P(ResponseAddress, AReplysActionAndRelationAreThoseOfItsRequest) {
  client.Handle(To(client.Request(1), kElsewhere));
  engine::OperationAnswer answer;
  answer.reply = MakePayload("reply");
  const auto respond = std::get<Respond>(client.AnswerOf(1, answer));
  EXPECT_EQ(respond.envelope.addressing.action, "urn:calculator/AddResponse");
  EXPECT_EQ(respond.envelope.addressing.relates_to, MessageId("urn:m1"));
  EXPECT_EQ(respond.envelope.rm_action, wire::RmAction::kNone);
}

TEST_P(ResponseAddress, AReplyThatNobodyCanRelateOrThatWasNotWantedThereIsNone) {
  EXPECT_EQ(Send(client.Request(1)), "deliver 1");
  EXPECT_EQ(Answer(1), "posted 200 SequenceAcknowledgement ack=[1-1]");
  wire::Envelope message = To(client.Request(2), kElsewhere);
  message.addressing.message_id.reset();
  EXPECT_EQ(Send(message), "deliver 2");
  EXPECT_EQ(Answer(2), "posted 200 SequenceAcknowledgement ack=[1-2]");
}

TEST_P(ResponseAddress, AFaultOfAnOperationGoesToFaultToBeforeReplyTo) {
  EXPECT_EQ(Send(To(client.Request(1), kElsewhere)), "deliver 1");
  EXPECT_EQ(Answer(1, true), "posted 200 reply ack=[1-1]");
  wire::Envelope message = To(client.Request(2), kElsewhere);
  message.addressing.fault_to = anonymous_;
  EXPECT_EQ(Send(message), "deliver 2");
  EXPECT_EQ(Answer(2, true), "posted 200 SequenceAcknowledgement ack=[1-2]");
  message = client.Request(3);
  message.addressing.fault_to = kElsewhere;
  EXPECT_EQ(Send(message), "deliver 3");
  EXPECT_EQ(Answer(3, true), "posted 200 reply ack=[1-3]");
}

TEST_P(ResponseAddress, AnyOtherReturnAddressIsRefusedOnTheExchange) {
  for (const char* address : {"http://client.example:9000/other", "http://other.example/", "urn:x"})
    EXPECT_EQ(Send(To(client.Request(1), Uri(address))), "here 500 OnlyAnonymousAddressSupported") << address;
  wire::Envelope message = client.Request(1);
  message.addressing.fault_to = Uri("http://other.example/");
  EXPECT_EQ(Send(message), "here 500 OnlyAnonymousAddressSupported");
  EXPECT_EQ(Send(client.Request(1)), "deliver 1");
}

TEST_P(ResponseAddress, AFaultOfTheProtocolGoesWhereItsMessageWantsIt) {
  wire::Envelope message = client.AckRequested("urn:nobody");
  EXPECT_EQ(Send(To(message, kElsewhere)), "posted 500 UnknownSequence");
  EXPECT_EQ(Send(To(message, std::nullopt)), "here 500 UnknownSequence");
  message.addressing.fault_to = anonymous_;
  EXPECT_EQ(Send(To(message, kElsewhere)), "here 500 UnknownSequence");
}

TEST_P(ResponseAddress, TheEndIsAnsweredWhereItIsAskedForAndAcknowledgedAtAcksTo) {
  client.Handle(client.OneWay(1));
  client.AnswerNothing(1);
  client.Return(1);
  if (!client.is_11()) {
    EXPECT_EQ(Send(client.LastMessage(2)), "posted 200 SequenceAcknowledgement ack=[1-2]");
    EXPECT_EQ(Send(client.Terminate()), "202");
    return;
  }
  EXPECT_EQ(Send(To(client.Close(1), kElsewhere)), "posted 200 CloseSequenceResponse ack=[1-1] final");
  EXPECT_EQ(Send(To(client.Close(1), anonymous_)),
            "here 200 CloseSequenceResponse, posted 200 SequenceAcknowledgement ack=[1-1] final");
  EXPECT_EQ(Send(To(client.OneWay(2), kElsewhere)), "posted 500 SequenceClosed ack=[1-1] final");
  EXPECT_EQ(Send(client.OneWay(2)), "here 500 SequenceClosed, posted 200 SequenceAcknowledgement ack=[1-1] final");
  EXPECT_EQ(Send(To(client.Terminate(1), kElsewhere)), "posted 200 TerminateSequenceResponse ack=[1-1] final");
  EXPECT_EQ(Send(To(client.Terminate(1), kElsewhere)), "posted 200 TerminateSequenceResponse ack=[1-1] final");
}

INSTANTIATE_TEST_SUITE_P(Versions, ResponseAddress, BothVersions(), VersionName);

}  // namespace
}  // namespace gsoaprm::acceptor_testing
