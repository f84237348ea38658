#include "engine/acceptor_session.h"

#include <utility>

#include "engine/acceptor_answers.h"
#include "engine/acceptor_impl.h"
#include "engine/listener.h"
#include "engine/response_address.h"
#include "engine/unreadable.h"

namespace gsoaprm::engine {

AcceptorSession::Impl::Settings::Settings(const Options& options)
    : memory(options.session_memory),
      window(static_cast<std::size_t>(options.max_transfer_window_size)),
      inactivity_timeout(options.inactivity_timeout),
      ordered(options.ordered),
      flow_control(options.flow_control_enabled),
      one_turn(options.concurrency_mode == ConcurrencyMode::kSingle),
      durable(options.durable),
      acknowledges_begun(!options.durable || options.delivery == Delivery::kAtMostOnce) {}

AcceptorSession::Impl::Impl(const Options& options, Identity identity, Timestamp now)
    : settings_(options),
      identity_(std::move(identity)),
      // Kept messages may be acknowledged and not yet started: their gaps add to those of the acknowledgement.
      sequence_(options.acknowledgement_ranges + settings_.window),
      acks_(options.acknowledgement_ranges),
      queue_(options.ordered, options.concurrency_mode, settings_.window),
      last_activity_(now),
      journal_(settings_.durable ? std::make_unique<AcceptorJournal>(identity_.sequence, AcceptorState()) : nullptr) {}

const Status& AcceptorSession::Impl::end_reason() const {
  static const Status ok = Status::Ok();
  return end_reason_ ? *end_reason_ : ok;
}

// LastMessage has no operation: it counts as begun with the one before it, also where that one is undone later.
bool AcceptorSession::Impl::BeganInTurn() const {
  const auto& ranges = sequence_.started().ranges();
  if (ranges.size() < 2) return true;
  return ranges.size() == 2 && settings_.durable && !is_11() && sequence_.last() == ranges.back().lower;
}

bool AcceptorSession::Impl::IsConsistent() const {
  if (!acks_.ranges().IsCanonical() || !sequence_.started().IsCanonical()) return false;
  if (settings_.acknowledges_begun && Unacknowledged() > 0) return false;
  if (settings_.acknowledges_begun && !acks_.ranges().Covers(sequence_.started())) return false;
  if (sequence_.last() && *sequence_.last() < sequence_.highest()) return false;
  // Several that run beside each other may be undone, or cut short by a crash, in any order.
  const bool in_turn = settings_.ordered && (!settings_.durable || settings_.one_turn);
  if (in_turn && !BeganInTurn()) return false;
  if (one_way() && replies_.last_number().valid()) return false;
  // What is acknowledged was begun or is kept, and has a thread on its way to it.
  const std::size_t certain = queue_.CountUnstarted([this](MessageNumber number) { return IsCertain(number); });
  const std::size_t kept = queue_.CountUnstarted([this](MessageNumber number) { return acks_.Contains(number); });
  if (!ended_ && acks_.ranges().Count() + Unacknowledged() != sequence_.started().Count() + kept) return false;
  if (ended_ && queue_.buffered() != certain) return false;
  return queue_.IsConsistent() && replies_.IsConsistent();
}

wire::AcknowledgementHeader AcceptorSession::Impl::Acknowledgement() const {
  std::optional<std::uint32_t> room;
  if (settings_.flow_control) room = static_cast<std::uint32_t>(queue_.room());
  // Final belongs to 1.1, and WCF wants it from the CloseSequenceResponse on, never earlier.
  return acks_.Header(identity_.sequence, is_11() && sequence_.closed(), room);
}

Respond AcceptorSession::Impl::AckAlone() const {
  Respond alone = AcknowledgementAlone(identity_.protocol, Acknowledgement());
  DirectAcknowledgement(&alone, identity_.acks_to);
  return alone;
}

Respond AcceptorSession::Impl::Repeat(const KeptReply& reply) const {
  return ReplyResponse(identity_, reply, Acknowledgement());
}

Respond AcceptorSession::Impl::Refuse(const wire::Envelope& message, Violation violation) {
  wire::Fault fault = MakeFault(violation, identity_.sequence);
  if (violation == Violation::kInvalidAcknowledgement) fault.acknowledgement = message.acknowledgement;
  Respond response = FaultResponse(message, std::move(fault));
  // WS-RM 1.1 section 4.7: SequenceClosed comes with the final acknowledgement.
  if (violation == Violation::kSequenceClosed) response.envelope.acknowledgement = Acknowledgement();
  if (!RuleOf(violation).session_lives) End(EndedBy(violation));
  return response;
}

Respond AcceptorSession::Impl::RefuseUnreadable(const wire::ReadResult& result) {
  wire::Fault fault = UnreadableFault(result);
  if (!ended_ && UnreadableEndsSession(result.error) && result.envelope.protocol == identity_.protocol) {
    if (fault.code == wire::FaultCode::kSequenceTerminated) fault.id = identity_.sequence;
    End(EndedByFault(fault));
  }
  return UnreadableResponse(result, std::move(fault));
}

void AcceptorSession::Impl::End(Status reason) {
  ended_ = true;
  if (!reason.ok()) end_reason_ = std::make_unique<const Status>(std::move(reason));
  // No delivery after the end, but of what the client takes for done: what is acknowledged and has nothing missing
  // before it is run by the thread that runs those before it. Operations that run are let run out.
  queue_.RemoveUnstarted([this](MessageNumber number) {
    if (IsCertain(number)) return false;
    Bury(number, *queue_.Find(number));
    return true;
  });
  // The threads that waited with them are let go.
  queue_.KeepWaiting();
  replies_.Clear();
  if (journal_) journal_->Ended(final_answer_ ? FinalAnswerText(*final_answer_) : std::string());
}

bool AcceptorSession::Impl::IsCertain(MessageNumber number) const {
  if (!settings_.ordered) return acks_.Contains(number);
  MessageNumber reached = sequence_.next();
  for (const MessageRange& range : acks_.ranges().ranges()) {
    if (range.lower <= reached && reached <= range.upper) reached = range.upper.next();
  }
  return number < reached;
}

bool AcceptorSession::Impl::CanAcknowledge(MessageNumber number) const {
  // Nothing that runs still needs room: there is no need to look at all of it for each message.
  if (settings_.acknowledges_begun) return acks_.HasRoomFor(number);
  // When its turn comes it touches the range of those before it.
  if (settings_.ordered && settings_.one_turn && number == sequence_.next()) return true;
  // Operations that run must find room when they have answered.
  const auto is_apart = [this](MessageNumber running) { return acks_.IsApart(running); };
  return acks_.HasRoomFor(number, queue_.CountRunning(is_apart));
}

void AcceptorSession::Impl::HandleTimeout(Timestamp now) {
  if (now < NextTimeout()) return;
  End(Status::Error(ErrorClass::kSequenceDead, "InactivityTimeout",
                    "No message of the session came within the inactivity time-out.",
                    "Let clients send keep-alives more often, or raise inactivity_timeout."));
}

Timestamp AcceptorSession::Impl::NextTimeout() const {
  if (ended_ || queue_.running() > 0) return Timestamp::Never();
  // A time-out beyond the end of time is none.
  const Duration left = Timestamp::Never() - last_activity_;
  return settings_.inactivity_timeout < left ? last_activity_ + settings_.inactivity_timeout : Timestamp::Never();
}

std::optional<Respond> AcceptorSession::Impl::FinalAnswer() const {
  return final_answer_ ? std::optional<Respond>(*final_answer_) : std::nullopt;
}

// ---- the interface ----

AcceptorSession::AcceptorSession(const Options& options, Identity identity, Timestamp now)
    : impl_(std::make_unique<Impl>(options, std::move(identity), now)) {}
AcceptorSession::AcceptorSession(const Options& options, const RecoveredAcceptor& recovered, Timestamp now)
    : impl_(std::make_unique<Impl>(options, recovered, now)) {}
AcceptorSession::~AcceptorSession() = default;

const AcceptorSession::Identity& AcceptorSession::identity() const { return impl_->identity(); }
bool AcceptorSession::ended() const { return impl_->ended(); }
const Status& AcceptorSession::end_reason() const { return impl_->end_reason(); }
std::size_t AcceptorSession::kept_bytes() const { return impl_->kept_bytes(); }
bool AcceptorSession::has_received_message() const { return impl_->has_received_message(); }
bool AcceptorSession::idle() const { return impl_->idle(); }
const AcceptorMetrics& AcceptorSession::metrics() const { return impl_->metrics(); }
bool AcceptorSession::IsConsistent() const { return impl_->IsConsistent(); }

Disposition AcceptorSession::HandleMessage(Timestamp now, const wire::Envelope& message, const ExchangeTraits& traits) {
  return impl_->HandleMessage(now, message, traits);
}
Respond AcceptorSession::RefuseUnreadable(const wire::ReadResult& result) { return impl_->RefuseUnreadable(result); }
Disposition AcceptorSession::TryBegin(Timestamp, MessageNumber number) { return impl_->TryBegin(number); }
void AcceptorSession::StopWaiting(Timestamp, MessageNumber number) { impl_->StopWaiting(number); }
Disposition AcceptorSession::OperationAnswered(Timestamp now, MessageNumber number, OperationAnswer answer) {
  return impl_->OperationAnswered(now, number, std::move(answer));
}
void AcceptorSession::OperationReturned(Timestamp now, MessageNumber number) { impl_->OperationReturned(now, number); }
void AcceptorSession::OperationUndone(Timestamp now, MessageNumber number) { impl_->OperationUndone(now, number); }
Changes AcceptorSession::TakeChanges() { return impl_->TakeChanges(); }
void AcceptorSession::BuryLeftovers() { impl_->BuryLeftovers(); }
void AcceptorSession::HandleTimeout(Timestamp now) { impl_->HandleTimeout(now); }

bool AcceptorSession::HasReady() const { return impl_->HasReady(); }
bool AcceptorSession::IsKeptBehindGap(MessageNumber number) const { return impl_->IsKeptBehindGap(number); }
std::optional<Deliver> AcceptorSession::TakeReady(Timestamp) { return impl_->TakeReady(); }
std::optional<Respond> AcceptorSession::FinalAnswer() const { return impl_->FinalAnswer(); }
Timestamp AcceptorSession::NextTimeout() const { return impl_->NextTimeout(); }

}  // namespace gsoaprm::engine
