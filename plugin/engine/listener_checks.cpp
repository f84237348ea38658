#include "engine/listener_checks.h"

#include "engine/faults.h"
#include "engine/header_checks.h"
#include "engine/listener_duration.h"
#include "engine/response_address.h"

namespace gsoaprm::engine {

namespace {

bool IsKnownBehavior(const std::string& name) {
  return name == "DiscardEntireSequence" || name == "DiscardFollowingFirstGap" || name == "NoDiscard";
}

Uri Anonymous(const wire::Envelope& message) {
  return Uri(std::string(wire::AnonymousAddress(message.protocol.addressing)));
}

std::optional<Violation> CheckAddresses(const Options& options, const wire::Envelope& message,
                                        const wire::CreateSequence& create) {
  // WCF's clients leave ReplyTo out where absent means anonymous.
  if (create.acks_to != message.addressing.reply_to.value_or(Anonymous(message))) return Violation::kAcksToNotReplyTo;
  if (AcksToElsewhere(message, create).empty()) return std::nullopt;
  // Anything else would make this side open connections wherever a peer wants them.
  if (options.response_endpoints.empty()) return Violation::kAcksToNotAnonymous;
  if (!MayPostTo(options, create.acks_to)) return Violation::kAcksToNotAllowed;
  return options.durable ? std::make_optional(Violation::kAcksToNotDurable) : std::nullopt;
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

std::optional<Violation> CheckBody(const Options& options, const wire::Envelope& message,
                                   const wire::CreateSequence& create) {
  if (create.uses_sequence_ssl || create.uses_sequence_str || create.security_token_reference) {
    return Violation::kSecurityNotSupported;
  }
  if (const auto wrong = CheckAddresses(options, message, create)) return wrong;
  if (const auto wrong = CheckOffer(message, create)) return wrong;
  if (create.expires && !IsNonNegativeDuration(*create.expires)) return Violation::kExpiresInvalid;
  return std::nullopt;
}

}  // namespace

Uri AcksToElsewhere(const wire::Envelope& message, const wire::CreateSequence& create) {
  return create.acks_to == Anonymous(message) ? Uri() : create.acks_to;
}

std::optional<wire::Fault> CheckCreateSequence(const Options& options, const wire::Envelope& message,
                                               const wire::CreateSequence& create) {
  if (auto fault = NotUnderstoodFault(message)) return fault;
  if (auto fault = MissingHeaderFault(message)) return fault;
  if (const auto wrong = CheckBody(options, message, create)) return MakeFault(*wrong);
  // ReplyTo is AcksTo by now; what is left is FaultTo.
  return ReturnAddressFault(message, AcksToElsewhere(message, create));
}

}  // namespace gsoaprm::engine
