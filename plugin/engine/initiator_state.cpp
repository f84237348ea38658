// The session's state and how it ends badly.
#include <algorithm>
#include <utility>

#include "engine/initiator_impl.h"
#include "wire/describe.h"

namespace gsoaprm::engine {

void InitiatorSession::Impl::SetState(SessionState state, Status reason) {
  state_ = state;
  StateChanged changed{state, std::move(reason), {}, {}};
  if (!changed.reason.ok()) {
    fault_ = changed.reason;
  }
  if (ended()) {
    EndOpenCalls(&changed);
    journal_.End();
    timers_.ClearAll();
    if (source_) {
      source_->Clear();
    }
  }
  Emit(std::move(changed));
  if (ended()) {
    Emit(WindowChanged{});
  }
}

void InitiatorSession::Impl::EndOpenCalls(StateChanged* changed) {
  if (!source_) {
    return;
  }
  const std::vector<MessageNumber> acknowledged = journal_.TakeUncertain();
  if (changed->reason.ok()) {
    // Closed in order: the peer has everything.
    for (const OutstandingMessage& message : source_->beyond_gap()) {
      journal_.Settle(message.number);
      CompleteAcknowledged(message);
    }
    for (MessageNumber number : acknowledged) {
      journal_.Settle(number);
    }
  } else {
    changed->unacknowledged = acknowledged;
    for (const OutstandingMessage& message : source_->beyond_gap()) {
      EndMessage(message, changed);
    }
  }
  source_->ForEachUnsettled([&](const OutstandingMessage& message) { EndMessage(message, changed); });
  std::sort(changed->unacknowledged.begin(), changed->unacknowledged.end());
}

void InitiatorSession::Impl::EndMessage(const OutstandingMessage& message, StateChanged* changed) {
  const bool uncertain = message.sent && !source_->CertainlyTaken(message.number);
  if (!message.sent && !message.message.last_message) {
    changed->not_sent.push_back(message.number);
  } else if (!uncertain) {
    journal_.Settle(message.number);
  } else if (!changed->reason.ok()) {
    changed->unacknowledged.push_back(message.number);
  }
  if (!message.call_open) {
    return;
  }
  CompleteCall failed;
  failed.number = message.number;
  failed.status = changed->reason;
  failed.outcome = !message.sent ? Outcome::kNotSent : uncertain ? Outcome::kUnknown : Outcome::kExecuted;
  Emit(std::move(failed));
}

void InitiatorSession::Impl::FaultQuietly(Status reason) { SetState(SessionState::kFaulted, std::move(reason)); }

void InitiatorSession::Impl::FaultAndTerminate(Timestamp now, Status reason, bool sender, const SequenceId& named) {
  wire::Fault fault;
  fault.code = wire::FaultCode::kSequenceTerminated;
  fault.sender = sender;
  fault.reason = reason.reason;
  fault.id = named;
  FaultAndPost(now, std::move(reason), std::move(fault));
}

void InitiatorSession::Impl::FaultAndPost(Timestamp now, Status reason, wire::Fault fault) {
  SetState(SessionState::kFaulted, std::move(reason));
  Send(now, Purpose::kFault, requests_.Fault(std::move(fault)), Stamp::kNone);
}

void InitiatorSession::Impl::FaultForViolation(Timestamp now, wire::FaultCode code, std::string reason,
                                               std::string advice) {
  wire::Fault fault;
  fault.code = code;
  fault.reason = reason;
  fault.id = NamedWhenAborting();
  FaultAndPost(now, Status::Error(ErrorClass::kSequenceDead, wire::Name(code), std::move(reason), std::move(advice)),
               std::move(fault));
}

void InitiatorSession::Impl::GiveUp(Timestamp now, MessageNumber number) {
  const OutstandingMessage* message = source_ ? source_->Find(number) : nullptr;
  if (ended() || message == nullptr || !message->call_open) {
    return;
  }
  if (options_.durable) {
    FailOpenCall(
        number, 0,
        Status::Error(ErrorClass::kTryAgain, "SendTimeout",
                      "The reply to message " + std::to_string(number.value()) + " did not come in time.",
                      "The message is kept and sent on: the operation may run; do not repeat the call blindly."));
    return;
  }
  // WCF's client does the same: without this reply the offered sequence would have a hole for good.
  FaultAndTerminate(
      now,
      Status::Error(ErrorClass::kSequenceDead, "SendTimeout",
                    "The client no longer waits for the reply to message " + std::to_string(number.value()) + ".",
                    "Raise the send time-out, or make the operation one-way or faster."),
      false, NamedWhenAborting());
}

void InitiatorSession::Impl::Abort(Timestamp now) {
  if (ended()) {
    return;
  }
  const bool peer_knows = source_.has_value();
  SetState(SessionState::kClosed,
           Status::Error(ErrorClass::kSequenceDead, "Aborted", "The application aborted the session.",
                         "Open a new session if work is left."));
  if (peer_knows) {
    wire::Fault fault;
    fault.code = wire::FaultCode::kSequenceTerminated;
    fault.sender = false;
    fault.reason = fault_.reason;
    fault.id = NamedWhenAborting();
    Send(now, Purpose::kFault, requests_.Fault(std::move(fault)), Stamp::kNone);
  }
}

}  // namespace gsoaprm::engine
