#include "wire/control_bodies_reader.h"

#include <utility>

#include "wire/rm_content.h"

namespace gsoaprm::wire {

namespace {

// An endpoint reference, of which only the Address matters here; of either WS-Addressing version.
ReadProblem ReadEndpointReference(XmlReader* reader, std::string_view element, Uri* address) {
  std::string text;
  while (reader->NextChild()) {
    const XmlName& name = reader->element().name;
    if (!IsAddressing(name.ns) || name.local != "Address" || !text.empty()) {
      reader->Skip();
      continue;
    }
    ReadProblem problem = ReadRequiredText(reader, "Address", &text);
    if (problem) return problem;
  }
  if (text.empty()) return ReadProblem::Invalid(element, "has no Address");
  *address = Uri(std::move(text));
  return ReadProblem();
}

ReadProblem ReadOptionalText(XmlReader* reader, std::string_view element, std::optional<std::string>* text) {
  return ReadRequiredText(reader, element, &text->emplace());
}

ReadProblem ReadOptionalReference(XmlReader* reader, std::string_view element, std::optional<Uri>* address) {
  return ReadEndpointReference(reader, element, &address->emplace());
}

ReadProblem ReadOffer(XmlReader* reader, RmVersion version, Offer* offer) {
  constexpr std::string_view kName = "Offer";
  constexpr std::string_view k2005[] = {"Identifier", "Expires"};
  constexpr std::string_view k11[] = {"Identifier", "Endpoint", "Expires", "IncompleteSequenceBehavior"};
  const bool is_11 = version == RmVersion::k11;
  OrderedChildren children(reader, kName, version, is_11 ? k11 : k2005, is_11 ? 4 : 2);
  int index = 0;
  while (children.Next(&index)) {
    const std::string_view element = is_11 ? k11[index] : k2005[index];
    ReadProblem problem;
    if (element == "Identifier") problem = ReadIdentifier(reader, &offer->id);
    if (element == "Endpoint") problem = ReadOptionalReference(reader, element, &offer->endpoint);
    if (element == "Expires") problem = ReadOptionalText(reader, element, &offer->expires);
    if (element == "IncompleteSequenceBehavior") {
      problem = ReadOptionalText(reader, element, &offer->incomplete_sequence_behavior);
    }
    if (problem) return problem;
  }
  if (children.problem()) return children.problem();
  if (offer->id.empty()) return ReadProblem::Invalid(kName, "has no Identifier");
  // WS-RM 1.1 section 3.4: required there, unknown in February 2005.
  if (is_11 && !offer->endpoint) return ReadProblem::Invalid(kName, "has no Endpoint");
  return ReadProblem();
}

// Not with OrderedChildren, because the security token reference is looked for among the extensions.
ReadProblem ReadCreateSequence(XmlReader* reader, RmVersion version, CreateSequence* body) {
  constexpr std::string_view kName = "CreateSequence";
  enum { kBeforeAcksTo, kBeforeExpires, kBeforeOffer, kExtensions } stage = kBeforeAcksTo;
  while (reader->NextChild()) {
    const XmlName name = reader->element().name;
    const bool is_rm = name.ns == Namespace(version);
    ReadProblem problem;
    if (is_rm && name.local == "AcksTo" && stage == kBeforeAcksTo) {
      stage = kBeforeExpires;
      problem = ReadEndpointReference(reader, name.local, &body->acks_to);
    } else if (is_rm && name.local == "Expires" && stage == kBeforeExpires) {
      stage = kBeforeOffer;
      problem = ReadOptionalText(reader, name.local, &body->expires);
    } else if (is_rm && name.local == "Offer" && (stage == kBeforeExpires || stage == kBeforeOffer)) {
      stage = kExtensions;
      problem = ReadOffer(reader, version, &body->offer.emplace());
    } else if (is_rm && (name.local == "AcksTo" || name.local == "Expires" || name.local == "Offer")) {
      return ReadProblem::Invalid(name.local, "stands in the wrong place");
    } else {
      if (stage == kBeforeAcksTo) break;
      stage = kExtensions;
      if (name.ns == KnownNamespace::kSecurityExtension && name.local == "SecurityTokenReference") {
        body->security_token_reference = true;
      }
      reader->Skip();
    }
    if (problem) return problem;
  }
  if (body->acks_to.empty()) return ReadProblem::Invalid(kName, "has no AcksTo");
  return ReadProblem();
}

ReadProblem ReadAccept(XmlReader* reader, RmVersion version, std::optional<Uri>* acks_to) {
  constexpr std::string_view kNames[] = {"AcksTo"};
  OrderedChildren children(reader, "Accept", version, kNames);
  int index = 0;
  while (children.Next(&index)) {
    ReadProblem problem = ReadOptionalReference(reader, "AcksTo", acks_to);
    if (problem) return problem;
  }
  if (children.problem()) return children.problem();
  return *acks_to ? ReadProblem() : ReadProblem::Invalid("Accept", "has no AcksTo");
}

ReadProblem ReadCreateSequenceResponse(XmlReader* reader, RmVersion version, CreateSequenceResponse* body) {
  constexpr std::string_view kName = "CreateSequenceResponse";
  constexpr std::string_view k2005[] = {"Identifier", "Expires", "Accept"};
  constexpr std::string_view k11[] = {"Identifier", "Expires", "IncompleteSequenceBehavior", "Accept"};
  const bool is_11 = version == RmVersion::k11;
  OrderedChildren children(reader, kName, version, is_11 ? k11 : k2005, is_11 ? 4 : 3);
  int index = 0;
  while (children.Next(&index)) {
    const std::string_view element = is_11 ? k11[index] : k2005[index];
    ReadProblem problem;
    if (element == "Identifier") problem = ReadIdentifier(reader, &body->id);
    if (element == "Expires") problem = ReadOptionalText(reader, element, &body->expires);
    if (element == "IncompleteSequenceBehavior") {
      problem = ReadOptionalText(reader, element, &body->incomplete_sequence_behavior);
    }
    if (element == "Accept") problem = ReadAccept(reader, version, &body->accept_acks_to);
    if (problem) return problem;
  }
  if (children.problem()) return children.problem();
  return body->id.empty() ? ReadProblem::Invalid(kName, "has no Identifier") : ReadProblem();
}

// CloseSequence, TerminateSequence and their responses. LastMsgNumber came with 1.1.
ReadProblem ReadEnding(XmlReader* reader, RmVersion version, std::string_view element, SequenceId* id,
                       std::optional<MessageNumber>* last_message_number) {
  constexpr std::string_view kNames[] = {"Identifier", "LastMsgNumber"};
  const bool has_number = last_message_number != nullptr && version == RmVersion::k11;
  OrderedChildren children(reader, element, version, kNames, has_number ? 2 : 1);
  int index = 0;
  while (children.Next(&index)) {
    ReadProblem problem;
    if (index == 0) problem = ReadIdentifier(reader, id);
    if (index == 1) problem = ReadMessageNumber(reader, "LastMsgNumber", &last_message_number->emplace());
    if (problem) return problem;
  }
  if (children.problem()) return children.problem();
  return id->empty() ? ReadProblem::Invalid(element, "has no Identifier") : ReadProblem();
}

}  // namespace

std::string_view ControlElement(RmAction action) {
  switch (action) {
    case RmAction::kCreateSequence:
      return "CreateSequence";
    case RmAction::kCreateSequenceResponse:
      return "CreateSequenceResponse";
    case RmAction::kCloseSequence:
      return "CloseSequence";
    case RmAction::kCloseSequenceResponse:
      return "CloseSequenceResponse";
    case RmAction::kTerminateSequence:
      return "TerminateSequence";
    case RmAction::kTerminateSequenceResponse:
      return "TerminateSequenceResponse";
    default:
      return "";
  }
}

ReadProblem ReadControlBody(XmlReader* reader, RmVersion version, RmAction action, Body* body) {
  const std::string_view element = ControlElement(action);
  switch (action) {
    case RmAction::kCreateSequence:
      return ReadCreateSequence(reader, version, &body->emplace<CreateSequence>());
    case RmAction::kCreateSequenceResponse:
      return ReadCreateSequenceResponse(reader, version, &body->emplace<CreateSequenceResponse>());
    case RmAction::kCloseSequence: {
      auto& close = body->emplace<CloseSequence>();
      return ReadEnding(reader, version, element, &close.id, &close.last_message_number);
    }
    case RmAction::kTerminateSequence: {
      auto& terminate = body->emplace<TerminateSequence>();
      return ReadEnding(reader, version, element, &terminate.id, &terminate.last_message_number);
    }
    case RmAction::kCloseSequenceResponse:
      return ReadEnding(reader, version, element, &body->emplace<CloseSequenceResponse>().id, nullptr);
    case RmAction::kTerminateSequenceResponse:
      return ReadEnding(reader, version, element, &body->emplace<TerminateSequenceResponse>().id, nullptr);
    default:
      return ReadProblem();
  }
}

}  // namespace gsoaprm::wire
