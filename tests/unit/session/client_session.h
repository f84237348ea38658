// A client's session without a network: a clock that stands still, exchanges that the test answers.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "session/client_session.h"
#include "tests/support/seeded_ids.h"
#include "tests/unit/session/fake_time.h"

namespace gsoaprm::session {

// Answers CreateSequence at once; keeps the rest for the test.
class FakeExchanges : public Exchanges {
 public:
  void Start(const std::shared_ptr<ClientSession>& session, engine::Transmit transmit,
             CallSettingsPointer settings) override {
    if (transmit.envelope.rm_action == wire::RmAction::kCreateSequence && answer_create) {
      session->FinishExchange(transmit.exchange, Created(transmit.envelope));
      return;
    }
    std::lock_guard<std::mutex> lock(mutex_);
    started_.push_back(std::move(transmit));
    settings_.push_back(std::move(settings));
    changed_.notify_all();
  }
  void Cancel(ExchangeId exchange) override {
    std::lock_guard<std::mutex> lock(mutex_);
    cancelled_.push_back(exchange);
  }

  static engine::ExchangeResult Created(const wire::Envelope& request) {
    engine::ExchangeResult result;
    result.kind = engine::ExchangeResult::Kind::kEnvelope;
    result.http_status = 200;
    result.envelope.protocol = request.protocol;
    result.envelope.rm_action = wire::RmAction::kCreateSequenceResponse;
    result.envelope.addressing.relates_to = request.addressing.message_id;
    const auto& create = std::get<wire::CreateSequence>(request.body);
    wire::CreateSequenceResponse response;
    response.id = SequenceId("urn:test:sequence");
    if (create.offer) response.accept_acks_to = request.addressing.to;
    result.envelope.body = response;
    return result;
  }

  std::vector<engine::Transmit> started() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return started_;
  }
  std::vector<ExchangeId> cancelled() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return cancelled_;
  }
  CallSettingsPointer settings(std::size_t i) const {
    std::lock_guard<std::mutex> lock(mutex_);
    return settings_.at(i);
  }
  bool WaitForStarted(std::size_t count) const {
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return started_.size() >= count; });
  }

  std::size_t MostAtOnce() const override { return most_at_once; }

  std::atomic<bool> answer_create{true};
  std::size_t most_at_once = 8;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<engine::Transmit> started_;
  std::vector<CallSettingsPointer> settings_;
  std::vector<ExchangeId> cancelled_;
};

class FakeClientObserver : public ClientObserver {
 public:
  void SessionChanged(const SequenceId&, const engine::StateChanged& change) override {
    std::lock_guard<std::mutex> lock(mutex_);
    states_.push_back(change.state);
    if (hook) hook();
  }
  std::vector<engine::SessionState> states() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return states_;
  }
  std::function<void()> hook;

 private:
  mutable std::mutex mutex_;
  std::vector<engine::SessionState> states_;
};

class FakeReader : public Interruptible {
 public:
  void Interrupt(std::uint64_t turn) override { turns.push_back(turn); }
  std::vector<std::uint64_t> turns;
};

class ClientSessionTest : public ::testing::Test {
 protected:
  ClientSessionTest() { options_.protocol.rm = wire::RmVersion::k11; }

  ClientSession& session() {
    if (!session_) {
      ClientSession::Ports ports{&clock_, &timer_, &ids_, exchanges_, observer_};
      session_ = std::make_shared<ClientSession>(options_, Uri("http://service/"), std::move(ports));
    }
    return *session_;
  }
  engine::OutgoingMessage Message(engine::CallKind kind = engine::CallKind::kTwoWay) {
    auto payload = std::make_shared<wire::Payload>();
    payload->entity = "<e/>";
    engine::OutgoingMessage message;
    message.payload = payload;
    message.action = "urn:action";
    message.kind = kind;
    return message;
  }
  ClientSession::Submission Submit(engine::CallKind kind = engine::CallKind::kTwoWay) {
    return session().Submit(Message(kind), nullptr, InterruptHandle{reader_, 7});
  }
  engine::ExchangeResult Acknowledgement(std::uint64_t upto) {
    engine::ExchangeResult result;
    result.kind = engine::ExchangeResult::Kind::kEnvelope;
    result.http_status = 200;
    result.envelope.protocol = options_.protocol;
    result.envelope.rm_action = wire::RmAction::kSequenceAcknowledgement;
    wire::AcknowledgementHeader header;
    header.id = SequenceId("urn:test:sequence");
    header.ranges.InsertRange(MessageNumber(1), MessageNumber(upto));
    result.envelope.acknowledgement = header;
    return result;
  }
  // The reply to the request that is transmitted, as number `reply` of the offered sequence.
  engine::ExchangeResult Reply(const engine::Transmit& request, std::uint64_t reply, SequenceId offered) {
    engine::ExchangeResult result = Acknowledgement(request.number.value());
    result.envelope.rm_action = wire::RmAction::kNone;
    result.envelope.sequence = wire::SequenceHeader{std::move(offered), MessageNumber(reply), false};
    result.envelope.addressing.relates_to = request.envelope.addressing.message_id;
    auto payload = std::make_shared<wire::Payload>();
    payload->entity = "<reply/>";
    result.envelope.body = wire::PayloadPointer(payload);
    return result;
  }
  // Its identifier is the one that the CreateSequence offered: the second that was drawn.
  SequenceId Offered() {
    testing::SeededIds same(1);
    same.NewUuid();
    return SequenceId(same.NewUuid());
  }

  FakeClock clock_;
  FakeTimer timer_;
  testing::SeededIds ids_{1};
  engine::Options options_;
  std::shared_ptr<FakeExchanges> exchanges_ = std::make_shared<FakeExchanges>();
  std::shared_ptr<FakeClientObserver> observer_ = std::make_shared<FakeClientObserver>();
  std::shared_ptr<FakeReader> reader_ = std::make_shared<FakeReader>();

 private:
  std::shared_ptr<ClientSession> session_;
};

inline engine::ExchangeResult NoAnswer(int status = 0) {
  engine::ExchangeResult result;
  result.http_status = status;
  result.reason = "nobody there";
  return result;
}

}  // namespace gsoaprm::session
