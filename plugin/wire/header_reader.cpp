#include "wire/header_reader.h"

#include <algorithm>
#include <utility>

#include "wire/rm_headers_reader.h"

namespace gsoaprm::wire {

namespace {

// mustUnderstand and actor or role of a header block.
struct BlockAttributes {
  bool for_us = true;
  std::optional<TextCut> must_understand;
};

// SOAP 1.1 section 4.2.2 and SOAP 1.2 part 1 section 2.2: who is meant when we are the ultimate receiver.
bool IsOurRole(std::string_view role) {
  return role.empty() || role == "http://schemas.xmlsoap.org/soap/actor/next" ||
         role == "http://www.w3.org/2003/05/soap-envelope/role/next" ||
         role == "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver";
}

BlockAttributes ReadBlockAttributes(const XmlReader& reader) {
  BlockAttributes result;
  for (const XmlAttribute& attribute : reader.attributes()) {
    if (!IsSoap(attribute.name.ns)) continue;
    if (attribute.name.local == "mustUnderstand") {
      if (attribute.value == "1" || attribute.value == "true") {
        result.must_understand = TextCut{attribute.begin, attribute.end};
      }
    } else if (attribute.name.local == "actor" || attribute.name.local == "role") {
      result.for_us = IsOurRole(attribute.value);
    }
  }
  return result;
}

class HeaderReader {
 public:
  HeaderReader(XmlReader* reader, Author author, const ReaderLimits& limits, const Addressing* request,
               Envelope* envelope, HeaderReading* reading)
      : reader_(*reader),
        author_(author),
        limits_(limits),
        request_(request),
        envelope_(*envelope),
        reading_(*reading) {}

  void Read() {
    std::size_t blocks = 0;
    while (reader_.NextChild()) {
      if (++blocks > limits_.header_blocks) {
        reading_.problem =
            ReadProblem{ReadError::kLimitExceeded, "The SOAP header has too many blocks.", std::string()};
        return;
      }
      const std::size_t depth = reader_.depth();
      const std::size_t begin = reader_.element().begin;
      leads_elsewhere_ = false;
      ReadBlock();
      reader_.SkipToDepth(depth - 1);
      if (leads_elsewhere_) elsewhere_.push_back(TextCut{begin, reader_.position()});
    }
    if (envelope_.sequence && author_ == Author::kPeer) CutReturnAddresses();
  }

 private:
  void ReadBlock() {
    const KnownNamespace ns = reader_.element().name.ns;
    const bool is_rm = IsRm(ns) && author_ == Author::kPeer;
    const BlockAttributes attributes = ReadBlockAttributes(reader_);
    if (!attributes.for_us) {
      if (IsAddressing(ns)) ReadReturnAddress(ns, false);
      return;
    }
    if (author_ == Author::kPeer && attributes.must_understand) NoteUnlessUnderstood(reader_.element().name);
    if (is_rm) {
      ReadRmBlock(ns);
      return;
    }
    if (!IsAddressing(ns)) return;
    if (attributes.must_understand && author_ == Author::kPeer) reading_.cuts.push_back(*attributes.must_understand);
    const std::size_t depth = reader_.depth();
    const std::size_t begin = reader_.element().begin;
    const std::string name(reader_.element().name.local);
    ReadAddressingBlock(ns);
    if (request_ == nullptr || !IsEcho(name)) return;
    reader_.SkipToDepth(depth - 1);
    reading_.cuts.push_back(TextCut{begin, reader_.position()});
  }

  // gSOAP sends the header of the request back when the program has left it as it is. Takes what was just read out of
  // the envelope if so.
  bool IsEcho(std::string_view name) {
    Addressing& own = envelope_.addressing;
    if (name == "Action") return Drop(&own.action, request_->action, &reading_.has_action);
    if (name == "MessageID") return Drop(&own.message_id, request_->message_id, &reading_.has_message_id);
    if (name == "RelatesTo") return Drop(&own.relates_to, request_->relates_to, &reading_.has_relates_to);
    if (name == "To") return Drop(&own.to, request_->to, &reading_.has_to);
    if (name == "ReplyTo") return Drop(&own.reply_to, request_->reply_to, &reading_.has_reply_to);
    bool has_fault_to = true;
    return name == "FaultTo" && Drop(&own.fault_to, request_->fault_to, &has_fault_to);
  }

  template <class Value>
  static bool Drop(Value* own, const Value& request, bool* has) {
    if (*own == Value() || *own != request) return false;
    *own = Value();
    *has = false;
    return true;
  }

  // The session alone decides where the answers to its messages go: an application's own plugin would follow such an
  // address by itself.
  void CutReturnAddresses() {
    std::vector<TextCut>& cuts = reading_.cuts;
    for (const TextCut& block : elsewhere_) {
      const auto within = [&block](const TextCut& cut) { return block.begin <= cut.begin && cut.end <= block.end; };
      cuts.erase(std::remove_if(cuts.begin(), cuts.end(), within), cuts.end());
      const auto place =
          std::find_if(cuts.begin(), cuts.end(), [&](const TextCut& c) { return c.begin > block.begin; });
      cuts.insert(place, block);
    }
  }

  void ReadRmBlock(KnownNamespace ns) {
    const std::size_t depth = reader_.depth();
    const std::size_t begin = reader_.element().begin;
    const RmVersion version = ToRmVersion(ns);
    const std::string_view name = reader_.element().name.local;
    ReadProblem problem;
    if (name == "Sequence") {
      if (IsFirst(envelope_.sequence.has_value(), name)) {
        problem = ReadSequence(&reader_, version, &envelope_.sequence.emplace());
      }
    } else if (name == "SequenceAcknowledgement") {
      if (IsFirst(envelope_.acknowledgement.has_value(), name)) {
        problem = ReadAcknowledgement(&reader_, version, limits_, &envelope_.acknowledgement.emplace());
      }
    } else if (name == "AckRequested") {
      if (IsFirst(envelope_.ack_requested.has_value(), name)) {
        problem = ReadAckRequested(&reader_, version, &envelope_.ack_requested.emplace());
      }
    } else if (name == "UsesSequenceSTR") {
      if (IsFirst(reading_.uses_sequence_str, name)) reading_.uses_sequence_str = true;
    } else if (name == "UsesSequenceSSL") {
      if (IsFirst(reading_.uses_sequence_ssl, name)) reading_.uses_sequence_ssl = true;
    } else {
      if (name == "SequenceFault") ReadSequenceFault(&reader_, limits_, &reading_.sequence_fault);
      return;
    }
    if (problem && reader_.ok()) Keep(std::move(problem));
    if (reading_.rm && *reading_.rm != version) {
      Keep(ReadProblem::Of(ReadError::kMixedVersions, name, "is of another version of WS-ReliableMessaging"));
    }
    if (!reading_.rm) reading_.rm = version;
    reader_.SkipToDepth(depth - 1);
    reading_.cuts.push_back(TextCut{begin, reader_.position()});
  }

  // Those of WS-Addressing are read here. wsse:Security is taken although nobody looks into it on messages of the
  // protocol: clients with a UsernameToken over HTTPS put it into every message (WCF does, with mustUnderstand), and a
  // session bound to a token is refused by its own marks. On messages of the application it is for gSOAP's wsseapi.
  void NoteUnlessUnderstood(const XmlName& name) {
    if (!envelope_.not_understood.empty() || IsAddressing(name.ns)) return;
    if (name.ns == KnownNamespace::kSecurityExtension && name.local == "Security") return;
    if (IsRm(name.ns) && IsRmBlock(name.local)) return;
    envelope_.not_understood = Expanded(name);
  }

  static bool IsRmBlock(std::string_view name) {
    for (const std::string_view known : {"Sequence", "SequenceAcknowledgement", "AckRequested", "UsesSequenceSTR",
                                         "UsesSequenceSSL", "SequenceFault"}) {
      if (name == known) return true;
    }
    return false;
  }

  // WCF accepts at most one block of each kind (and answers a second one with a MustUnderstand fault).
  bool IsFirst(bool seen, std::string_view name) {
    if (seen) Keep(ReadProblem::Of(ReadError::kDuplicateHeader, name, "stands twice in the header"));
    return !seen;
  }

  void Keep(ReadProblem problem) {
    if (!reading_.problem) reading_.problem = std::move(problem);
  }

  void ReadAddressingBlock(KnownNamespace ns) {
    const AddressingVersion version = ToAddressingVersion(ns);
    if (!reading_.addressing) reading_.addressing = version;
    Addressing& addressing = envelope_.addressing;
    // Of two versions in one message the first counts; of two blocks of a kind, likewise.
    const bool counts = *reading_.addressing == version;
    const std::string_view name = reader_.element().name.local;
    if (name == "Action") {
      std::string_view text;
      const bool first = !std::exchange(reading_.has_action, true);
      if (counts && first && reader_.ReadText(&text)) addressing.action.assign(text);
    } else if (name == "MessageID") {
      reading_.has_message_id = true;
      if (counts) ReadInto(&addressing.message_id);
    } else if (name == "RelatesTo") {
      reading_.has_relates_to = true;
      if (counts && IsReplyRelationship()) ReadInto(&addressing.relates_to);
    } else if (name == "To") {
      reading_.has_to = true;
      if (counts) ReadInto(&addressing.to);
    } else {
      if (name == "ReplyTo") reading_.has_reply_to = true;
      ReadReturnAddress(ns, counts);
    }
  }

  void ReadReturnAddress(KnownNamespace ns, bool counts) {
    const AddressingVersion version = ToAddressingVersion(ns);
    const std::string_view name = reader_.element().name.local;
    if (name != "ReplyTo" && name != "FaultTo") return;
    std::optional<Uri>& kept = name == "ReplyTo" ? envelope_.addressing.reply_to : envelope_.addressing.fault_to;
    std::optional<Uri> address;
    ReadReference(&address);
    if (!address) return;
    leads_elsewhere_ = LeadsElsewhere(address->text(), version);
    if (leads_elsewhere_ || (counts && !kept)) kept = std::move(address);
  }

  // WS-Addressing 1.0 section 3.2: absent means "reply"; there may be other relationships in the same message.
  bool IsReplyRelationship() const {
    const XmlAttribute* type = reader_.FindAttribute("RelationshipType");
    if (type == nullptr) return true;
    const std::string_view value = type->value;
    return value.size() >= 4 && value.substr(value.size() - 4) == "eply";  // ".../reply", or "wsa:Reply" of 2004/08
  }

  template <class Text>
  void ReadInto(std::optional<Text>* value) {
    std::string_view text;
    if (!value->has_value() && reader_.ReadText(&text)) value->emplace(std::string(text));
  }

  void ReadReference(std::optional<Uri>* address) {
    while (reader_.NextChild()) {
      const std::size_t depth = reader_.depth();
      const XmlName& name = reader_.element().name;
      if (IsAddressing(name.ns) && name.local == "Address") ReadInto(address);
      reader_.SkipToDepth(depth - 1);
    }
  }

  XmlReader& reader_;
  const Author author_;
  const ReaderLimits& limits_;
  const Addressing* const request_;
  Envelope& envelope_;
  HeaderReading& reading_;
  bool leads_elsewhere_ = false;    // the block that is being read
  std::vector<TextCut> elsewhere_;  // blocks that do
};

}  // namespace

void ReadHeader(XmlReader* reader, Author author, const ReaderLimits& limits, const Addressing* request,
                Envelope* envelope, HeaderReading* reading) {
  HeaderReader(reader, author, limits, request, envelope, reading).Read();
}

}  // namespace gsoaprm::wire
