// A program with wsa5.h that leaves soap->header alone sends the request's header back; it must not go out.
#include <gtest/gtest.h>

#include <string>

#include "wire/envelope_reader.h"

namespace gsoaprm::wire {
namespace {

constexpr char kType[] = "application/soap+xml; charset=utf-8";

std::string Reply(const std::string& blocks) {
  return "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" "
         "xmlns:a=\"http://www.w3.org/2005/08/addressing\"><s:Header>" +
         blocks + "</s:Header><s:Body><R/></s:Body></s:Envelope>";
}

Addressing Request() {
  Addressing request;
  request.action = "urn:op";
  request.message_id = MessageId("urn:uuid:1");
  request.to = Uri("http://host/service");
  request.reply_to = Uri("http://www.w3.org/2005/08/addressing/anonymous");
  return request;
}

TEST(EchoedAddressing, IsTakenOutOfAReply) {
  const Addressing request = Request();
  const ReadResult result = ReadOwnEnvelope(
      Reply("<a:MessageID>urn:uuid:1</a:MessageID><a:ReplyTo><a:Address>"
            "http://www.w3.org/2005/08/addressing/anonymous</a:Address></a:ReplyTo><a:To>http://host/service</a:To>"
            "<a:Action>urn:op</a:Action>"),
      kType, &request);
  ASSERT_TRUE(result.ok()) << result.reason;
  const Payload& payload = **result.envelope.payload();
  EXPECT_EQ(payload.entity, Reply(""));
  EXPECT_FALSE(payload.has_action || payload.has_message_id || payload.has_to || payload.has_reply_to);
  EXPECT_TRUE(result.envelope.addressing.action.empty());
}

TEST(EchoedAddressing, LeavesWhatTheProgramHasSet) {
  const Addressing request = Request();
  const std::string own = Reply("<a:MessageID>urn:uuid:2</a:MessageID><a:Action>urn:opResponse</a:Action>");
  const ReadResult result = ReadOwnEnvelope(own, kType, &request);
  ASSERT_TRUE(result.ok()) << result.reason;
  const Payload& payload = **result.envelope.payload();
  EXPECT_EQ(payload.entity, own);
  EXPECT_TRUE(payload.has_action && payload.has_message_id);
  EXPECT_EQ(result.envelope.addressing.action, "urn:opResponse");
}

TEST(EchoedAddressing, IsLeftInARequest) {
  const std::string own = Reply("<a:Action>urn:op</a:Action>");
  const ReadResult result = ReadOwnEnvelope(own, kType);
  ASSERT_TRUE(result.ok()) << result.reason;
  EXPECT_EQ((*result.envelope.payload())->entity, own);
}

TEST(EchoedAddressing, IsTakenOutWhateverItsBlock) {
  Addressing request = Request();
  request.relates_to = MessageId("urn:uuid:0");
  request.fault_to = Uri("http://host/faults");
  const std::string relates_to = "<a:RelatesTo>urn:uuid:0</a:RelatesTo>";
  const std::string fault_to = "<a:FaultTo><a:Address>http://host/faults</a:Address></a:FaultTo>";
  const ReadResult result = ReadOwnEnvelope(Reply(relates_to + fault_to), kType, &request);
  ASSERT_TRUE(result.ok()) << result.reason;
  EXPECT_EQ((*result.envelope.payload())->entity, Reply(""));
  EXPECT_FALSE((*result.envelope.payload())->has_relates_to);
  EXPECT_FALSE(result.envelope.addressing.fault_to);
}

TEST(EchoedAddressing, LeavesBlocksThatOnlyLookLikeIt) {
  Addressing request = Request();
  request.relates_to = MessageId("urn:uuid:0");
  request.fault_to = Uri("http://host/faults");
  const std::string own = Reply(
      "<a:To>http://host/other</a:To><a:RelatesTo>urn:uuid:1</a:RelatesTo><a:From><a:Address>urn:x</a:Address></a:From>"
      "<a:ReplyTo><a:Address>http://host/replies</a:Address></a:ReplyTo>"
      "<a:FaultTo><a:Address>http://host/others</a:Address></a:FaultTo>");
  const ReadResult result = ReadOwnEnvelope(own, kType, &request);
  ASSERT_TRUE(result.ok()) << result.reason;
  const Payload& payload = **result.envelope.payload();
  EXPECT_EQ(payload.entity, own);
  EXPECT_TRUE(payload.has_to && payload.has_relates_to && payload.has_reply_to);
}

TEST(EchoedAddressing, IsNothingWhereTheRequestHadNone) {
  const Addressing request;
  const std::string own = Reply("<a:MessageID></a:MessageID><a:Action></a:Action><a:To></a:To>");
  const ReadResult result = ReadOwnEnvelope(own, kType, &request);
  ASSERT_TRUE(result.ok()) << result.reason;
  EXPECT_EQ((*result.envelope.payload())->entity, own);
}

TEST(EchoedAddressing, IsNoRmBlock) {
  // The program's own blocks are the program's, whatever their namespace.
  const Addressing request = Request();
  const std::string own = Reply(
      "<r:AckRequested xmlns:r=\"http://docs.oasis-open.org/ws-rx/wsrm/200702\"><r:Identifier>urn:s</r:Identifier>"
      "</r:AckRequested>");
  const ReadResult result = ReadOwnEnvelope(own, kType, &request);
  ASSERT_TRUE(result.ok()) << result.reason;
  EXPECT_FALSE(result.envelope.ack_requested);
  EXPECT_EQ((*result.envelope.payload())->entity, own);
}

}  // namespace
}  // namespace gsoaprm::wire
