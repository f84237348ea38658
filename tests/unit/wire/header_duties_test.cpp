// What the reader of the header notes for those who may refuse a message: blocks that must be understood and are not,
// and where replies and faults are to go.
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

constexpr char kAnonymous[] = "http://www.w3.org/2005/08/addressing/anonymous";
constexpr char kNone[] = "http://www.w3.org/2005/08/addressing/none";
constexpr char kAnonymous2004[] = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous";

std::string NotUnderstood(const std::string& header, const Protocol& protocol = k11) {
  const ReadResult result = Read(Application(protocol, header));
  EXPECT_TRUE(result.ok()) << result.reason;
  return result.envelope.not_understood;
}

TEST(NotUnderstood, IsTheFirstUnknownBlockThatMustBe) {
  EXPECT_EQ(NotUnderstood("<x:One xmlns:x='urn:x' s:mustUnderstand='1'/><x:Two xmlns:x='urn:x' s:mustUnderstand='1'/>"),
            "{urn:x}One");
  EXPECT_EQ(NotUnderstood("<One s:mustUnderstand='true'>text</One>"), "{}One");
  EXPECT_EQ(NotUnderstood("<r:Odd s:mustUnderstand='1'/>"), "{http://docs.oasis-open.org/ws-rx/wsrm/200702}Odd");
}

TEST(NotUnderstood, IsNotWhatMayBeIgnored) {
  EXPECT_EQ(NotUnderstood("<x:One xmlns:x='urn:x'/><x:Two xmlns:x='urn:x' s:mustUnderstand='0'/>"), "");
  EXPECT_EQ(NotUnderstood("<x:One xmlns:x='urn:x' mustUnderstand='1'/>"), "");
}

TEST(NotUnderstood, IsNotWhatIsMeantForOthers) {
  const std::string start = "<x:One xmlns:x='urn:x' s:mustUnderstand='1' s:role='";
  EXPECT_EQ(NotUnderstood(start + "urn:other'/>"), "");
  EXPECT_EQ(NotUnderstood(start + "http://www.w3.org/2003/05/soap-envelope/role/none'/>"), "");
  EXPECT_EQ(NotUnderstood(start + "http://www.w3.org/2003/05/soap-envelope/role/next'/>"), "{urn:x}One");
  EXPECT_EQ(NotUnderstood(start + "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver'/>"), "{urn:x}One");
}

TEST(NotUnderstood, IsNotWhatThePluginOrItsNeighboursRead) {
  EXPECT_EQ(NotUnderstood("<a:To s:mustUnderstand='1'>urn:to</a:To><a:From s:mustUnderstand='1'/>"
                          "<r:Sequence s:mustUnderstand='1'><r:Identifier>urn:s</r:Identifier>"
                          "<r:MessageNumber>1</r:MessageNumber></r:Sequence>"
                          "<r:AckRequested s:mustUnderstand='1'><r:Identifier>urn:s</r:Identifier></r:AckRequested>"
                          "<r:UsesSequenceSTR s:mustUnderstand='1'/><r:UsesSequenceSSL s:mustUnderstand='1'/>"),
            "");
  const std::string wsse =
      " xmlns:o='http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'";
  EXPECT_EQ(NotUnderstood("<o:Security" + wsse + " s:mustUnderstand='1'><o:UsernameToken/></o:Security>"), "");
  EXPECT_NE(NotUnderstood("<o:Other" + wsse + " s:mustUnderstand='1'/>"), "");
}

TEST(NotUnderstood, IsNothingInAMessageOfThisSide) {
  const ReadResult own =
      ReadOwnEnvelope(Application(k11, "<x:One xmlns:x='urn:x' s:mustUnderstand='1'/>"), ContentType(SoapVersion::k12));
  EXPECT_EQ(own.envelope.not_understood, "");
}

std::string Block(const std::string& name, const std::string& address, const std::string& attributes = "") {
  return "<a:" + name + attributes + "><a:Address>" + address + "</a:Address></a:" + name + ">";
}

Addressing AddressingOf(const std::string& header) { return Read(Application(k11, header)).envelope.addressing; }

TEST(ReturnAddress, IsTheFirstOfSeveralThatLeadNowhereElse) {
  EXPECT_EQ(AddressingOf(Block("ReplyTo", kAnonymous) + Block("ReplyTo", kNone)).reply_to, Uri(kAnonymous));
  EXPECT_EQ(AddressingOf(Block("FaultTo", kNone) + Block("FaultTo", kAnonymous)).fault_to, Uri(kNone));
}

TEST(ReturnAddress, IsTheOneElsewhereWhereverItStands) {
  const std::string here = Block("ReplyTo", kAnonymous) + Block("FaultTo", kAnonymous);
  const std::string there = Block("ReplyTo", "http://evil/") + Block("FaultTo", "http://worse/");
  for (const std::string& header : {here + there, there + here}) {
    EXPECT_EQ(AddressingOf(header).reply_to, Uri("http://evil/"));
    EXPECT_EQ(AddressingOf(header).fault_to, Uri("http://worse/"));
  }
}

TEST(ReturnAddress, IsTheOneElsewhereWhateverItsRole) {
  const std::string role = " s:role='urn:other'";
  EXPECT_EQ(AddressingOf(Block("ReplyTo", kAnonymous) + Block("ReplyTo", "http://evil/", role)).reply_to,
            Uri("http://evil/"));
  EXPECT_FALSE(AddressingOf(Block("ReplyTo", kAnonymous, role)).reply_to);
}

TEST(ReturnAddress, IsTheOneElsewhereWhateverItsVersion) {
  const std::string other = "<w:ReplyTo xmlns:w='http://schemas.xmlsoap.org/ws/2004/08/addressing'><w:Address>";
  EXPECT_EQ(AddressingOf(Block("ReplyTo", kAnonymous) + other + "http://evil/</w:Address></w:ReplyTo>").reply_to,
            Uri("http://evil/"));
  EXPECT_EQ(AddressingOf(Block("ReplyTo", kAnonymous) + other + kAnonymous2004 + "</w:Address></w:ReplyTo>").reply_to,
            Uri(kAnonymous));
}

// What the application would see of the message.
std::string Seen(const std::string& header) {
  const ReadResult result = Read(Application(k11, header));
  EXPECT_TRUE(result.ok()) << result.reason;
  const PayloadPointer* payload = result.envelope.payload();
  return payload ? (*payload)->entity : "nothing";
}

constexpr char kNumber[] =
    "<r:Sequence><r:Identifier>urn:s</r:Identifier><r:MessageNumber>1</r:MessageNumber></r:Sequence>";

TEST(ReturnAddress, OfAMessageWithANumberIsNotSeenByTheApplicationWhereItLeadsElsewhere) {
  const std::string must = " s:mustUnderstand='1'", role = " s:role='urn:other'";
  const std::string elsewhere = Block("ReplyTo", "http://evil/", must) + "<x:Mine xmlns:x='urn:x'/>" +
                                Block("FaultTo", "http://evil/") + Block("ReplyTo", "http://evil/", role);
  const std::string here = Block("ReplyTo", kAnonymous) + Block("FaultTo", kNone);
  for (const std::string& header :
       {kNumber + elsewhere + here, elsewhere + here + kNumber, here + kNumber + elsewhere}) {
    const std::string seen = Seen(header);
    EXPECT_EQ(seen.find("evil"), std::string::npos) << seen;
    EXPECT_NE(seen.find("<x:Mine xmlns:x='urn:x'/>"), std::string::npos) << seen;
    EXPECT_NE(seen.find(here), std::string::npos) << seen;
    EXPECT_TRUE(Read(seen).ok());
    EXPECT_EQ(AddressingOf(header).reply_to, Uri("http://evil/"));
  }
}

TEST(ReturnAddress, OfAMessageWithoutANumberIsTheApplicationsOwnMatter) {
  EXPECT_NE(Seen(Block("ReplyTo", "http://evil/")).find("http://evil/"), std::string::npos);
}

}  // namespace
}  // namespace gsoaprm::wire
