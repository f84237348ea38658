// From kCreated to kOpened.
#include <utility>

#include "engine/initiator_impl.h"

namespace gsoaprm::engine {

void InitiatorSession::Impl::Open(Timestamp now) {
  if (state_ != SessionState::kCreated) {
    return;
  }
  SetState(SessionState::kOpening, Status::Ok());
  // A durable session goes on trying; whoever waits for it does so no longer than he wants.
  if (!options_.durable) {
    timers_.Set(Timer::kOpenDeadline, now + options_.open_timeout);
  }
  handshake_.Start();
  opening_since_ = now;
  SendCreate(now);
}

void InitiatorSession::Impl::SendCreate(Timestamp now) {
  SendRepeatedly(now, Purpose::kCreate, handshake_.Request(requests_), Stamp::kNone);
}

void InitiatorSession::Impl::SendRepeatedly(Timestamp now, Purpose purpose, wire::Envelope envelope, Stamp stamp) {
  // WCF sends again after the interval when the exchange has failed, and while it is open not at all; but a connection
  // that brings nothing would then cost the whole time-out. The earlier exchange stays: a slow answer is one as well.
  timers_.Set(Timer::kRequestRetry, now + options_.handshake_retry_interval);
  Send(now, purpose, std::move(envelope), stamp);
}

void InitiatorSession::Impl::HandleCreateAnswer(Timestamp now, const Exchange& exchange, const ExchangeResult& result) {
  if (state_ != SessionState::kOpening) {
    return;
  }
  if (result.kind == ExchangeResult::Kind::kNoAnswer) {
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
      // A peer that has made the sequence long ago, and has forgotten the request, takes a copy for somebody else's
      // claim to the Offer. The next session makes another.
      if (options_.durable && now - opening_since_ >= options_.create_memory / 2) {
        OpeningFailed(now, std::move(verdict.reason), SequenceId());
        break;
      }
      handshake_.WithoutOffer();
      exchanges_.clear();  // nothing but copies of the request with the Offer
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
  timers_.Clear(Timer::kRequestRetry);
  journal_.Advance();
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
