// Sessions whose peers, callers and networks the input makes up. Its first bytes choose the role (a client, a server,
// or both with an honest network between them that loses, doubles and reorders), the version, the options and how far
// the session is when it begins; the rest are messages, also damaged ones, calls, answers of operations, and time.
// After every step all that a session promises is checked.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/fuzz/input.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/session/client_half.h"
#include "tests/fuzz/session/server_half.h"
#include "wire/envelope_reader.h"
#include "wire/envelope_writer.h"

namespace gsoaprm::fuzz {
namespace {

using engine::ExchangeResult;
using wire::RmAction;

engine::Options ReadOptions(Input* input) {
  engine::Options options;
  const std::uint8_t versions = input->Byte();
  if ((versions & 1) != 0) options.protocol.rm = wire::RmVersion::k11;
  if ((versions & 2) != 0) options.protocol.soap = wire::SoapVersion::k11;
  if ((versions & 4) != 0) options.protocol.addressing = wire::AddressingVersion::kAugust2004;
  options.ordered = (versions & 8) == 0;
  options.flow_control_enabled = (versions & 16) == 0;
  if ((versions & 32) != 0) options.concurrency_mode = engine::ConcurrencyMode::kMultiple;
  if ((versions & 64) != 0) {
    constexpr engine::Delivery kDeliveries[] = {engine::Delivery::kAtLeastOnce, engine::Delivery::kAtMostOnce,
                                                engine::Delivery::kExactlyOnce};
    options.durable = true;
    options.delivery = input->OneOf(kDeliveries);
  }
  const std::uint8_t limits = input->Byte();
  constexpr int kWindows[] = {8, 1, 2, 32};
  options.max_transfer_window_size = kWindows[limits & 3];
  if ((limits & 4) != 0) options.acknowledgement_ranges = 2;
  if ((limits & 8) != 0) options.session_memory = 300;
  if ((limits & 16) != 0) options.max_retry_count = 2;
  if ((limits & 32) != 0) options.inactivity_timeout = Duration::Seconds(5);
  constexpr engine::SessionShape kShapes[] = {engine::SessionShape::kLearn, engine::SessionShape::kOneWay,
                                              engine::SessionShape::kRequestReply, engine::SessionShape::kLearn};
  options.shape = kShapes[limits >> 6];
  return options;
}

// Written, damaged and read again. Nothing: it cannot be read any more.
wire::ReadResult Damaged(const wire::Envelope& envelope, Input* input) {
  wire::WrittenMessage written = wire::WriteEnvelope(envelope);
  for (std::size_t i = input->Below(4); i > 0; --i) {
    const std::size_t at = (input->Byte() * std::size_t{256} + input->Byte()) % written.entity.size();
    written.entity[at] = static_cast<char>(input->Byte());
  }
  return wire::ReadEnvelope(std::move(written.entity), written.content_type, "");
}

class Clock {
 public:
  Timestamp now() const { return now_; }
  void Advance(Duration duration) { now_ = now_ + duration; }
  void AdvanceTo(Timestamp time) {
    if (!time.never() && time > now_) now_ = time;
  }
  // Whether the step was to the next time-out.
  template <class Half>
  void Step(Input* input, const Half& half) {
    constexpr std::int64_t kMilliseconds[] = {0, 1, 50, 500, 5000, 60000};
    const std::size_t choice = input->Below(8);
    if (choice < 6) {
      Advance(Duration::Milliseconds(kMilliseconds[choice]));
    } else {
      AdvanceTo(half.NextTimeout());
    }
  }

 private:
  Timestamp now_ = Timestamp::FromMicroseconds(1000000);
};

// ---- a server among strangers ----

class HostileClients {
 public:
  explicit HostileClients(Input* input)
      : input_(*input), messages_(input), options_(ReadOptions(input)), server_(options_, input) {
    server_.on_answer = [this](std::uint64_t, const std::optional<engine::Respond>& respond) {
      if (respond && input_.Below(8) == 7) wire::WriteEnvelope(respond->envelope);
    };
  }

  void Run() {
    for (std::size_t i = input_.Below(3); i > 0; --i) Send(messages_.CreateSequence(options_.protocol));
    for (std::size_t i = input_.Below(4); i > 0; --i) {
      Send(messages_.Application(options_.protocol, messages_.Sequence(server_.known()), MessageNumber(i)));
    }
    while (!input_.empty()) {
      Step();
      server_.Check();
    }
    server_.Finish(clock_.now());
  }

 private:
  void Step() {
    const std::size_t choice = input_.Below(16);
    if (choice < 6) {
      if (choice == 5 && input_.Below(8) == 7) {
        server_.Restart(clock_.now());
      } else {
        server_.Step(clock_.now());
      }
    } else if (choice == 6) {
      clock_.Step(&input_, server_);
      server_.HandleTimeout(clock_.now());
    } else if (choice == 7) {
      Send(messages_.CreateSequence(input_.Below(4) == 3 ? messages_.AnyProtocol() : options_.protocol));
    } else {
      SendOfSession(choice);
    }
  }

  void SendOfSession(std::size_t choice) {
    const SequenceId sequence = messages_.Sequence(server_.known());
    const MessageNumber highest = server_.highest(sequence);
    const wire::Protocol& protocol = options_.protocol;
    wire::Envelope envelope;
    switch (choice) {
      case 8:
        envelope = messages_.Control(protocol, RmAction::kAckRequested);
        envelope.ack_requested = wire::AckRequestedHeader{sequence};
        break;
      case 9:
        envelope = messages_.Control(protocol, RmAction::kSequenceAcknowledgement);
        envelope.acknowledgement = messages_.Acknowledgement(sequence, MessageNumber(1 + input_.Below(4)));
        break;
      case 10:
        envelope = Ending(sequence, highest);
        break;
      case 11:
        envelope = messages_.FaultMessage(protocol, sequence);
        break;
      default: {
        const MessageNumber number = messages_.Number(highest);
        envelope = messages_.Application(protocol, sequence, number.valid() ? number : MessageNumber(1));
        if (choice == 15) messages_.Spoil(&envelope, server_.known());
      }
    }
    Send(envelope);
  }

  wire::Envelope Ending(const SequenceId& sequence, MessageNumber highest) {
    const bool is_11 = options_.protocol.rm == wire::RmVersion::k11;
    const std::size_t choice = input_.Below(4);
    std::optional<MessageNumber> last;
    if (choice != 3 && highest.valid()) last = choice == 2 ? messages_.Number(highest) : highest;
    if (last && !last->valid()) last.reset();
    wire::Envelope envelope;
    if (input_.Flag()) {
      envelope = messages_.Control(options_.protocol, RmAction::kTerminateSequence);
      envelope.body = wire::TerminateSequence{sequence, is_11 ? last : std::nullopt};
    } else if (is_11) {
      envelope = messages_.Control(options_.protocol, RmAction::kCloseSequence);
      envelope.body = wire::CloseSequence{sequence, last};
    } else {
      envelope = messages_.Control(options_.protocol, RmAction::kLastMessage);
      envelope.sequence = wire::SequenceHeader{sequence, last ? last->next() : MessageNumber(1), true};
      if (!envelope.sequence->number.valid()) envelope.sequence->number = MessageNumber(1);
    }
    return envelope;
  }

  void Send(const wire::Envelope& envelope) {
    const Principal principal(input_.Below(16) == 15 ? "somebody" : "");
    if (input_.Below(16) != 15) {
      server_.Receive(clock_.now(), ++exchange_, envelope, principal);
      return;
    }
    const wire::ReadResult result = Damaged(envelope, &input_);
    if (result.ok()) {
      server_.Receive(clock_.now(), ++exchange_, result.envelope, principal);
    } else {
      server_.ReceiveUnreadable(result);
    }
  }

  Input& input_;
  Messages messages_;
  const engine::Options options_;
  ServerHalf server_;
  Clock clock_;
  std::uint64_t exchange_ = 0;
};

// ---- a client of a stranger ----

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

// ---- a client and a server, and a bad network ----

class Pair {
 public:
  explicit Pair(Input* input)
      : input_(*input), options_(ReadOptions(input)), client_(options_, input), server_(options_, input) {
    server_.on_answer = [this](std::uint64_t exchange, const std::optional<engine::Respond>& respond) {
      // To a client that is no more.
      if (exchange >> 32 != restarts_) return;
      answers_.push_back(Answer{ExchangeId(exchange & 0xffffffff), respond});
    };
    server_.on_execution = [this](const std::string& text) {
      // Nothing is executed twice, though it may have come in two sessions.
      for (const std::string& before : executed_) REQUIRE(before != text);
      executed_.push_back(text);
    };
    server_.on_undoing = [this](const std::string& text) {
      executed_.erase(std::find(executed_.begin(), executed_.end(), text));
    };
    client_.on_reply = [this](MessageNumber number, const wire::Payload& reply) {
      // Not run, or cut short by the end of the server's process: a fault says so.
      if (reply.is_fault && options_.durable) return;
      REQUIRE(WasExecuted(number));
      REQUIRE(reply.entity.find("<t>re " + ClientHalf::TextOf(number) + "</t>") != std::string::npos);
    };
  }

  void Run() {
    client_.Open(clock_.now());
    while (!input_.empty()) {
      Step();
      client_.Check();
      server_.Check();
    }
  }

 private:
  struct Answer {
    ExchangeId exchange;
    std::optional<engine::Respond> respond;
  };

  bool WasExecuted(MessageNumber number) const {
    return std::find(executed_.begin(), executed_.end(), ClientHalf::TextOf(number)) != executed_.end();
  }

  void Step() {
    const std::size_t choice = input_.Below(16);
    if (choice < 3) {
      client_.Call(clock_.now());
    } else if (choice < 7) {
      CarryRequest();
    } else if (choice < 10) {
      CarryAnswer(choice == 9);
    } else if (choice < 13) {
      server_.Step(clock_.now());
    } else if (choice == 13) {
      LoseExchange();
    } else if (choice == 14) {
      PassTime();
    } else {
      Rarely(input_.Below(8));
    }
  }

  void Rarely(std::size_t choice) {
    if (choice < 3) {
      client_.Close(clock_.now());
    } else if (choice == 3) {
      client_.Restart(clock_.now());
      ++restarts_;
      answers_.clear();
    } else if (choice == 4 && options_.delivery == engine::Delivery::kAtMostOnce) {
      // In the other modes an operation that a crash has cut short runs again.
      server_.Restart(clock_.now());
    }
  }

  // The same request may be carried again.
  void CarryRequest() {
    if (client_.exchanges().empty()) return;
    const std::size_t index = input_.Below(std::min<std::size_t>(client_.exchanges().size(), 256));
    const ClientHalf::Exchange& exchange = client_.exchanges()[index];
    server_.Receive(clock_.now(), restarts_ << 32 | exchange.id.value(), exchange.request, Principal());
  }

  void CarryAnswer(bool lose) {
    if (answers_.empty()) return;
    const std::size_t index = input_.Below(std::min<std::size_t>(answers_.size(), 256));
    const Answer answer = answers_[index];
    answers_.erase(answers_.begin() + static_cast<std::ptrdiff_t>(index));
    if (lose) return;
    ExchangeResult result;
    result.http_status = 202;
    if (answer.respond) {
      result.kind = ExchangeResult::Kind::kEnvelope;
      result.http_status = answer.respond->http_status;
      result.envelope = answer.respond->envelope;
    }
    client_.Receive(clock_.now(), answer.exchange, std::move(result));
  }

  void LoseExchange() {
    if (client_.exchanges().empty()) return;
    const std::size_t index = input_.Below(std::min<std::size_t>(client_.exchanges().size(), 256));
    client_.Receive(clock_.now(), client_.exchanges()[index].id, ExchangeResult());
  }

  void PassTime() {
    if (input_.Flag()) {
      clock_.Step(&input_, client_);
    } else {
      clock_.Step(&input_, server_);
    }
    client_.HandleTimeout(clock_.now());
    server_.HandleTimeout(clock_.now());
  }

  Input& input_;
  const engine::Options options_;
  ClientHalf client_;
  ServerHalf server_;
  Clock clock_;
  std::vector<Answer> answers_;
  std::uint64_t restarts_ = 0;  // of the client
  std::vector<std::string> executed_;
};

}  // namespace
}  // namespace gsoaprm::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gsoaprm::fuzz;
  Input input(data, size);
  switch (input.Below(3)) {
    case 0:
      HostileClients(&input).Run();
      break;
    case 1:
      HostileServer(&input).Run();
      break;
    default:
      Pair(&input).Run();
  }
  return 0;
}
