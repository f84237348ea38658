#include "engine/listener_checks.h"

#include "engine/faults.h"
#include "engine/header_checks.h"
#include "engine/listener_duration.h"

namespace gsoaprm::engine {

namespace {

bool IsKnownBehavior(const std::string& name) {
  return name == "DiscardEntireSequence" || name == "DiscardFollowingFirstGap" || name == "NoDiscard";
}

std::optional<Violation> CheckAddresses(const wire::Envelope& message, const wire::CreateSequence& create) {
  const Uri anonymous(std::string(wire::AnonymousAddress(message.protocol.addressing)));
  // WCF's clients leave ReplyTo out where absent means anonymous.
  if (create.acks_to != message.addressing.reply_to.value_or(anonymous)) return Violation::kAcksToNotReplyTo;
  // Anything else would make this side open connections wherever a peer wants them.
  if (create.acks_to != anonymous) return Violation::kAcksToNotAnonymous;
  return std::nullopt;
}

std::optional<Violation> CheckOffer(const wire::Envelope& message, const wire::CreateSequence& create) {
  if (!create.offer) return std::nullopt;
  const wire::Offer& offer = *create.offer;
  if (message.protocol.rm == wire::RmVersion::k11) {
    if (offer.endpoint != create.acks_to) return Violation::kOfferEndpointNotAcksTo;
    if (offer.incomplete_sequence_behavior && !IsKnownBehavior(*offer.incomplete_sequence_behavior)) {
      return Violation::kUnknownIncompleteSequenceBehavior;
    }
  }
  if (offer.expires && !IsNonNegativeDuration(*offer.expires)) return Violation::kExpiresInvalid;
  return std::nullopt;
}

std::optional<Violation> CheckBody(const wire::Envelope& message, const wire::CreateSequence& create) {
  if (create.uses_sequence_ssl || create.uses_sequence_str || create.security_token_reference) {
    return Violation::kSecurityNotSupported;
  }
  if (const auto wrong = CheckAddresses(message, create)) return wrong;
  if (const auto wrong = CheckOffer(message, create)) return wrong;
  if (create.expires && !IsNonNegativeDuration(*create.expires)) return Violation::kExpiresInvalid;
  return std::nullopt;
}

}  // namespace

std::optional<wire::Fault> CheckCreateSequence(const wire::Envelope& message, const wire::CreateSequence& create) {
  if (auto fault = NotUnderstoodFault(message)) return fault;
  if (auto fault = MissingHeaderFault(message)) return fault;
  if (const auto wrong = CheckBody(message, create)) return MakeFault(*wrong);
  // ReplyTo is AcksTo by now; what is left is FaultTo.
  return ReturnAddressFault(message);
}

}  // namespace gsoaprm::engine
