#include "wire/fault_writer.h"

#include "wire/fault_codes.h"
#include "wire/header_blocks_writer.h"

namespace gsoaprm::wire {

namespace {

// "{uri}local" taken apart.
struct ExpandedName {
  std::string_view uri;
  std::string_view local;
};

ExpandedName Split(std::string_view text) {
  const std::size_t end = text.find('}');
  if (text.empty() || text.front() != '{' || end == std::string_view::npos) return {std::string_view(), text};
  return {text.substr(1, end - 1), text.substr(end + 1)};
}

class FaultWriter {
 public:
  FaultWriter(const Fault& fault, const Protocol& protocol, bool r_is_declared, XmlWriter* out)
      : fault_(fault), protocol_(protocol), r_is_declared_(r_is_declared), out_(*out) {}

  void WriteSequenceFault() {
    out_.Start("r", "SequenceFault").Start("r", "FaultCode").Raw("r:").Raw(Local(fault_.code)).End("r", "FaultCode");
    // WS-RM 1.1 section 4 wraps the detail; February 2005 has it directly, and WCF reads it there.
    const bool wrapped = protocol_.rm == RmVersion::k11 && HasRmDetail();
    if (wrapped) out_.Start("r", "Detail");
    WriteRmDetail();
    if (wrapped) out_.End("r", "Detail");
    out_.End("r", "SequenceFault");
  }

  // WS-Addressing 1.0 SOAP binding section 6.2: what SOAP 1.1 has no room for in the Body.
  void WriteFaultDetailHeader() {
    out_.Start("a", "FaultDetail");
    WriteProblemHeader();
    out_.End("a", "FaultDetail");
  }

  // SOAP 1.2 part 1 section 5.4.8; WCF writes it, too.
  void WriteNotUnderstood() {
    const ExpandedName header = Split(fault_.problem_header);
    const std::string_view prefix = header.uri.empty() ? "" : "b:";
    out_.Raw("<s:NotUnderstood qname=\"").Raw(prefix).Text(header.local).Raw("\"");
    if (!header.uri.empty()) out_.Declare("b", header.uri);
    out_.Raw("/>");
  }

  void Write12() {
    out_.Raw("<s:Fault><s:Code>");
    const ExpandedName other = Split(fault_.other_code);
    if (fault_.code == FaultCode::kMustUnderstand) {
      out_.Element("s", "Value", "s:MustUnderstand");
    } else if (other.uri == SoapNamespace(SoapVersion::k12)) {
      out_.Start("s", "Value").Raw("s:").Text(other.local).End("s", "Value");
    } else {
      out_.Element("s", "Value", fault_.sender ? "s:Sender" : "s:Receiver");
      WriteSubcodes(other);
    }
    out_.Raw("</s:Code><s:Reason><s:Text xml:lang=\"en-US\">").Text(fault_.reason).Raw("</s:Text></s:Reason>");
    if (HasRmDetail() || HasProblemHeader()) {
      out_.Raw("<s:Detail>");
      WriteRmDetail();
      if (HasProblemHeader()) WriteProblemHeader();
      out_.Raw("</s:Detail>");
    }
    out_.Raw("</s:Fault>");
  }

  void Write11() {
    out_.Raw("<s:Fault>");
    const ExpandedName other = Split(fault_.other_code);
    if (fault_.code == FaultCode::kMustUnderstand) {
      out_.Raw("<faultcode>s:MustUnderstand</faultcode>");
    } else if (IsAddressingFault(fault_.code)) {
      out_.Raw("<faultcode>a:").Raw(Local(fault_.code)).Raw("</faultcode>");
    } else if (IsBodyFault()) {
      // SOAP 1.1 cannot nest codes: a limit reached is a refusal like any other.
      const FaultCode code =
          fault_.code == FaultCode::kConnectionLimitReached ? FaultCode::kCreateSequenceRefused : fault_.code;
      WriteCode("faultcode", RmNamespace(protocol_.rm), Local(code));
    } else if (other.uri == SoapNamespace(SoapVersion::k11)) {
      out_.Raw("<faultcode>s:").Text(other.local).Raw("</faultcode>");
    } else if (!other.local.empty() && !other.uri.empty()) {
      WriteCode("faultcode", other.uri, other.local);
    } else {
      out_.Element("", "faultcode", fault_.sender ? "s:Client" : "s:Server");
    }
    out_.Raw("<faultstring xml:lang=\"en-US\">").Text(fault_.reason).Raw("</faultstring></s:Fault>");
  }

 private:
  std::string_view Local(FaultCode code) const { return FaultLocalName(code, protocol_.addressing); }

  bool IsBodyFault() const {
    return fault_.code == FaultCode::kCreateSequenceRefused || fault_.code == FaultCode::kWsrmRequired ||
           fault_.code == FaultCode::kConnectionLimitReached;
  }

  bool HasRmDetail() const { return fault_.id || fault_.acknowledgement || HasMaxMessageNumber(); }
  bool HasMaxMessageNumber() const { return fault_.max_message_number && protocol_.rm == RmVersion::k11; }
  bool HasProblemHeader() const { return NamesProblemHeader(fault_.code) && !fault_.problem_header.empty(); }

  // An element whose text is a QName, with the prefix a declared on the spot, as WCF does.
  void WriteCode(std::string_view element, std::string_view uri, std::string_view local) {
    out_.Raw("<").Raw(element).Declare("a", uri).Raw(">a:").Text(local).Raw("</").Raw(element).Raw(">");
  }

  void WriteSubcodes(const ExpandedName& other) {
    if (fault_.code == FaultCode::kOther) {
      if (other.local.empty() || other.uri.empty()) return;
      out_.Raw("<s:Subcode>");
      WriteCode("s:Value", other.uri, other.local);
    } else if (IsAddressingFault(fault_.code)) {
      WriteAddressingSubcodes();
    } else {
      const bool is_limit = fault_.code == FaultCode::kConnectionLimitReached;
      out_.Raw("<s:Subcode>");
      WriteCode("s:Value", RmNamespace(protocol_.rm),
                Local(is_limit ? FaultCode::kCreateSequenceRefused : fault_.code));
      if (is_limit) {
        out_.Raw("<s:Subcode>");
        WriteCode("s:Value", NetrmNamespace(), Local(fault_.code));
        out_.Raw("</s:Subcode>");
      }
    }
    out_.Raw("</s:Subcode>");
  }

  // WS-Addressing 1.0 SOAP binding section 6.4.1: what is wrong with a header stands below InvalidAddressingHeader.
  void WriteAddressingSubcodes() {
    const bool nested =
        fault_.code == FaultCode::kOnlyAnonymousAddressSupported && protocol_.addressing == AddressingVersion::k10;
    out_.Raw("<s:Subcode><s:Value>a:").Raw(nested ? "InvalidAddressingHeader" : Local(fault_.code)).Raw("</s:Value>");
    if (nested) out_.Raw("<s:Subcode><s:Value>a:").Raw(Local(fault_.code)).Raw("</s:Value></s:Subcode>");
  }

  // InvalidAcknowledgement names the acknowledgement, the others the sequence.
  void WriteRmDetail() {
    if (fault_.acknowledgement) {
      WriteAcknowledgement(*fault_.acknowledgement, protocol_.rm, "r", !r_is_declared_, &out_);
    }
    if (fault_.id) {
      OpenDetail("Identifier");
      out_.Text(fault_.id->text()).End("r", "Identifier");
    }
    if (HasMaxMessageNumber()) {
      OpenDetail("MaxMessageNumber");
      out_.Number(fault_.max_message_number->value()).End("r", "MaxMessageNumber");
    }
  }

  void OpenDetail(std::string_view name) {
    out_.Open("r", name);
    if (!r_is_declared_) out_.Declare("r", RmNamespace(protocol_.rm));
    out_.Raw(">");
  }

  void WriteProblemHeader() {
    out_.Raw("<a:ProblemHeaderQName>a:").Text(Split(fault_.problem_header).local).Raw("</a:ProblemHeaderQName>");
  }

  const Fault& fault_;
  const Protocol& protocol_;
  const bool r_is_declared_;
  XmlWriter& out_;
};

}  // namespace

bool HasSequenceFault(const Fault& fault, SoapVersion soap) {
  return soap == SoapVersion::k11 && IsSequenceFault(fault.code);
}

void WriteFaultHeader(const Fault& fault, const Protocol& protocol, XmlWriter* out) {
  FaultWriter writer(fault, protocol, true, out);
  if (HasSequenceFault(fault, protocol.soap)) writer.WriteSequenceFault();
  if (fault.problem_header.empty()) return;
  if (protocol.soap == SoapVersion::k11 && NamesProblemHeader(fault.code)) writer.WriteFaultDetailHeader();
  if (protocol.soap == SoapVersion::k12 && fault.code == FaultCode::kMustUnderstand) writer.WriteNotUnderstood();
}

void WriteFault(const Fault& fault, const Protocol& protocol, bool r_is_declared, XmlWriter* out) {
  FaultWriter writer(fault, protocol, r_is_declared, out);
  if (protocol.soap == SoapVersion::k12) {
    writer.Write12();
  } else {
    writer.Write11();
  }
}

}  // namespace gsoaprm::wire
