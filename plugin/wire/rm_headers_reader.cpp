#include "wire/rm_headers_reader.h"

#include <cstdint>

#include "wire/rm_content.h"
#include "wire/xml_text.h"

namespace gsoaprm::wire {

ReadProblem ReadSequence(XmlReader* reader, RmVersion version, SequenceHeader* header) {
  constexpr std::string_view kName = "Sequence";
  constexpr std::string_view kNames[] = {"Identifier", "MessageNumber", "LastMessage"};
  // LastMessage belongs to February 2005; in 1.1 it would be an extension like any other.
  OrderedChildren children(reader, kName, version, kNames, version == RmVersion::k11 ? 2 : 3);
  int index = 0;
  while (children.Next(&index)) {
    ReadProblem problem;
    if (index == 0) problem = ReadIdentifier(reader, &header->id);
    if (index == 1) problem = ReadMessageNumber(reader, "MessageNumber", &header->number);
    if (index == 2) {
      header->last_message = true;
      reader->Skip();
    }
    if (problem) return problem;
  }
  if (children.problem()) return children.problem();
  if (header->id.empty()) return ReadProblem::Invalid(kName, "has no Identifier");
  if (!header->number.valid()) return ReadProblem::Invalid(kName, "has no MessageNumber");
  return ReadProblem();
}

ReadProblem ReadAckRequested(XmlReader* reader, RmVersion version, AckRequestedHeader* header) {
  constexpr std::string_view kName = "AckRequested";
  // MessageNumber and MaxMessageNumberUsed of February 2005 pass as extensions: WCF ignores them, too.
  constexpr std::string_view kNames[] = {"Identifier"};
  OrderedChildren children(reader, kName, version, kNames);
  int index = 0;
  while (children.Next(&index)) {
    ReadProblem problem = ReadIdentifier(reader, &header->id);
    if (problem) return problem;
  }
  if (children.problem()) return children.problem();
  if (header->id.empty()) return ReadProblem::Invalid(kName, "has no Identifier");
  return ReadProblem();
}

namespace {

constexpr std::string_view kAcknowledgement = "SequenceAcknowledgement";

// SequenceAcknowledgement: Identifier, then ranges, None or Nacks, then Final, then extensions.
class AcknowledgementReader {
 public:
  AcknowledgementReader(XmlReader* reader, RmVersion version, const ReaderLimits& limits, AcknowledgementHeader* header)
      : reader_(*reader), version_(version), limits_(limits), header_(*header) {
    header_.ranges = MessageRanges(limits.ranges);
  }

  ReadProblem Read() {
    while (reader_.NextChild()) {
      if (reader_.has_text()) return ReadProblem::Invalid(kAcknowledgement, "contains text");
      ReadProblem problem = ReadChild();
      if (problem || !reader_.ok()) return problem;
    }
    if (!reader_.ok()) return ReadProblem();
    if (reader_.has_text()) return ReadProblem::Invalid(kAcknowledgement, "contains text");
    if (header_.id.empty()) return ReadProblem::Invalid(kAcknowledgement, "has no Identifier");
    if (content_ == Content::kNothing) {
      return ReadProblem::Invalid(kAcknowledgement, "has neither an AcknowledgementRange nor None nor a Nack");
    }
    return ReadProblem();
  }

 private:
  enum class Content { kNothing, kRanges, kZeroRange, kNone, kNacks };

  ReadProblem ReadChild() {
    const XmlName& name = reader_.element().name;
    if (header_.id.empty()) {
      if (name.ns != Namespace(version_) || name.local != "Identifier") return Misplaced();
      return ReadIdentifier(&reader_, &header_.id);
    }
    if (name.ns == KnownNamespace::kNetrm && name.local == "BufferRemaining") return ReadBufferRemaining();
    if (name.ns != Namespace(version_)) return SkipExtension();
    if (name.local == "AcknowledgementRange") return ReadRange();
    if (name.local == "Nack") return ReadNack();
    if (name.local == "Identifier") return Misplaced();
    if (version_ == RmVersion::k11 && name.local == "None") return ReadNone();
    if (version_ == RmVersion::k11 && name.local == "Final") return ReadFinal();
    return SkipExtension();
  }

  ReadProblem Misplaced() const {
    return ReadProblem::Invalid(reader_.element().name.local, "stands in the wrong place");
  }

  ReadProblem SkipExtension() {
    ended_ = true;
    reader_.Skip();
    return ReadProblem();
  }

  ReadProblem ReadRange() {
    constexpr std::string_view kName = "AcknowledgementRange";
    if (ended_ || (content_ != Content::kNothing && content_ != Content::kRanges)) return Misplaced();
    if (++count_ > limits_.ranges) {
      return ReadProblem::Of(ReadError::kLimitExceeded, kAcknowledgement, "has too many ranges");
    }
    std::uint64_t lower = 0;
    std::uint64_t upper = 0;
    if (!ReadBound("Lower", &lower) || !ReadBound("Upper", &upper)) {
      return ReadProblem::Invalid(kName, "has no number in Lower or Upper");
    }
    reader_.Skip();
    // February 2005 says "nothing received" as 0-0, alone (WCF does); 1.1 has None for it.
    if (lower == 0 && upper == 0 && version_ == RmVersion::kFebruary2005 && content_ == Content::kNothing) {
      content_ = Content::kZeroRange;
      return ReadProblem();
    }
    if (lower == 0) return ReadProblem::Invalid(kName, "begins at 0");
    if (upper < lower) return ReadProblem::Invalid(kName, "has an Upper below its Lower");
    content_ = Content::kRanges;
    header_.ranges.InsertRange(MessageNumber(lower), MessageNumber(upper));
    return ReadProblem();
  }

  bool ReadBound(std::string_view name, std::uint64_t* value) const {
    const XmlAttribute* attribute = reader_.FindAttribute(name);
    return attribute != nullptr &&
           ParseXmlNumber(attribute->value, MessageNumber::kMaximum, value) == NumberError::kNone;
  }

  // Counted against its limit and ignored: resending goes by the timer, as in WCF.
  ReadProblem ReadNack() {
    if (ended_ || (content_ != Content::kNothing && content_ != Content::kNacks)) return Misplaced();
    if (++count_ > limits_.nacks) {
      return ReadProblem::Of(ReadError::kLimitExceeded, kAcknowledgement, "has too many Nacks");
    }
    content_ = Content::kNacks;
    MessageNumber ignored;
    return ReadMessageNumber(&reader_, "Nack", &ignored);
  }

  ReadProblem ReadNone() {
    if (ended_ || content_ != Content::kNothing) return Misplaced();
    content_ = Content::kNone;
    reader_.Skip();
    return ReadProblem();
  }

  ReadProblem ReadFinal() {
    if (ended_ || (content_ != Content::kRanges && content_ != Content::kNone)) return Misplaced();
    ended_ = true;
    header_.final = true;
    reader_.Skip();
    return ReadProblem();
  }

  ReadProblem ReadBufferRemaining() {
    constexpr std::string_view kName = "BufferRemaining";
    if (header_.buffer_remaining) return ReadProblem::Invalid(kName, "stands twice");
    ended_ = true;
    std::string_view text;
    if (!reader_.ReadText(&text)) return ReadProblem::Invalid(kName, "contains an element");
    std::uint64_t value = 0;
    if (ParseXmlNumber(text, INT32_MAX, &value) != NumberError::kNone) {
      return ReadProblem::Invalid(kName, "is not a number of messages");
    }
    header_.buffer_remaining = static_cast<std::uint32_t>(value);
    return ReadProblem();
  }

  XmlReader& reader_;
  const RmVersion version_;
  const ReaderLimits& limits_;
  AcknowledgementHeader& header_;
  Content content_ = Content::kNothing;
  std::size_t count_ = 0;
  bool ended_ = false;  // Final or an extension was seen: only extensions may follow
};

}  // namespace

ReadProblem ReadAcknowledgement(XmlReader* reader, RmVersion version, const ReaderLimits& limits,
                                AcknowledgementHeader* header) {
  return AcknowledgementReader(reader, version, limits, header).Read();
}

}  // namespace gsoaprm::wire
