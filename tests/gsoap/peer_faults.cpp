#include "gsoap/peer_faults.h"

namespace gsoaprm::testing {

namespace {

std::string Subcode(const std::string& value, const std::string& nested = "") {
  return "<s:Subcode>" + value + nested + "</s:Subcode>";
}

std::string RmValue(const std::string& name) { return "<s:Value xmlns:a=\"{rm}\">a:" + name + "</s:Value>"; }

// About a sequence: in SOAP 1.1 a header block, whose detail 1.1 wraps.
PeerFault AboutSequence(const std::string& name, const std::string& side, const std::string& reason,
                        const Dialect& dialect, const std::string& detail) {
  PeerFault fault;
  fault.name = fault.code = name;
  fault.reason = reason;
  fault.soap12_code = "<s:Value>s:" + side + "</s:Value>" + Subcode(RmValue(name));
  fault.soap12_detail = "<s:Detail>" + detail + "</s:Detail>";
  fault.soap11_code = std::string("<faultcode>s:") + (side == "Sender" ? "Client" : "Server") + "</faultcode>";
  fault.soap11_header = "<r:SequenceFault xmlns:r=\"{rm}\"><r:FaultCode>r:" + name + "</r:FaultCode>" +
                        (Is11(dialect) ? "<r:Detail>" + detail + "</r:Detail>" : detail) + "</r:SequenceFault>";
  return fault;
}

// About no sequence: in SOAP 1.1 the faultcode itself.
PeerFault AboutNone(const std::string& name, const std::string& side, const std::string& reason) {
  PeerFault fault;
  fault.name = fault.code = name;
  fault.reason = reason;
  fault.soap12_code = "<s:Value>s:" + side + "</s:Value>" + Subcode(RmValue(name));
  fault.soap11_code = "<faultcode xmlns:a=\"{rm}\">a:" + name + "</faultcode>";
  return fault;
}

PeerFault OfAddressing(const std::string& name, const std::string& reason, const std::string& detail = "") {
  PeerFault fault;
  fault.name = fault.code = name;
  fault.action = "{wsa}/fault";
  fault.reason = reason;
  fault.soap12_code = "<s:Value>s:Sender</s:Value>" + Subcode("<s:Value>a:" + name + "</s:Value>");
  fault.soap11_code = "<faultcode>a:" + name + "</faultcode>";
  if (detail.empty()) return fault;
  fault.soap12_detail = "<s:Detail>" + detail + "</s:Detail>";
  fault.soap11_header = "<a:FaultDetail>" + detail + "</a:FaultDetail>";
  return fault;
}

PeerFault ConnectionLimitReached(const Dialect& dialect) {
  PeerFault fault = AboutNone("CreateSequenceRefused", "Receiver",
                              "Server 'http://localhost/calc' is too busy to process this request. Try again later.");
  fault.name = "ConnectionLimitReached";
  // SOAP 1.1 cannot nest codes: there it is a refusal like any other.
  if (!IsSoap12(dialect)) return fault;
  fault.code = "ConnectionLimitReached";
  fault.opening_class = SOAP_RM_TRY_AGAIN;
  const std::string limit =
      "<s:Value xmlns:b=\"http://schemas.microsoft.com/ws/2006/05/rm\">b:ConnectionLimitReached</s:Value>";
  fault.soap12_code = "<s:Value>s:Receiver</s:Value>" + Subcode(RmValue("CreateSequenceRefused"), Subcode(limit));
  return fault;
}

PeerFault MustUnderstand() {
  PeerFault fault;
  fault.name = fault.code = "MustUnderstand";
  fault.action = "{wsa}/soap/fault";
  fault.reason =
      "The header 'Sequence' from the namespace '{rm}' was not understood by the recipient of this message, causing "
      "the message to not be processed.";
  fault.soap12_code = "<s:Value>s:MustUnderstand</s:Value>";
  fault.soap11_code = "<faultcode>s:MustUnderstand</faultcode>";
  return fault;
}

// Of an endpoint without reliable sessions, or with the other version.
std::vector<PeerFault> OfOtherEndpoints(const Dialect& dialect) {
  std::vector<PeerFault> faults{
      MustUnderstand(),
      OfAddressing("ActionNotSupported",
                   "The message with Action 'urn:x' cannot be processed at the receiver, due to a ContractFilter "
                   "mismatch at the EndpointDispatcher."),
      OfAddressing("EndpointUnavailable", "The endpoint at http://localhost/calc has stopped accepting wsrm sessions."),
      OfAddressing("DestinationUnreachable",
                   "The message with To 'http://localhost/calc' cannot be processed at the receiver, due to an "
                   "AddressFilter mismatch at the EndpointDispatcher.")};
  faults.back().code = "{http://www.w3.org/2005/08/addressing}DestinationUnreachable";
  if (Is11(dialect)) {
    const std::string reason =
        "The RM server requires the use of WS-ReliableMessaging 1.1 protocol. This is likely caused by a binding "
        "mismatch.";
    faults.push_back(AboutNone("WsrmRequired", "Sender", reason));
    faults.push_back(AboutNone("WSRMRequired", "Sender", reason));  // the name in the standard
    faults.back().code = "WsrmRequired";
  }
  return faults;
}

}  // namespace

std::vector<PeerFault> FaultsOnCreate(const Dialect& dialect) {
  std::vector<PeerFault> faults = OfOtherEndpoints(dialect);
  faults.push_back(AboutNone("CreateSequenceRefused", "Sender",
                             "The endpoint at http://localhost/calc processes input sessions. The create sequence "
                             "request must not contain an offer for a return sequence. This is likely caused by a "
                             "binding mismatch."));
  faults.push_back(ConnectionLimitReached(dialect));
  faults.push_back(OfAddressing("MessageAddressingHeaderRequired",
                                "A required header representing a Message Addressing Property is not present.",
                                "<a:ProblemHeaderQName>a:MessageID</a:ProblemHeaderQName>"));
  return faults;
}

std::vector<PeerFault> FaultsOnMessages(const Dialect& dialect) {
  const std::string id = "<r:Identifier xmlns:r=\"{rm}\">{sequence}</r:Identifier>";
  const std::string maximum = "<r:MaxMessageNumber xmlns:r=\"{rm}\">9223372036854775807</r:MaxMessageNumber>";
  const std::string acknowledgement =
      "<r:SequenceAcknowledgement xmlns:r=\"{rm}\"><r:Identifier>{offer}</r:Identifier>"
      "<r:AcknowledgementRange Lower=\"1\" Upper=\"7\"/></r:SequenceAcknowledgement>";
  std::vector<PeerFault> faults = OfOtherEndpoints(dialect);
  const auto add = [&](const char* name, const char* side, const char* reason, const std::string& detail) {
    faults.push_back(AboutSequence(name, side, reason, dialect, detail));
  };
  add("UnknownSequence", "Sender", "The value of wsrm:Identifier is not a known Sequence identifier.", id);
  add("SequenceTerminated", "Receiver", "Due to a user abort the reliable session cannot continue.", id);
  add("InvalidAcknowledgement", "Sender",
      "The SequenceAcknowledgement violates the cumulative acknowledgement invariant.", acknowledgement);
  add("MessageNumberRollover", "Sender", "The maximum value for wsrm:MessageNumber has been exceeded.",
      Is11(dialect) ? id + maximum : id);
  if (Is11(dialect)) {
    add("SequenceClosed", "Sender", "The Sequence is closed and cannot accept new messages.", id);
  } else {
    add("LastMessageNumberExceeded", "Sender",
        "The value for wsrm:MessageNumber exceeds the value of the MessageNumber accompanying a LastMessage element in "
        "this Sequence.",
        id);
  }
  return faults;
}

std::string TextOf(const PeerFault& fault, const Dialect& dialect, const Values& values) {
  const bool soap12 = IsSoap12(dialect);
  std::string action = fault.action;
  if (action.empty()) action = Is11(dialect) ? "{rm}/fault" : "{wsa}/soap/fault";
  std::string text = "<s:Envelope xmlns:s=\"{soap}\" xmlns:a=\"{wsa}\"><s:Header>" +
                     (soap12 ? std::string() : fault.soap11_header) + "<a:Action s:mustUnderstand=\"1\">" + action +
                     "</a:Action><a:RelatesTo>{relates}</a:RelatesTo></s:Header><s:Body><s:Fault>";
  if (soap12) {
    text += "<s:Code>" + fault.soap12_code + "</s:Code><s:Reason><s:Text xml:lang=\"en-US\">" + fault.reason +
            "</s:Text></s:Reason>" + fault.soap12_detail;
  } else {
    text += fault.soap11_code + "<faultstring xml:lang=\"en-US\">" + fault.reason + "</faultstring>";
  }
  return Filled(text + "</s:Fault></s:Body></s:Envelope>", dialect, values);
}

}  // namespace gsoaprm::testing
