#include "tests/support/pair.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "wire/describe.h"
#include "wire/envelope_reader.h"
#include "wire/envelope_writer.h"

namespace gsoaprm::testing {
namespace {

using engine::SessionState;

// A call with its copies, answers and timers takes some dozens of events; a thousand for each mean a livelock.
constexpr std::uint64_t kStepsPerCall = 1000;
constexpr std::uint64_t kStepsBesides = 100000;
constexpr int kConnectionLost = 0;  // as an HTTP status

bool Ended(const engine::InitiatorSession& session) {
  return session.state() == SessionState::kClosed || session.state() == SessionState::kFaulted;
}

}  // namespace

Pair::Pair(const PairOptions& options)
    : options_(options),
      network_(options.network, options.seed),
      ids_(options.seed + 1),
      client_(options.engine, Uri("http://example.test/echo"), &ids_),
      server_(options.engine, options.server, &network_, options.seed + 2),
      now_(options.start),
      idle_callers_(options.callers) {}

bool Pair::Run() {
  client_.Open(now_);
  Drain();
  while (true) {
    const Timestamp next = std::min(network_.Next(), NextTimeout());
    const bool nothing_to_come = next.never() || (Ended(client_) && network_.Next().never());
    if (nothing_to_come) {
      return true;
    }
    if (++steps_ > options_.calls * kStepsPerCall + kStepsBesides) {
      return false;
    }
    Step(next);
  }
}

Timestamp Pair::NextTimeout() const { return std::min(client_.NextTimeout(), server_.NextTimeout()); }

void Pair::Step(Timestamp next) {
  now_ = std::max(now_, next);
  if (network_.Next() <= now_) {
    network_.Take()();
  } else {
    client_.HandleTimeout(now_);
    server_.HandleTimeout(now_);
  }
  Drain();
  if (!client_.IsConsistent() || !server_.IsConsistent()) {
    violations_.push_back("an invariant is broken");
  }
}

void Pair::Drain() {
  while (auto output = client_.PollOutput()) {
    if (auto* transmit = std::get_if<engine::Transmit>(&*output)) {
      Transmit(*transmit);
    } else if (auto* complete = std::get_if<engine::CompleteCall>(&*output)) {
      Complete(*complete);
    } else if (auto* change = std::get_if<engine::StateChanged>(&*output)) {
      unacknowledged_ = change->unacknowledged;
      if (change->state == SessionState::kOpened && options_.calls == 0) {
        client_.Close(now_);
      }
    }
    StartCalls();
  }
}

void Pair::StartCalls() {
  while (idle_callers_ > 0 && next_call_ <= options_.calls && client_.CanSubmit()) {
    const std::uint64_t call = next_call_++;
    engine::OutgoingMessage message;
    message.payload = MakePayload(options_.engine.protocol, "call " + std::to_string(call));
    message.action = "urn:echo";
    message.kind = options_.kind;
    const MessageNumber number = client_.Submit(now_, std::move(message));
    call_of_[number] = call;
    calls_[call].number = number;
    calls_[call].submitted = now_;
    --idle_callers_;
  }
}

void Pair::Complete(const engine::CompleteCall& complete) {
  const std::uint64_t call = call_of_.at(complete.number);
  if (calls_[call].result) {
    violations_.push_back("call " + std::to_string(call) + " was completed twice");
  }
  calls_[call].result = complete;
  longest_call_ = std::max(longest_call_, now_ - calls_[call].submitted);
  ++completed_;
  network_.At(now_ + options_.think_time, [this] {
    ++idle_callers_;
    StartCalls();
  });
  if (completed_ == options_.calls) {
    client_.Close(now_);
  }
}

void Pair::Transmit(const engine::Transmit& transmit) {
  ++transmissions_;
  CheckClientAcknowledgement(transmit.envelope);
  const ExchangeId exchange = transmit.exchange;
  const wire::Envelope message = transmit.envelope;
  if (network_.Duplicates()) {
    network_.At(now_ + network_.Delay(), [=] { DeliverRequest(exchange, message, false); });
  }
  if (network_.LosesRequest(now_)) {
    network_.At(now_ + network_.Delay() * 2, [=] { DeliverNothing(exchange, kConnectionLost); });
    return;
  }
  network_.At(now_ + network_.Delay(), [=] { DeliverRequest(exchange, message, true); });
}

void Pair::CheckClientAcknowledgement(const wire::Envelope& message) {
  if (!message.acknowledgement) {
    return;
  }
  if (client_.offered_sequence().empty()) {
    violations_.push_back("the client acknowledges in a one-way session");
  }
  if (!message.acknowledgement->ranges.Covers(acknowledged_)) {
    violations_.push_back("an acknowledgement of the client takes something back");
  }
  acknowledged_ = message.acknowledgement->ranges;
}

void Pair::DeliverRequest(ExchangeId exchange, const wire::Envelope& message, bool original) {
  server_.Receive(now_, ThroughBytes(message), [=](std::optional<engine::Respond> answer) {
    if (original) {  // nobody listens to the answer of a copy that the network made
      Answer(exchange, answer);
    }
  });
}

void Pair::Answer(ExchangeId exchange, const std::optional<engine::Respond>& answer) {
  if (network_.LosesReply()) {
    network_.At(now_ + network_.Delay(), [=] { DeliverNothing(exchange, kConnectionLost); });
  } else if (!MixUp(exchange, answer)) {
    network_.At(now_ + network_.Delay(), [=] { DeliverAnswer(exchange, answer); });
  }
}

bool Pair::MixUp(ExchangeId exchange, const std::optional<engine::Respond>& answer) {
  const bool is_reply = answer && answer->envelope.sequence && answer->envelope.payload() != nullptr;
  if (!is_reply) {
    return false;
  }
  if (held_) {
    const auto [other, held] = *held_;
    held_.reset();
    network_.At(now_ + network_.Delay(), [=, other_exchange = other] { DeliverAnswer(other_exchange, answer); });
    network_.At(now_ + network_.Delay(), [=, other_answer = held] { DeliverAnswer(exchange, other_answer); });
    return true;
  }
  if (network_.MixesUp()) {
    held_.emplace(exchange, *answer);
    return true;
  }
  return false;
}

wire::Envelope Pair::ThroughBytes(const wire::Envelope& envelope) {
  if (!options_.through_bytes) {
    return envelope;
  }
  wire::WrittenMessage written = wire::WriteEnvelope(envelope);
  wire::ReadResult read = wire::ReadEnvelope(std::move(written.entity), written.content_type, "");
  if (!read.ok()) {
    violations_.push_back("a message cannot be read: " + read.reason + " " + wire::Describe(envelope));
  } else if (wire::Describe(read.envelope) != wire::Describe(envelope)) {
    violations_.push_back("written " + wire::Describe(envelope) + ", read " + wire::Describe(read.envelope));
  }
  return read.envelope;
}

void Pair::DeliverAnswer(ExchangeId exchange, const std::optional<engine::Respond>& answer) {
  if (!answer) {
    DeliverNothing(exchange, 202);
    return;
  }
  engine::ExchangeResult result;
  result.kind = engine::ExchangeResult::Kind::kEnvelope;
  result.http_status = answer->http_status;
  result.envelope = ThroughBytes(answer->envelope);
  client_.HandleExchange(now_, exchange, std::move(result));
}

void Pair::DeliverNothing(ExchangeId exchange, int http_status) {
  engine::ExchangeResult result;
  result.http_status = http_status;
  client_.HandleExchange(now_, exchange, std::move(result));
}

std::uint64_t Pair::Executions(std::uint64_t call) const {
  return static_cast<std::uint64_t>(std::count(server_.executed().begin(), server_.executed().end(), call));
}

std::vector<std::string> Pair::Violations(PairEnd end) const {
  std::vector<std::string> all = violations_;
  all.insert(all.end(), server_.violations().begin(), server_.violations().end());
  std::vector<std::uint64_t> executed = server_.executed();
  std::sort(executed.begin(), executed.end());
  if (std::adjacent_find(executed.begin(), executed.end()) != executed.end()) {
    all.push_back("an operation ran twice");
  }
  const std::vector<MessageNumber>& started = server_.started();
  for (std::size_t i = 0; options_.engine.ordered && i < started.size(); ++i) {
    if (started[i] != MessageNumber(i + 1)) {
      all.push_back("operation " + std::to_string(i + 1) + " of an ordered session was started out of order");
      break;
    }
  }
  if (end == PairEnd::kComplete && calls_.size() != options_.calls) {
    all.push_back("only " + std::to_string(calls_.size()) + " calls were made");
  }
  for (const auto& entry : calls_) {
    const auto& result = entry.second.result;
    const std::string name = "call " + std::to_string(entry.first);
    const bool ran = std::binary_search(executed.begin(), executed.end(), entry.first);
    if (!result) {
      all.push_back(name + " was never completed");
    } else if (result->kind == engine::CompleteCall::Kind::kReply &&
               (!result->reply || TextOf(*result->reply) != "reply " + std::to_string(entry.first))) {
      all.push_back(name + " got another's reply");
    } else if (!ran && result->outcome == Outcome::kExecuted) {
      all.push_back(name + " is called executed and was not");
    } else if (ran && result->outcome == Outcome::kNotSent) {
      all.push_back(name + " is called not sent and was executed");
    }
  }
  return all;
}

}  // namespace gsoaprm::testing
