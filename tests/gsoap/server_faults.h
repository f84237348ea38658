// What the faults of a server must be, letter by letter, and a server to provoke them from.
#pragma once

#include <memory>
#include <string>

#include "gsoap/fault_texts.h"
#include "gsoap/support/raw_http.h"
#include "gsoap/support/test_server.h"

namespace gsoaprm::testing {

inline constexpr char kAnonymous[] = "http://www.w3.org/2005/08/addressing/anonymous";
inline constexpr char kSender12[] = "<s:Code><s:Value>s:Sender</s:Value><s:Subcode>";
inline constexpr char kRmFault[] = "the action of faults of the protocol";

// What is expected of a fault.
struct Expected {
  std::string action = kRmFault;
  std::string soap12_header, soap12_code, soap12_detail;
  std::string soap11_header, soap11_code;
};

inline Expected SenderRm(const std::string& name) {
  Expected expected;
  expected.soap12_code =
      std::string(kSender12) + "<s:Value xmlns:a=\"{rm}\">a:" + name + "</s:Value></s:Subcode></s:Code>";
  return expected;
}

// A fault about a sequence: SOAP 1.1 has it in a header block, 1.1 of the protocol with its detail wrapped.
inline Expected AboutSequence(const std::string& name, const std::string& detail12, const std::string& detail11,
                              const Dialect& dialect) {
  Expected expected = SenderRm(name);
  expected.soap12_detail = "<s:Detail>" + detail12 + "</s:Detail>";
  expected.soap11_code = "<faultcode>s:Client</faultcode>";
  expected.soap11_header = "<r:SequenceFault><r:FaultCode>r:" + name + "</r:FaultCode>" +
                           (Is11(dialect) ? "<r:Detail>" + detail11 + "</r:Detail>" : detail11) + "</r:SequenceFault>";
  return expected;
}
inline Expected AboutSequence(const std::string& name, const Dialect& dialect) {
  return AboutSequence(name, "<r:Identifier xmlns:r=\"{rm}\">{sequence}</r:Identifier>",
                       "<r:Identifier>{sequence}</r:Identifier>", dialect);
}

// A fault about no sequence: in SOAP 1.1 its code is the fault's.
inline Expected AboutNone(const std::string& name) {
  Expected expected = SenderRm(name);
  expected.soap11_code = "<faultcode xmlns:a=\"{rm}\">a:" + name + "</faultcode>";
  return expected;
}

// Of WS-Addressing, about one of its headers.
inline Expected OfAddressing(const std::string& code12, const std::string& code11, const std::string& header) {
  Expected expected;
  expected.action = "http://www.w3.org/2005/08/addressing/fault";
  expected.soap12_code = kSender12 + code12 + "</s:Subcode></s:Code>";
  expected.soap11_code = "<faultcode>a:" + code11 + "</faultcode>";
  if (header.empty()) return expected;
  const std::string problem = "<a:ProblemHeaderQName>a:" + header + "</a:ProblemHeaderQName>";
  expected.soap12_detail = "<s:Detail>" + problem + "</s:Detail>";
  expected.soap11_header = "<a:FaultDetail>" + problem + "</a:FaultDetail>";
  return expected;
}
inline Expected OfAddressing(const std::string& name, const std::string& header = "") {
  return OfAddressing("<s:Value>a:" + name + "</s:Value>", name, header);
}

inline Expected MustUnderstand(const std::string& name, const std::string& ns) {
  Expected expected;
  expected.action = "http://www.w3.org/2005/08/addressing/soap/fault";
  expected.soap12_header = "<s:NotUnderstood qname=\"b:" + name + "\" xmlns:b=\"" + ns + "\"/>";
  expected.soap12_code = "<s:Code><s:Value>s:MustUnderstand</s:Value></s:Code>";
  expected.soap11_code = "<faultcode>s:MustUnderstand</faultcode>";
  return expected;
}

class ServerFault : public ::testing::TestWithParam<Dialect> {
 protected:
  void Start() { server_ = std::make_unique<TestServer>(Serving::kThreaded, &options); }

  HttpAnswer Ask(const std::string& header, const std::string& body, const Values& more = Values()) {
    if (!server_) Start();
    Values values = more;
    values.insert(known.begin(), known.end());
    return RawConnection(server_->port()).Exchange(PostText(GetParam(), header, body, values));
  }

  // ---- messages ----
  static std::string Action(const std::string& name) { return "<a:Action>{rm}/" + name + "</a:Action>"; }
  static std::string Id(const std::string& id = "urn:test:the-message") {
    return "<a:MessageID>" + id + "</a:MessageID>";
  }
  static std::string Sequence(const std::string& number, const std::string& rest = "") {
    return "<r:Sequence><r:Identifier>{sequence}</r:Identifier><r:MessageNumber>" + number + "</r:MessageNumber>" +
           rest + "</r:Sequence>";
  }
  static std::string Ack(const std::string& lower, const std::string& upper) {
    return "<r:SequenceAcknowledgement><r:Identifier>{offer}</r:Identifier><r:AcknowledgementRange Lower=\"" + lower +
           "\" Upper=\"" + upper + "\"/></r:SequenceAcknowledgement>";
  }
  static std::string Create(const std::string& acks_to, bool offer, bool is_11) {
    const std::string address = "<a:Address>" + acks_to + "</a:Address>";
    std::string text = "<r:CreateSequence><r:AcksTo>" + address + "</r:AcksTo>";
    if (offer) text += "<r:Offer><r:Identifier>{offer}</r:Identifier>";
    if (offer && is_11) text += "<r:Endpoint>" + address + "</r:Endpoint>";
    return text + (offer ? "</r:Offer>" : "") + "</r:CreateSequence>";
  }
  std::string Create(bool offer = true) const { return Create(kAnonymous, offer, is_11()); }
  static std::string Add() { return AddBody(66, 6); }
  static std::string AddHeader() { return std::string("<a:Action>") + kAddAction + "</a:Action>" + Id(); }

  void Open(bool offer = true) {
    static int count = 0;
    known["offer"] = "urn:test:the-offer:" + std::to_string(++count);
    const HttpAnswer answer = Ask(Action("CreateSequence") + Id("urn:test:create:" + known["offer"]), Create(offer));
    known["sequence"] = Between(answer.body, "Identifier>", "<");
    ASSERT_EQ(answer.status, 200) << answer.body;
    ASSERT_FALSE(known["sequence"].empty()) << answer.body;
  }

  // ---- what came ----
  // The answer, but for the sentence of the reason, which must be there.
  std::string WithoutReason(std::string text) const {
    const std::string begin = IsSoap12(GetParam()) ? "<s:Text xml:lang=\"en-US\">" : "<faultstring xml:lang=\"en-US\">";
    const std::string reason = Between(text, begin, "<");
    EXPECT_GT(reason.size(), 10u) << text;
    EXPECT_EQ(reason.find_last_not_of("."), reason.size() - 2) << reason;
    const std::size_t at = text.find(begin);
    return at == std::string::npos ? text : text.replace(at + begin.size(), reason.size(), "because");
  }
  std::string FaultText(const Expected& expected) const {
    const bool soap12 = IsSoap12(GetParam());
    const std::string& header = soap12 ? expected.soap12_header : expected.soap11_header;
    const bool rm = header.find("<r:") != std::string::npos;
    std::string text = std::string("<s:Envelope xmlns:s=\"{soap}\"") + (rm ? " xmlns:r=\"{rm}\"" : "") +
                       " xmlns:a=\"{wsa}\"><s:Header>" + header + "<a:Action s:mustUnderstand=\"1\">" +
                       ActionOf(expected) + "</a:Action>" + (relates_to.empty() ? "" : "<a:RelatesTo>" + relates_to) +
                       (relates_to.empty() ? "" : "</a:RelatesTo>") + "</s:Header><s:Body><s:Fault>";
    if (soap12) {
      text += expected.soap12_code + "<s:Reason><s:Text xml:lang=\"en-US\">because</s:Text></s:Reason>" +
              expected.soap12_detail;
    } else {
      text += expected.soap11_code + "<faultstring xml:lang=\"en-US\">because</faultstring>";
    }
    return Filled(text + "</s:Fault></s:Body></s:Envelope>", GetParam(), known);
  }
  std::string ActionOf(const Expected& expected) const {
    if (expected.action != kRmFault) return expected.action;
    return is_11() ? "http://docs.oasis-open.org/ws-rx/wsrm/200702/fault"
                   : "http://www.w3.org/2005/08/addressing/soap/fault";
  }
  void ExpectFault(const HttpAnswer& answer, const Expected& expected) {
    EXPECT_EQ(answer.status, 500);
    EXPECT_NE(answer.header.find("Content-Type: " + TypeOf(GetParam()) + "\r\n"), std::string::npos) << answer.header;
    EXPECT_EQ(WithoutReason(answer.body), FaultText(expected));
    EXPECT_TRUE(server_->executions().lines().empty());
  }
  void ExpectAlive() {
    EXPECT_EQ(server_->Metrics().open_sessions, 1u);
    const HttpAnswer answer =
        Ask(Action("AckRequested") + "<r:AckRequested><r:Identifier>{sequence}</r:Identifier></r:AckRequested>", "");
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_NE(answer.body.find("SequenceAcknowledgement"), std::string::npos) << answer.body;
  }
  void ExpectDead() {
    EXPECT_EQ(server_->Metrics().open_sessions, 0u);
    ExpectFault(Ask(Sequence("1") + AddHeader(), Add()), AboutSequence("UnknownSequence", GetParam()));
  }

  bool is_11() const { return Is11(GetParam()); }
  soap_rm_options options = TestOptions();
  Values known;
  std::string relates_to = "urn:test:the-message";
  std::unique_ptr<TestServer> server_;
};

}  // namespace gsoaprm::testing
