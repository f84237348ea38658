// Messages that are broken, cut short or hostile: always an error, never more.
#include <gtest/gtest.h>

#include <string>

#include "unit/wire/messages.h"
#include "wire/envelope_reader.h"
#include "wire/envelope_writer.h"

namespace gsoaprm::wire {
namespace {

using test::EnvelopeOf;
using test::k11;
using test::k2005;
using test::Read;

std::string Protocol11Message(RmAction action, std::string_view body) {
  return EnvelopeOf(k11, test::ActionBlock(k11, action), body);
}

TEST(MalformedMessage, IsRefused) {
  for (const char* entity : {
           "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'/>",
           "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'></s:Envelope>",
           "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Header/></s:Envelope>",
           "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><x/><s:Body/></s:Envelope>",
           "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Header/><x/><s:Body/></s:Envelope>",
           "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><Body/></s:Envelope>",
           "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Header/><s:Header/><s:Body/></s:Envelope>",
           "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Body></s:Envelope>",
           "<s:Envelope "
           "xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Header><a></s:Header><s:Body/></s:Envelope>",
           "<s:Envelope "
           "xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Header><p:a/></s:Header><s:Body/></s:Envelope>",
           "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Body/></s:Envelope><x/>",
           "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Body/></s:envelope>",
           "<?xml version='1.0'? <?><s:Envelope "
           "xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Body/></s:Envelope>",
           "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope' "
           "xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'>"
           "<e:Body/></s:Envelope>",
       }) {
    const ReadResult result = Read(entity);
    EXPECT_EQ(result.error, ReadError::kMalformed) << entity;
    EXPECT_FALSE(result.reason.empty());
  }
}

TEST(ForbiddenMarkup, IsRefusedWhereverItStands) {
  const std::string doctype = "<!DOCTYPE x [<!ENTITY a 'b'>]>";
  const std::string instruction = "<?pi?>";
  const std::string start = "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Header>";
  for (const std::string& markup : {doctype, instruction}) {
    for (const std::string& entity : {markup + start + "</s:Header><s:Body/></s:Envelope>",
                                      "<?xml version='1.0'?>\n" + markup + start + "</s:Header><s:Body/></s:Envelope>",
                                      start + markup + "</s:Header><s:Body/></s:Envelope>",
                                      start + "</s:Header><s:Body><x>" + markup + "</x></s:Body></s:Envelope>",
                                      start + "</s:Header><s:Body/></s:Envelope>" + markup, "<x>" + markup + "</x>"}) {
      const ReadResult result = Read(entity);
      EXPECT_EQ(result.error, ReadError::kForbidden) << entity;
      EXPECT_NE(result.reason.find("not allowed"), std::string::npos) << result.reason;
    }
  }
}

TEST(ForbiddenMarkup, IsAllowedInWhatThisSideHasWritten) {
  EXPECT_TRUE(ReadOwnEnvelope("<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Header><?pi?>"
                              "</s:Header><s:Body/></s:Envelope>",
                              ContentType(SoapVersion::k12))
                  .ok());
}

TEST(MalformedMessage, IsRefusedInAProtocolBody) {
  for (const char* body : {"<r:CloseSequence>", "<r:CloseSequence><r:Identifier>x</r:CloseSequence>",
                           "<r:CloseSequence><r:Identifier>&x;</r:Identifier></r:CloseSequence>",
                           "<r:CloseSequence><q:Identifier>x</q:Identifier></r:CloseSequence>"}) {
    EXPECT_EQ(Read(Protocol11Message(RmAction::kCloseSequence, body)).error, ReadError::kMalformed) << body;
  }
}

TEST(MalformedMessage, IsRefusedInAnRmBlock) {
  for (const char* block :
       {"<r:Sequence><r:Identifier>&bad;</r:Identifier></r:Sequence>",
        "<r:Sequence><r:Identifier>\xff</r:Identifier></r:Sequence>",
        "<r:Sequence><r:Identifier>x</r:MessageNumber></r:Sequence>", "<r:AckRequested a='1' a='2'/>"}) {
    EXPECT_EQ(Read(test::Application(k11, block)).error, ReadError::kMalformed) << block;
  }
}

class EveryPrefix : public testing::TestWithParam<int> {};

std::string MessageNumbered(int which) {
  switch (which) {
    case 0:
      return std::string(test::kRequest);
    case 1:
      return std::string(test::kReply2005);
    case 2:
      return Protocol11Message(RmAction::kCreateSequence,
                               "<r:CreateSequence><r:AcksTo><a:Address>urn:a</a:Address></r:AcksTo><r:Offer>"
                               "<r:Identifier>urn:o</r:Identifier><r:Endpoint><a:Address>urn:a</a:Address></r:Endpoint>"
                               "</r:Offer></r:CreateSequence>");
    case 3:
      return EnvelopeOf(k2005, "<a:Action>http://www.w3.org/2005/08/addressing/soap/fault</a:Action>",
                        "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>r:UnknownSequence</s:Value>"
                        "</s:Subcode></s:Code><s:Reason><s:Text xml:lang='en'>no &amp; no</s:Text></s:Reason><s:Detail>"
                        "<r:Identifier>urn:s</r:Identifier></s:Detail></s:Fault>");
    case 4:
      return EnvelopeOf(
          k2005, "<a:Action>urn:f</a:Action>",
          "<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason><s:Text xml:lang='en'>x</s:Text>"
          "</s:Reason><s:Detail><x><y/></x></s:Detail></s:Fault>");
    default:
      return "<?xml version='1.0'?><Envelope "
             "xmlns='http://schemas.xmlsoap.org/soap/envelope/'><Body><m/></Body></Envelope>";
  }
}

TEST_P(EveryPrefix, OfAMessageIsAnError) {
  const std::string whole = MessageNumbered(GetParam());
  ASSERT_TRUE(Read(whole).ok()) << Read(whole).reason;
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const ReadResult result = Read(whole.substr(0, length));
    EXPECT_FALSE(result.ok()) << whole.substr(0, length);
    EXPECT_FALSE(result.reason.empty());
  }
}

TEST_P(EveryPrefix, OfAMultipartMessageIsAnError) {
  const std::string whole = "--b\r\nContent-ID: <r>\r\n\r\n" + MessageNumbered(GetParam()) + "\r\n--b--";
  const char* type = "multipart/related; boundary=b; start=\"<r>\"";
  ASSERT_TRUE(ReadEnvelope(whole, type, "").ok());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(ReadEnvelope(whole.substr(0, length), type, "").ok()) << whole.substr(0, length);
  }
}

// What comes out of a message with a wrong byte does not matter here, as long as something does.
TEST_P(EveryPrefix, OrWrongByteDoesNoHarm) {
  const std::string whole = MessageNumbered(GetParam());
  int read = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const char wrong : {'<', '>', '&', '"', '\0', ' ', '/', '\x80'}) {
      std::string entity = whole;
      entity[at] = wrong;
      const ReadResult result = Read(entity);
      EXPECT_EQ(result.ok(), result.reason.empty());
      if (result.ok()) read += WriteEnvelope(result.envelope).entity.empty() ? 0 : 1;
    }
  }
  EXPECT_GT(read, 0);
}

INSTANTIATE_TEST_SUITE_P(Messages, EveryPrefix, testing::Range(0, 6));

}  // namespace
}  // namespace gsoaprm::wire
