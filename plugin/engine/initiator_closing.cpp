// From kOpened to kClosed in good order.
#include <utility>

#include "engine/initiator_impl.h"
#include "engine/initiator_peer_faults.h"

namespace gsoaprm::engine {
namespace {

// TerminateSequence of February 2005 without Offer is sent once, as WCF does; but one that surely did not arrive may go
// again, so that the peer need not keep the session until it is inactive.
constexpr int kSimplexTerminateCopies = 3;

}  // namespace

void InitiatorSession::Impl::Close(Timestamp now) {
  switch (state_) {
    case SessionState::kCreated:
      SetState(SessionState::kClosed, Status::Ok());
      return;
    case SessionState::kOpening:
      close_wanted_ = true;
      timers_.Set(Timer::kCloseDeadline, now + options_.close_timeout);
      return;
    case SessionState::kOpened:
      if (!timers_.IsSet(Timer::kCloseDeadline)) {
        timers_.Set(Timer::kCloseDeadline, now + options_.close_timeout);
      }
      ending_ = EndingStep::kDraining;
      SetState(SessionState::kClosing, Status::Ok());
      Pump(now);
      return;
    case SessionState::kClosing:
    case SessionState::kClosed:
    case SessionState::kFaulted:
      return;
  }
}

void InitiatorSession::Impl::AdvanceEnding(Timestamp now) {
  if (source_->unsettled() > 0) {
    return;
  }
  if (ending_ == EndingStep::kDraining) {
    journal_.End();
  }
  if (ending_ == EndingStep::kDraining && february2005()) {
    SourceMessage last;
    last.last_message = true;
    last.settled_by_acknowledgement = !request_reply();
    ending_ = EndingStep::kLastMessage;
    last_message_ = source_->Add(std::move(last));
  } else if (ending_ == EndingStep::kDraining) {
    ending_ = EndingStep::kClose;
    ending_id_ = MessageId(ids_->NewUuid());
    SendClose(now);
  } else if (ending_ == EndingStep::kLastMessage) {
    ending_ = EndingStep::kTerminate;
    ending_id_ = MessageId(ids_->NewUuid());
    SendTerminate(now);
  }
}

MessageNumber InitiatorSession::Impl::last_application_number() const {
  return last_message_.valid() ? last_message_.previous() : source_->newest();
}

void InitiatorSession::Impl::SendClose(Timestamp now) {
  SendRepeatedly(now, Purpose::kClose, requests_.CloseSequence(ending_id_, source_->id(), last_application_number()),
                 Stamp::kFinal);
}

void InitiatorSession::Impl::SendTerminate(Timestamp now) {
  const auto id = simplex_terminate() ? std::nullopt : std::make_optional(ending_id_);
  ++terminate_copies_;
  SendRepeatedly(now, Purpose::kTerminate, requests_.TerminateSequence(id, source_->id(), last_application_number()),
                 Stamp::kFinal);
}

void InitiatorSession::Impl::RepeatEnding(Timestamp now) {
  if (ending_ == EndingStep::kClose) {
    SendClose(now);
  } else if (ending_ == EndingStep::kTerminate && simplex_terminate() && terminate_copies_ == kSimplexTerminateCopies) {
    // LastMessage was acknowledged, so everything was; what would still come says no more.
    SetState(SessionState::kClosed, Status::Ok());
  } else if (ending_ == EndingStep::kTerminate) {
    SendTerminate(now);
  }
}

void InitiatorSession::Impl::HandleCloseAnswer(Timestamp now, const ExchangeResult& result) {
  if (ending_ != EndingStep::kClose || result.kind != ExchangeResult::Kind::kEnvelope) {
    return;
  }
  if (result.envelope.fault() != nullptr) {
    FaultQuietly(PeerFault(result.envelope));
    return;
  }
  if (AcceptFinalAnswer(now, result.envelope, wire::RmAction::kCloseSequenceResponse)) {
    ending_ = EndingStep::kTerminate;
    ending_id_ = MessageId(ids_->NewUuid());
    SendTerminate(now);
  }
}

void InitiatorSession::Impl::HandleTerminateAnswer(Timestamp now, const ExchangeResult& result) {
  if (simplex_terminate()) {
    HandleSimplexTerminateResult(result);
    return;
  }
  if (result.kind != ExchangeResult::Kind::kEnvelope) {
    return;
  }
  const wire::Fault* fault = result.envelope.fault();
  if (fault != nullptr && fault->code != wire::FaultCode::kUnknownSequence) {
    FaultQuietly(PeerFault(result.envelope));
    return;
  }
  // UnknownSequence: an earlier copy has done it. February 2005: anything that is not a fault will do.
  const bool judged = fault == nullptr && !february2005();
  if (!judged || AcceptFinalAnswer(now, result.envelope, wire::RmAction::kTerminateSequenceResponse)) {
    SetState(SessionState::kClosed, Status::Ok());
  }
}

void InitiatorSession::Impl::HandleSimplexTerminateResult(const ExchangeResult& result) {
  const bool not_delivered = result.kind == ExchangeResult::Kind::kNoAnswer && result.http_status == 0;
  if (!not_delivered || terminate_copies_ == kSimplexTerminateCopies) {
    SetState(SessionState::kClosed, Status::Ok());
  }
}

bool InitiatorSession::Impl::AcceptFinalAnswer(Timestamp now, const wire::Envelope& answer, wire::RmAction expected) {
  EndingVerdict verdict = JudgeFinalAnswer(answer, expected, ending_id_, source_->id(), last_application_number());
  if (verdict.accepted) {
    return true;
  }
  wire::Fault fault;
  fault.code = verdict.fault;
  fault.reason = verdict.reason.reason;
  if (verdict.fault == wire::FaultCode::kInvalidAcknowledgement) {
    fault.acknowledgement = answer.acknowledgement;
  } else {
    fault.id = NamedWhenAborting();
  }
  FaultAndPost(now, std::move(verdict.reason), std::move(fault));
  return false;
}

}  // namespace gsoaprm::engine
