// A durable server without gSOAP: its sessions, a store that crashes, and clients of either version.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "session/server_sessions.h"
#include "tests/support/fake_store.h"
#include "tests/support/seeded_ids.h"
#include "tests/unit/engine/acceptor_client.h"
#include "tests/unit/session/fake_time.h"

namespace gsoaprm::session {

// How long a test waits for the store.
constexpr Duration kPatience = Duration::Seconds(10);

class DurableServer : public ::testing::TestWithParam<wire::RmVersion> {
 protected:
  DurableServer() {
    options.protocol.rm = GetParam();
    options.flow_control_enabled = false;
    Start();
  }
  bool is_11() const { return GetParam() == wire::RmVersion::k11; }

  // ---- the process ----
  void Use(engine::Delivery delivery) {
    options.delivery = delivery;
    Start();
  }
  void Start() {
    sessions.reset();
    if (store) stopped_.push_back(std::move(store));
    store = std::make_unique<testing::FakeStore>(&disk);
    sessions = std::make_shared<ServerSessions>(options, &ids, &clock, &timer, store.get());
    Restorer restorer(sessions.get());
    EXPECT_TRUE(store->Load(&restorer).ok());
  }
  // It is killed, and started again on what was committed.
  void Crash() {
    store->Crash();
    Start();
  }

  // ---- the client ----
  wire::Envelope Message(wire::RmAction action) const {
    wire::Envelope message;
    message.protocol = options.protocol;
    message.rm_action = action;
    message.addressing.action = wire::ActionUri(GetParam(), action);
    return message;
  }
  wire::Envelope Create() const {
    wire::Envelope message = Message(wire::RmAction::kCreateSequence);
    message.addressing.message_id = MessageId("urn:create");
    message.addressing.to = Uri("http://server/");
    wire::CreateSequence create;
    create.acks_to = Uri(std::string(wire::AnonymousAddress(options.protocol.addressing)));
    create.offer.emplace();
    create.offer->id = SequenceId("urn:offer");
    if (is_11()) create.offer->endpoint = create.acks_to;
    message.body = create;
    return message;
  }
  wire::Envelope Request(std::uint64_t number, const std::string& text = "request") const {
    wire::Envelope message = OneWay(number, text);
    message.addressing.message_id = MessageId("urn:m" + std::to_string(number));
    return message;
  }
  wire::Envelope OneWay(std::uint64_t number, const std::string& text = "note") const {
    wire::Envelope message = Message(wire::RmAction::kNone);
    message.addressing.action = "urn:calculator/Add";
    message.sequence = wire::SequenceHeader{sequence, MessageNumber(number), false};
    message.body = acceptor_testing::MakePayload(text);
    return message;
  }
  wire::Envelope AckRequested() const {
    wire::Envelope message = Message(wire::RmAction::kAckRequested);
    message.ack_requested = wire::AckRequestedHeader{sequence};
    return message;
  }
  wire::Envelope Terminate() const {
    wire::Envelope message = Message(wire::RmAction::kTerminateSequence);
    message.addressing.message_id = MessageId("urn:terminate");
    message.body = wire::TerminateSequence{sequence, std::nullopt};
    return message;
  }

  // The client gives up.
  wire::Envelope Gone() const {
    wire::Envelope message = Message(wire::RmAction::kFault);
    wire::Fault fault;
    fault.code = wire::FaultCode::kSequenceTerminated;
    fault.id = sequence;
    message.body = fault;
    return message;
  }

  // ---- exchanges ----
  // The line of the answer; notes the sequence.
  std::string Open() {
    const ServerSessions::Route route = sessions->Find(Create(), Principal());
    const auto* answer = std::get_if<engine::Respond>(&route);
    if (answer == nullptr) return "202";
    if (const auto* created = std::get_if<wire::CreateSequenceResponse>(&answer->envelope.body)) sequence = created->id;
    return acceptor_testing::Line(*answer);
  }
  std::shared_ptr<ServerSession> Session() {
    const ServerSessions::Route route = sessions->Find(AckRequested(), Principal());
    const auto* session = std::get_if<std::shared_ptr<ServerSession>>(&route);
    return session ? *session : nullptr;
  }
  // What leaves; a Deliver leaves nothing.
  std::string Send(const wire::Envelope& message, engine::ExchangeTraits traits = acceptor_testing::kIterative) {
    const ServerSessions::Route route = sessions->Find(message, Principal());
    if (const auto* answer = std::get_if<engine::Respond>(&route)) return acceptor_testing::Line(*answer);
    if (std::holds_alternative<engine::RespondEmpty>(route)) return "202";
    return acceptor_testing::Line(
        std::get<std::shared_ptr<ServerSession>>(route)->Receive(message, traits, Duration::Seconds(60)));
  }
  std::string Reply(std::uint64_t number, store::Transaction* transaction = nullptr) {
    engine::OperationAnswer answer;
    answer.reply = acceptor_testing::MakePayload("reply " + std::to_string(number));
    return acceptor_testing::Line(Session()->Answer(MessageNumber(number), answer, transaction));
  }
  std::string Call(std::uint64_t number) {
    EXPECT_EQ(Send(Request(number)), "deliver " + std::to_string(number));
    return Reply(number);
  }
  std::string TakeReady() {
    const auto ready = Session()->TakeReady();
    return ready ? acceptor_testing::Line(engine::Disposition(*ready)) : "nothing";
  }
  const testing::FakeDisk::Acceptor* Row() {
    const auto found = disk.acceptors.find(sequence);
    return found == disk.acceptors.end() ? nullptr : &found->second;
  }

  engine::Options options;
  FakeClock clock;
  FakeTimer timer;
  testing::SeededIds ids{7};
  testing::FakeDisk disk;

 private:
  // Tests may still hold sessions and transactions of processes that are no more.
  std::vector<std::unique_ptr<testing::FakeStore>> stopped_;

 protected:
  std::unique_ptr<testing::FakeStore> store;
  std::shared_ptr<ServerSessions> sessions;
  SequenceId sequence{"urn:none"};

 private:
  class Restorer : public store::Recovery {
   public:
    explicit Restorer(ServerSessions* sessions) : sessions_(*sessions) {}
    void Acceptor(engine::RecoveredAcceptor acceptor) override { sessions_.Restore(acceptor); }
    void Initiator(engine::RecoveredInitiator) override {}
    void Progress(std::uint64_t, std::uint64_t) override {}

   private:
    ServerSessions& sessions_;
  };
};

}  // namespace gsoaprm::session
