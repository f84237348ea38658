#include "tests/scenarios/envelope_text.h"

#include <memory>
#include <utility>
#include <variant>

#include "wire/describe.h"

namespace gsoaprm::scenarios {

namespace {

using wire::FaultCode;
using wire::RmAction;

std::optional<RmAction> ToRmAction(const std::string& word) {
  for (int action = 1; action < static_cast<int>(RmAction::kFault); ++action) {
    if (word == wire::Name(static_cast<RmAction>(action))) return static_cast<RmAction>(action);
  }
  return std::nullopt;
}

// "s[1-3][5-5]", "s[none]"
std::optional<wire::AcknowledgementHeader> ReadAcknowledgement(const std::string& text) {
  wire::AcknowledgementHeader header;
  std::size_t at = text.find('[');
  if (at == std::string::npos || at == 0) return std::nullopt;
  header.id = SequenceId(text.substr(0, at));
  if (text.substr(at) == "[none]") return header;
  while (at < text.size()) {
    const std::size_t dash = text.find('-', at), end = text.find(']', at);
    if (text[at] != '[' || dash == std::string::npos || end == std::string::npos || dash > end) return std::nullopt;
    const auto lower = ReadNumber(std::string_view(text).substr(at + 1, dash - at - 1));
    const auto upper = ReadNumber(std::string_view(text).substr(dash + 1, end - dash - 1));
    if (!lower || !upper || *lower < 1 || *lower > *upper || !MessageNumber(*upper).valid()) return std::nullopt;
    if (!header.ranges.InsertRange(MessageNumber(*lower), MessageNumber(*upper))) return std::nullopt;
    at = end + 1;
  }
  return header;
}

// Makes one envelope of words.
class EnvelopeReading {
 public:
  EnvelopeReading(Words words, const wire::Protocol& protocol) : words_(std::move(words)) {
    envelope_.protocol = protocol;
  }

  bool Read(wire::Envelope* envelope, std::string* error) {
    ReadName();
    if (error_.empty()) ReadSequence();
    if (error_.empty()) ReadBody();
    if (error_.empty()) ReadAcknowledgements();
    if (error_.empty()) ReadAddressing();
    if (error_.empty() && !words_.empty()) {
      error_ = "\"" + words_.front().name + "\" has no place in this message.";
    }
    *error = error_;
    *envelope = std::move(envelope_);
    return error->empty();
  }

 private:
  bool is_11() const { return envelope_.protocol.rm == wire::RmVersion::k11; }
  Uri Anonymous() const { return Uri(std::string(wire::AnonymousAddress(envelope_.protocol.addressing))); }

  void Fail(const std::string& sentence) {
    if (error_.empty()) error_ = sentence;
  }
  std::optional<MessageNumber> TakeNumber(std::string_view name) {
    const auto text = words_.TakeValue(name);
    if (!text) return std::nullopt;
    const auto number = ReadNumber(*text);
    if (!number) Fail("\"" + *text + "\" is no number.");
    return MessageNumber(number.value_or(0));
  }
  // Set with a value, the anonymous address without one.
  std::optional<Uri> TakeAddress(std::string_view name) {
    if (words_.TakeFlag(name)) return Anonymous();
    const auto text = words_.TakeValue(name);
    return text ? std::optional<Uri>(Uri(*text)) : std::nullopt;
  }
  SequenceId TakeRequiredId() {
    auto text = words_.TakeValue("id");
    if (!text) Fail("id=NAME is missing.");
    return SequenceId(text.value_or(""));
  }

  void ReadName() {
    if (words_.empty() || words_.front().value) {
      Fail("A message begins with its name.");
      return;
    }
    name_ = words_.TakeFront().name;
    if (name_ == wire::kFaultWord) {
      ReadFaultCode();
    } else if (const auto action = ToRmAction(name_)) {
      envelope_.rm_action = *action;
      envelope_.addressing.action = wire::ActionUri(envelope_.protocol.rm, *action);
      if (envelope_.addressing.action.empty()) Fail("This version has no " + name_ + ".");
    } else {
      ReadApplicationMessage();
    }
  }
  void ReadApplicationMessage() {
    auto payload = std::make_shared<wire::Payload>();
    payload->entity = "<" + name_ + "/>";
    payload->is_fault = name_ == wire::kApplicationFaultWord;
    envelope_.addressing.action =
        payload->is_fault ? std::string(wire::SoapFaultAction(envelope_.protocol.addressing)) : name_;
    envelope_.body = wire::PayloadPointer(std::move(payload));
  }
  void ReadFaultCode() {
    if (words_.empty() || words_.front().value) {
      Fail("A fault has a code.");
      return;
    }
    const std::string word = words_.TakeFront().name;
    wire::Fault fault;
    for (int code = 0; code < static_cast<int>(FaultCode::kOther); ++code) {
      if (word == wire::Name(static_cast<FaultCode>(code))) fault.code = static_cast<FaultCode>(code);
    }
    if (fault.code == FaultCode::kOther && word != wire::Name(FaultCode::kOther)) fault.other_code = word;
    envelope_.addressing.action = wire::RmFaultAction(envelope_.protocol);
    if (is_11()) envelope_.rm_action = RmAction::kFault;
    envelope_.body = std::move(fault);
  }

  void ReadSequence() {
    const auto text = words_.TakeValue("seq");
    if (!text) return;
    const std::size_t hash = text->find('#');
    const auto number = hash == std::string::npos ? std::nullopt : ReadNumber(text->substr(hash + 1));
    if (!number || !MessageNumber(*number).valid()) {
      Fail("seq=NAME#NUMBER is meant, not seq=" + *text + ".");
      return;
    }
    envelope_.sequence = wire::SequenceHeader{SequenceId(text->substr(0, hash)), MessageNumber(*number), false};
    envelope_.sequence->last_message = words_.TakeFlag("last");
  }

  void ReadAcknowledgements() {
    envelope_.acknowledgement = TakeAcknowledgement("ack");
    if (const auto id = words_.TakeValue("ackreq")) envelope_.ack_requested = wire::AckRequestedHeader{SequenceId(*id)};
  }
  std::optional<wire::AcknowledgementHeader> TakeAcknowledgement(const std::string& name) {
    const auto text = words_.TakeValue(name);
    if (!text) return std::nullopt;
    auto header = ReadAcknowledgement(*text);
    if (!header) {
      Fail(name + "=NAME[LOWER-UPPER]... or " + name + "=NAME[none] is meant, not " + name + "=" + *text + ".");
      return std::nullopt;
    }
    header->final = words_.TakeFlag("final");
    if (const auto room = TakeNumber("buf")) header->buffer_remaining = static_cast<std::uint32_t>(room->value());
    return header;
  }

  void ReadAddressing() {
    wire::Addressing& addressing = envelope_.addressing;
    if (auto id = words_.TakeValue("mid")) addressing.message_id = MessageId(*std::move(id));
    if (auto id = words_.TakeValue("rel")) addressing.relates_to = MessageId(*std::move(id));
    addressing.reply_to = TakeAddress("reply-to");
    addressing.fault_to = TakeAddress("fault-to");
    envelope_.not_understood = words_.TakeValue("not-understood").value_or("");
  }

  void ReadBody() {
    if (auto* fault = std::get_if<wire::Fault>(&envelope_.body)) ReadFault(fault);
    switch (envelope_.rm_action) {
      case RmAction::kCreateSequence:
        ReadCreate();
        break;
      case RmAction::kCreateSequenceResponse:
        ReadCreateResponse();
        break;
      case RmAction::kCloseSequence:
        envelope_.body = wire::CloseSequence{TakeRequiredId(), TakeNumber("last-number")};
        break;
      case RmAction::kCloseSequenceResponse:
        envelope_.body = wire::CloseSequenceResponse{TakeRequiredId()};
        break;
      case RmAction::kTerminateSequence:
        envelope_.body = wire::TerminateSequence{TakeRequiredId(), TakeNumber("last-number")};
        break;
      case RmAction::kTerminateSequenceResponse:
        envelope_.body = wire::TerminateSequenceResponse{TakeRequiredId()};
        break;
      default:
        break;
    }
  }
  void ReadFault(wire::Fault* fault) {
    fault->sender = !words_.TakeFlag("receiver");
    if (auto id = words_.TakeValue("id")) fault->id = SequenceId(*std::move(id));
    fault->acknowledgement = TakeAcknowledgement("bad-ack");
    fault->max_message_number = TakeNumber("max-number");
    fault->problem_header = words_.TakeValue("header").value_or("");
    fault->reason = words_.TakeValue("reason").value_or("");
  }
  void ReadCreate() {
    envelope_.addressing.to = Uri(words_.TakeValue("to").value_or(std::string(wire::kUnsaidAddress)));
    wire::CreateSequence create;
    const auto acks_to = words_.TakeValue("acks-to");
    create.acks_to = acks_to ? Uri(*acks_to) : Anonymous();
    create.expires = words_.TakeValue("expires");
    ReadOffer(&create.offer);
    create.security_token_reference = words_.TakeFlag("token-reference");
    create.uses_sequence_str = words_.TakeFlag("uses-str");
    create.uses_sequence_ssl = words_.TakeFlag("uses-ssl");
    envelope_.body = std::move(create);
  }
  void ReadOffer(std::optional<wire::Offer>* offer) {
    const auto id = words_.TakeValue("offer");
    if (!id) return;
    offer->emplace();
    (*offer)->id = SequenceId(*id);
    (*offer)->expires = words_.TakeValue("offer-expires");
    const auto endpoint = words_.TakeValue("offer-endpoint");
    if (endpoint ? *endpoint != "none" : is_11()) (*offer)->endpoint = endpoint ? Uri(*endpoint) : Anonymous();
    (*offer)->incomplete_sequence_behavior = TakeBehavior("offer-behavior");
  }
  std::optional<std::string> TakeBehavior(std::string_view name) {
    const auto behavior = words_.TakeValue(name);
    if (behavior == "none" || (!behavior && !is_11())) return std::nullopt;
    return behavior.value_or(std::string(wire::kUnsaidBehavior));
  }
  void ReadCreateResponse() {
    wire::CreateSequenceResponse response;
    response.id = TakeRequiredId();
    response.expires = words_.TakeValue("expires");
    response.incomplete_sequence_behavior = TakeBehavior("behavior");
    if (words_.TakeFlag("accept")) response.accept_acks_to = Uri(std::string(wire::kUnsaidAddress));
    if (const auto address = words_.TakeValue("accept")) response.accept_acks_to = Uri(*address);
    envelope_.body = std::move(response);
  }

  Words words_;
  std::string name_;
  wire::Envelope envelope_;
  std::string error_;
};

}  // namespace

bool ReadEnvelopeText(Words words, const wire::Protocol& protocol, wire::Envelope* envelope, std::string* error) {
  return EnvelopeReading(std::move(words), protocol).Read(envelope, error);
}

}  // namespace gsoaprm::scenarios
