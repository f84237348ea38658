// The content of one header block, protocol body or fault. What is taken must be writable, and be the same when it is
// read again.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tests/fuzz/input.h"
#include "tests/fuzz/require.h"
#include "wire/control_bodies_reader.h"
#include "wire/control_bodies_writer.h"
#include "wire/fault_reader.h"
#include "wire/fault_writer.h"
#include "wire/header_blocks_writer.h"
#include "wire/rm_headers_reader.h"

namespace gsoaprm::wire {
namespace {

constexpr RmAction kBodies[] = {RmAction::kCreateSequence,    RmAction::kCreateSequenceResponse,
                                RmAction::kCloseSequence,     RmAction::kCloseSequenceResponse,
                                RmAction::kTerminateSequence, RmAction::kTerminateSequenceResponse};

// The prefixes that are in scope around what is read.
std::string Scope(const Protocol& protocol) {
  std::string tag = "<scope xmlns:r=\"";
  tag.append(RmNamespace(protocol.rm)).append("\" xmlns:a=\"").append(AddressingNamespace(protocol.addressing));
  tag.append("\" xmlns:s=\"").append(SoapNamespace(protocol.soap)).append("\" xmlns:n=\"").append(NetrmNamespace());
  return tag + "\">";
}

class Block {
 public:
  explicit Block(const Protocol& protocol) : protocol_(protocol) {}

  // Reads the only child of the scope with `read`, which tells whether all is well.
  template <class Read>
  bool Taken(const std::string& element, const Read& read) const {
    const std::string text = Scope(protocol_) + element + "</scope>";
    XmlReader reader(text, XmlLimits());
    if (!reader.ReadRoot() || !reader.NextChild()) return false;
    const ReadProblem problem = read(&reader);
    if (!reader.ok()) REQUIRE(!reader.reason().empty());
    if (problem) REQUIRE(!problem.reason.empty() && !problem.element.empty());
    if (problem || !reader.ok()) return false;
    // Without a problem the block is closed, and what follows it is left.
    REQUIRE(reader.depth() == 1);
    return true;
  }

  void Sequence(std::string_view content) const {
    SequenceHeader first;
    if (!ReadSequenceFrom(Element("Sequence", content), &first)) return;
    REQUIRE(first.number.valid() && !first.id.empty());
    Envelope envelope = Empty();
    envelope.sequence = first;
    SequenceHeader second;
    REQUIRE(ReadSequenceFrom(Blocks(envelope), &second));
    REQUIRE(first.id == second.id && first.number == second.number && first.last_message == second.last_message);
  }

  void Acknowledgement(std::string_view content) const {
    AcknowledgementHeader first;
    if (!ReadAcknowledgementFrom(Element("SequenceAcknowledgement", content), &first)) return;
    REQUIRE(first.ranges.IsCanonical());
    Envelope envelope = Empty();
    envelope.acknowledgement = first;
    AcknowledgementHeader second;
    REQUIRE(ReadAcknowledgementFrom(Blocks(envelope), &second));
    REQUIRE(first.id == second.id && first.ranges == second.ranges && first.final == second.final);
    REQUIRE(first.buffer_remaining == second.buffer_remaining);
  }

  void AckRequested(std::string_view content) const {
    AckRequestedHeader first;
    const auto read = [&](AckRequestedHeader* header) {
      return [this, header](XmlReader* reader) { return ReadAckRequested(reader, protocol_.rm, header); };
    };
    if (!Taken(Element("AckRequested", content), read(&first))) return;
    Envelope envelope = Empty();
    envelope.ack_requested = first;
    AckRequestedHeader second;
    REQUIRE(Taken(Blocks(envelope), read(&second)));
    REQUIRE(first.id == second.id);
  }

  void ControlBody(RmAction action, std::string_view content) const {
    Body first;
    const auto read = [&](Body* body) {
      return [this, action, body](XmlReader* reader) { return ReadControlBody(reader, protocol_.rm, action, body); };
    };
    if (!Taken(Element(ControlElement(action), content), read(&first))) return;
    std::string text;
    XmlWriter writer(&text);
    WriteControlBody(first, protocol_.rm, true, &writer);
    Body second;
    REQUIRE(Taken(text, read(&second)));
    REQUIRE(first.index() == second.index());
    std::string again;
    XmlWriter second_writer(&again);
    WriteControlBody(second, protocol_.rm, true, &second_writer);
    REQUIRE(text == again);
  }

  void AnyFault(std::string_view content) const {
    FaultReading first;
    if (!ReadFaultFrom("<s:Fault>" + std::string(content) + "</s:Fault>", &first)) return;
    // Of a fault that is not ours the application gets the text.
    if (first.fault.code == FaultCode::kOther) return;
    std::string text;
    XmlWriter writer(&text);
    WriteFault(first.fault, protocol_, true, &writer);
    FaultReading second;
    REQUIRE(ReadFaultFrom(text, &second));
    if (protocol_.soap == SoapVersion::k12) REQUIRE(first.fault.code == second.fault.code);
  }

 private:
  static std::string Element(std::string_view name, std::string_view content) {
    std::string element = "<r:";
    return element.append(name).append(">").append(content).append("</r:").append(name).append(">");
  }
  Envelope Empty() const {
    Envelope envelope;
    envelope.protocol = protocol_;
    return envelope;
  }
  static std::string Blocks(const Envelope& envelope) {
    std::string text;
    XmlWriter writer(&text);
    BlockStyle style;
    style.soap_prefix = "s";
    WriteHeaderBlocks(envelope, nullptr, style, &writer);
    return text;
  }
  bool ReadSequenceFrom(const std::string& element, SequenceHeader* header) const {
    return Taken(element, [&](XmlReader* reader) { return ReadSequence(reader, protocol_.rm, header); });
  }
  bool ReadAcknowledgementFrom(const std::string& element, AcknowledgementHeader* header) const {
    return Taken(element,
                 [&](XmlReader* reader) { return ReadAcknowledgement(reader, protocol_.rm, ReaderLimits(), header); });
  }
  bool ReadFaultFrom(const std::string& element, FaultReading* reading) const {
    const std::string text = Scope(protocol_) + element + "</scope>";
    XmlReader reader(text, XmlLimits());
    if (!reader.ReadRoot() || !reader.NextChild()) return false;
    ReadFault(&reader, protocol_.soap, ReaderLimits(), reading);
    return reader.ok();
  }

  const Protocol protocol_;
};

}  // namespace
}  // namespace gsoaprm::wire

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gsoaprm;
  fuzz::Input input(data, size);
  const std::uint8_t versions = input.Byte();
  wire::Protocol protocol;
  protocol.rm = (versions & 1) != 0 ? wire::RmVersion::k11 : wire::RmVersion::kFebruary2005;
  protocol.soap = (versions & 2) != 0 ? wire::SoapVersion::k11 : wire::SoapVersion::k12;
  protocol.addressing = (versions & 4) != 0 ? wire::AddressingVersion::kAugust2004 : wire::AddressingVersion::k10;
  const wire::Block block(protocol);
  const std::size_t kind = input.Below(10);
  const std::string content = input.Rest();
  if (kind < 6) block.ControlBody(wire::kBodies[kind], content);
  if (kind == 6) block.Sequence(content);
  if (kind == 7) block.Acknowledgement(content);
  if (kind == 8) block.AckRequested(content);
  if (kind == 9) block.AnyFault(content);
  return 0;
}
