#include "engine/ending.h"

#include <string>
#include <utility>

#include "wire/describe.h"

namespace gsoaprm::engine {
namespace {

EndingVerdict Rejected(std::string reason, wire::FaultCode code = wire::FaultCode::kSequenceTerminated) {
  EndingVerdict verdict;
  verdict.fault = code;
  verdict.reason = Status::Error(ErrorClass::kSequenceDead, wire::Name(code), std::move(reason),
                                 "The calls before were all answered; check how the service ends its sessions.");
  return verdict;
}

}  // namespace

EndingVerdict JudgeFinalAnswer(const wire::Envelope& answer, wire::RmAction expected, const MessageId& request,
                               const SequenceId& sequence, MessageNumber last) {
  const std::string name = wire::Name(expected);
  if (answer.rm_action != expected) {
    return Rejected("The end of the sequence was not answered with " + name + ".");
  }
  if (answer.addressing.relates_to != request) {
    return Rejected(name + " does not relate to the request.");
  }
  if (!answer.acknowledgement || !answer.acknowledgement->final) {
    return Rejected(name + " carries no final acknowledgement.");
  }
  if (answer.acknowledgement->id != sequence) {
    return Rejected(name + " acknowledges another sequence.", wire::FaultCode::kUnknownSequence);
  }
  if (!answer.acknowledgement->ranges.IsExactly(last)) {
    return Rejected(name + " does not acknowledge exactly the messages sent.",
                    wire::FaultCode::kInvalidAcknowledgement);
  }
  EndingVerdict verdict;
  verdict.accepted = true;
  return verdict;
}

}  // namespace gsoaprm::engine
