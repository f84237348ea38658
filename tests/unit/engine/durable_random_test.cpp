// Random messages, copies, answers, and a process that is killed at any moment: what the disk promises must hold.
#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "tests/unit/engine/durable_acceptor.h"

namespace gsoaprm::acceptor_testing {
namespace {

using engine::Delivery;

constexpr std::uint64_t kMessages = 25;

// One session from the first message to the last; everything random comes from the seed. The client sees nothing that
// is not on the disk.
class RandomDurableSession {
 public:
  RandomDurableSession(wire::RmVersion version, Delivery delivery, std::uint32_t seed)
      : client_(version), random_(seed), delivery_(delivery) {
    client_.options.durable = true;
    client_.options.delivery = delivery;
    client_.options.ordered = Chance(2);
    client_.options.concurrency_mode =
        Chance(2) ? engine::ConcurrencyMode::kSingle : engine::ConcurrencyMode::kMultiple;
    client_.options.max_transfer_window_size = static_cast<int>(1 + Draw(8));
    client_.options.acknowledgement_ranges = 2 + Draw(6);
    client_.offer = Chance(3) == 0;
    disk_.Apply({engine::SequenceCreated{client_.identity(), MessageId("urn:create"), std::nullopt}});
  }

  void Run() {
    for (int step = 0; step < 20000 && !Done(); ++step) {
      Step();
      if (::testing::Test::HasFailure()) return;
    }
    ASSERT_TRUE(Done()) << "stuck after " << settled_.size() << " messages";
    Save();
    CheckEffects();
    EXPECT_TRUE(Row().messages.empty());
  }

 private:
  std::uint64_t Draw(std::uint64_t below) { return random_() % below; }
  bool Chance(std::uint64_t in) { return Draw(in) == 0; }
  bool Done() { return settled_.size() == kMessages && running_.empty() && client_.session().idle(); }
  const testing::FakeDisk::Acceptor& Row() const { return disk_.acceptors.at(SequenceId("urn:s")); }
  void Save() { disk_.Apply(client_.session().TakeChanges()); }

  void Step() {
    switch (Draw(16)) {
      case 0:
        return Crash();
      case 1:
        return Save();
      case 2:
      case 3:
        return Wake();
      case 4:
      case 5:
        if (const auto ready = client_.session().TakeReady(client_.now)) Deliver(ready->number.value());
        return;
      case 6:
        return See(client_.Handle(client_.AckRequested()));
      case 7:
      case 8:
      case 9:
      case 10:
        return Finish();
      default:
        return SendSomething();
    }
  }

  void Crash() {
    client_.Restart(disk_.RecoveredAcceptors().at(0));
    // At most once: what had begun is a dead letter now, or becomes one with the next restart.
    running_.clear();
    waiting_.clear();
    if (Chance(2)) Save();
  }

  void SendSomething() {
    std::uint64_t oldest = 1;
    while (settled_.count(oldest) != 0) ++oldest;
    const std::uint64_t number = Chance(2) ? oldest : std::min(kMessages, oldest + Draw(6));
    wire::Envelope message = client_.Request(std::min(number, kMessages));
    if (client_.offer && Chance(2))
      message.acknowledgement = wire::AcknowledgementHeader{SequenceId("urn:o"), replies_, false, std::nullopt};
    const engine::ExchangeTraits traits{Chance(2), Chance(2), !Chance(10)};
    Take(message.sequence->number.value(), client_.Handle(message, traits));
  }

  void Take(std::uint64_t number, const engine::Disposition& disposition) {
    if (std::holds_alternative<engine::Deliver>(disposition)) return Deliver(number);
    if (std::holds_alternative<engine::WaitTurn>(disposition)) {
      waiting_.insert(number);
      return;
    }
    const auto* response = std::get_if<engine::Respond>(&disposition);
    if (response == nullptr) return;
    See(disposition);
    ASSERT_EQ(response->envelope.fault(), nullptr);
    if (response->envelope.acknowledgement->ranges.Contains(MessageNumber(number))) settled_.insert(number);
    if (response->envelope.sequence) SeeReply(number, response->envelope);
  }

  void SeeReply(std::uint64_t number, const wire::Envelope& answer) {
    EXPECT_TRUE(answer.acknowledgement->ranges.Contains(MessageNumber(number)));
    const std::string text = std::to_string(answer.sequence->number.value()) + " " + (*answer.payload())->entity;
    EXPECT_EQ(reply_of_.emplace(number, text).first->second, text) << "another reply to " << number;
    replies_.Insert(answer.sequence->number);
  }

  void Deliver(std::uint64_t number) {
    if (delivery_ == Delivery::kAtMostOnce) Save();
    const int times = ++begun_[number];
    EXPECT_TRUE(times == 1 || delivery_ != Delivery::kAtMostOnce) << number << " was run twice";
    EXPECT_EQ(disk_.application.count(std::to_string(number)), 0u) << number << " had run";
    EXPECT_TRUE(client_.options.concurrency_mode == engine::ConcurrencyMode::kMultiple || running_.empty());
    running_.insert(number);
    waiting_.erase(number);
  }

  void Finish() {
    if (running_.empty()) return;
    const std::uint64_t number = *running_.begin();
    running_.erase(number);
    if (delivery_ == Delivery::kExactlyOnce) Save();  // a transaction begins when everything before it is committed
    engine::OperationAnswer answer;
    if (number % 4 != 0) answer.reply = MakePayload("reply to " + std::to_string(number));
    const engine::Disposition disposition = client_.AnswerOf(number, answer);
    if (delivery_ == Delivery::kExactlyOnce && !Commit(number)) return;
    if (Chance(2)) Take(number, disposition);  // half of the responses are lost on the way
    client_.Return(number);
  }

  // The operation's own write and its mark, in one transaction.
  bool Commit(std::uint64_t number) {
    const engine::Changes changes = client_.session().TakeChanges();
    if (Chance(3)) {
      client_.Undo(number);
      return false;
    }
    disk_.Apply(changes);
    disk_.application[std::to_string(number)] = "done";
    return true;
  }

  void Wake() {
    if (waiting_.empty()) return;
    const std::uint64_t number = *waiting_.begin();
    waiting_.erase(number);
    if (Chance(8)) return client_.StopWaiting(number);
    Take(number, client_.session().TryBegin(client_.now, MessageNumber(number)));
  }

  // Acknowledgements grow, over all restarts.
  void See(const engine::Disposition& disposition) {
    const auto* response = std::get_if<engine::Respond>(&disposition);
    if (response == nullptr) return;
    Save();
    ASSERT_TRUE(response->envelope.acknowledgement);
    const MessageRanges& ranges = response->envelope.acknowledgement->ranges;
    EXPECT_TRUE(ranges.Covers(acknowledged_)) << "an acknowledgement was taken back";
    EXPECT_TRUE(Row().state.acknowledged.Covers(ranges)) << "it would not outlive a crash";
    EXPECT_LE(ranges.ranges().size(), client_.options.acknowledgement_ranges);
    acknowledged_ = ranges;
  }

  void CheckEffects() {
    for (std::uint64_t number = 1; number <= kMessages; ++number) {
      EXPECT_GE(begun_[number], 1) << number << " was lost";
      const std::size_t effects = delivery_ == Delivery::kExactlyOnce ? 1 : 0;
      EXPECT_EQ(disk_.application.count(std::to_string(number)), effects) << number;
    }
    EXPECT_TRUE(disk_.dead_letters.empty() || delivery_ == Delivery::kAtMostOnce);
  }

  AcceptorClient client_;
  testing::FakeDisk disk_;
  std::mt19937 random_;
  const Delivery delivery_;
  std::set<std::uint64_t> running_, waiting_, settled_;
  std::map<std::uint64_t, int> begun_;
  std::map<std::uint64_t, std::string> reply_of_;
  MessageRanges acknowledged_, replies_;
};

class DurableRandom : public AcceptorTest {
 protected:
  void RunAll(Delivery delivery) {
    for (std::uint32_t seed = 1; seed <= 200; ++seed) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      RandomDurableSession(GetParam(), delivery, seed).Run();
      if (HasFailure()) return;
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Rm, DurableRandom, BothVersions(), VersionName);

TEST_P(DurableRandom, NothingAcknowledgedIsLost) { RunAll(Delivery::kAtLeastOnce); }
TEST_P(DurableRandom, NothingIsRunTwiceWhereThatIsForbidden) { RunAll(Delivery::kAtMostOnce); }
TEST_P(DurableRandom, EveryEffectIsThereOnce) { RunAll(Delivery::kExactlyOnce); }

}  // namespace
}  // namespace gsoaprm::acceptor_testing
