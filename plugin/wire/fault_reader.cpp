#include "wire/fault_reader.h"

#include "wire/fault_codes.h"
#include "wire/rm_content.h"
#include "wire/rm_headers_reader.h"

namespace gsoaprm::wire {

namespace {

class FaultReader {
 public:
  FaultReader(XmlReader* reader, const ReaderLimits& limits, FaultReading* reading)
      : reader_(*reader), limits_(limits), reading_(*reading), fault_(reading->fault) {}

  void ReadSequenceFault() {
    while (reader_.NextChild()) {
      const XmlName& name = reader_.element().name;
      if (IsRm(name.ns) && name.local == "FaultCode") {
        reading_.rm = ToRmVersion(name.ns);
        ReadCode();
      } else if (IsRm(name.ns) && name.local == "Detail") {
        ReadDetail();  // 1.1 wraps the detail
      } else {
        ReadDetailElement();  // February 2005 does not
      }
    }
  }

  void ReadFault12() {
    while (reader_.NextChild()) {
      const XmlName& name = reader_.element().name;
      if (name.local == "Code") {
        ReadCodes();
      } else if (name.local == "Reason") {
        while (reader_.NextChild()) ReadReason();
      } else if (name.local == "Detail") {
        if (fault_.code == FaultCode::kOther) return;
        ReadDetail();
      } else {
        reader_.Skip();
      }
    }
  }

  void ReadFault11() {
    while (reader_.NextChild()) {
      const XmlName& name = reader_.element().name;
      if (name.local == "faultcode") {
        ReadFaultcode();
      } else if (name.local == "faultstring") {
        ReadReason();
      } else if (name.local == "detail") {
        if (fault_.code == FaultCode::kOther) return;
        ReadDetail();
      } else {
        reader_.Skip();
      }
    }
  }

 private:
  // Code/Value, Code/Subcode/Value and so on inwards.
  void ReadCodes() {
    const std::size_t depth = reader_.depth();
    std::size_t level = 0;
    while (reader_.ok() && reader_.depth() >= depth) {
      if (!reader_.NextChild()) continue;
      const std::string_view local = reader_.element().name.local;
      if (local == "Subcode") {
        ++level;
      } else if (local == "Value" && level == 0) {
        ReadFaultcode();
      } else if (local == "Value") {
        ReadCode();
      } else {
        reader_.Skip();
      }
    }
  }

  // The outermost code: Sender, Receiver, MustUnderstand; in SOAP 1.1 it may be the RM name itself.
  void ReadFaultcode() {
    XmlName name;
    if (!ReadQName(&name)) return;
    const bool is_soap = IsSoap(name.ns) || name.prefix.empty();
    const bool is_standard = is_soap && (name.local == "Sender" || name.local == "Client" || name.local == "Receiver" ||
                                         name.local == "Server");
    fault_.sender = !(is_soap && (name.local == "Receiver" || name.local.substr(0, 6) == "Server"));
    if (!is_standard) TakeCode(name);
  }

  void ReadCode() {
    XmlName name;
    if (ReadQName(&name)) TakeCode(name);
  }

  bool ReadQName(XmlName* name) {
    const std::size_t depth = reader_.depth();
    if (reader_.ReadQName(name)) return true;
    reader_.SkipToDepth(depth - 1);
    return false;
  }

  // Of nested codes the innermost one that is known counts: ConnectionLimitReached within CreateSequenceRefused.
  void TakeCode(const XmlName& name) {
    if (IsRm(name.ns)) reading_.rm = ToRmVersion(name.ns);
    const FaultCode code = ClassifyFaultCode(name);
    if (code != FaultCode::kOther) {
      fault_.code = code;
      fault_.other_code.clear();
    } else if (fault_.code == FaultCode::kOther && fault_.other_code.empty()) {
      fault_.other_code = Expanded(name);
    }
  }

  // The first text counts, in whatever language. However long it is: it may be the application's.
  void ReadReason() {
    const std::size_t depth = reader_.depth();
    std::string_view text;
    reader_.set_end_limit(std::string_view::npos);
    if (reader_.ReadText(&text) && fault_.reason.empty()) fault_.reason.assign(text);
    reader_.set_end_limit(reader_.position() + limits_.header_bytes);
    reader_.SkipToDepth(depth - 1);
  }

  void ReadDetail() {
    while (reader_.NextChild()) ReadDetailElement();
  }

  void ReadDetailElement() {
    const XmlName name = reader_.element().name;
    const std::size_t depth = reader_.depth();
    if (IsRm(name.ns)) {
      if (!reading_.rm) reading_.rm = ToRmVersion(name.ns);
      ReadRmDetail(name);
    } else if (IsAddressing(name.ns) && name.local == "ProblemHeaderQName") {
      ReadProblemHeader();
    }
    reader_.SkipToDepth(depth - 1);
  }

  void ReadRmDetail(const XmlName& name) {
    if (name.local == "Identifier") {
      SequenceId id;
      if (!ReadIdentifier(&reader_, &id)) fault_.id = id;
    } else if (name.local == "MaxMessageNumber") {
      MessageNumber number;
      if (!ReadMessageNumber(&reader_, name.local, &number)) fault_.max_message_number = number;
    } else if (name.local == "SequenceAcknowledgement") {
      AcknowledgementHeader header;
      if (!ReadAcknowledgement(&reader_, ToRmVersion(name.ns), limits_, &header)) fault_.acknowledgement = header;
    }
  }

  void ReadProblemHeader() {
    XmlName name;
    if (!reader_.ReadQName(&name)) return;
    fault_.problem_header = Expanded(name);
  }

  XmlReader& reader_;
  const ReaderLimits& limits_;
  FaultReading& reading_;
  Fault& fault_;
};

}  // namespace

void ReadSequenceFault(XmlReader* reader, const ReaderLimits& limits, FaultReading* reading) {
  FaultReader(reader, limits, reading).ReadSequenceFault();
}

void ReadFault(XmlReader* reader, SoapVersion soap, const ReaderLimits& limits, FaultReading* reading) {
  FaultReader fault(reader, limits, reading);
  if (soap == SoapVersion::k12) {
    fault.ReadFault12();
  } else {
    fault.ReadFault11();
  }
}

}  // namespace gsoaprm::wire
