#include "wire/control_bodies_writer.h"

namespace gsoaprm::wire {

namespace {

class BodyWriter {
 public:
  BodyWriter(RmVersion version, bool r_is_declared, XmlWriter* out)
      : version_(version), prefix_(r_is_declared ? "r" : ""), out_(*out) {}

  void operator()(const CreateSequence& body) {
    Start("CreateSequence");
    WriteReference("AcksTo", body.acks_to);
    WriteOptional("Expires", body.expires);
    if (body.offer) WriteOffer(*body.offer);
    End("CreateSequence");
  }

  void operator()(const CreateSequenceResponse& body) {
    Start("CreateSequenceResponse");
    WriteIdentifier(body.id);
    WriteOptional("Expires", body.expires);
    if (is_11()) WriteOptional("IncompleteSequenceBehavior", body.incomplete_sequence_behavior);
    if (body.accept_acks_to) {
      out_.Start(prefix_, "Accept");
      WriteReference("AcksTo", *body.accept_acks_to);
      out_.End(prefix_, "Accept");
    }
    End("CreateSequenceResponse");
  }

  void operator()(const CloseSequence& body) { WriteEnding("CloseSequence", body.id, body.last_message_number); }
  void operator()(const TerminateSequence& body) {
    WriteEnding("TerminateSequence", body.id, body.last_message_number);
  }
  void operator()(const CloseSequenceResponse& body) { WriteEnding("CloseSequenceResponse", body.id, {}); }
  void operator()(const TerminateSequenceResponse& body) { WriteEnding("TerminateSequenceResponse", body.id, {}); }

  void operator()(const EmptyBody&) {}
  void operator()(const PayloadPointer&) {}
  void operator()(const Fault&) {}

 private:
  bool is_11() const { return version_ == RmVersion::k11; }

  void Start(std::string_view name) {
    out_.Open(prefix_, name);
    if (prefix_.empty()) out_.Declare(std::string_view(), RmNamespace(version_));
    out_.Raw(">");
  }
  void End(std::string_view name) { out_.End(prefix_, name); }

  void WriteIdentifier(const SequenceId& id) { out_.Element(prefix_, "Identifier", id.text()); }

  void WriteOptional(std::string_view name, const std::optional<std::string>& text) {
    if (text) out_.Element(prefix_, name, *text);
  }

  void WriteReference(std::string_view name, const Uri& address) {
    out_.Start(prefix_, name).Element("a", "Address", address.text()).End(prefix_, name);
  }

  // February 2005 knows neither Endpoint nor IncompleteSequenceBehavior in an Offer.
  void WriteOffer(const Offer& offer) {
    out_.Start(prefix_, "Offer");
    WriteIdentifier(offer.id);
    if (is_11() && offer.endpoint) WriteReference("Endpoint", *offer.endpoint);
    WriteOptional("Expires", offer.expires);
    if (is_11()) WriteOptional("IncompleteSequenceBehavior", offer.incomplete_sequence_behavior);
    out_.End(prefix_, "Offer");
  }

  void WriteEnding(std::string_view name, const SequenceId& id, const std::optional<MessageNumber>& last) {
    Start(name);
    WriteIdentifier(id);
    if (is_11() && last) out_.Element(prefix_, "LastMsgNumber", last->value());
    End(name);
  }

  const RmVersion version_;
  const std::string_view prefix_;
  XmlWriter& out_;
};

}  // namespace

bool HasControlBody(const Body& body) {
  return !std::holds_alternative<EmptyBody>(body) && !std::holds_alternative<PayloadPointer>(body) &&
         !std::holds_alternative<Fault>(body);
}

void WriteControlBody(const Body& body, RmVersion version, bool r_is_declared, XmlWriter* out) {
  std::visit(BodyWriter(version, r_is_declared, out), body);
}

}  // namespace gsoaprm::wire
