// What happens when nothing happens.
#include <algorithm>
#include <utility>

#include "engine/initiator_impl.h"

namespace gsoaprm::engine {
namespace {

// A poll that repeats never does so without letting time pass, however small the options are.
constexpr Duration kShortestInterval = Duration::Milliseconds(1);

}  // namespace

Timestamp InitiatorSession::Impl::NextTimeout() const {
  return source_ ? std::min(timers_.Next(), source_->NextTimeout()) : timers_.Next();
}

void InitiatorSession::Impl::NoteReceipt(Timestamp now) {
  // A durable session waits for its peer as long as it takes.
  if (!options_.durable) {
    timers_.Set(Timer::kInactivity, now + options_.inactivity_timeout);
  }
  timers_.Set(Timer::kKeepAlive, now + options_.inactivity_timeout / 2);
}

Duration InitiatorSession::Impl::KeepAliveInterval() const {
  return std::max(options_.inactivity_timeout / 2 / std::max(options_.max_retry_count, 1), kShortestInterval);
}

Duration InitiatorSession::Impl::ReceiverPollInterval() const {
  return std::max(std::min(options_.send_timeout / 2, KeepAliveInterval()), kShortestInterval);
}

// A WCF client asks for the first time after its whole interval, 30 s by default, for which the session stands still
// although the receiver may have had room after a millisecond. So the first questions come sooner.
void InitiatorSession::Impl::SetReceiverPoll(Timestamp now) {
  timers_.Set(Timer::kReceiverPoll, now + std::min(receiver_poll_, ReceiverPollInterval()));
  receiver_poll_ = std::min(receiver_poll_ * 2, ReceiverPollInterval());
}

bool InitiatorSession::Impl::WantsAcknowledgement() const {
  const auto threshold = static_cast<std::uint64_t>(std::max(options_.max_transfer_window_size / 2, 2));
  return ending_ <= EndingStep::kDraining && !replies_.empty() &&
         (acknowledgement_asked_ || replies_.unacknowledged() >= threshold);
}

void InitiatorSession::Impl::HandleTimeout(Timestamp now) {
  // What ends the session stops all timers: then nothing is due.
  HandleDeadlines(now);
  HandleRetryTimer(now);
  if (source_) {
    HandleRetransmission(now);
  }
  HandleIdleness(now);
  Pump(now);
}

void InitiatorSession::Impl::HandleDeadlines(Timestamp now) {
  if (timers_.IsDue(Timer::kOpenDeadline, now)) {
    FaultQuietly(Status::Error(ErrorClass::kSequenceDead, "OpenTimeout", "CreateSequence was not answered in time.",
                               "Check that the service runs and can be reached at this address."));
  } else if (timers_.IsDue(Timer::kCloseDeadline, now) && source_) {
    FaultAndTerminate(
        now,
        Status::Error(ErrorClass::kSequenceDead, "CloseTimeout",
                      "The session could not be closed within the close time-out.",
                      "Calls that were answered are done; raise the close time-out if the service is slow."),
        false, NamedWhenAborting());
  } else if (timers_.IsDue(Timer::kCloseDeadline, now)) {
    FaultQuietly(Status::Error(ErrorClass::kSequenceDead, "CloseTimeout",
                               "The session was not even opened when the "
                               "close time-out had passed.",
                               "Check that the service runs and can be reached at this address."));
  } else if (timers_.IsDue(Timer::kInactivity, now)) {
    FaultAndTerminate(now,
                      Status::Error(ErrorClass::kSequenceDead, "InactivityTimeout",
                                    "Nothing was heard of the peer for the inactivity time-out.",
                                    "Check that the service runs and can be reached; then open a new session."),
                      false, NamedWhenAborting());
  }
}

void InitiatorSession::Impl::HandleRetryTimer(Timestamp now) {
  if (!timers_.IsDue(Timer::kRequestRetry, now)) {
    return;
  }
  timers_.Clear(Timer::kRequestRetry);
  if (state_ == SessionState::kOpening) {
    SendCreate(now);
  } else {
    RepeatEnding(now);
  }
}

void InitiatorSession::Impl::HandleRetransmission(Timestamp now) {
  if (source_->HandleTimeout(now) != SourceSequence::TimeoutResult::kExhausted) {
    return;
  }
  FaultAndTerminate(now,
                    Status::Error(ErrorClass::kSequenceDead, "MaxRetryCount",
                                  "A message was sent again max_retry_count times without an answer.",
                                  "Check the way to the service; raise max_retry_count for operations that take long."),
                    false, source_->id());
}

void InitiatorSession::Impl::HandleIdleness(Timestamp now) {
  if (timers_.IsDue(Timer::kKeepAlive, now)) {
    timers_.Set(Timer::kKeepAlive, now + KeepAliveInterval());
    if (!closing()) {
      ++metrics_.keep_alives;
      SendAckRequested(now);
    }
  }
  if (timers_.IsDue(Timer::kReceiverPoll, now)) {
    SetReceiverPoll(now);
    SendAckRequested(now);
  }
  if (timers_.IsDue(Timer::kAcknowledgement, now)) {
    timers_.Clear(Timer::kAcknowledgement);
    if (WantsAcknowledgement()) {
      Send(now, Purpose::kAcknowledgement, requests_.Acknowledgement(), Stamp::kIfReceived);
    }
  }
}

}  // namespace gsoaprm::engine
