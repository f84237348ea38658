#include <algorithm>
#include <utility>
#include <variant>

#include "wire/describe.h"

namespace gsoaprm::wire {

namespace {

// The words that begin a line beside the names of operations.
constexpr std::string_view kReserved[] = {kFaultWord, kApplicationFaultWord, "empty", "nothing", "error", "hopeless"};

bool IsReserved(std::string_view word) {
  for (int action = 0; action <= static_cast<int>(RmAction::kFault); ++action) {
    if (word == Name(static_cast<RmAction>(action))) return true;
  }
  return std::find(std::begin(kReserved), std::end(kReserved), word) != std::end(kReserved);
}

bool IsAnonymous(const Uri& address, const Envelope& envelope) {
  return address.text() == AnonymousAddress(envelope.protocol.addressing);
}

// Puts one envelope into words.
class EnvelopeText {
 public:
  explicit EnvelopeText(const Envelope& envelope) : envelope_(envelope) {}

  std::string Write() {
    WriteName();
    WriteSequence();
    std::visit([this](const auto& body) { WriteBody(body); }, envelope_.body);
    if (envelope_.acknowledgement) WriteAcknowledgement("ack", *envelope_.acknowledgement);
    if (envelope_.ack_requested) Word("ackreq", ShortName(envelope_.ack_requested->id.text()));
    WriteAddressing();
    if (const Fault* fault = envelope_.fault(); fault && !fault->reason.empty()) {
      out_.append(" reason=\"").append(AsQuotation(fault->reason)).append("\"");
    }
    return std::move(out_);
  }

 private:
  void Flag(std::string_view name, bool set) {
    if (set) out_.append(" ").append(name);
  }
  void Word(std::string_view name, std::string_view value) { out_.append(" ").append(name).append("=").append(value); }
  void Number(std::string_view name, const std::optional<MessageNumber>& number) {
    if (number) Word(name, std::to_string(number->value()));
  }
  void Text(std::string_view name, const std::optional<std::string>& text) {
    if (text) Word(name, AsWord(*text));
  }

  void WriteName() {
    const PayloadPointer* payload = envelope_.payload();
    if (const Fault* fault = envelope_.fault()) {
      out_.append(kFaultWord).append(" ");
      const bool other = fault->code == FaultCode::kOther && !fault->other_code.empty();
      out_.append(other ? AsWord(fault->other_code) : Name(fault->code));
    } else if (payload && *payload && (*payload)->is_fault) {
      out_.append(kApplicationFaultWord);
    } else if (envelope_.rm_action != RmAction::kNone) {
      out_.append(Name(envelope_.rm_action));
    } else {
      out_.append(ShortAction(envelope_.addressing.action));
    }
  }

  void WriteSequence() {
    if (!envelope_.sequence) return;
    Word("seq", ShortName(envelope_.sequence->id.text()));
    out_.append("#").append(std::to_string(envelope_.sequence->number.value()));
    Flag("last", envelope_.sequence->last_message);
  }

  void WriteAcknowledgement(std::string_view name, const AcknowledgementHeader& header) {
    Word(name, ShortName(header.id.text()));
    if (header.ranges.empty()) out_.append("[none]");
    for (const MessageRange& range : header.ranges.ranges()) {
      out_.append("[").append(std::to_string(range.lower.value()));
      out_.append("-").append(std::to_string(range.upper.value())).append("]");
    }
    Flag("final", header.final);
    if (header.buffer_remaining) Word("buf", std::to_string(*header.buffer_remaining));
  }

  void WriteAddressing() {
    const Addressing& addressing = envelope_.addressing;
    if (addressing.message_id) Word("mid", ShortName(addressing.message_id->text()));
    if (addressing.relates_to) Word("rel", ShortName(addressing.relates_to->text()));
    WriteReturnAddress("reply-to", addressing.reply_to);
    WriteReturnAddress("fault-to", addressing.fault_to);
    if (!envelope_.not_understood.empty()) Word("not-understood", AsWord(envelope_.not_understood));
  }
  void WriteReturnAddress(std::string_view name, const std::optional<Uri>& address) {
    if (!address) return;
    if (IsAnonymous(*address, envelope_)) {
      Flag(name, true);
    } else {
      Word(name, AsWord(address->text()));
    }
  }

  void WriteBody(const EmptyBody&) {}
  void WriteBody(const PayloadPointer&) {}
  void WriteBody(const CreateSequence& body) {
    if (envelope_.addressing.to && envelope_.addressing.to->text() != kUnsaidAddress) {
      Word("to", AsWord(envelope_.addressing.to->text()));
    }
    if (!IsAnonymous(body.acks_to, envelope_)) Word("acks-to", AsWord(body.acks_to.text()));
    Text("expires", body.expires);
    if (body.offer) WriteOffer(*body.offer);
    Flag("token-reference", body.security_token_reference);
    Flag("uses-str", body.uses_sequence_str);
    Flag("uses-ssl", body.uses_sequence_ssl);
  }
  void WriteOffer(const Offer& offer) {
    const bool version_11 = envelope_.protocol.rm == RmVersion::k11;
    Word("offer", ShortName(offer.id.text()));
    Text("offer-expires", offer.expires);
    if (!offer.endpoint) {
      if (version_11) Word("offer-endpoint", "none");
    } else if (!version_11 || !IsAnonymous(*offer.endpoint, envelope_)) {
      Word("offer-endpoint", AsWord(offer.endpoint->text()));
    }
    WriteBehavior("offer-behavior", offer.incomplete_sequence_behavior);
  }
  void WriteBehavior(std::string_view name, const std::optional<std::string>& behavior) {
    const bool version_11 = envelope_.protocol.rm == RmVersion::k11;
    const std::string said = behavior.value_or("none");
    if (said != (version_11 ? kUnsaidBehavior : "none")) Word(name, AsWord(said));
  }
  void WriteBody(const CreateSequenceResponse& body) {
    Word("id", ShortName(body.id.text()));
    Text("expires", body.expires);
    WriteBehavior("behavior", body.incomplete_sequence_behavior);
    if (!body.accept_acks_to) return;
    if (body.accept_acks_to->text() == kUnsaidAddress) {
      Flag("accept", true);
    } else {
      Word("accept", AsWord(body.accept_acks_to->text()));
    }
  }
  void WriteBody(const CloseSequence& body) { WriteEnd(body.id, body.last_message_number); }
  void WriteBody(const CloseSequenceResponse& body) { WriteEnd(body.id, std::nullopt); }
  void WriteBody(const TerminateSequence& body) { WriteEnd(body.id, body.last_message_number); }
  void WriteBody(const TerminateSequenceResponse& body) { WriteEnd(body.id, std::nullopt); }
  void WriteEnd(const SequenceId& id, const std::optional<MessageNumber>& last) {
    Word("id", ShortName(id.text()));
    Number("last-number", last);
  }
  void WriteBody(const Fault& body) {
    Flag("receiver", !body.sender);
    if (body.id) Word("id", ShortName(body.id->text()));
    if (body.acknowledgement) WriteAcknowledgement("bad-ack", *body.acknowledgement);
    Number("max-number", body.max_message_number);
    if (!body.problem_header.empty()) Word("header", AsWord(body.problem_header));
  }

  const Envelope& envelope_;
  std::string out_;
};

std::string Replaced(std::string_view text, std::string_view unwanted, bool spaces) {
  std::string clean(text);
  for (char& c : clean) {
    const bool printable = c > ' ' && c < 0x7f;
    if (!(printable || (spaces && c == ' ')) || unwanted.find(c) != std::string_view::npos) c = '_';
  }
  return clean;
}

}  // namespace

std::string AsWord(std::string_view text) { return text.empty() ? "_" : Replaced(text, "\"", false); }
std::string AsQuotation(std::string_view text) { return Replaced(text, "\"", true); }

std::string ShortName(std::string_view identifier) {
  const std::size_t shown = std::min(identifier.size(), kShortNameLength);
  return shown == 0 ? "_" : Replaced(identifier.substr(identifier.size() - shown), "\"[]#=", false);
}

std::string ShortAction(std::string_view action) {
  std::string name = Replaced(action.substr(action.find_last_of("/:#") + 1), "\"@=", false);
  if (name.empty()) name = "message";
  if (IsReserved(name)) name += '_';
  return name;
}

std::string Describe(const Envelope& envelope) { return EnvelopeText(envelope).Write(); }

}  // namespace gsoaprm::wire
