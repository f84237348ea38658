// A client of an AcceptorSession, as seen from its own side: makes the messages, and puts what came of them on one
// line.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "engine/acceptor_session.h"
#include "wire/describe.h"

namespace gsoaprm::acceptor_testing {

inline std::string AckText(const wire::AcknowledgementHeader& ack) {
  std::string text = ack.ranges.empty() ? " ack=none" : " ack=";
  for (const MessageRange& range : ack.ranges.ranges()) {
    text += "[" + std::to_string(range.lower.value()) + "-" + std::to_string(range.upper.value()) + "]";
  }
  if (ack.final) text += " final";
  if (ack.buffer_remaining) text += " buf=" + std::to_string(*ack.buffer_remaining);
  return text;
}

// "200 reply seq=1 ack=[1-1]", "200 SequenceAcknowledgement ack=none", "500 UnknownSequence"
inline std::string Line(const engine::Respond& response) {
  const wire::Envelope& envelope = response.envelope;
  std::string text = std::to_string(response.http_status) + " ";
  if (envelope.fault() != nullptr) {
    text += wire::Name(envelope.fault()->code);
  } else {
    text += envelope.payload() != nullptr ? "reply" : wire::Name(envelope.rm_action);
  }
  if (envelope.sequence) {
    text += " seq=" + std::to_string(envelope.sequence->number.value());
    if (envelope.sequence->last_message) text += " last";
  }
  if (envelope.acknowledgement) text += AckText(*envelope.acknowledgement);
  return text;
}

// "deliver 1", "wait 2", "202", or as above
inline std::string Line(const engine::Disposition& disposition) {
  if (std::holds_alternative<engine::RespondEmpty>(disposition)) return "202";
  if (const auto* deliver = std::get_if<engine::Deliver>(&disposition)) {
    return "deliver " + std::to_string(deliver->number.value());
  }
  if (const auto* wait = std::get_if<engine::WaitTurn>(&disposition)) {
    return "wait " + std::to_string(wait->number.value());
  }
  return Line(std::get<engine::Respond>(disposition));
}

inline wire::PayloadPointer MakePayload(const std::string& text, bool is_fault = false) {
  auto payload = std::make_shared<wire::Payload>();
  payload->entity = text;
  payload->is_fault = is_fault;
  return payload;
}

inline MessageRanges Numbers(std::initializer_list<std::uint64_t> numbers) {
  MessageRanges ranges;
  for (const std::uint64_t number : numbers) ranges.Insert(MessageNumber(number));
  return ranges;
}

inline constexpr engine::ExchangeTraits kThreaded{true, true};    // threads, and a serve loop that comes round
inline constexpr engine::ExchangeTraits kIterative{false, true};  // one thread with a serve loop
inline constexpr engine::ExchangeTraits kByHand{false, false};    // one thread, dispatching by hand
inline constexpr engine::ExchangeTraits kThreadsByHand{true, false};

class AcceptorClient {
 public:
  explicit AcceptorClient(wire::RmVersion version) { options.protocol.rm = version; }

  // ---- before the first use of session() ----
  engine::Options options = WithoutFlowControl();
  bool offer = true;
  Uri acks_to;

  engine::AcceptorSession& session() {
    if (!session_) session_ = std::make_unique<engine::AcceptorSession>(options, identity(), now);
    return *session_;
  }
  engine::AcceptorIdentity identity() const {
    engine::AcceptorIdentity identity;
    identity.sequence = SequenceId("urn:s");
    if (offer) identity.offered = SequenceId("urn:o");
    identity.protocol = options.protocol;
    identity.acks_to = acks_to;
    return identity;
  }
  // The server's process has stopped; the next one goes on from this.
  void Restart(const engine::RecoveredAcceptor& recovered) {
    session_ = std::make_unique<engine::AcceptorSession>(options, recovered, now);
    EXPECT_TRUE(session_->IsConsistent());
  }
  bool is_11() const { return options.protocol.rm == wire::RmVersion::k11; }

  // ---- messages ----
  wire::Envelope Message(wire::RmAction action) const {
    wire::Envelope message;
    message.protocol = options.protocol;
    message.rm_action = action;
    message.addressing.action = wire::ActionUri(options.protocol.rm, action);
    return message;
  }
  wire::Envelope Request(std::uint64_t number, const std::string& text = "request") const {
    wire::Envelope message = OneWay(number, text);
    message.addressing.message_id = MessageId("urn:m" + std::to_string(number));
    message.addressing.reply_to = Uri(std::string(wire::AnonymousAddress(options.protocol.addressing)));
    return message;
  }
  wire::Envelope OneWay(std::uint64_t number, const std::string& text = "note") const {
    wire::Envelope message = Message(wire::RmAction::kNone);
    message.addressing.action = "urn:calculator/Add";
    message.sequence = wire::SequenceHeader{SequenceId("urn:s"), MessageNumber(number), false};
    message.body = MakePayload(text);
    return message;
  }
  wire::Envelope LastMessage(std::uint64_t number) const {
    wire::Envelope message = Message(wire::RmAction::kLastMessage);
    message.sequence = wire::SequenceHeader{SequenceId("urn:s"), MessageNumber(number), true};
    return message;
  }
  wire::Envelope Close(std::optional<std::uint64_t> last) const {
    wire::Envelope message = Message(wire::RmAction::kCloseSequence);
    message.addressing.message_id = MessageId("urn:close");
    message.body = wire::CloseSequence{SequenceId("urn:s"), Number(last)};
    return message;
  }
  wire::Envelope Terminate(std::optional<std::uint64_t> last = std::nullopt) const {
    wire::Envelope message = Message(wire::RmAction::kTerminateSequence);
    message.addressing.message_id = MessageId("urn:terminate");
    message.body = wire::TerminateSequence{SequenceId("urn:s"), Number(last)};
    return message;
  }
  wire::Envelope AckRequested(const std::string& id = "urn:s") const {
    wire::Envelope message = Message(wire::RmAction::kAckRequested);
    message.ack_requested = wire::AckRequestedHeader{SequenceId(id)};
    return message;
  }
  wire::Envelope AckAlone(std::initializer_list<std::uint64_t> replies) const {
    return Acking(Message(wire::RmAction::kSequenceAcknowledgement), replies);
  }
  static wire::Envelope Acking(wire::Envelope message, std::initializer_list<std::uint64_t> replies) {
    message.acknowledgement = wire::AcknowledgementHeader{SequenceId("urn:o"), Numbers(replies), false, std::nullopt};
    return message;
  }
  wire::Envelope Fault(wire::FaultCode code, const std::string& id) const {
    wire::Envelope message = Message(wire::RmAction::kFault);
    wire::Fault fault;
    fault.code = code;
    fault.id = SequenceId(id);
    fault.reason = "The client has its reasons.";
    message.body = fault;
    return message;
  }

  // ---- events, each checked against the invariants ----
  engine::Disposition Handle(const wire::Envelope& message, engine::ExchangeTraits traits = kThreaded) {
    return Checked(session().HandleMessage(now, message, traits));
  }
  std::string Send(const wire::Envelope& message, engine::ExchangeTraits traits = kThreaded) {
    return Line(Handle(message, traits));
  }
  engine::Disposition AnswerOf(std::uint64_t number, engine::OperationAnswer answer) {
    return Checked(session().OperationAnswered(now, MessageNumber(number), std::move(answer)));
  }
  std::string Answer(std::uint64_t number, const std::string& text = "reply") {
    engine::OperationAnswer answer;
    answer.reply = MakePayload(text);
    return Line(AnswerOf(number, answer));
  }
  std::string AnswerNothing(std::uint64_t number) { return Line(AnswerOf(number, engine::OperationAnswer())); }
  void Return(std::uint64_t number) {
    session().OperationReturned(now, MessageNumber(number));
    EXPECT_TRUE(session().IsConsistent());
  }
  void Undo(std::uint64_t number) {
    session().OperationUndone(now, MessageNumber(number));
    EXPECT_TRUE(session().IsConsistent());
  }
  std::string TryBegin(std::uint64_t number) { return Line(Checked(session().TryBegin(now, MessageNumber(number)))); }
  void StopWaiting(std::uint64_t number) {
    session().StopWaiting(now, MessageNumber(number));
    EXPECT_TRUE(session().IsConsistent());
  }
  // "deliver 2", or "nothing"
  std::string TakeReady() {
    const bool had = session().HasReady();
    const auto ready = session().TakeReady(now);
    EXPECT_EQ(had, ready.has_value());
    EXPECT_TRUE(session().IsConsistent());
    return ready ? Line(engine::Disposition(*ready)) : "nothing";
  }
  // A whole call: delivered, answered, returned. The line of the reply.
  std::string Call(std::uint64_t number) {
    EXPECT_EQ(Send(Request(number)), "deliver " + std::to_string(number));
    const std::string line = Answer(number);
    Return(number);
    return line;
  }
  // A whole one-way message, likewise.
  std::string Note(std::uint64_t number) {
    EXPECT_EQ(Send(OneWay(number)), "deliver " + std::to_string(number));
    const std::string line = AnswerNothing(number);
    Return(number);
    return line;
  }

  Timestamp now = Timestamp::FromMicroseconds(1000000);

 private:
  static engine::Options WithoutFlowControl() {
    engine::Options options;
    options.flow_control_enabled = false;
    return options;
  }
  static std::optional<MessageNumber> Number(std::optional<std::uint64_t> value) {
    return value ? std::optional<MessageNumber>(MessageNumber(*value)) : std::nullopt;
  }
  engine::Disposition Checked(engine::Disposition disposition) {
    EXPECT_TRUE(session().IsConsistent());
    return disposition;
  }

  std::unique_ptr<engine::AcceptorSession> session_;
};

// Tests of rules that are the same in both versions.
class AcceptorTest : public ::testing::TestWithParam<wire::RmVersion> {
 protected:
  AcceptorClient client{GetParam()};
};

inline std::string VersionName(const ::testing::TestParamInfo<wire::RmVersion>& info) {
  return info.param == wire::RmVersion::k11 ? "Version11" : "February2005";
}

inline auto BothVersions() { return ::testing::Values(wire::RmVersion::kFebruary2005, wire::RmVersion::k11); }

}  // namespace gsoaprm::acceptor_testing
