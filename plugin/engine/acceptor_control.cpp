// How a sequence ends: LastMessage and TerminateSequence in 2005, CloseSequence and TerminateSequence in 1.1.
#include <utility>

#include "engine/acceptor_answers.h"
#include "engine/acceptor_impl.h"
#include "engine/header_checks.h"
#include "engine/listener.h"

namespace gsoaprm::engine {

// LastMessage is a member of the sequence with an empty body. WCF sends it when everything before it has its answer.
Disposition AcceptorSession::Impl::HandleLastMessage(const wire::Envelope& message) {
  const MessageNumber number = message.sequence->number;
  if (IsCopy(number)) return HandleCopy(number, ExchangeTraits{false, false});
  switch (sequence_.AnnounceLast(number)) {
    case DestinationSequence::LastNumber::kTooSmall:
      return Refuse(message, Violation::kLastMessageTooLow);
    case DestinationSequence::LastNumber::kDiffers:
      return Refuse(message,
                    number > *sequence_.last() ? Violation::kLastMessageNumberExceeded : Violation::kLastMessageTooLow);
    case DestinationSequence::LastNumber::kAccepted:
      break;
  }
  // Its number is remembered; the client sends it again until it is answered.
  if (!AllAnsweredBefore(number)) return RespondEmpty{};
  sequence_.Start(number);
  acks_.Acknowledge(number);
  if (one_way()) return AckAlone();

  // The answer is the LastMessage of the replies, a member of their sequence, kept for copies like any reply.
  KeptReply last;
  last.last_message = true;
  const KeptReply& reply = replies_.Add(number, std::move(last));
  if (journal_) journal_->ReplyMade(number, reply);
  return Repeat(reply);
}

bool AcceptorSession::Impl::AllAnsweredBefore(MessageNumber number) const {
  const MessageNumber reached = sequence_.started().ContiguousFromOne();
  if (reached < number.previous() || queue_.buffered() > 0) return false;
  // One-way: begun is enough where it is acknowledged by that, which is all that the client wants to know.
  return (one_way() && settings_.acknowledges_begun) || queue_.unanswered() == 0;
}

Disposition AcceptorSession::Impl::HandleClose(const wire::Envelope& message, const wire::CloseSequence& close) {
  if (auto fault = MissingHeaderFault(message)) return FaultResponse(message, *std::move(fault));
  if (auto refusal = RefuseLastMsgNumber(message, close.last_message_number)) return *std::move(refusal);
  // The acknowledgement of the answer is final: it has to contain what runs. The client asks again.
  if (Unacknowledged() > 0) return RespondEmpty{};
  StopTaking();
  return CloseResponse(message, identity_.sequence, Acknowledgement());
}

Disposition AcceptorSession::Impl::HandleTerminate(const wire::Envelope& message,
                                                   const wire::TerminateSequence& terminate) {
  if (is_11()) {
    // 2005 has no answer that would relate to it: WCF's one-way sessions leave MessageID out.
    if (auto fault = MissingHeaderFault(message)) return FaultResponse(message, *std::move(fault));
    if (auto refusal = RefuseLastMsgNumber(message, terminate.last_message_number)) return *std::move(refusal);
  }
  // What runs will be acknowledged, unless it is to run again; both are known when it has answered.
  if (!settings_.acknowledges_begun && queue_.unanswered() > 0) return RespondEmpty{};
  if (!acks_.ranges().IsExactly(sequence_.end())) return Refuse(message, Violation::kTerminatedEarly);
  // What is acknowledged has to run first; the client asks again (WCF: after 10 s).
  if (!sequence_.AllStarted()) return RespondEmpty{};

  StopTaking();
  Disposition answer = RespondEmpty{};
  if (is_11()) {
    answer = TerminateResponse(message, identity_.sequence, Acknowledgement());
  } else if (!one_way()) {
    answer = OwnTerminate(identity_, Acknowledgement());
  }
  if (const auto* response = std::get_if<Respond>(&answer)) final_answer_ = std::make_unique<const Respond>(*response);
  End(Status::Ok());
  return answer;
}

std::optional<Respond> AcceptorSession::Impl::RefuseLastMsgNumber(const wire::Envelope& message,
                                                                  const std::optional<MessageNumber>& last) {
  // It may be left out (WS-RM 1.1 section 3.5); WCF does so when nothing was sent.
  if (!last) return std::nullopt;
  switch (sequence_.AnnounceLast(*last)) {
    case DestinationSequence::LastNumber::kTooSmall:
      return Refuse(message, Violation::kLastMsgNumberTooSmall);
    case DestinationSequence::LastNumber::kDiffers:
      return Refuse(message, Violation::kLastMsgNumberDiffers);
    case DestinationSequence::LastNumber::kAccepted:
      break;
  }
  return std::nullopt;
}

void AcceptorSession::Impl::StopTaking() {
  sequence_.Close();
  // The acknowledgement is final now: what it does not contain must not run any more.
  queue_.RemoveUnstarted([this](MessageNumber number) { return !acks_.Contains(number); });
}

}  // namespace gsoaprm::engine
