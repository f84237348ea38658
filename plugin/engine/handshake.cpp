#include "engine/handshake.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "engine/initiator_peer_faults.h"

namespace gsoaprm::engine {
namespace {

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lower;
}

void RemoveDefaultPort(const std::string& scheme, std::string* authority) {
  const std::string port = scheme == "http" ? ":80" : scheme == "https" ? ":443" : "";
  const bool ends_so = !port.empty() && authority->size() >= port.size() &&
                       authority->compare(authority->size() - port.size(), port.size(), port) == 0;
  if (ends_so) {
    authority->erase(authority->size() - port.size());
  }
}

std::string Canonical(const std::string& address) {
  const std::size_t scheme_end = address.find("://");
  if (scheme_end == std::string::npos) {
    return address;
  }
  const std::size_t host = scheme_end + 3;
  const std::size_t path = std::min(address.find_first_of("/?#", host), address.size());
  const std::string scheme = LowerCase(address.substr(0, scheme_end));
  std::string authority = LowerCase(address.substr(host, path - host));
  RemoveDefaultPort(scheme, &authority);
  std::string rest = address.substr(path);
  if (rest.empty() || rest[0] != '/') {
    rest.insert(0, "/");
  }
  return scheme + "://" + authority + rest;
}

bool KnownBehavior(const std::string& text) {
  return text == "DiscardEntireSequence" || text == "DiscardFollowingFirstGap" || text == "NoDiscard";
}

Status Violation(std::string code, std::string reason) {
  return Status::Error(ErrorClass::kEndpointDead, std::move(code), std::move(reason),
                       "Check that the service speaks the configured version of WS-ReliableMessaging at this address.");
}

Handshake::Verdict Failed(Status reason, const SequenceId& sequence = SequenceId()) {
  return Handshake::Verdict{Handshake::Verdict::Kind::kFailed, sequence, std::move(reason)};
}

}  // namespace

bool SameAddress(const Uri& a, const Uri& b) { return Canonical(a.text()) == Canonical(b.text()); }

Handshake::Handshake(const Options& options, IdSource* ids) : shape_(options.shape), ids_(ids) {}

void Handshake::Start() {
  id_ = MessageId(ids_->NewUuid());
  offered_ = shape_ == SessionShape::kOneWay ? SequenceId() : SequenceId(ids_->NewUuid());
}

void Handshake::WithoutOffer() {
  id_ = MessageId(ids_->NewUuid());
  offered_ = SequenceId();
}

Handshake::Verdict Handshake::Judge(const wire::Envelope& answer, const Uri& to) {
  if (const wire::Fault* fault = answer.fault()) {
    return JudgeFault(*fault);
  }
  if (const auto* response = std::get_if<wire::CreateSequenceResponse>(&answer.body)) {
    return JudgeResponse(answer, *response, to);
  }
  return Failed(
      Violation("UnexpectedAnswer", "The answer to CreateSequence is neither a CreateSequenceResponse nor a fault."));
}

Handshake::Verdict Handshake::JudgeFault(const wire::Fault& fault) {
  Status reason = CreateRefusal(fault);
  // A one-way service of WCF refuses an Offer in February 2005.
  if (shape_ == SessionShape::kLearn && offering() && fault.code == wire::FaultCode::kCreateSequenceRefused) {
    first_refusal_ = reason;
    return Verdict{Verdict::Kind::kAgainWithoutOffer, SequenceId(), std::move(reason)};
  }
  return Failed(first_refusal_.ok() ? std::move(reason) : first_refusal_);
}

Handshake::Verdict Handshake::JudgeResponse(const wire::Envelope& answer, const wire::CreateSequenceResponse& response,
                                            const Uri& to) {
  if (answer.addressing.relates_to != id_) {
    return Failed(Violation("WrongRelatesTo", "CreateSequenceResponse does not relate to the CreateSequence."),
                  response.id);
  }
  const auto& behavior = response.incomplete_sequence_behavior;
  if (behavior && !KnownBehavior(*behavior)) {
    return Failed(
        Violation("InvalidBehavior", "IncompleteSequenceBehavior is " + *behavior + ", which is none of its values."),
        response.id);
  }
  if (!offering() && response.accept_acks_to) {
    return Failed(Violation("UnexpectedAccept", "CreateSequenceResponse accepts an Offer that was not made."),
                  response.id);
  }
  if (offering() && !response.accept_acks_to) {
    // In 1.1 a one-way service of WCF passes over the Offer in silence.
    if (shape_ != SessionShape::kLearn) {
      return Failed(Violation("MissingAccept", "The service did not accept the offered sequence: it answers nothing."),
                    response.id);
    }
    offered_ = SequenceId();
  } else if (offering() && !SameAddress(*response.accept_acks_to, to)) {
    // WCF demands that messages and acknowledgements go to the same address.
    return Failed(Violation("WrongAcksTo", "The service wants acknowledgements at " + response.accept_acks_to->text() +
                                               ", not at " + to.text() + "."),
                  response.id);
  }
  return Verdict{Verdict::Kind::kOpened, response.id, Status()};
}

}  // namespace gsoaprm::engine
