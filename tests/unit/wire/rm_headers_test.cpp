// Content of the RM header blocks: what WCF's parser accepts is accepted, what it refuses is refused.
#include <gtest/gtest.h>

#include <string>

#include "unit/wire/messages.h"
#include "wire/envelope_reader.h"

namespace gsoaprm::wire {
namespace {

using test::Application;
using test::k11;
using test::k2005;
using test::Read;

ReadResult ReadSequenceOf(const Protocol& protocol, std::string_view content) {
  return Read(Application(protocol, "<r:Sequence>" + std::string(content) + "</r:Sequence>"));
}

ReadResult ReadAckOf(const Protocol& protocol, std::string_view content) {
  return Read(Application(protocol, "<r:SequenceAcknowledgement><r:Identifier>urn:s</r:Identifier>" +
                                        std::string(content) + "</r:SequenceAcknowledgement>"));
}

std::string RangesText(const ReadResult& result) {
  if (!result.ok()) return result.reason;
  std::string text;
  for (const MessageRange& range : result.envelope.acknowledgement->ranges.ranges()) {
    text += "[" + std::to_string(range.lower.value()) + "-" + std::to_string(range.upper.value()) + "]";
  }
  return text;
}

TEST(SequenceHeader, AllowsWhitespaceCommentsAndExtensionsBehind) {
  const ReadResult result = ReadSequenceOf(k2005,
                                           "\n<!-- c --><r:Identifier> urn:s\n</r:Identifier> <r:MessageNumber> 7 "
                                           "</r:MessageNumber>\n<x:y xmlns:x='urn:x'>t<z/></x:y><r:Unknown/>");
  ASSERT_TRUE(result.ok()) << result.reason;
  EXPECT_EQ(result.envelope.sequence->id, SequenceId("urn:s"));
  EXPECT_EQ(result.envelope.sequence->number, MessageNumber(7));
}

TEST(SequenceHeader, DecodesItsIdentifier) {
  const ReadResult result = ReadSequenceOf(
      k11, "<r:Identifier>urn:a&amp;b<![CDATA[<c>]]></r:Identifier><r:MessageNumber>1</r:MessageNumber>");
  EXPECT_EQ(result.envelope.sequence->id, SequenceId("urn:a&b<c>"));
}

TEST(SequenceHeader, HasLastMessageInFebruary2005Only) {
  const char* content = "<r:Identifier>s</r:Identifier><r:MessageNumber>1</r:MessageNumber><r:LastMessage/>";
  EXPECT_TRUE(ReadSequenceOf(k2005, content).envelope.sequence->last_message);
  const ReadResult result = ReadSequenceOf(k11, content);
  ASSERT_TRUE(result.ok());
  EXPECT_FALSE(result.envelope.sequence->last_message);
}

TEST(SequenceHeader, IsInvalidWithAWrongContent) {
  const std::string id = "<r:Identifier>s</r:Identifier>";
  for (const std::string& content :
       {std::string(), id, std::string("<r:MessageNumber>1</r:MessageNumber>"),
        "<r:MessageNumber>1</r:MessageNumber>" + id, id + id + "<r:MessageNumber>1</r:MessageNumber>",
        id + "<x/><r:MessageNumber>1</r:MessageNumber>", "<x/>" + id + "<r:MessageNumber>1</r:MessageNumber>",
        id + "<r:MessageNumber>1</r:MessageNumber><r:MessageNumber>1</r:MessageNumber>",
        id + "<r:MessageNumber>1</r:MessageNumber><x/><r:LastMessage/>",
        id + "<r:MessageNumber>1</r:MessageNumber>text", "text" + id + "<r:MessageNumber>1</r:MessageNumber>",
        std::string("<r:Identifier/><r:MessageNumber>1</r:MessageNumber>"),
        std::string("<r:Identifier> </r:Identifier><r:MessageNumber>1</r:MessageNumber>"),
        std::string("<r:Identifier><x/></r:Identifier><r:MessageNumber>1</r:MessageNumber>"),
        "<Identifier>s</Identifier>" + std::string("<MessageNumber>1</MessageNumber>")}) {
    const ReadResult result = ReadSequenceOf(k2005, content);
    EXPECT_EQ(result.error, ReadError::kInvalidRm) << content;
    EXPECT_FALSE(result.element.empty()) << content;
    EXPECT_NE(result.reason.find(result.element), std::string::npos) << result.reason;
  }
}

TEST(SequenceHeader, IsInvalidWithoutANumberAboveZero) {
  for (const char* number : {"0", "-1", "-0", "", " ", "one", "1.5", "0x1", "1 1", "<x/>"}) {
    const ReadResult result = ReadSequenceOf(
        k11, std::string("<r:Identifier>urn:s</r:Identifier><r:MessageNumber>") + number + "</r:MessageNumber>");
    EXPECT_EQ(result.error, ReadError::kInvalidRm) << number;
    EXPECT_EQ(result.element, "MessageNumber");
  }
}

TEST(SequenceHeader, RollsOverAboveTheGreatestNumberAndStillNamesTheSequence) {
  const std::string id = "<r:Identifier>urn:s</r:Identifier>";
  for (const char* number : {"9223372036854775806", "9223372036854775807"}) {
    const ReadResult result = ReadSequenceOf(k11, id + "<r:MessageNumber>" + number + "</r:MessageNumber>");
    ASSERT_TRUE(result.ok());
    EXPECT_EQ(std::to_string(result.envelope.sequence->number.value()), number);
  }
  for (const char* number : {"9223372036854775808", "18446744073709551616", "99999999999999999999999999"}) {
    const ReadResult result = ReadSequenceOf(k11, id + "<r:MessageNumber>" + number + "</r:MessageNumber>");
    EXPECT_EQ(result.error, ReadError::kNumberRollover) << number;
    EXPECT_EQ(result.envelope.sequence->id, SequenceId("urn:s"));
    EXPECT_FALSE(result.envelope.sequence->number.valid());
  }
}

TEST(AcknowledgementHeader, ReadsOneRange) {
  EXPECT_EQ(RangesText(ReadAckOf(k11, "<r:AcknowledgementRange Upper='4' Lower='1'/>")), "[1-4]");
  EXPECT_EQ(RangesText(ReadAckOf(k2005, "<r:AcknowledgementRange Lower=' 2 ' Upper='2'></r:AcknowledgementRange>")),
            "[2-2]");
}

TEST(AcknowledgementHeader, MergesRangesThatOverlapOrAreUnsorted) {
  EXPECT_EQ(RangesText(ReadAckOf(k11,
                                 "<r:AcknowledgementRange Lower='8' Upper='9'/><r:AcknowledgementRange Lower='1' "
                                 "Upper='3'/><r:AcknowledgementRange Lower='2' Upper='4'/><r:AcknowledgementRange "
                                 "Lower='5' Upper='5'/>")),
            "[1-5][8-9]");
}

TEST(AcknowledgementHeader, SaysNothingReceivedAsZeroRangeIn2005) {
  EXPECT_EQ(RangesText(ReadAckOf(k2005, "<r:AcknowledgementRange Lower='0' Upper='0'/>")), "");
  EXPECT_EQ(ReadAckOf(k11, "<r:AcknowledgementRange Lower='0' Upper='0'/>").error, ReadError::kInvalidRm);
  EXPECT_EQ(ReadAckOf(k2005, "<r:AcknowledgementRange Lower='0' Upper='1'/>").error, ReadError::kInvalidRm);
}

TEST(AcknowledgementHeader, SaysNothingReceivedAsNoneIn11) {
  EXPECT_EQ(RangesText(ReadAckOf(k11, "<r:None/>")), "");
  EXPECT_EQ(ReadAckOf(k2005, "<r:None/>").error, ReadError::kInvalidRm);
}

TEST(AcknowledgementHeader, HasFinalIn11Only) {
  const char* content = "<r:AcknowledgementRange Lower='1' Upper='1'/><r:Final/>";
  EXPECT_TRUE(ReadAckOf(k11, content).envelope.acknowledgement->final);
  EXPECT_TRUE(ReadAckOf(k11, "<r:None/><r:Final/>").envelope.acknowledgement->final);
  const ReadResult result = ReadAckOf(k2005, content);
  ASSERT_TRUE(result.ok()) << result.reason;
  EXPECT_FALSE(result.envelope.acknowledgement->final);
}

TEST(AcknowledgementHeader, AcceptsNacksAndIgnoresThem) {
  const ReadResult result = ReadAckOf(k11, "<r:Nack>3</r:Nack><r:Nack> 5 </r:Nack>");
  ASSERT_TRUE(result.ok()) << result.reason;
  EXPECT_TRUE(result.envelope.acknowledgement->ranges.empty());
}

TEST(AcknowledgementHeader, ReadsBufferRemainingAmongExtensions) {
  const std::string range = "<r:AcknowledgementRange Lower='1' Upper='1'/>";
  EXPECT_EQ(ReadAckOf(k11, range + "<r:Final/><x:y xmlns:x='urn:x'/><netrm:BufferRemaining> 8 </netrm:BufferRemaining>")
                .envelope.acknowledgement->buffer_remaining,
            8u);
  for (const char* number : {"0", "2147483646", "2147483647"}) {
    const ReadResult result = ReadAckOf(k2005, range + "<netrm:BufferRemaining>" + number + "</netrm:BufferRemaining>");
    ASSERT_TRUE(result.ok()) << result.reason;
    EXPECT_EQ(std::to_string(*result.envelope.acknowledgement->buffer_remaining), number);
  }
  for (const char* number : {"-1", "", "many", "2147483648", "<x/>"}) {
    const ReadResult result = ReadAckOf(k2005, range + "<netrm:BufferRemaining>" + number + "</netrm:BufferRemaining>");
    EXPECT_EQ(result.error, ReadError::kInvalidRm) << number;
    EXPECT_EQ(result.element, "BufferRemaining");
  }
  EXPECT_EQ(ReadAckOf(k2005, range + "<netrm:BufferRemaining>1</netrm:BufferRemaining>"
                                     "<netrm:BufferRemaining>1</netrm:BufferRemaining>")
                .error,
            ReadError::kInvalidRm);
}

TEST(AcknowledgementHeader, IsInvalidWithAWrongContent) {
  const std::string range = "<r:AcknowledgementRange Lower='1' Upper='1'/>";
  for (const std::string& content : {std::string(),
                                     std::string("<x/>"),
                                     std::string("<r:AcknowledgementRange/>"),
                                     std::string("<r:AcknowledgementRange Lower='1'/>"),
                                     std::string("<r:AcknowledgementRange Upper='1'/>"),
                                     std::string("<r:AcknowledgementRange Lower='2' Upper='1'/>"),
                                     std::string("<r:AcknowledgementRange Lower='-1' Upper='1'/>"),
                                     std::string("<r:AcknowledgementRange Lower='a' Upper='1'/>"),
                                     std::string("<r:AcknowledgementRange r:Lower='1' r:Upper='1'/>"),
                                     std::string("<r:AcknowledgementRange Lower='1' Upper='9223372036854775808'/>"),
                                     range + "<r:None/>",
                                     "<r:None/>" + range,
                                     std::string("<r:None/><r:None/>"),
                                     range + "<r:Nack>1</r:Nack>",
                                     "<r:Nack>1</r:Nack>" + range,
                                     std::string("<r:Nack>0</r:Nack>"),
                                     std::string("<r:Nack/>"),
                                     std::string("<r:Nack>1</r:Nack><r:Final/>"),
                                     std::string("<r:Final/>"),
                                     "<r:Final/>" + range,
                                     range + "<r:Final/>" + range,
                                     range + "<r:Final/><r:Final/>",
                                     range + "<x/>" + range,
                                     range + "text",
                                     range + "<r:Identifier>s</r:Identifier>",
                                     "<x/>" + range}) {
    const ReadResult result = ReadAckOf(k11, content);
    EXPECT_EQ(result.error, ReadError::kInvalidRm) << content;
    EXPECT_FALSE(result.element.empty()) << content;
  }
  EXPECT_EQ(ReadAckOf(k2005, "<r:AcknowledgementRange Lower='0' Upper='0'/>" + range).error, ReadError::kInvalidRm);
  EXPECT_EQ(ReadAckOf(k2005, range + "<r:AcknowledgementRange Lower='0' Upper='0'/>").error, ReadError::kInvalidRm);
}

TEST(AcknowledgementHeader, BeginsWithItsIdentifier) {
  for (const char* block :
       {"<r:SequenceAcknowledgement/>",
        "<r:SequenceAcknowledgement><r:None/><r:Identifier>s</r:Identifier></r:SequenceAcknowledgement>",
        "<r:SequenceAcknowledgement><r:Identifier/><r:None/></r:SequenceAcknowledgement>"}) {
    EXPECT_EQ(Read(Application(k11, block)).error, ReadError::kInvalidRm) << block;
  }
}

TEST(AckRequestedHeader, IgnoresTheNumbersOfFebruary2005) {
  for (const char* number :
       {"", "<r:MessageNumber>3</r:MessageNumber>", "<r:MaxMessageNumberUsed>3</r:MaxMessageNumberUsed>", "<x/>"}) {
    const ReadResult result = Read(Application(
        k2005, std::string("<r:AckRequested><r:Identifier>urn:s</r:Identifier>") + number + "</r:AckRequested>"));
    ASSERT_TRUE(result.ok()) << result.reason;
    EXPECT_EQ(result.envelope.ack_requested->id, SequenceId("urn:s"));
  }
}

TEST(AckRequestedHeader, IsInvalidWithoutIdentifier) {
  for (const char* block :
       {"<r:AckRequested/>", "<r:AckRequested><x/></r:AckRequested>", "<r:AckRequested>urn:s</r:AckRequested>",
        "<r:AckRequested><r:Identifier/></r:AckRequested>"}) {
    const ReadResult result = Read(Application(k11, block));
    EXPECT_EQ(result.error, ReadError::kInvalidRm) << block;
    EXPECT_FALSE(result.element.empty());
  }
}

TEST(RmHeaders, StandAtMostOnceEach) {
  const std::string sequence =
      "<r:Sequence><r:Identifier>s</r:Identifier><r:MessageNumber>1</r:MessageNumber></r:Sequence>";
  const std::string acknowledgement =
      "<r:SequenceAcknowledgement><r:Identifier>s</r:Identifier><r:AcknowledgementRange Lower='1' Upper='1'/>"
      "</r:SequenceAcknowledgement>";
  const std::string requested = "<r:AckRequested><r:Identifier>s</r:Identifier></r:AckRequested>";
  const std::pair<std::string, const char*> cases[] = {{sequence, "Sequence"},
                                                       {acknowledgement, "SequenceAcknowledgement"},
                                                       {requested, "AckRequested"},
                                                       {"<r:UsesSequenceSTR/>", "UsesSequenceSTR"},
                                                       {"<r:UsesSequenceSSL/>", "UsesSequenceSSL"}};
  for (const auto& [block, name] : cases) {
    EXPECT_TRUE(Read(Application(k11, block)).ok());
    const ReadResult result = Read(Application(k11, block + "<x/>" + block));
    EXPECT_EQ(result.error, ReadError::kDuplicateHeader) << block;
    EXPECT_EQ(result.element, name);
  }
  EXPECT_TRUE(Read(Application(k11, sequence + acknowledgement + requested)).ok());
}

TEST(RmHeaders, AreOfOneVersion) {
  const std::string other =
      "<o:AckRequested xmlns:o='http://schemas.xmlsoap.org/ws/2005/02/rm'><o:Identifier>s"
      "</o:Identifier></o:AckRequested>";
  const std::string sequence =
      "<r:Sequence><r:Identifier>s</r:Identifier><r:MessageNumber>1</r:MessageNumber></r:Sequence>";
  EXPECT_EQ(Read(Application(k11, sequence + other)).error, ReadError::kMixedVersions);
  EXPECT_EQ(Read(Application(k11, other + sequence)).error, ReadError::kMixedVersions);
  EXPECT_TRUE(Read(Application(k2005, sequence + other)).ok());
  EXPECT_EQ(Read(test::EnvelopeOf(k11, sequence + test::ActionBlock(k2005, RmAction::kLastMessage), "")).error,
            ReadError::kMixedVersions);
}

TEST(RmHeaders, StillYieldProtocolAndAddressingWhenInvalid) {
  const ReadResult result = Read(test::EnvelopeOf(
      k11,
      "<r:Sequence><r:Identifier>urn:s</r:Identifier><x><y/></x></r:Sequence><a:Action>urn:app</a:Action>"
      "<a:MessageID>urn:m</a:MessageID><r:AckRequested/><a:ReplyTo><a:Address>urn:r</a:Address></a:ReplyTo>",
      "<m/>"));
  EXPECT_EQ(result.error, ReadError::kInvalidRm);
  EXPECT_EQ(result.element, "Sequence");
  EXPECT_EQ(result.envelope.protocol, k11);
  EXPECT_EQ(result.envelope.addressing.message_id, MessageId("urn:m"));
  EXPECT_EQ(result.envelope.addressing.reply_to, Uri("urn:r"));
  EXPECT_EQ(result.envelope.sequence->id, SequenceId("urn:s"));
  EXPECT_EQ(result.envelope.payload(), nullptr);
}

}  // namespace
}  // namespace gsoaprm::wire
