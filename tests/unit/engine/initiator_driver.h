// Drives one InitiatorSession by hand: time is a number of milliseconds, the peer's answers are written here.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/initiator_session.h"
#include "tests/support/seeded_ids.h"

namespace gsoaprm::engine {

inline Options OptionsFor(wire::RmVersion version, SessionShape shape = SessionShape::kRequestReply) {
  Options options;
  options.protocol.rm = version;
  options.shape = shape;
  return options;
}
inline Options Options2005(SessionShape shape = SessionShape::kRequestReply) {
  return OptionsFor(wire::RmVersion::kFebruary2005, shape);
}
inline Options Options11(SessionShape shape = SessionShape::kRequestReply) {
  return OptionsFor(wire::RmVersion::k11, shape);
}

inline wire::PayloadPointer Text(const std::string& text) {
  auto payload = std::make_shared<wire::Payload>();
  payload->entity = text;
  return payload;
}

class InitiatorDriver {
 public:
  explicit InitiatorDriver(const Options& options) : options_(options), session(options, kTo, &ids_) {}
  // After a restart, at this time.
  InitiatorDriver(const Options& options, RecoveredInitiator recovered, Timestamp now)
      : options_(options), ids_(2), now_(now), session(options, std::move(recovered), &ids_, now) {
    Drain();
  }
  ~InitiatorDriver() { EXPECT_TRUE(session.IsConsistent()); }

  static inline const Uri kTo{"http://example.test/calc"};
  static inline const SequenceId kSequence{"urn:created"};

  // ---- time ----
  Timestamp now() const { return now_; }
  std::int64_t milliseconds() const { return now_.microseconds() / 1000; }
  void Advance(std::int64_t by) { now_ = now_ + Duration::Milliseconds(by); }
  // To the next deadline, which is handled.
  void Expire() {
    ASSERT_FALSE(session.NextTimeout().never());
    now_ = std::max(now_, session.NextTimeout());
    session.HandleTimeout(now_);
    Drain();
  }
  // Through all deadlines up to this time after the start.
  void RunUntil(std::int64_t time) {
    const Timestamp end = Timestamp::FromMicroseconds(time * 1000);
    for (int steps = 0; session.NextTimeout() <= end; ++steps) {
      ASSERT_LT(steps, 100000) << "time stands still";
      Expire();
    }
    now_ = end;
  }

  // ---- commands ----
  void Open() {
    session.Open(now_);
    Drain();
  }
  // Opens against a peer that answers after 50 ms.
  void OpenCleanly() {
    Open();
    Advance(50);
    Answer(last().exchange, CreateResponse());
    ASSERT_EQ(SessionState::kOpened, session.state());
  }
  MessageNumber Submit(CallKind kind = CallKind::kTwoWay, const std::string& text = "request") {
    OutgoingMessage message;
    message.payload = Text(text);
    message.action = "urn:calc/Add";
    message.kind = kind;
    const MessageNumber number = session.Submit(now_, std::move(message));
    Drain();
    return number;
  }
  void Close() {
    session.Close(now_);
    Drain();
  }
  void Abort() {
    session.Abort(now_);
    Drain();
  }
  void GiveUp(std::uint64_t number) {
    session.GiveUp(now_, MessageNumber(number));
    Drain();
  }

  // ---- answers ----
  void Answer(ExchangeId exchange, wire::Envelope envelope, int http_status = 200) {
    ExchangeResult result;
    result.kind = ExchangeResult::Kind::kEnvelope;
    result.http_status = http_status;
    result.envelope = std::move(envelope);
    session.HandleExchange(now_, exchange, std::move(result));
    Drain();
  }
  void NoAnswer(ExchangeId exchange, int http_status = 0) {
    ExchangeResult result;
    result.http_status = http_status;
    session.HandleExchange(now_, exchange, std::move(result));
    Drain();
  }
  void HttpError(ExchangeId exchange, int http_status) {
    ExchangeResult result;
    result.kind = ExchangeResult::Kind::kHttpError;
    result.http_status = http_status;
    result.reason = "Bad Request";
    session.HandleExchange(now_, exchange, std::move(result));
    Drain();
  }

  void Hopeless(ExchangeId exchange, int http_status) {
    ExchangeResult result;
    result.kind = ExchangeResult::Kind::kHopeless;
    result.http_status = http_status;
    result.problem = Status::Error(ErrorClass::kSequenceDead, "AnswerTooLarge", "too large", "Allow more.");
    session.HandleExchange(now_, exchange, std::move(result));
    Drain();
  }

  wire::Envelope Blank(wire::RmAction action) const {
    wire::Envelope envelope;
    envelope.protocol = options_.protocol;
    envelope.rm_action = action;
    return envelope;
  }
  // For the CreateSequence that went out last.
  wire::Envelope CreateResponse() const {
    wire::Envelope envelope = Blank(wire::RmAction::kCreateSequenceResponse);
    envelope.addressing.relates_to = last().envelope.addressing.message_id;
    wire::CreateSequenceResponse response;
    response.id = kSequence;
    if (std::get<wire::CreateSequence>(last().envelope.body).offer) {
      response.accept_acks_to = kTo;
    }
    envelope.body = response;
    return envelope;
  }
  static wire::AcknowledgementHeader Ack(std::uint64_t upper, std::optional<std::uint32_t> buffer = {},
                                         bool final = false) {
    wire::AcknowledgementHeader header;
    header.id = kSequence;
    if (upper > 0) {
      header.ranges.InsertRange(MessageNumber(1), MessageNumber(upper));
    }
    header.buffer_remaining = buffer;
    header.final = final;
    return header;
  }
  wire::Envelope AckOnly(std::uint64_t upper, std::optional<std::uint32_t> buffer = {}) const {
    wire::Envelope envelope = Blank(wire::RmAction::kSequenceAcknowledgement);
    envelope.acknowledgement = Ack(upper, buffer);
    return envelope;
  }
  // Reply `number` of the offered sequence to the message of this transmission.
  wire::Envelope Reply(const Transmit& request, std::uint64_t number, std::uint64_t acknowledged,
                       const std::string& text = "reply") const {
    wire::Envelope envelope = Blank(wire::RmAction::kNone);
    envelope.addressing.action = "urn:calc/AddResponse";
    envelope.addressing.relates_to = request.envelope.addressing.message_id;
    envelope.sequence = wire::SequenceHeader{session.offered_sequence(), MessageNumber(number), false};
    envelope.acknowledgement = Ack(acknowledged);
    envelope.body = Text(text);
    return envelope;
  }
  wire::Envelope LastMessageReply(std::uint64_t number, std::uint64_t acknowledged) const {
    wire::Envelope envelope = Blank(wire::RmAction::kLastMessage);
    envelope.sequence = wire::SequenceHeader{session.offered_sequence(), MessageNumber(number), true};
    envelope.acknowledgement = Ack(acknowledged);
    return envelope;
  }
  wire::Envelope FinalAnswer(wire::RmAction action, std::uint64_t upper) const {
    wire::Envelope envelope = Blank(action);
    envelope.addressing.relates_to = last().envelope.addressing.message_id;
    envelope.acknowledgement = Ack(upper, {}, true);
    if (action == wire::RmAction::kCloseSequenceResponse) {
      envelope.body = wire::CloseSequenceResponse{kSequence};
    } else {
      envelope.body = wire::TerminateSequenceResponse{kSequence};
    }
    return envelope;
  }
  wire::Envelope Fault(wire::FaultCode code, const std::string& reason = "the peer's reason",
                       bool sender = true) const {
    wire::Envelope envelope = Blank(wire::RmAction::kFault);
    wire::Fault fault;
    fault.code = code;
    fault.reason = reason;
    fault.sender = sender;
    fault.id = kSequence;
    envelope.body = fault;
    return envelope;
  }
  // Sends one two-way message and answers it after 50 ms with the reply of the same number.
  void CallCleanly() {
    const MessageNumber number = Submit();
    Advance(50);
    Answer(last().exchange, Reply(last(), number.value(), number.value()));
  }

  // ---- what came out ----
  const Transmit& last() const { return sent.back(); }
  const wire::Fault& last_fault() const { return std::get<wire::Fault>(last().envelope.body); }
  const CompleteCall& last_call() const { return calls.back(); }
  const StateChanged& last_change() const { return changes.back(); }
  // The times in milliseconds, since the first one, of all sendings of this message.
  std::vector<std::int64_t> TimesOf(std::uint64_t number) const {
    std::vector<std::int64_t> times;
    std::int64_t first = -1;
    for (std::size_t i = 0; i < sent.size(); ++i) {
      if (sent[i].number == MessageNumber(number)) {
        first = first < 0 ? sent_at[i] : first;
        times.push_back(sent_at[i] - first);
      }
    }
    return times;
  }
  std::size_t Count(wire::RmAction action) const {
    std::size_t count = 0;
    for (const Transmit& transmit : sent) {
      count += transmit.envelope.rm_action == action ? 1 : 0;
    }
    return count;
  }

 private:
  void Drain() {
    while (auto output = session.PollOutput()) {
      if (auto* transmit = std::get_if<Transmit>(&*output)) {
        sent.push_back(*transmit);
        sent_at.push_back(milliseconds());
      } else if (auto* call = std::get_if<CompleteCall>(&*output)) {
        calls.push_back(*call);
      } else if (auto* change = std::get_if<StateChanged>(&*output)) {
        changes.push_back(*change);
      } else {
        ++window_changes;
      }
    }
    EXPECT_TRUE(session.IsConsistent());
  }

  Options options_;
  testing::SeededIds ids_{1};
  Timestamp now_ = Timestamp::FromMicroseconds(0);

 public:
  InitiatorSession session;
  std::vector<Transmit> sent;
  std::vector<std::int64_t> sent_at;
  std::vector<CompleteCall> calls;
  std::vector<StateChanged> changes;
  int window_changes = 0;
};

}  // namespace gsoaprm::engine
