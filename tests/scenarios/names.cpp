#include "tests/scenarios/names.h"

#include <utility>
#include <variant>
#include <vector>

#include "wire/describe.h"

namespace gsoaprm::scenarios {

namespace {

template <class Id, class Function>
void VisitOne(std::optional<Id>* id, const Function& function, int slot) {
  if (*id) function(slot, &**id);
}

// Calls function(slot, id) for each identifier of the message; the same place is the same slot in every message.
template <class Function>
struct BodyVisitor {
  const Function& function;

  void operator()(wire::EmptyBody&) const {}
  void operator()(wire::PayloadPointer&) const {}
  void operator()(wire::CreateSequence& body) const {
    if (body.offer) function(10, &body.offer->id);
  }
  void operator()(wire::CreateSequenceResponse& body) const { function(11, &body.id); }
  void operator()(wire::CloseSequence& body) const { function(12, &body.id); }
  void operator()(wire::CloseSequenceResponse& body) const { function(13, &body.id); }
  void operator()(wire::TerminateSequence& body) const { function(14, &body.id); }
  void operator()(wire::TerminateSequenceResponse& body) const { function(15, &body.id); }
  void operator()(wire::Fault& body) const {
    VisitOne(&body.id, function, 16);
    if (body.acknowledgement) function(17, &body.acknowledgement->id);
  }
};

template <class Function>
void VisitIdentifiers(wire::Envelope* envelope, const Function& function) {
  if (envelope->sequence) function(1, &envelope->sequence->id);
  if (envelope->acknowledgement) function(2, &envelope->acknowledgement->id);
  if (envelope->ack_requested) function(3, &envelope->ack_requested->id);
  VisitOne(&envelope->addressing.message_id, function, 4);
  VisitOne(&envelope->addressing.relates_to, function, 5);
  std::visit(BodyVisitor<Function>{function}, envelope->body);
}

std::string* ReasonOf(wire::Envelope* envelope) {
  auto* fault = std::get_if<wire::Fault>(&envelope->body);
  return fault == nullptr ? nullptr : &fault->reason;
}

template <class Id>
void Assign(Id* id, std::string text) {
  *id = Id(std::move(text));
}

// What the script leaves open is taken out of what was sent.
void LeaveOpen(const wire::TraceMessage& expected, wire::TraceMessage* sent) {
  wire::Envelope script = expected.envelope;
  const bool any_message_id = !expected.answer && !expected.no_message_id && !expected.envelope.addressing.message_id;
  if (any_message_id) sent->envelope.addressing.message_id.reset();
  sent->no_message_id = expected.no_message_id && !sent->envelope.addressing.message_id;
  const std::string* said = ReasonOf(&script);
  std::string* reason = ReasonOf(&sent->envelope);
  if (reason != nullptr && (said == nullptr || said->empty())) reason->clear();
  sent->exchange = expected.exchange;
  sent->principal.clear();
}

}  // namespace

void Names::Table::Bind(const std::string& name, const std::string& identifier) {
  if (identifiers_.count(name) > 0 || names_.count(identifier) > 0) return;
  identifiers_[name] = identifier;
  names_[identifier] = name;
}

std::string Names::Table::Resolve(const std::string& name) {
  Bind(name, name);
  return identifiers_.at(name);
}

std::string Names::Table::NameOf(const std::string& identifier) const {
  const auto found = names_.find(identifier);
  return found == names_.end() ? "?" + wire::ShortName(identifier) : found->second;
}

SequenceId Names::Resolve(const std::string& name) { return SequenceId(sequences_.Resolve(name)); }

void Names::Resolve(wire::Envelope* envelope) {
  VisitIdentifiers(envelope, [this](int, auto* id) { Assign(id, TableFor(id).Resolve(id->text())); });
}

bool Names::Match(const wire::TraceMessage& expected, const wire::Protocol& usual, wire::TraceMessage* sent) {
  Names tried = *this;
  wire::Envelope script = expected.envelope;
  std::map<int, std::string> said;
  VisitIdentifiers(&script, [&](int slot, auto* id) { said[slot] = id->text(); });
  VisitIdentifiers(&sent->envelope, [&](int slot, auto* id) {
    if (said.count(slot) > 0) tried.TableFor(id).Bind(said[slot], id->text());
  });
  LeaveOpen(expected, sent);
  VisitIdentifiers(&sent->envelope, [&](int, auto* id) { Assign(id, tried.NameOf(*id)); });
  if (wire::TraceText(expected, usual) != wire::TraceText(*sent, usual)) return false;
  *this = std::move(tried);
  return true;
}

}  // namespace gsoaprm::scenarios
