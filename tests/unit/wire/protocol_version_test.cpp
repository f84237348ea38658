#include "wire/protocol_version.h"

#include <gtest/gtest.h>

#include <string>

#include "unit/wire/messages.h"
#include "wire/known_namespaces.h"

namespace gsoaprm::wire {
namespace {

constexpr RmAction kActions[] = {RmAction::kCreateSequence,
                                 RmAction::kCreateSequenceResponse,
                                 RmAction::kSequenceAcknowledgement,
                                 RmAction::kAckRequested,
                                 RmAction::kLastMessage,
                                 RmAction::kCloseSequence,
                                 RmAction::kCloseSequenceResponse,
                                 RmAction::kTerminateSequence,
                                 RmAction::kTerminateSequenceResponse,
                                 RmAction::kFault};

TEST(ProtocolVersion, ParsesEveryActionThatItWrites) {
  for (const RmVersion version : {RmVersion::kFebruary2005, RmVersion::k11}) {
    int written = 0;
    for (const RmAction action : kActions) {
      const std::string_view uri = ActionUri(version, action);
      if (uri.empty()) continue;
      ++written;
      RmVersion parsed_version = version == RmVersion::k11 ? RmVersion::kFebruary2005 : RmVersion::k11;
      RmAction parsed = RmAction::kNone;
      EXPECT_TRUE(ParseRmAction(uri, &parsed_version, &parsed)) << uri;
      EXPECT_EQ(parsed, action) << uri;
      EXPECT_EQ(parsed_version, version) << uri;
      EXPECT_EQ(uri.substr(0, RmNamespace(version).size()), RmNamespace(version));
    }
    EXPECT_EQ(written, version == RmVersion::k11 ? 9 : 6);
  }
}

TEST(ProtocolVersion, HasNoActionForAnApplicationMessage) {
  EXPECT_EQ(ActionUri(RmVersion::k11, RmAction::kNone), "");
  EXPECT_EQ(ActionUri(RmVersion::k11, RmAction::kLastMessage), "");
  EXPECT_EQ(ActionUri(RmVersion::kFebruary2005, RmAction::kCloseSequence), "");
}

TEST(ProtocolVersion, LeavesOtherActionsAlone) {
  RmVersion version = RmVersion::k11;
  RmAction action = RmAction::kNone;
  for (const char* uri :
       {"", "urn:app", "http://schemas.xmlsoap.org/ws/2005/02/rm", "http://schemas.xmlsoap.org/ws/2005/02/rm/",
        "http://schemas.xmlsoap.org/ws/2005/02/rm/CloseSequence",
        "http://docs.oasis-open.org/ws-rx/wsrm/200702/LastMessage",
        "http://docs.oasis-open.org/ws-rx/wsrm/200702/createsequence", "http://www.w3.org/2005/08/addressing/fault"}) {
    EXPECT_FALSE(ParseRmAction(uri, &version, &action)) << uri;
  }
}

TEST(ProtocolVersion, UsesTheAddressingFaultActionIn2005AndItsOwnIn11) {
  EXPECT_EQ(RmFaultAction(test::k2005), "http://www.w3.org/2005/08/addressing/soap/fault");
  EXPECT_EQ(RmFaultAction(test::k11), "http://docs.oasis-open.org/ws-rx/wsrm/200702/fault");
  EXPECT_EQ(RmFaultAction({SoapVersion::k12, AddressingVersion::kAugust2004, RmVersion::kFebruary2005}),
            "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault");
  EXPECT_EQ(AddressingFaultAction(AddressingVersion::k10), "http://www.w3.org/2005/08/addressing/fault");
}

TEST(ProtocolVersion, ClassifiesItsOwnNamespaces) {
  EXPECT_EQ(ClassifyNamespace(SoapNamespace(SoapVersion::k11)), KnownNamespace::kSoap11);
  EXPECT_EQ(ClassifyNamespace(SoapNamespace(SoapVersion::k12)), KnownNamespace::kSoap12);
  EXPECT_EQ(ClassifyNamespace(AddressingNamespace(AddressingVersion::k10)), KnownNamespace::kAddressing10);
  EXPECT_EQ(ClassifyNamespace(AddressingNamespace(AddressingVersion::kAugust2004)), KnownNamespace::kAddressing2004);
  EXPECT_EQ(ClassifyNamespace(RmNamespace(RmVersion::k11)), KnownNamespace::kRm11);
  EXPECT_EQ(ClassifyNamespace(RmNamespace(RmVersion::kFebruary2005)), KnownNamespace::kRm2005);
  EXPECT_EQ(ClassifyNamespace(NetrmNamespace()), KnownNamespace::kNetrm);
  EXPECT_EQ(ClassifyNamespace(""), KnownNamespace::kNone);
  EXPECT_EQ(ClassifyNamespace("urn:x"), KnownNamespace::kOther);
}

TEST(ProtocolVersion, NamesTheContentTypeOfEachSoapVersion) {
  EXPECT_EQ(ContentType(SoapVersion::k12), "application/soap+xml; charset=utf-8");
  EXPECT_EQ(ContentType(SoapVersion::k11), "text/xml; charset=utf-8");
}

}  // namespace
}  // namespace gsoaprm::wire
