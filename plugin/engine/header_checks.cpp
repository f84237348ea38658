#include "engine/header_checks.h"

#include <string>
#include <string_view>
#include <utility>

#include "engine/faults.h"

namespace gsoaprm::engine {

namespace {

bool IsElsewhere(const std::optional<Uri>& address, wire::AddressingVersion version, const Uri& acks_to) {
  return address && wire::LeadsElsewhere(address->text(), version) && (acks_to.empty() || *address != acks_to);
}

// "{urn:x}Name" -> "Name"
std::string_view LocalName(std::string_view name) { return name.substr(name.find('}') + 1); }
std::string_view NamespaceName(std::string_view name) { return name.substr(1, name.find('}') - 1); }

}  // namespace

std::optional<wire::Fault> NotUnderstoodFault(const wire::Envelope& message) {
  // A fault is never the answer to a fault.
  if (message.not_understood.empty() || message.rm_action == wire::RmAction::kNone || message.fault()) {
    return std::nullopt;
  }
  wire::Fault fault = MakeFault(Violation::kHeaderNotUnderstood);
  fault.problem_header = message.not_understood;
  fault.reason.append(" It is ").append(LocalName(fault.problem_header));
  fault.reason.append(" of the namespace \"").append(NamespaceName(fault.problem_header)).append("\".");
  return fault;
}

std::optional<wire::Fault> ReturnAddressFault(const wire::Envelope& message, const Uri& acks_to) {
  const wire::AddressingVersion version = message.protocol.addressing;
  const bool reply = IsElsewhere(message.addressing.reply_to, version, acks_to);
  if (!reply && !IsElsewhere(message.addressing.fault_to, version, acks_to)) return std::nullopt;
  const Violation violation = acks_to.empty() ? Violation::kReturnAddressElsewhere : Violation::kReturnAddressNotAcksTo;
  return MakeHeaderFault(violation, version, reply ? "ReplyTo" : "FaultTo");
}

std::optional<wire::Fault> MissingHeaderFault(const wire::Envelope& message) {
  const wire::AddressingVersion version = message.protocol.addressing;
  if (!message.addressing.message_id) return MakeHeaderFault(Violation::kMessageIdMissing, version, "MessageID");
  if (version == wire::AddressingVersion::k10 || message.addressing.reply_to) return std::nullopt;
  return MakeHeaderFault(Violation::kReplyToMissing, version, "ReplyTo");
}

}  // namespace gsoaprm::engine
