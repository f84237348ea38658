// The faults that a server sends about no sequence: refusals, and header blocks that are missing, wrong or unknown.
// Likewise in both versions of WS-ReliableMessaging and both of SOAP.
#include "gsoap/server_faults.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <thread>

namespace gsoaprm::testing {
namespace {

int PortOf(struct soap* listening) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(listening->master, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

INSTANTIATE_TEST_SUITE_P(Dialects, ServerFault, EveryDialect(), [](const auto& p) { return NameOf(p.param); });

// ---- refusals ----

TEST_P(ServerFault, CreateSequenceRefusedHasNoDetail) {
  known["offer"] = "urn:test:offer";
  ExpectFault(Ask(Action("CreateSequence") + Id(), Create("http://elsewhere.example/", true, is_11())),
              AboutNone("CreateSequenceRefused"));
  EXPECT_EQ(server_->Metrics().sessions_opened, 0u);
}

TEST_P(ServerFault, CreateSequenceRefusedIsTheAnswerToOneThatCannotBeRead) {
  ExpectFault(Ask(Action("CreateSequence") + Id(), "<r:CreateSequence><r:Expires>PT1H</r:Expires></r:CreateSequence>"),
              AboutNone("CreateSequenceRefused"));
  EXPECT_EQ(server_->Metrics().sessions_opened, 0u);
}

TEST_P(ServerFault, APlainCallWhereReliableSessionsAreRequiredIsWsrmRequiredOrActionNotSupported) {
  options.reliable_session_required = 1;
  options.reliable_messaging_version = is_11() ? SOAP_RM_11 : SOAP_RM_FEBRUARY_2005;
  ExpectFault(Ask(AddHeader(), Add()), is_11() ? AboutNone("WsrmRequired") : OfAddressing("ActionNotSupported"));
}

TEST_P(ServerFault, ConnectionLimitReachedIsNestedWhereSoapCanNestIt) {
  options.max_sessions = 1;
  Open();
  known["offer"] = "urn:test:another-offer";
  Expected expected = AboutNone("CreateSequenceRefused");
  expected.soap12_code =
      "<s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value xmlns:a=\"{rm}\">a:CreateSequenceRefused</s:Value>"
      "<s:Subcode><s:Value xmlns:a=\"http://schemas.microsoft.com/ws/2006/05/rm\">a:ConnectionLimitReached</s:Value>"
      "</s:Subcode></s:Subcode></s:Code>";
  ExpectFault(Ask(Action("CreateSequence") + Id(), Create()), expected);
  ExpectAlive();
}

// The listening context goes while a copy of it still serves a connection.
TEST_P(ServerFault, EndpointUnavailableIsTheAnswerWhenNobodyListensAnyMore) {
  Start();
  struct soap* const listening = soap_new1(SOAP_IO_KEEPALIVE);
  listening->max_keep_alive = 0;
  { calculator::CalculatorService namespaces(listening); }
  ASSERT_EQ(soap_register_plugin_arg(listening, soap_rm, &options), SOAP_OK);
  ASSERT_TRUE(soap_valid_socket(soap_bind(listening, "127.0.0.1", 0, 1)));
  RawConnection connection(PortOf(listening));
  ASSERT_TRUE(soap_valid_socket(soap_accept(listening)));
  struct soap* const copy = soap_copy(listening);
  listening->socket = SOAP_INVALID_SOCKET;  // the connection is the copy's
  std::thread serving([copy] {
    calculator::CalculatorService(copy).serve();
    soap_destroy(copy);
    soap_end(copy);
    soap_free(copy);
  });
  const auto create = [&](const std::string& name) {
    return connection.Exchange(
        PostText(GetParam(), Action("CreateSequence") + Id(), Create(), {{"offer", "urn:test:offer:" + name}}));
  };
  EXPECT_EQ(create("one").status, 200);
  soap_free(listening);
  EXPECT_EQ(create("one").status, 200) << "a repeat gets what is there already";
  const HttpAnswer answer = connection.Exchange(PostText(GetParam(), Action("CreateSequence") + Id("urn:test:late"),
                                                         Create(), {{"offer", "urn:test:offer:two"}}));
  relates_to = "urn:test:late";
  ExpectFault(answer, OfAddressing("EndpointUnavailable"));
  connection.Reset();
  serving.join();
}

// ---- about header blocks ----

TEST_P(ServerFault, MessageAddressingHeaderRequiredNamesTheMessageId) {
  relates_to.clear();
  known["offer"] = "urn:test:offer";
  ExpectFault(Ask(Action("CreateSequence"), Create()), OfAddressing("MessageAddressingHeaderRequired", "MessageID"));
  EXPECT_EQ(server_->Metrics().sessions_opened, 0u);
  if (!is_11()) return;  // what ends a session of 2005 is not answered by its MessageID
  Open();
  for (const std::string name : {"CloseSequence", "TerminateSequence"}) {
    const std::string body = "<r:" + name + "><r:Identifier>{sequence}</r:Identifier></r:" + name + ">";
    ExpectFault(Ask(Action(name), body), OfAddressing("MessageAddressingHeaderRequired", "MessageID"));
    ExpectAlive();
  }
}

TEST_P(ServerFault, MessageInformationHeaderRequiredNamesTheReplyToOfAddressing2004) {
  const Values wsa{{"wsa", "http://schemas.xmlsoap.org/ws/2004/08/addressing"}, {"offer", "urn:test:offer"}};
  Start();
  HttpAnswer answer =
      Ask(Action("CreateSequence") + Id(),
          Create("http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous", true, is_11()), wsa);
  Expected expected = OfAddressing("MessageInformationHeaderRequired", "ReplyTo");
  expected.action = "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault";
  // That version requires To of every message.
  const std::string to =
      "<a:To s:mustUnderstand=\"1\">http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:To>";
  const std::size_t at = answer.body.find(to);
  ASSERT_NE(at, std::string::npos) << answer.body;
  answer.body.erase(at, to.size());
  known["wsa"] = wsa.at("wsa");
  ExpectFault(answer, expected);
  EXPECT_EQ(server_->Metrics().sessions_opened, 0u);
}

TEST_P(ServerFault, MustUnderstandNamesTheBlockThatStandsTwiceAndEndsTheSession) {
  Open();
  ExpectFault(Ask(Ack("1", "1") + Ack("1", "1") + Sequence("1") + AddHeader(), Add()),
              MustUnderstand("SequenceAcknowledgement", "{rm}"));
  ExpectDead();
}

TEST_P(ServerFault, MustUnderstandNamesTheBlockOfAProtocolMessageThatNobodyKnows) {
  const std::string unknown = "<x:Transaction xmlns:x=\"urn:x\" s:mustUnderstand=\"1\"/>";
  known["offer"] = "urn:test:offer";
  ExpectFault(Ask(unknown + Action("CreateSequence") + Id(), Create()), MustUnderstand("Transaction", "urn:x"));
  EXPECT_EQ(server_->Metrics().sessions_opened, 0u);
  Open();
  const std::string body = "<r:TerminateSequence><r:Identifier>{sequence}</r:Identifier></r:TerminateSequence>";
  ExpectFault(Ask(Action("TerminateSequence") + unknown + Id(), body), MustUnderstand("Transaction", "urn:x"));
  ExpectAlive();
}

TEST_P(ServerFault, OnlyAnonymousAddressSupportedNamesTheHeader) {
  Open();
  for (const std::string name : {"ReplyTo", "FaultTo"}) {
    const std::string elsewhere = "<a:" + name + "><a:Address>http://elsewhere.example/</a:Address></a:" + name + ">";
    const Expected expected = OfAddressing(
        "<s:Value>a:InvalidAddressingHeader</s:Value><s:Subcode><s:Value>a:OnlyAnonymousAddressSupported</s:Value>"
        "</s:Subcode>",
        "OnlyAnonymousAddressSupported", name);
    ExpectFault(Ask(Sequence("1") + elsewhere + AddHeader(), Add()), expected);
    ExpectAlive();
  }
}

}  // namespace
}  // namespace gsoaprm::testing
