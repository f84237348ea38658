#include "engine/response_address.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace gsoaprm::engine {

namespace {

void Post(Respond* response, const Uri& address) {
  response->envelope.addressing.to = address;
  response->post_to = address;
}

// What stays on the exchange does not tell what belongs to AcksTo.
void TakeAcknowledgement(Respond* response, const Uri& acks_to) {
  if (!response->envelope.acknowledgement) return;
  Respond acknowledgement;
  acknowledgement.envelope.protocol = response->envelope.protocol;
  acknowledgement.envelope.rm_action = wire::RmAction::kSequenceAcknowledgement;
  acknowledgement.envelope.addressing.action =
      wire::ActionUri(response->envelope.protocol.rm, wire::RmAction::kSequenceAcknowledgement);
  acknowledgement.envelope.acknowledgement = std::exchange(response->envelope.acknowledgement, std::nullopt);
  Post(&acknowledgement, acks_to);
  response->besides = std::make_shared<const Respond>(std::move(acknowledgement));
}

}  // namespace

bool MayPostTo(const Options& options, const Uri& address) {
  if (options.response_endpoints.empty()) return false;
  const auto read = ReadHttpAddress(address.text());
  const auto& listed = options.response_endpoints;
  return read && std::find(listed.begin(), listed.end(), read->origin) != listed.end();
}

void DirectAcknowledgement(Respond* response, const Uri& acks_to) {
  if (!acks_to.empty()) Post(response, acks_to);
}

void Direct(Respond* response, const Uri& acks_to, const wire::Envelope& request) {
  if (acks_to.empty() || !response->post_to.empty()) return;
  const ReturnPath path = ReturnPathOf(request, acks_to);
  const bool posted = response->envelope.fault() != nullptr ? path.fault_posted : path.reply_posted;
  if (posted) {
    Post(response, acks_to);
  } else {
    TakeAcknowledgement(response, acks_to);
  }
}

ReturnPath ReturnPathOf(const wire::Envelope& request, const Uri& acks_to) {
  ReturnPath path;
  if (acks_to.empty()) return path;
  path.reply_posted = request.addressing.reply_to == acks_to;
  // WS-Addressing 1.0 section 3.4: without FaultTo, faults go to ReplyTo.
  path.fault_posted = request.addressing.fault_to ? request.addressing.fault_to == acks_to : path.reply_posted;
  return path;
}

}  // namespace gsoaprm::engine
