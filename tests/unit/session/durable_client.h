// A durable client session against a service in memory, in virtual time: the service can be away and can forget, the
// store can crash, and the client comes back with what the disk has.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "session/client_session.h"
#include "tests/support/fake_store.h"
#include "tests/support/seeded_ids.h"
#include "tests/unit/session/fake_time.h"

namespace gsoaprm::session {

// Runs each message of a sequence once. Messages that begin with "ask" are answered.
class FakeService {
 public:
  engine::ExchangeResult Serve(const wire::Envelope& request);

  void Forget() { sequences_.clear(); }
  bool up = true;
  bool refuses = false;              // to create sequences
  std::vector<std::string> ran;      // in the order of the runs
  std::vector<std::string> created;  // sequences

 private:
  struct Sequence {
    SequenceId offered;
    MessageRanges taken;
    MessageRanges acknowledged;  // of the replies
    std::map<MessageNumber, wire::Envelope> early;
    std::map<MessageNumber, MessageNumber> replies;  // by request
    MessageNumber last_reply;
  };
  engine::ExchangeResult Create(const wire::Envelope& request);
  engine::ExchangeResult Take(const SequenceId& id, Sequence& sequence, const wire::Envelope& request);
  engine::ExchangeResult Acknowledge(const SequenceId& id, const Sequence& sequence, const wire::Envelope& request);

  std::map<SequenceId, Sequence> sequences_;
};

// What is started waits until the test lets the service serve it.
class QueuedExchanges : public Exchanges {
 public:
  struct Started {
    std::shared_ptr<ClientSession> session;
    engine::Transmit transmit;
    CallSettingsPointer settings;
  };
  void Start(const std::shared_ptr<ClientSession>& session, engine::Transmit transmit,
             CallSettingsPointer settings) override {
    std::lock_guard<std::mutex> lock(mutex_);
    started_.push_back(Started{session, std::move(transmit), std::move(settings)});
  }
  std::optional<Started> Take() {
    std::lock_guard<std::mutex> lock(mutex_);
    if (started_.empty()) return std::nullopt;
    std::optional<Started> next = std::move(started_.front());
    started_.pop_front();
    return next;
  }
  void Clear() {
    std::lock_guard<std::mutex> lock(mutex_);
    started_.clear();
  }
  void Cancel(ExchangeId) override {}
  std::size_t MostAtOnce() const override { return 1000; }

 private:
  std::mutex mutex_;
  std::deque<Started> started_;
};

class QuietObserver : public ClientObserver {
 public:
  void SessionChanged(const SequenceId& sequence, const engine::StateChanged& change) override {
    sequences.push_back(sequence.text());
    changes.push_back(change);
  }
  std::vector<std::string> sequences;
  std::vector<engine::StateChanged> changes;
};

class DurableClient {
 public:
  explicit DurableClient(engine::Options options = Defaults());
  ~DurableClient();

  static engine::Options Defaults() {
    engine::Options options;
    options.protocol.rm = wire::RmVersion::k11;
    options.durable = true;
    return options;
  }
  static const Uri& To() {
    static const Uri to("http://service/");
    return to;
  }

  // The process dies: what was not committed is lost. The next one resumes what the store has.
  void Restart();
  // A new session for the same outbox, as after the end of the one before.
  void NextSession(Timestamp not_before = Timestamp());

  // ---- calls ----
  static engine::OutgoingMessage Message(const std::string& text, engine::CallKind kind);
  ClientSession::Submission Tell(const std::string& text) {
    return session->Submit(Message("tell " + text, engine::CallKind::kOneWay), nullptr, InterruptHandle());
  }
  ClientSession::Submission Ask(const std::string& text) {
    return session->Submit(Message("ask " + text, engine::CallKind::kTwoWay), nullptr, InterruptHandle());
  }
  // The whole call, in one thread: needs a session that is opened and has room.
  engine::CompleteCall AskAndWait(const std::string& text);

  // ---- the network ----
  // Everything that is under way, and what comes of it.
  void Serve();
  bool ServeNext();
  // Through all deadlines, with the commits that nobody waits for.
  void RunFor(Duration duration);

  // The texts of the messages: "b c" in their order.
  std::string Ran() const;
  std::string Waiting() const;  // on the disk
  std::string Kept() const;     // on the disk, in a window: "1=a 2=b"
  std::string DeadLetters() const;

  testing::FakeDisk disk;
  FakeClock clock;
  FakeTimer timer;
  testing::SeededIds ids{1};
  engine::Options options;
  FakeService service;
  std::shared_ptr<QueuedExchanges> exchanges = std::make_shared<QueuedExchanges>();
  std::shared_ptr<QuietObserver> observer = std::make_shared<QuietObserver>();
  std::unique_ptr<testing::FakeStore> store;
  std::shared_ptr<Outbox> outbox;
  std::shared_ptr<ClientSession> session;

 private:
  ClientSession::Ports Ports();
  void Start();
};

}  // namespace gsoaprm::session
