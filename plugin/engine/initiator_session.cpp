#include "engine/initiator_session.h"

#include <utility>

#include "engine/initiator_impl.h"

namespace gsoaprm::engine {

const char* Name(SessionState state) {
  switch (state) {
    case SessionState::kCreated:
      return "Created";
    case SessionState::kOpening:
      return "Opening";
    case SessionState::kOpened:
      return "Opened";
    case SessionState::kClosing:
      return "Closing";
    case SessionState::kClosed:
      return "Closed";
    case SessionState::kFaulted:
      return "Faulted";
  }
  return "";
}

InitiatorSession::Impl::Impl(const Options& options, Uri to, IdSource* ids)
    : options_(options),
      ids_(ids),
      requests_(options, std::move(to)),
      shape_(options.shape),
      handshake_(options, ids),
      replies_(options),
      journal_(options.durable) {}

const SequenceId& InitiatorSession::Impl::sequence() const {
  static const SequenceId kNone;
  return source_ ? source_->id() : kNone;
}

bool InitiatorSession::Impl::IsConsistent() const {
  const bool talking = state_ == SessionState::kOpened || state_ == SessionState::kClosing;
  const bool sequence_when_open = !talking || (source_ && !source_->id().empty());
  const bool nothing_left_at_end = !ended() || (UnsettledCount() == 0 && NextTimeout().never());
  const bool reason_when_faulted = state_ != SessionState::kFaulted || !fault_.ok();
  const bool ending_only_when_closing = ending_ == EndingStep::kNone || state_ != SessionState::kOpened;
  return sequence_when_open && nothing_left_at_end && reason_when_faulted && ending_only_when_closing &&
         (!source_ || source_->IsConsistent());
}

InitiatorSession::InitiatorSession(const Options& options, Uri to, IdSource* ids)
    : impl_(std::make_unique<Impl>(options, std::move(to), ids)) {}
InitiatorSession::~InitiatorSession() = default;

SessionState InitiatorSession::state() const { return impl_->state(); }
const SequenceId& InitiatorSession::sequence() const { return impl_->sequence(); }
const SequenceId& InitiatorSession::offered_sequence() const { return impl_->offered(); }
SessionShape InitiatorSession::shape() const { return impl_->shape(); }
bool InitiatorSession::CanSubmit() const { return impl_->CanSubmit(); }
std::size_t InitiatorSession::UnsettledCount() const { return impl_->UnsettledCount(); }
const Status& InitiatorSession::fault() const { return impl_->fault(); }
const InitiatorMetrics& InitiatorSession::metrics() const { return impl_->metrics(); }
bool InitiatorSession::IsConsistent() const { return impl_->IsConsistent(); }

void InitiatorSession::Open(Timestamp now) { impl_->Open(now); }
MessageNumber InitiatorSession::Submit(Timestamp now, OutgoingMessage message) {
  return impl_->Submit(now, std::move(message));
}
void InitiatorSession::GiveUp(Timestamp now, MessageNumber number) { impl_->GiveUp(now, number); }
void InitiatorSession::Close(Timestamp now) { impl_->Close(now); }
void InitiatorSession::Abort(Timestamp now) { impl_->Abort(now); }
void InitiatorSession::HandleExchange(Timestamp now, ExchangeId exchange, ExchangeResult result) {
  impl_->HandleExchange(now, exchange, std::move(result));
}
void InitiatorSession::HandleTimeout(Timestamp now) { impl_->HandleTimeout(now); }
std::optional<InitiatorOutput> InitiatorSession::PollOutput() { return impl_->PollOutput(); }
Timestamp InitiatorSession::NextTimeout() const { return impl_->NextTimeout(); }

}  // namespace gsoaprm::engine
