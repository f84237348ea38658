// From kCreated to kOpened.
#include <algorithm>
#include <utility>

#include "engine/initiator_impl.h"

namespace gsoaprm::engine {

void InitiatorSession::Impl::Open(Timestamp now) {
  if (state_ != SessionState::kCreated) {
    return;
  }
  SetState(SessionState::kOpening, Status::Ok());
  timers_.Set(Timer::kOpenDeadline, now + options_.open_timeout);
  handshake_.Start();
  SendCreate(now);
}

void InitiatorSession::Impl::SendCreate(Timestamp now) {
  timers_.Clear(Timer::kRequestRetry);
  Send(now, Purpose::kCreate, handshake_.Request(requests_), Stamp::kNone);
}

void InitiatorSession::Impl::RetryAfter(Timestamp now, Timestamp sent) {
  // WCF: the same request again when its exchange has failed and the interval has passed; never beside an open one.
  timers_.Set(Timer::kRequestRetry, std::max(now, sent + options_.handshake_retry_interval));
}

void InitiatorSession::Impl::HandleCreateAnswer(Timestamp now, const Exchange& exchange, const ExchangeResult& result) {
  if (state_ != SessionState::kOpening) {
    return;
  }
  if (result.kind == ExchangeResult::Kind::kNoAnswer) {
    RetryAfter(now, exchange.sent);
    return;
  }
  if (result.kind == ExchangeResult::Kind::kHttpError) {
    OpeningFailed(now,
                  Status::Error(ErrorClass::kEndpointDead, "HTTP " + std::to_string(result.http_status), result.reason,
                                "Check the address, and what the service demands of its callers."),
                  SequenceId());
    return;
  }
  Handshake::Verdict verdict = handshake_.Judge(result.envelope, requests_.to());
  switch (verdict.kind) {
    case Handshake::Verdict::Kind::kOpened:
      Opened(now, verdict.sequence, now - exchange.sent);
      break;
    case Handshake::Verdict::Kind::kAgainWithoutOffer:
      handshake_.WithoutOffer();
      SendCreate(now);
      break;
    case Handshake::Verdict::Kind::kFailed:
      OpeningFailed(now, std::move(verdict.reason), verdict.sequence);
      break;
  }
}

void InitiatorSession::Impl::Opened(Timestamp now, const SequenceId& sequence, Duration round_trip) {
  offered_ = handshake_.offered();
  shape_ = handshake_.offering() ? SessionShape::kRequestReply : SessionShape::kOneWay;
  source_.emplace(options_, sequence, round_trip);
  timers_.Clear(Timer::kOpenDeadline);
  SetState(SessionState::kOpened, Status::Ok());
  NoteReceipt(now);
  Emit(WindowChanged{});
  if (close_wanted_) {
    Close(now);
  }
}

void InitiatorSession::Impl::OpeningFailed(Timestamp now, Status reason, const SequenceId& given_up) {
  if (given_up.empty()) {
    FaultQuietly(std::move(reason));
    return;
  }
  // The peer has made a sequence that nobody will use: WCF's client tells it.
  FaultAndTerminate(now, std::move(reason), true, handshake_.offering() ? handshake_.offered() : given_up);
}

}  // namespace gsoaprm::engine
