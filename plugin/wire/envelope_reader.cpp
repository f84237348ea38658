#include "wire/envelope_reader.h"

#include <cstdint>
#include <utility>

#include "wire/control_bodies_reader.h"
#include "wire/fault_reader.h"
#include "wire/header_reader.h"
#include "wire/multipart.h"
#include "wire/payload_maker.h"
#include "wire/xml_reader.h"
#include "wire/xml_text.h"

namespace gsoaprm::wire {

namespace {

constexpr std::size_t kNoLimit = SIZE_MAX;

ReaderLimits NoLimits() {
  ReaderLimits limits;
  limits.depth = limits.attributes_per_element = limits.namespaces_per_element = kNoLimit;
  limits.namespaces_in_scope = kNoLimit;
  limits.guard.attribute_names = limits.guard.free_steps = limits.guard.ids_in_chain = kNoLimit;
  limits.guard.steps_per_byte = 0;
  limits.header_blocks = kNoLimit;
  limits.header_bytes = SIZE_MAX / 2;  // an offset is added to it
  return limits;
}

XmlLimits LimitsOfXml(const ReaderLimits& limits, Author author) {
  XmlLimits result;
  result.depth = limits.depth;
  result.attributes = limits.attributes_per_element;
  result.namespaces = limits.namespaces_per_element;
  result.namespaces_in_scope = limits.namespaces_in_scope;
  result.instructions = author == Author::kThisSide;
  result.guard = limits.guard;
  return result;
}

ReadError ErrorOf(XmlError error) {
  switch (error) {
    case XmlError::kNone:
      return ReadError::kNone;
    case XmlError::kForbidden:
      return ReadError::kForbidden;
    case XmlError::kLimit:
      return ReadError::kLimitExceeded;
    case XmlError::kMalformed:
      break;
  }
  return ReadError::kMalformed;
}

std::string_view WithoutQuotes(std::string_view text) {
  text = TrimXmlSpace(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  return TrimXmlSpace(text);
}

// The action of a message that does not say it: a peer without WS-Addressing.
RmAction ActionOfElement(std::string_view local) {
  for (const RmAction action :
       {RmAction::kCreateSequence, RmAction::kCreateSequenceResponse, RmAction::kCloseSequence,
        RmAction::kCloseSequenceResponse, RmAction::kTerminateSequence, RmAction::kTerminateSequenceResponse}) {
    if (ControlElement(action) == local) return action;
  }
  return RmAction::kNone;
}

class EnvelopeReader {
 public:
  EnvelopeReader(std::string_view text, std::size_t offset, std::string_view soap_action, Author author,
                 const ReaderLimits& limits, const Addressing* request)
      : text_(text),
        offset_(offset),
        soap_action_(soap_action),
        author_(author),
        limits_(limits),
        request_(request),
        reader_(text, LimitsOfXml(limits, author)) {}

  // After it, the text is no longer looked at.
  void Read(ReadResult* result) {
    result_ = result;
    if (ReadEnvelopeTag() && ReadHeaderAndBodyTag()) ReadBody();
    if (!reader_.ok()) Fail(ErrorOf(reader_.error()), reader_.reason());
    if (header_.addressing) protocol().addressing = *header_.addressing;
    if (header_.rm) protocol().rm = *header_.rm;
    TranslateCuts();
  }

  bool is_application_message() const { return is_application_message_; }
  const EnvelopeLayout& layout() const { return layout_; }
  const HeaderReading& header() const { return header_; }

 private:
  Envelope& envelope() { return result_->envelope; }
  Protocol& protocol() { return result_->envelope.protocol; }

  bool Fail(ReadError error, std::string reason) {
    if (result_->ok()) {
      result_->error = error;
      result_->reason = std::move(reason);
    }
    return false;
  }
  bool Fail(ReadProblem problem) {
    if (result_->ok()) result_->element = std::move(problem.element);
    return Fail(problem.error, std::move(problem.reason));
  }

  bool ReadEnvelopeTag() {
    if (!LooksLikeXml(text_)) return Fail(ReadError::kNotXml, "The message is not XML.");
    if (!reader_.ReadRoot()) return false;
    const XmlElement& element = reader_.element();
    if (!IsSoap(element.name.ns) || element.name.local != "Envelope") {
      // Whoever parses it in our place is spared the same things.
      ReadToEnd();
      return reader_.ok() && Fail(ReadError::kNotSoap, "The message is not a SOAP 1.1 or 1.2 envelope.");
    }
    soap_ = element.name.ns;
    protocol().soap = ToSoapVersion(soap_);
    layout_.soap_prefix.assign(element.name.prefix);
    return true;
  }

  std::string_view QualifiedName(const XmlElement& element) const {
    const std::size_t prefix = element.name.prefix.empty() ? 0 : element.name.prefix.size() + 1;
    return text_.substr(element.begin + 1, prefix + element.name.local.size());
  }

  bool IsSoapElement(std::string_view local) const {
    return reader_.element().name.ns == soap_ && reader_.element().name.local == local;
  }

  bool ReadHeaderAndBodyTag() {
    if (!reader_.NextChild()) return Fail(ReadError::kMalformed, "The envelope has no Body.");
    if (IsSoapElement("Header")) {
      ReadHeaderElement();
      if (!reader_.ok()) return false;
      if (header_.problem) return Fail(header_.problem);
      if (!reader_.NextChild()) return Fail(ReadError::kMalformed, "The envelope has no Body.");
    } else {
      layout_.insert_at = offset_ + reader_.element().begin;
    }
    if (!reader_.ok()) return false;
    if (!IsSoapElement("Body")) return Fail(ReadError::kMalformed, "The envelope has no Body where it must be.");
    return true;
  }

  void ReadHeaderElement() {
    const XmlElement& element = reader_.element();
    layout_.has_header = true;
    layout_.insert_at = offset_ + element.content;
    layout_.header_is_empty_tag = element.empty_tag;
    if (element.empty_tag) layout_.header_name.assign(QualifiedName(element));
    layout_.prefixes_free = !reader_.IsPrefixBound("r") && !reader_.IsPrefixBound("a");
    reader_.set_end_limit(element.begin + limits_.header_bytes);
    ReadHeader(&reader_, author_, limits_, request_, &envelope(), &header_);
    reader_.set_end_limit(kNoLimit);
    if (envelope().addressing.action.empty()) envelope().addressing.action.assign(WithoutQuotes(soap_action_));
    if (author_ == Author::kPeer) ReadRmAction();
  }

  void ReadRmAction() {
    RmVersion version = RmVersion::kFebruary2005;
    if (!ParseRmAction(envelope().addressing.action, &version, &envelope().rm_action)) return;
    if (header_.rm && *header_.rm != version && !header_.problem) {
      header_.problem = ReadProblem::Of(ReadError::kMixedVersions, "Action",
                                        "is of another version of WS-ReliableMessaging than the header blocks");
    }
    if (!header_.rm) header_.rm = version;
  }

  void ReadBody() {
    if (!layout_.has_header) {
      envelope().addressing.action.assign(WithoutQuotes(soap_action_));
      if (author_ == Author::kPeer) ReadRmAction();
    }
    const std::size_t body_begin = reader_.element().begin;
    const bool has_child = reader_.NextChild();
    if (!reader_.ok()) return;
    layout_.is_fault = has_child && IsSoapElement("Fault");
    if (author_ == Author::kPeer && has_child && envelope().addressing.action.empty()) InferAction();

    // A fault with a Sequence header is a reply like any other (WCF writes application faults so).
    const bool to_application = author_ == Author::kThisSide || (layout_.is_fault && envelope().sequence);
    if (to_application || (!layout_.is_fault && envelope().rm_action == RmAction::kNone)) {
      is_application_message_ = true;
      ReadApplicationBody();
    } else {
      reader_.set_end_limit(body_begin + limits_.header_bytes);
      ReadProtocolBody(has_child);
    }
  }

  void InferAction() {
    const XmlName& name = reader_.element().name;
    if (!IsRm(name.ns)) return;
    envelope().rm_action = ActionOfElement(name.local);
    if (!header_.rm) header_.rm = ToRmVersion(name.ns);
  }

  void ReadProtocolBody(bool has_child) {
    if (layout_.is_fault) {
      ReadFaultBody();
      return;
    }
    const RmAction action = envelope().rm_action;
    const std::string_view expected = action == RmAction::kFault ? "Fault" : ControlElement(action);
    if (!expected.empty()) {
      const bool found =
          has_child && reader_.element().name.ns == Namespace(*header_.rm) && reader_.element().name.local == expected;
      if (!found || action == RmAction::kFault) {
        Fail(ReadProblem::Invalid(expected, "is missing from the Body"));
        return;
      }
      ReadProblem problem = ReadControlBody(&reader_, *header_.rm, action, &envelope().body);
      if (!reader_.ok()) return;
      if (problem || reader_.NextChild()) {
        Fail(problem ? std::move(problem) : ReadProblem::Invalid("Body", "has more than one element"));
        return;
      }
      TakeUsesSequence();
    }
    ReadToEnd();
  }

  void TakeUsesSequence() {
    if (auto* create = std::get_if<CreateSequence>(&envelope().body)) {
      create->uses_sequence_str = header_.uses_sequence_str;
      create->uses_sequence_ssl = header_.uses_sequence_ssl;
    }
  }

  void ReadFaultBody() {
    FaultReading& reading = header_.sequence_fault;
    ReadFault(&reader_, protocol().soap, limits_, &reading);
    if (!reader_.ok()) return;
    if (!header_.rm) header_.rm = reading.rm;
    if (reading.fault.code == FaultCode::kOther) reader_.set_end_limit(kNoLimit);
    ReadToEnd();
    envelope().body = std::move(reading.fault);
  }

  // SOAP 1.1 allows elements behind the Body.
  void ReadToEnd() {
    reader_.SkipToDepth(0);
    reader_.ReadEpilog();
  }

  // gSOAP parses it later, but nothing that would take it too long. What this side has written itself is neither cut
  // short nor hostile.
  void ReadApplicationBody() {
    if (author_ == Author::kPeer) ReadToEnd();
  }

  void TranslateCuts() {
    if (offset_ == 0) return;
    for (TextCut& cut : header_.cuts) {
      cut.begin += offset_;
      cut.end += offset_;
    }
  }

  const std::string_view text_;
  const std::size_t offset_;  // of the text in its entity
  const std::string_view soap_action_;
  const Author author_;
  const ReaderLimits& limits_;
  const Addressing* const request_;
  XmlReader reader_;
  ReadResult* result_ = nullptr;
  KnownNamespace soap_ = KnownNamespace::kNone;
  EnvelopeLayout layout_;
  HeaderReading header_;
  bool is_application_message_ = false;
};

ReadResult Read(std::string entity, std::string_view content_type, std::string_view soap_action, Author author,
                const ReaderLimits& limits, const Addressing* request) {
  ReadResult result;
  const std::optional<EntityPart> part = FindRootPart(entity, content_type);
  if (!part) {
    result.error = ReadError::kMalformed;
    result.reason = "The multipart message has no root part that could be read.";
    return result;
  }
  const std::string_view text = std::string_view(entity).substr(part->begin, part->end - part->begin);
  EnvelopeReader reader(text, part->begin, soap_action, author, limits, request);
  reader.Read(&result);
  if (!result.ok()) return result;
  Body& body = result.envelope.body;
  if (reader.is_application_message()) {
    body = MakePayload(std::move(entity), content_type, reader.layout(), reader.header());
  } else if (auto* fault = std::get_if<Fault>(&body)) {
    fault->payload = MakePayload(std::move(entity), content_type, reader.layout(), reader.header());
  }
  return result;
}

}  // namespace

ReadResult ReadEnvelope(std::string entity, std::string_view content_type, std::string_view soap_action,
                        const ReaderLimits& limits) {
  return Read(std::move(entity), content_type, soap_action, Author::kPeer, limits, nullptr);
}

ReadResult ReadOwnEnvelope(std::string entity, std::string_view content_type, const Addressing* request) {
  return Read(std::move(entity), content_type, std::string_view(), Author::kThisSide, NoLimits(), request);
}

}  // namespace gsoaprm::wire
