// Clients that want sessions, and the Listener that they meet.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <variant>

#include "engine/listener.h"
#include "tests/support/seeded_ids.h"
#include "tests/unit/engine/acceptor_client.h"

namespace gsoaprm::acceptor_testing {

class ListenerTest : public ::testing::TestWithParam<wire::RmVersion> {
 protected:
  ListenerTest() { options.protocol.rm = GetParam(); }

  bool is_11() const { return GetParam() == wire::RmVersion::k11; }
  engine::Listener& listener() {
    if (!listener_) listener_.emplace(options, &ids);
    return *listener_;
  }

  // A CreateSequence as WCF writes it: no ReplyTo, everything anonymous. An empty offer: none.
  wire::Envelope Create(const std::string& message_id, const std::string& offer) const {
    wire::Envelope message;
    message.protocol = options.protocol;
    message.rm_action = wire::RmAction::kCreateSequence;
    message.addressing.action = wire::ActionUri(GetParam(), wire::RmAction::kCreateSequence);
    message.addressing.message_id = MessageId(message_id);
    message.addressing.to = Uri("http://server.example/Calculator.svc");
    wire::CreateSequence body;
    body.acks_to = Anonymous();
    if (!offer.empty()) {
      wire::Offer offered;
      offered.id = SequenceId(offer);
      if (is_11()) {
        offered.endpoint = Anonymous();
        offered.incomplete_sequence_behavior = "DiscardFollowingFirstGap";
      }
      body.offer = offered;
    }
    message.body = body;
    return message;
  }
  static wire::CreateSequence& BodyOf(wire::Envelope& message) { return std::get<wire::CreateSequence>(message.body); }
  Uri Anonymous() const { return Uri(std::string(wire::AnonymousAddress(options.protocol.addressing))); }

  engine::CreateDisposition Handle(const wire::Envelope& message, const std::string& principal = "") {
    return listener().HandleCreate(now, message, Principal(principal));
  }
  static const engine::Respond& ResponseOf(const engine::CreateDisposition& disposition) {
    if (const auto* accepted = std::get_if<engine::SessionAccepted>(&disposition)) return accepted->response;
    return std::get<engine::Respond>(disposition);
  }
  // "accepted", "again" (an earlier answer, no new session), or the fault's name
  std::string Send(const wire::Envelope& message, const std::string& principal = "") {
    const engine::CreateDisposition disposition = Handle(message, principal);
    const wire::Fault* fault = ResponseOf(disposition).envelope.fault();
    if (fault != nullptr) return wire::Name(fault->code);
    return std::holds_alternative<engine::SessionAccepted>(disposition) ? "accepted" : "again";
  }
  static SequenceId IdOf(const engine::CreateDisposition& disposition) {
    const auto* body = std::get_if<wire::CreateSequenceResponse>(&ResponseOf(disposition).envelope.body);
    return body == nullptr ? SequenceId() : body->id;
  }
  // Opens a session without Offer; its identifier.
  SequenceId Open(const std::string& message_id, const std::string& principal = "") {
    return IdOf(Handle(Create(message_id, ""), principal));
  }
  // The final answer of a session that ended in order.
  engine::Respond Final(const SequenceId& sequence) const {
    engine::Respond response;
    response.envelope.protocol = options.protocol;
    wire::AcknowledgementHeader acknowledgement;
    acknowledgement.id = sequence;
    acknowledgement.final = is_11();
    response.envelope.acknowledgement = acknowledgement;
    if (is_11()) {
      response.envelope.rm_action = wire::RmAction::kTerminateSequenceResponse;
      response.envelope.body = wire::TerminateSequenceResponse{sequence};
    } else {
      response.envelope.rm_action = wire::RmAction::kTerminateSequence;
      response.envelope.body = wire::TerminateSequence{SequenceId("urn:o"), std::nullopt};
    }
    return response;
  }
  wire::Envelope Terminate(const SequenceId& sequence) const {
    wire::Envelope message;
    message.protocol = options.protocol;
    message.rm_action = wire::RmAction::kTerminateSequence;
    message.addressing.message_id = MessageId("urn:terminate");
    message.body = wire::TerminateSequence{sequence, std::nullopt};
    return message;
  }
  void Pass(Duration duration) { now = now + duration; }

  engine::Options options;
  testing::SeededIds ids{7};
  Timestamp now = Timestamp::FromMicroseconds(1000000);

 private:
  std::optional<engine::Listener> listener_;
};

}  // namespace gsoaprm::acceptor_testing
