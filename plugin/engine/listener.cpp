#include "engine/listener.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "engine/acceptor_answers.h"
#include "engine/faults.h"
#include "engine/listener_checks.h"
#include "engine/listener_registry.h"
#include "engine/response_address.h"

namespace gsoaprm::engine {

namespace {

// Pending sequences are let in beyond max_pending_channels, since the oldest give way; up to this many times as many.
constexpr std::size_t kPendingFactor = 64;

Respond Refusal(const wire::Envelope& message, Violation violation) {
  return FaultResponse(message, MakeFault(violation));
}

Uri Destination(const wire::Envelope& message) {
  const wire::AddressingVersion version = message.protocol.addressing;
  return message.addressing.to.value_or(Uri(std::string(wire::AnonymousAddress(version))));
}

// Of a client that wants its answers posted it is not accepted (WS-RM section 3.4: Accept may be left out): replies in
// a sequence of their own would need a source that sends them again until they are acknowledged.
SequenceId OfferOf(const wire::Envelope& message, const wire::CreateSequence& create) {
  return create.offer && AcksToElsewhere(message, create).empty() ? create.offer->id : SequenceId();
}

}  // namespace

Respond StoreRefusal(const wire::Envelope& request, const Status& problem) {
  wire::Fault fault = MakeFault(Violation::kStoreTakesNothing);
  if (!problem.reason.empty()) fault.reason = problem.reason;
  return FaultResponse(request, std::move(fault));
}

class Listener::Impl {
 public:
  Impl(const Options& options, IdSource* ids) : options_(options), ids_(*ids), registry_(options.durable) {}

  CreateDisposition HandleCreate(Timestamp now, const wire::Envelope& message, const Principal& principal,
                                 const Status& store_problem);
  void Restore(Timestamp now, const RecoveredAcceptor& recovered);
  Respond HandleUnknown(Timestamp now, const wire::Envelope& message, const Principal& principal) const;
  Respond HandlePlain(const wire::Envelope& message) const;
  void Forget(Timestamp now) { registry_.Forget(now, options_.create_memory, options_.tombstone_lifetime); }
  void StopAccepting() { closing_ = true; }
  std::optional<SequenceId> PollGiveUp(Timestamp now);
  Timestamp NextTimeout() const;

  ListenerRegistry& registry() { return registry_; }

 private:
  const SequenceRecord* FindRepeated(const wire::Envelope& message, const wire::CreateSequence& create,
                                     const Principal& principal) const;
  std::optional<Violation> CheckInUse(const wire::Envelope& message, const wire::CreateSequence& create,
                                      const Principal& principal) const;
  bool HasRoomFor(const Principal& principal) const;
  bool TooManyPending() const { return registry_.pending() > static_cast<std::size_t>(options_.max_pending_channels); }
  CreateDisposition Accept(Timestamp now, const wire::Envelope& message, const wire::CreateSequence& create,
                           const Principal& principal);
  SessionAccepted AcceptedAs(const wire::Envelope& message, const SequenceRecord& added) const;
  Respond CreateResponse(const wire::Envelope& request, const SequenceRecord& record) const;
  SequenceId NewIdentifier() const;

  const Options options_;
  IdSource& ids_;
  ListenerRegistry registry_;
  bool closing_ = false;
};

CreateDisposition Listener::Impl::HandleCreate(Timestamp now, const wire::Envelope& message, const Principal& principal,
                                               const Status& store_problem) {
  Forget(now);
  const auto* create = std::get_if<wire::CreateSequence>(&message.body);
  if (create == nullptr) return HandlePlain(message);
  if (auto fault = CheckCreateSequence(options_, message, *create)) return FaultResponse(message, *std::move(fault));
  if (const SequenceRecord* record = FindRepeated(message, *create, principal)) {
    return CreateResponse(message, *record);
  }
  if (const auto wrong = CheckInUse(message, *create, principal)) return Refusal(message, *wrong);
  if (closing_) return Refusal(message, Violation::kEndpointClosing);
  if (!HasRoomFor(principal)) return Refusal(message, Violation::kTooManySequences);
  if (!store_problem.ok()) return StoreRefusal(message, store_problem);
  return Accept(now, message, *create, principal);
}

// WCF's client sends CreateSequence again every 10 s, with the same MessageID and the same Offer, and must get the same
// sequence; WCF's service knows it by the Offer.
const SequenceRecord* Listener::Impl::FindRepeated(const wire::Envelope& message, const wire::CreateSequence& create,
                                                   const Principal& principal) const {
  const SequenceId offered = OfferOf(message, create);
  const SequenceRecord* record = registry_.FindCreate(*message.addressing.message_id, principal);
  if (record != nullptr) {
    return record->offered == offered && record->acks_to == AcksToElsewhere(message, create) ? record : nullptr;
  }
  record = registry_.FindOffer(offered);
  return record != nullptr && record->principal == principal && record->create != nullptr ? record : nullptr;
}

std::optional<Violation> Listener::Impl::CheckInUse(const wire::Envelope& message, const wire::CreateSequence& create,
                                                    const Principal& principal) const {
  if (registry_.FindCreate(*message.addressing.message_id, principal) != nullptr) return Violation::kMessageIdInUse;
  const SequenceId offered = OfferOf(message, create);
  // An identifier of ours may not be offered either: the two directions of a session must be told apart.
  if (registry_.FindOffer(offered) != nullptr || registry_.Find(offered) != nullptr) return Violation::kOfferInUse;
  return std::nullopt;
}

bool Listener::Impl::HasRoomFor(const Principal& principal) const {
  if (registry_.live() >= static_cast<std::size_t>(options_.sequences_per_endpoint)) return false;
  if (registry_.pending() >= kPendingFactor * static_cast<std::size_t>(options_.max_pending_channels)) return false;
  return principal.empty() || registry_.LiveOf(principal) < static_cast<std::size_t>(options_.sequences_per_principal);
}

CreateDisposition Listener::Impl::Accept(Timestamp now, const wire::Envelope& message,
                                         const wire::CreateSequence& create, const Principal& principal) {
  SequenceRecord record;
  record.sequence = NewIdentifier();
  record.offered = OfferOf(message, create);
  record.acks_to = AcksToElsewhere(message, create);
  record.principal = principal;
  record.create = std::make_unique<CreateMemory>();
  record.create->message_id = *message.addressing.message_id;
  record.create->to = Destination(message);
  record.create->expires = create.expires;
  const SequenceRecord& added = registry_.Add(now, std::move(record));
  try {
    return AcceptedAs(message, added);
  } catch (...) {
    // Nobody will ever have it.
    registry_.Withdraw(added.sequence);
    throw;
  }
}

SessionAccepted Listener::Impl::AcceptedAs(const wire::Envelope& message, const SequenceRecord& added) const {
  SessionAccepted accepted;
  accepted.identity.sequence = added.sequence;
  accepted.identity.offered = added.offered;
  accepted.identity.principal = added.principal;
  accepted.identity.protocol = message.protocol;
  accepted.identity.to = added.create->to;
  accepted.identity.acks_to = added.acks_to;
  accepted.response = CreateResponse(message, added);
  accepted.create_message_id = added.create->message_id;
  accepted.expires = added.create->expires;
  return accepted;
}

void Listener::Impl::Restore(Timestamp now, const RecoveredAcceptor& recovered) {
  const AcceptorIdentity& identity = recovered.created.identity;
  SequenceRecord record;
  record.sequence = identity.sequence;
  record.offered = identity.offered;
  record.principal = identity.principal;
  record.create = std::make_unique<CreateMemory>();
  record.create->message_id = recovered.created.create_message_id;
  record.create->to = identity.to;
  record.create->expires = recovered.created.expires;
  registry_.Add(now, std::move(record));
  if (recovered.ended) {
    registry_.End(now, identity.sequence, ReadFinalAnswer(recovered.final_answer));
  } else if (recovered.state.used()) {
    registry_.Activate(identity.sequence);
  }
}

Respond Listener::Impl::CreateResponse(const wire::Envelope& request, const SequenceRecord& record) const {
  wire::CreateSequenceResponse body;
  body.id = record.sequence;
  body.expires = record.create->expires;
  if (request.protocol.rm == wire::RmVersion::k11) {
    body.incomplete_sequence_behavior = options_.ordered ? "DiscardFollowingFirstGap" : "NoDiscard";
  }
  // WCF's client compares it with the address that it calls: nothing but the text of its own To will do.
  if (!record.offered.empty()) body.accept_acks_to = record.create->to;

  Respond response;
  response.envelope.protocol = request.protocol;
  response.envelope.addressing.action = wire::ActionUri(request.protocol.rm, wire::RmAction::kCreateSequenceResponse);
  response.envelope.addressing.relates_to = request.addressing.message_id;
  response.envelope.rm_action = wire::RmAction::kCreateSequenceResponse;
  response.envelope.body = std::move(body);
  Direct(&response, record.acks_to, request);
  return response;
}

SequenceId Listener::Impl::NewIdentifier() const {
  SequenceId id(ids_.NewUuid());
  // An identifier is used once, also where a peer has offered it.
  while (registry_.Find(id) != nullptr || registry_.FindOffer(id) != nullptr) id = SequenceId(ids_.NewUuid());
  return id;
}

Respond Listener::Impl::HandleUnknown(Timestamp now, const wire::Envelope& message, const Principal& principal) const {
  const SequenceRecord* record = registry_.Find(BodySequence(message));
  if (record != nullptr && record->ended && record->principal == principal && record->final_answer &&
      now < record->since + options_.tombstone_lifetime) {
    if (auto repeated = RepeatFinalAnswer(*record->final_answer, message)) {
      Direct(&*repeated, record->acks_to, message);
      return *std::move(repeated);
    }
  }
  return FaultResponse(message, MakeFault(Violation::kUnknownSequence, ConcernedSequence(message)));
}

Respond Listener::Impl::HandlePlain(const wire::Envelope& message) const {
  // A message without RM does not say which version it should have been: the endpoint's.
  wire::Envelope request;
  request.protocol = message.protocol;
  request.protocol.rm = options_.protocol.rm;
  request.addressing.message_id = message.addressing.message_id;
  return Refusal(
      request, options_.protocol.rm == wire::RmVersion::k11 ? Violation::kNotReliable : Violation::kActionNotSupported);
}

std::optional<SequenceId> Listener::Impl::PollGiveUp(Timestamp now) {
  if (!TooManyPending()) return std::nullopt;
  const SequenceRecord* oldest = registry_.OldestPending();
  if (now < oldest->since + options_.pending_timeout) return std::nullopt;
  const SequenceId sequence = oldest->sequence;
  registry_.GiveUp(sequence);
  return sequence;
}

Timestamp Listener::Impl::NextTimeout() const {
  const Timestamp forget = registry_.NextForget(options_.create_memory, options_.tombstone_lifetime);
  if (!TooManyPending()) return forget;
  return std::min(forget, registry_.OldestPending()->since + options_.pending_timeout);
}

// ---- the interface ----

Listener::Listener(const Options& options, IdSource* ids) : impl_(std::make_unique<Impl>(options, ids)) {}
Listener::~Listener() = default;

CreateDisposition Listener::HandleCreate(Timestamp now, const wire::Envelope& message, const Principal& principal,
                                         const Status& store_problem) {
  return impl_->HandleCreate(now, message, principal, store_problem);
}
void Listener::Restore(Timestamp now, const RecoveredAcceptor& recovered) { impl_->Restore(now, recovered); }
void Listener::SessionLost(const SequenceId& sequence) { impl_->registry().Withdraw(sequence); }
void Listener::SessionActive(const SequenceId& sequence) { impl_->registry().Activate(sequence); }
void Listener::SessionEnded(Timestamp now, const SequenceId& sequence, std::optional<Respond> final_answer) {
  impl_->registry().End(now, sequence, std::move(final_answer));
  impl_->Forget(now);
}
Respond Listener::HandleUnknown(Timestamp now, const wire::Envelope& message, const Principal& principal) {
  return impl_->HandleUnknown(now, message, principal);
}
Respond Listener::HandlePlain(const wire::Envelope& message) { return impl_->HandlePlain(message); }
void Listener::StopAccepting() { impl_->StopAccepting(); }
void Listener::HandleTimeout(Timestamp now) { impl_->Forget(now); }
std::optional<SequenceId> Listener::PollGiveUp(Timestamp now) { return impl_->PollGiveUp(now); }
Timestamp Listener::NextTimeout() const { return impl_->NextTimeout(); }
std::vector<SequenceId> Listener::TakeForgotten() { return impl_->registry().TakeForgotten(); }
std::size_t Listener::open_sequences() const { return impl_->registry().live(); }

}  // namespace gsoaprm::engine
