#include "wire/header_blocks_writer.h"

namespace gsoaprm::wire {

namespace {

constexpr std::string_view kRm = "r";
constexpr std::string_view kAddressing = "a";

struct AddressingToWrite {
  bool action = false;
  bool message_id = false;
  bool relates_to = false;
  bool reply_to = false;
  bool fault_to = false;
  bool to = false;
  bool any() const { return action || message_id || relates_to || reply_to || fault_to || to; }
};

AddressingToWrite FindAddressing(const Addressing& addressing, const Payload* payload) {
  const bool none = payload == nullptr;
  AddressingToWrite result;
  result.action = !addressing.action.empty() && (none || !payload->has_action);
  result.message_id = addressing.message_id && (none || !payload->has_message_id);
  result.relates_to = addressing.relates_to && (none || !payload->has_relates_to);
  result.reply_to = addressing.reply_to && (none || !payload->has_reply_to);
  result.fault_to = addressing.fault_to && none;
  result.to = addressing.to && (none || !payload->has_to);
  return result;
}

const CreateSequence* FindCreateSequence(const Envelope& envelope) {
  return std::get_if<CreateSequence>(&envelope.body);
}

class BlocksWriter {
 public:
  BlocksWriter(const Envelope& envelope, bool of_protocol, const BlockStyle& style, XmlWriter* out)
      : envelope_(envelope), of_protocol_(of_protocol), style_(style), out_(*out) {}

  // WCF puts the acknowledgement before the Sequence in a request and behind it in a reply.
  void WriteRmBlocks(bool is_request) {
    if (!is_request) WriteSequence();
    if (envelope_.acknowledgement) {
      WriteAcknowledgement(*envelope_.acknowledgement, envelope_.protocol.rm, kRm, style_.declare_r, &out_);
    }
    WriteAckRequested();
    if (is_request) WriteSequence();
    if (const CreateSequence* create = FindCreateSequence(envelope_)) {
      if (create->uses_sequence_str) WriteUsesSequence("UsesSequenceSTR");
      if (create->uses_sequence_ssl) WriteUsesSequence("UsesSequenceSSL");
    }
  }

  void WriteAddressingBlocks(const AddressingToWrite& wanted) {
    const Addressing& addressing = envelope_.addressing;
    if (wanted.action) WriteText("Action", addressing.action, of_protocol_);
    if (wanted.message_id) WriteText("MessageID", addressing.message_id->text(), false);
    if (wanted.relates_to) WriteText("RelatesTo", addressing.relates_to->text(), false);
    if (wanted.reply_to) WriteReference("ReplyTo", *addressing.reply_to);
    if (wanted.fault_to) WriteReference("FaultTo", *addressing.fault_to);
    if (wanted.to) WriteText("To", addressing.to->text(), of_protocol_);
  }

 private:
  void WriteSequence() {
    if (!envelope_.sequence) return;
    const SequenceHeader& header = *envelope_.sequence;
    OpenRm("Sequence", true);
    out_.Raw(">").Element(kRm, "Identifier", header.id.text());
    out_.Element(kRm, "MessageNumber", header.number.value());
    if (header.last_message && envelope_.protocol.rm == RmVersion::kFebruary2005) out_.Empty(kRm, "LastMessage");
    out_.End(kRm, "Sequence");
  }

  void WriteAckRequested() {
    if (!envelope_.ack_requested) return;
    OpenRm("AckRequested", false);
    out_.Raw(">").Element(kRm, "Identifier", envelope_.ack_requested->id.text()).End(kRm, "AckRequested");
  }

  void WriteUsesSequence(std::string_view name) {
    OpenRm(name, true);
    out_.Raw("/>");
  }

  void WriteText(std::string_view name, std::string_view text, bool must_understand) {
    OpenAddressing(name, must_understand);
    out_.Raw(">").Text(text).End(kAddressing, name);
  }

  void WriteReference(std::string_view name, const Uri& address) {
    OpenAddressing(name, false);
    out_.Raw(">").Element(kAddressing, "Address", address.text()).End(kAddressing, name);
  }

  void OpenRm(std::string_view name, bool must_understand) {
    out_.Open(kRm, name);
    if (style_.declare_r) out_.Declare(kRm, RmNamespace(envelope_.protocol.rm));
    if (must_understand) WriteMustUnderstand();
  }

  void OpenAddressing(std::string_view name, bool must_understand) {
    out_.Open(kAddressing, name);
    if (style_.declare_a) out_.Declare(kAddressing, AddressingNamespace(envelope_.protocol.addressing));
    if (must_understand) WriteMustUnderstand();
  }

  void WriteMustUnderstand() {
    if (style_.declare_soap) out_.Declare(style_.soap_prefix, SoapNamespace(envelope_.protocol.soap));
    out_.Raw(" ").Raw(style_.soap_prefix).Raw(":mustUnderstand=\"1\"");
  }

  const Envelope& envelope_;
  // WS-Addressing leaves mustUnderstand to the sender. WCF writes it on Action and To of every message; on the many
  // messages of the application it only costs bytes.
  const bool of_protocol_;
  const BlockStyle& style_;
  XmlWriter& out_;
};

}  // namespace

BlocksToWrite FindBlocksToWrite(const Envelope& envelope, const Payload* payload) {
  BlocksToWrite result;
  const CreateSequence* create = FindCreateSequence(envelope);
  result.rm = envelope.has_rm_headers() || (create && (create->uses_sequence_str || create->uses_sequence_ssl));
  result.addressing = FindAddressing(envelope.addressing, payload).any();
  return result;
}

void WriteHeaderBlocks(const Envelope& envelope, const Payload* payload, const BlockStyle& style, XmlWriter* out) {
  const bool has_to = envelope.addressing.to || (payload && payload->has_to);
  const bool relates = envelope.addressing.relates_to || (payload && payload->has_relates_to);
  BlocksWriter writer(envelope, payload == nullptr, style, out);
  writer.WriteRmBlocks(has_to && !relates);
  writer.WriteAddressingBlocks(FindAddressing(envelope.addressing, payload));
}

void WriteAcknowledgement(const AcknowledgementHeader& header, RmVersion version, std::string_view rm_prefix,
                          bool declare_rm, XmlWriter* out) {
  constexpr std::string_view kName = "SequenceAcknowledgement";
  out->Open(rm_prefix, kName);
  if (declare_rm) out->Declare(rm_prefix, RmNamespace(version));
  out->Raw(">").Element(rm_prefix, "Identifier", header.id.text());
  const auto write_range = [&](std::uint64_t lower, std::uint64_t upper) {
    out->Open(rm_prefix, "AcknowledgementRange").Raw(" Lower=\"").Number(lower);
    out->Raw("\" Upper=\"").Number(upper).Raw("\"/>");
  };
  for (const MessageRange& range : header.ranges.ranges()) write_range(range.lower.value(), range.upper.value());
  if (header.ranges.empty()) {
    // "Nothing received yet": never an acknowledgement with nothing in it (WS-RM 1.1 section 3.9; WCF in 2005).
    if (version == RmVersion::k11) {
      out->Empty(rm_prefix, "None");
    } else {
      write_range(0, 0);
    }
  }
  if (header.final && version == RmVersion::k11) out->Empty(rm_prefix, "Final");
  if (header.buffer_remaining) {
    out->Open("netrm", "BufferRemaining").Declare("netrm", NetrmNamespace()).Raw(">");
    out->Number(*header.buffer_remaining).End("netrm", "BufferRemaining");
  }
  out->End(rm_prefix, kName);
}

}  // namespace gsoaprm::wire
