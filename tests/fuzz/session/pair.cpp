#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/fuzz/require.h"
#include "tests/fuzz/session/client_half.h"
#include "tests/fuzz/session/drivers.h"
#include "tests/fuzz/session/server_half.h"
#include "tests/fuzz/session/surroundings.h"

namespace gsoaprm::fuzz {
namespace {

using engine::ExchangeResult;

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

void RunPair(Input* input) { Pair(input).Run(); }

}  // namespace gsoaprm::fuzz
