// An InitiatorSession, driven without mercy but within its contract, and what it promises: every call is settled
// exactly once, with a reply that was given to it; a copy is what the first was; the window holds; acknowledgements
// name what came, and take nothing back; after its end it is silent.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/initiator_session.h"
#include "tests/fuzz/session/messages.h"

namespace gsoaprm::fuzz {

class ClientHalf {
 public:
  // A request that waits for its answer.
  struct Exchange {
    ExchangeId id;
    wire::Envelope request;
    MessageNumber number;
  };

  ClientHalf(const engine::Options& options, Input* input);

  // A call got this reply.
  std::function<void(MessageNumber number, const wire::Payload& reply)> on_reply;
  std::function<void(MessageNumber number)> on_acknowledged;

  // A call of the application, as the input says.
  void Call(Timestamp now);
  // What may happen to one instead of an answer, or beside it.
  void GiveUp(Timestamp now);
  void Open(Timestamp now);
  void Close(Timestamp now);
  void Abort(Timestamp now);
  void Receive(Timestamp now, ExchangeId exchange, engine::ExchangeResult result);
  void HandleTimeout(Timestamp now);
  // Durable and open: the process is killed, and another goes on with what its store has.
  void Restart(Timestamp now);
  Timestamp NextTimeout() const { return session_->NextTimeout(); }
  void Check() const;

  const std::vector<Exchange>& exchanges() const { return exchanges_; }
  const engine::InitiatorSession& session() const { return *session_; }
  bool ended() const;
  // The message of the application with this number says so.
  static std::string TextOf(MessageNumber number) { return std::to_string(number.value()); }

 private:
  struct Message {
    wire::PayloadPointer payload;
    std::optional<MessageId> message_id;
    bool sent = false;
    bool completed = false;
    bool settled = false;  // durable: its store may forget it
    engine::CallKind kind = engine::CallKind::kUnknown;
    std::vector<wire::PayloadPointer> replies;  // that came on its exchanges
  };

  void Drain(Timestamp now);
  void Take(engine::Transmit transmit);
  void Take(const engine::CompleteCall& completion);
  void Take(const engine::StateChanged& change);
  void Take(const engine::WindowChanged&) {}

  const engine::Options options_;
  Input& input_;
  CountedIds ids_{'c'};
  std::unique_ptr<engine::InitiatorSession> session_;
  engine::SessionState state_ = engine::SessionState::kCreated;
  std::map<MessageNumber, Message> messages_;
  std::vector<Exchange> exchanges_;
  std::map<std::uint64_t, int> replies_;  // by number, how often they came
  MessageRanges acknowledged_;
  std::uint64_t last_exchange_ = 0;
  std::size_t restored_ = 0;  // messages, by the last restart
  bool silent_ = false;
};

}  // namespace gsoaprm::fuzz
