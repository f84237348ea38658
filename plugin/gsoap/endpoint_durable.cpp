// What an endpoint's record does for durable sessions: goes on where an earlier process, or an earlier session, was.
#include <algorithm>
#include <utility>

#include "gsoap/endpoint_record.h"

namespace gsoaprm::binding {

void EndpointRecord::Restore(engine::RecoveredInitiator left) {
  std::lock_guard<std::mutex> lock(mutex_);
  left_.push_back(std::move(left));
}

void EndpointRecord::Resume(wire::SoapVersion soap_version, const session::CallSettingsPointer& settings) {
  if (outbox_ && (HasLeft() || Current())) ForCall(soap_version).session->Resume(settings);
}

bool EndpointRecord::HasLeft() {
  if (!outbox_) return false;
  outbox_->LoadPage();
  std::lock_guard<std::mutex> lock(mutex_);
  return !current_ && (!left_.empty() || outbox_->Waits());
}

void EndpointRecord::MessagesWait() {
  Session session;
  session::CallSettingsPointer settings;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!outbox_ || stopped_ || !soap_version_) return;
    if (current_) settings = current_.session->settings();
    if (current_ && MustBeReplaced(current_.session->state())) Retire();
    if (!current_) current_ = Make(*soap_version_);
    session = current_;
  }
  session.session->LookAgain();
  session.session->Resume(std::move(settings));
}

session::ClientSession::FlushResult EndpointRecord::Flush(Timestamp deadline,
                                                          std::shared_ptr<session::ClientSession>* flushed) {
  using FlushResult = session::ClientSession::FlushResult;
  for (;;) {
    const std::shared_ptr<session::ClientSession> session = Current().session;
    if (!session) return FlushResult::kDone;
    *flushed = session;
    const FlushResult result = session->Flush(deadline - instance_->clock.Now());
    if (result != FlushResult::kDead || !outbox_) return result;
    session->WaitForEnd(deadline);  // until its end has been told, and with it GoOn
    const std::shared_ptr<session::ClientSession> next = Current().session;
    if (next == session) return FlushResult::kDead;
  }
}

void EndpointRecord::GoOn() {
  if (!outbox_) return;
  outbox_->LoadPage();
  Session next;
  session::CallSettingsPointer settings;
  Timestamp at;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (stopped_ || !current_ || current_.session->state() != SessionState::kFaulted) return;
    if (left_.empty() && !outbox_->Waits()) return;
    settings = current_.session->settings();
    // A service that refuses, or loses every session, is not asked for one after the other.
    at = opened_at_ + instance_->engine_options.handshake_retry_interval;
    Retire();
    next = current_ = Make(soap_version_.value_or(wire::SoapVersion::k12));
    opened_at_ = std::max(opened_at_, at);
  }
  next.session->ResumeAt(at, std::move(settings));
}

}  // namespace gsoaprm::binding
