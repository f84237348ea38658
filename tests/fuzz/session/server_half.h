// A Listener and its sessions, driven without mercy but within their contract, and what they promise: every number is
// executed at most once and, where order is kept, in order; what is acknowledged was received; acknowledgements take
// nothing back; a reply belongs to its request, and its number to it alone.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/acceptor_session.h"
#include "engine/listener.h"
#include "tests/fuzz/session/messages.h"
#include "tests/support/fake_disk.h"

namespace gsoaprm::fuzz {

class ServerHalf {
 public:
  ServerHalf(const engine::Options& options, Input* input);

  // Empty: HTTP 202. `exchange` is whatever the caller knows it by; several answers may go to one.
  std::function<void(std::uint64_t exchange, const std::optional<engine::Respond>&)> on_answer;
  // An operation starts with this text.
  std::function<void(const std::string& text)> on_execution;
  // What it did is undone.
  std::function<void(const std::string& text)> on_undoing;

  void Receive(Timestamp now, std::uint64_t exchange, const wire::Envelope& message, const Principal& principal);
  // A message that could not be read.
  void ReceiveUnreadable(const wire::ReadResult& result);
  // One step of the program around it, as the input says.
  void Step(Timestamp now);
  void HandleTimeout(Timestamp now);
  Timestamp NextTimeout() const;
  // Durable: the process is killed, and another goes on with what its store has.
  void Restart(Timestamp now);
  // Lets everything that runs or waits come to its end.
  void Finish(Timestamp now);
  void Check() const;

  // By created and by offered sequence, those that have ended as well.
  const std::vector<SequenceId>& known() const { return known_; }
  // Of the session with this sequence, whichever it is.
  MessageNumber highest(const SequenceId& sequence) const;

 private:
  struct Session {
    std::unique_ptr<engine::AcceptorSession> acceptor;
    bool active = false;
    bool over = false;                                                    // the listener was told
    std::map<std::uint64_t, std::vector<wire::PayloadPointer>> received;  // by number, with every payload that came
    std::uint64_t highest = 0;
    std::set<std::uint64_t> executed;
    std::set<std::uint64_t> begun;                          // and perhaps cut short by the end of the process
    std::set<std::uint64_t> interrupted;                    // delivered at most once: their reply says so
    std::map<std::uint64_t, wire::PayloadPointer> replies;  // by request
    std::map<std::uint64_t, std::uint64_t> reply_numbers;   // request by reply
    MessageRanges acknowledged;
    int running = 0;
  };
  using SessionPointer = std::shared_ptr<Session>;
  struct Waiting {
    SessionPointer session;
    MessageNumber number;
    std::uint64_t exchange;
    bool late = false;  // what it waited for was undone, and it has not asked since
  };
  struct Operation {
    SessionPointer session;
    MessageNumber number;
    std::uint64_t exchange;
    bool has_exchange;
    bool answered;
  };

  SessionPointer Find(const wire::Envelope& message, const Principal& principal) const;
  void Create(Timestamp now, std::uint64_t exchange, const wire::Envelope& message, const Principal& principal);
  void Handle(Timestamp now, const SessionPointer& session, std::uint64_t exchange, const wire::Envelope& message);
  void Carry(const SessionPointer& session, std::uint64_t exchange, MessageNumber number, bool may_wait,
             engine::Disposition disposition);
  void Run(const SessionPointer& session, const engine::Deliver& deliver, std::uint64_t exchange, bool has_exchange);
  void CheckAnswer(Session* session, MessageNumber number, const engine::Respond& respond);
  void CheckAcknowledgement(Session* session, const wire::AcknowledgementHeader& header);
  void Answer(Timestamp now, Operation* operation, engine::OperationAnswer answer);
  void Return(Timestamp now, std::size_t index);
  void ForgetEnded(Timestamp now);
  engine::OperationAnswer MakeAnswer(const Operation& operation);
  void TryWaiting(Timestamp now, std::size_t index);
  void TakeReady(Timestamp now);
  void Undo(Timestamp now, std::size_t index);
  // Whoever sees what a step has done sees what has been written.
  void Record(Session* session);
  void RecordForgotten();

  const engine::Options options_;
  Input& input_;
  CountedIds ids_{'s'};
  std::unique_ptr<engine::Listener> listener_;
  testing::FakeDisk disk_;
  std::map<SequenceId, SessionPointer> sessions_;
  std::vector<SessionPointer> all_;
  std::vector<SequenceId> known_;
  std::vector<Waiting> waiting_;
  std::vector<Operation> operations_;
};

}  // namespace gsoaprm::fuzz
