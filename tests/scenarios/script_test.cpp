// Printer and parser as a pair.
#include "tests/scenarios/script.h"

#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "wire/describe.h"

namespace gsoaprm::scenarios {
namespace {

constexpr char kAllKindsOfLines[] =
    "# The intent stands on the first line.\n"
    "client rm=1.1 soap=1.2 wsa=1.0 max_retry_count=2 tolerance=0.05\n"
    "+0.000 open\n"
    "+0.000 > @1 CreateSequence to=http://a.example/ expires=PT1H offer=o offer-expires=PT0S offer-endpoint=none "
    "offer-behavior=NoDiscard mid=c\n"
    "+0.000 > @2 CreateSequence acks-to=urn:x token-reference uses-str uses-ssl mid=c reply-to fault-to=urn:f\n"
    "+0.050 < @1 CreateSequenceResponse id=s expires=PT0S behavior=NoDiscard accept rel=c\n"
    "+0.000 < @2 CreateSequenceResponse id=s accept=http://b.example/ rel=none\n"
    "+0.000 call Add one-way mid=m1\n"
    "+0.000001 > @3 Add seq=s#1 mid=none\n"
    "+12.345678 > @4 Add seq=s#9223372036854775807 ack=o[1-2][4-4] mid=m1 reply-to not-understood={urn:x}Y\n"
    "+0.000 < @3 AddResponse seq=o#1 ack=s[none] buf=8\n"
    "+0.000 < @3 AddResponse seq=o#1 ack=s[1-1] ackreq=o rel=m1 rm=2005 soap=1.1 wsa=2004/08\n"
    "+0.000 < application-fault seq=o#2 http=200\n"
    "+0.000 < @4 SequenceAcknowledgement ack=s[1-1] final buf=0\n"
    "+0.000 < @4 empty\n"
    "+0.000 < @4 empty http=500 reason=\"the body is empty\"\n"
    "+0.000 < @4 nothing reason=\"connection refused\"\n"
    "+0.000 < @4 error http=400 reason=\"Bad Request\"\n"
    "+0.000 < @4 hopeless http=200 code=AnswerTooLarge reason=\"too large\"\n"
    "+0.000 < fault SequenceTerminated receiver id=s reason=\"as I please\"\n"
    "+0.000 < fault InvalidAcknowledgement bad-ack=s[1-7] rel=none http=200\n"
    "+0.000 < fault MessageNumberRollover id=s max-number=9223372036854775807\n"
    "+0.000 < fault MustUnderstand header={urn:x}Y\n"
    "+0.000 < fault {urn:peer}Custom\n"
    "+0.000 completed 1 reply\n"
    "+0.000 close\n"
    "+0.000 > CloseSequence id=s last-number=1 ack=o[1-1] final mid=x\n"
    "+0.000 < CloseSequenceResponse id=s ack=s[1-1] final\n"
    "+0.000 > TerminateSequence id=s\n"
    "+0.000 < TerminateSequenceResponse id=s ack=s[none] final\n"
    "+0.000 state Faulted SequenceTerminated\n"
    "+600.000 quiet\n";

TEST(Script, IsPrintedAsItWasRead) {
  const ParseResult result = Parse(kAllKindsOfLines);
  ASSERT_TRUE(result.script) << result.line << ": " << result.error;
  EXPECT_EQ(Print(*result.script), kAllKindsOfLines);
}

TEST(Script, KeepsWhatAnEnvelopeIsMadeOf) {
  const ParseResult result = Parse("server rm=2005\n< @7 as=alice LastMessage seq=s#4 last ack=o[1-2][5-5]\n");
  ASSERT_TRUE(result.script) << result.error;
  const auto& message = std::get<wire::TraceMessage>(result.script->lines.at(0).what);
  EXPECT_EQ(message.direction, wire::TraceMessage::Direction::kReceived);
  EXPECT_FALSE(message.answer);
  EXPECT_EQ(message.exchange, 7u);
  EXPECT_EQ(message.principal, "alice");
  EXPECT_EQ(message.envelope.rm_action, wire::RmAction::kLastMessage);
  EXPECT_TRUE(message.envelope.sequence->last_message);
  EXPECT_EQ(message.envelope.sequence->number, MessageNumber(4));
  EXPECT_EQ(message.envelope.acknowledgement->ranges.Count(), 3u);
}

TEST(Script, ForBothVersionsIsReadAsEither) {
  constexpr char kText[] = "client rm=both soap=1.2 wsa=1.0\n+0.000 > CreateSequence offer=o\n";
  for (const wire::RmVersion version : {wire::RmVersion::kFebruary2005, wire::RmVersion::k11}) {
    const ParseResult result = Parse(kText, version);
    ASSERT_TRUE(result.script) << result.error;
    EXPECT_EQ(result.script->protocol.rm, version);
    EXPECT_EQ(Print(*result.script), kText);
    const auto& message = std::get<wire::TraceMessage>(result.script->lines.at(0).what);
    const auto& offer = std::get<wire::CreateSequence>(message.envelope.body).offer;
    EXPECT_EQ(offer->endpoint.has_value(), version == wire::RmVersion::k11);
  }
}

struct Mistake {
  const char* line;
  const char* sentence;
};

TEST(Script, SaysWhatIsWrongAndOnWhichLine) {
  constexpr Mistake kMistakes[] = {
      {"+1.1234567 open", "A time is +SECONDS or +SECONDS.FRACTION, in microseconds at most."},
      {"+1,5 open", "A time is +SECONDS or +SECONDS.FRACTION, in microseconds at most."},
      {"+1.0", "The line says nothing."},
      {"dance", "A client has no \"dance\"."},
      {"reply 1", "A client has no \"reply\"."},
      {"completed 1", "\"completed\" has another number of arguments."},
      {"> @x Add", "An exchange is @NUMBER."},
      {"> Add seq=s", "seq=NAME#NUMBER is meant, not seq=s."},
      {"> Add seq=s#-1", "seq=NAME#NUMBER is meant, not seq=s#-1."},
      {"< Add ack=s", "ack=NAME[LOWER-UPPER]... or ack=NAME[none] is meant, not ack=s."},
      {"< Add ack=s[3-1]", "ack=NAME[LOWER-UPPER]... or ack=NAME[none] is meant, not ack=s[3-1]."},
      {"< CloseSequence id=s", "This version has no CloseSequence."},
      {"< TerminateSequence", "id=NAME is missing."},
      {"< Add offer=o", "\"offer\" has no place in this message."},
      {"< fault", "A fault has a code."},
      {"< empty ack=s[1-1]", "\"ack\" has no place in this line."},
      {"> empty", "A request is a message."},
      {"> Add http=200", "An answer has an HTTP status, http=NUMBER."},
      {"< Add http=99", "An answer has an HTTP status, http=NUMBER."},
      {"< Add http=1000", "An answer has an HTTP status, http=NUMBER."},
      {"< Add http=4050066664", "An answer has an HTTP status, http=NUMBER."},
      {"> Add rm=3", "rm has no version 3."},
      {"< fault Other reason=\"no end", "A quotation does not end."},
      {"<", "A message begins with its name."},
  };
  for (const Mistake& mistake : kMistakes) {
    const ParseResult result = Parse(std::string("client rm=2005\n\n") + mistake.line + "\nopen\n");
    EXPECT_FALSE(result.script) << mistake.line;
    EXPECT_EQ(result.error, mistake.sentence) << mistake.line;
    EXPECT_EQ(result.line, 3) << mistake.line;
  }
  for (const char* status : {"100", "999"})
    EXPECT_TRUE(Parse(std::string("client rm=2005\n\n+0 < Add http=") + status + "\n").script) << status;
  EXPECT_EQ(Parse("").error, "There is no line that begins with client or server.");
  EXPECT_EQ(Parse("peer rm=2005").error, "The first line says client or server, and which versions of the protocols.");
  EXPECT_EQ(Parse("client fast").error, "A setting is name=value, not fast.");
  EXPECT_EQ(Parse("client rm=both host=a rm=1.1").error, "The setting rm is given twice.");
}

TEST(Script, OfOneSessionIsTakenOutOfATrace) {
  constexpr char kTrace[] = "client a=1\n[2] client b=1\n+1 open\n[2] +2 open\n[12] client c=1\n";
  EXPECT_EQ(LinesOfSession(kTrace, 1), "client a=1\n+1 open\n");
  EXPECT_EQ(LinesOfSession(kTrace, 2), "client b=1\n+2 open\n");
  EXPECT_EQ(LinesOfSession(kTrace, 12), "client c=1\n");
}

}  // namespace
}  // namespace gsoaprm::scenarios
