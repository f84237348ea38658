#include "gsoap/message_input.h"

#include <algorithm>
#include <ctime>

namespace gsoaprm::binding {
namespace {

std::int64_t Microseconds(int gsoap_timeout) {
  return gsoap_timeout < 0 ? -std::int64_t{gsoap_timeout} : std::int64_t{gsoap_timeout} * 1000000;
}

}  // namespace

int GsoapTimeout(std::int64_t milliseconds) {
  constexpr std::int64_t kMostAsMicroseconds = 2000000;
  if (milliseconds <= kMostAsMicroseconds) return static_cast<int>(-milliseconds * 1000);
  return static_cast<int>(std::min<std::int64_t>(milliseconds / 1000, INT32_MAX));
}

void MessageInput::Expect() { *this = MessageInput(); }

bool MessageInput::Left(session::Clock* clock, Duration limit, Duration* left) {
  const Timestamp now = clock->Now();
  if (!has_begun_) {
    has_begun_ = true;
    began_ = now;
  }
  *left = limit - (now - began_);
  timed_out_ = *left <= Duration();
  return !timed_out_ && !(in_header_ && bytes_ >= kMostHeaderBytes);
}

MessageInput::Bounded::Bounded(struct soap* soap, Duration left)
    : soap_(soap),
      receive_timeout_(soap->recv_timeout),
      transfer_timeout_(soap->transfer_timeout),
      start_(soap->start) {
  // Rounded up, so that the time is over when the time-out is.
  const std::int64_t milliseconds = (left.microseconds() + 999) / 1000;
  if (!receive_timeout_ || Microseconds(receive_timeout_) > left.microseconds())
    soap->recv_timeout = GsoapTimeout(milliseconds);
  // With TLS, frecv reads until a record is whole, each piece within the time-out; this one bounds all of them. gSOAP
  // counts it in whole seconds of the wall clock; where that is set meanwhile, a message is lost and comes again.
  if (!(soap->imode & SOAP_ENC_SSL) || transfer_timeout_) return;
  soap->start = static_cast<ULONG64>(std::time(nullptr));
  soap->transfer_timeout = static_cast<int>(std::min<std::int64_t>(milliseconds / 1000 + 1, INT32_MAX));
}

MessageInput::Bounded::~Bounded() {
  soap_->recv_timeout = receive_timeout_;
  soap_->transfer_timeout = transfer_timeout_;
  soap_->start = start_;
}

}  // namespace gsoaprm::binding
