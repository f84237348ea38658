#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "tests/fuzz/session/client_half.h"
#include "tests/fuzz/session/drivers.h"
#include "tests/fuzz/session/surroundings.h"

namespace gsoaprm::fuzz {
namespace {

using engine::ExchangeResult;
using wire::RmAction;

class HostileServer {
 public:
  explicit HostileServer(Input* input)
      : input_(*input), messages_(input), options_(ReadOptions(input)), client_(options_, input) {}

  void Run() {
    const std::size_t start = input_.Below(4);
    if (start > 0) client_.Open(clock_.now());
    if (start > 1) AnswerHonestly(0);
    for (std::size_t i = start > 2 ? 3 : 0; i > 0; --i) client_.Call(clock_.now());
    while (!input_.empty()) {
      Step();
      client_.Check();
    }
  }

 private:
  void Step() {
    const std::size_t choice = input_.Below(16);
    if (choice < 3) {
      client_.Call(clock_.now());
    } else if (choice < 6) {
      clock_.Step(&input_, client_);
      client_.HandleTimeout(clock_.now());
    } else if (choice == 6) {
      Application();
    } else if (!client_.exchanges().empty()) {
      const std::size_t index = input_.Below(std::min<std::size_t>(client_.exchanges().size(), 256));
      if (choice < 12) {
        AnswerHonestly(index);
      } else {
        AnswerBadly(index, choice);
      }
    }
  }

  void Application() {
    switch (input_.Below(8)) {
      case 0:
        client_.GiveUp(clock_.now());
        break;
      case 1:
        client_.Abort(clock_.now());
        break;
      case 2:
      case 3:
        client_.Close(clock_.now());
        break;
      case 4:
        client_.Restart(clock_.now());
        break;
      default:
        client_.Open(clock_.now());
    }
  }

  std::vector<SequenceId> Known() const { return {client_.session().sequence(), client_.session().offered_sequence()}; }

  // As a server would, more or less: input that is 0 makes it as it should be.
  wire::Envelope Answer(const ClientHalf::Exchange& exchange) {
    const wire::Envelope& request = exchange.request;
    wire::Envelope answer;
    if (const auto* create = std::get_if<wire::CreateSequence>(&request.body)) {
      answer = messages_.Control(options_.protocol, RmAction::kCreateSequenceResponse);
      wire::CreateSequenceResponse response;
      response.id = SequenceId("urn:server");
      const std::size_t choice = input_.Below(16);
      if (create->offer ? choice != 15 : choice == 15) response.accept_acks_to = Uri("http://here.test/");
      if (choice == 14) response.accept_acks_to = Uri("http://elsewhere.test/");
      if (choice == 13) response.incomplete_sequence_behavior = "Whatever";
      if (choice == 12) response.id = SequenceId("urn:c2");
      answer.body = std::move(response);
    } else if (std::holds_alternative<wire::CloseSequence>(request.body)) {
      answer = messages_.Control(options_.protocol, RmAction::kCloseSequenceResponse);
      answer.body = wire::CloseSequenceResponse{client_.session().sequence()};
    } else if (std::holds_alternative<wire::TerminateSequence>(request.body)) {
      const bool is_11 = options_.protocol.rm == wire::RmVersion::k11;
      answer = messages_.Control(options_.protocol,
                                 is_11 ? RmAction::kTerminateSequenceResponse : RmAction::kTerminateSequence);
      if (is_11) {
        answer.body = wire::TerminateSequenceResponse{client_.session().sequence()};
      } else {
        answer.body = wire::TerminateSequence{client_.session().offered_sequence(), std::nullopt};
      }
    } else {
      answer = AnswerToMessage(exchange);
    }
    answer.addressing.relates_to = request.addressing.message_id;
    if (request.rm_action != RmAction::kCreateSequence) Acknowledge(exchange, &answer);
    return answer;
  }

  wire::Envelope AnswerToMessage(const ClientHalf::Exchange& exchange) {
    const wire::Envelope& request = exchange.request;
    const SequenceId& offered = client_.session().offered_sequence();
    if (request.rm_action == RmAction::kLastMessage && !offered.empty()) {
      wire::Envelope answer = messages_.Control(options_.protocol, RmAction::kLastMessage);
      answer.sequence = wire::SequenceHeader{offered, MessageNumber(++last_reply_), true};
      return answer;
    }
    const bool replies = request.payload() != nullptr && !offered.empty() && input_.Below(4) != 3;
    if (!replies) return messages_.Control(options_.protocol, RmAction::kSequenceAcknowledgement);
    const std::uint64_t number = input_.Below(8) == 7 ? 1 + input_.Below(4) : ++last_reply_;
    return messages_.Application(options_.protocol, offered, MessageNumber(number));
  }

  // All up to the highest that was sent, unless the input says otherwise.
  void Acknowledge(const ClientHalf::Exchange& exchange, wire::Envelope* answer) {
    for (const ClientHalf::Exchange& each : client_.exchanges()) {
      if (each.request.sequence && each.request.sequence->number > highest_) highest_ = each.request.sequence->number;
    }
    const std::size_t choice = input_.Below(8);
    if (choice == 7) return;
    wire::AcknowledgementHeader header;
    header.id = client_.session().sequence();
    if (choice == 6) header = messages_.Acknowledgement(header.id, highest_);
    if (choice == 5 && exchange.number.valid()) header.ranges.Insert(exchange.number);
    if (choice < 5 && highest_.valid()) header.ranges.InsertRange(MessageNumber(1), highest_);
    header.final = std::holds_alternative<wire::CloseSequenceResponse>(answer->body) ||
                   std::holds_alternative<wire::TerminateSequenceResponse>(answer->body);
    answer->acknowledgement = std::move(header);
  }

  void AnswerHonestly(std::size_t index) {
    if (index >= client_.exchanges().size()) return;
    const ClientHalf::Exchange exchange = client_.exchanges()[index];
    Deliver(exchange.id, Answer(exchange));
  }

  void Deliver(ExchangeId exchange, wire::Envelope envelope) {
    ExchangeResult result;
    result.kind = ExchangeResult::Kind::kEnvelope;
    result.http_status = envelope.fault() ? 500 : 200;
    result.envelope = std::move(envelope);
    client_.Receive(clock_.now(), exchange, std::move(result));
  }

  void AnswerBadly(std::size_t index, std::size_t choice) {
    const ClientHalf::Exchange exchange = client_.exchanges()[index];
    wire::Envelope answer = Answer(exchange);
    if (choice == 12) messages_.Spoil(&answer, Known());
    if (choice == 13) answer = messages_.FaultMessage(options_.protocol, messages_.Sequence(Known()));
    if (choice == 14) {
      wire::ReadResult read = Damaged(answer, &input_);
      if (!read.ok()) return;
      answer = std::move(read.envelope);
    }
    if (choice < 15) {
      Deliver(exchange.id, std::move(answer));
      return;
    }
    ExchangeResult result;
    constexpr ExchangeResult::Kind kKinds[] = {ExchangeResult::Kind::kNoAnswer, ExchangeResult::Kind::kNoAnswer,
                                               ExchangeResult::Kind::kHttpError, ExchangeResult::Kind::kHopeless};
    constexpr int kStatuses[] = {0, 202, 500, 400};
    result.kind = input_.OneOf(kKinds);
    result.http_status = input_.OneOf(kStatuses);
    result.reason = "a reason";
    result.problem = Status::Error(ErrorClass::kEndpointDead, "Hopeless", "a reason", "advice");
    client_.Receive(clock_.now(), exchange.id, std::move(result));
  }

  Input& input_;
  Messages messages_;
  const engine::Options options_;
  ClientHalf client_;
  Clock clock_;
  MessageNumber highest_;
  std::uint64_t last_reply_ = 0;
};

}  // namespace

void RunHostileServer(Input* input) { HostileServer(input).Run(); }

}  // namespace gsoaprm::fuzz
