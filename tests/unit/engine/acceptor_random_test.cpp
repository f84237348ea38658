// Random messages, copies, threads that give up, operations that take their time: what must hold all the same.
#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "tests/unit/engine/acceptor_client.h"

namespace gsoaprm::acceptor_testing {
namespace {

constexpr std::uint64_t kMessages = 40;

// One session from the first message to the last; everything random comes from the seed.
class RandomSession {
 public:
  RandomSession(wire::RmVersion version, std::uint32_t seed) : client_(version), random_(seed) {
    client_.options.ordered = Chance(2);
    client_.options.concurrency_mode =
        Chance(2) ? engine::ConcurrencyMode::kSingle : engine::ConcurrencyMode::kMultiple;
    client_.options.max_transfer_window_size = static_cast<int>(1 + Draw(8));
    client_.options.acknowledgement_ranges = 2 + Draw(6);
    client_.offer = Chance(2);
  }

  void Run() {
    for (int step = 0; step < 4000 && !Done(); ++step) Step();
    ASSERT_TRUE(Done()) << "stuck after " << delivered_.size() << " messages";
    EXPECT_EQ(client_.session().metrics().delivered, kMessages);
    EXPECT_TRUE(acknowledged_.IsExactly(MessageNumber(kMessages)));
  }

 private:
  std::uint64_t Draw(std::uint64_t below) { return random_() % below; }
  bool Chance(std::uint64_t in) { return Draw(in) == 0; }
  bool Done() const { return delivered_.size() == kMessages && running_.empty() && settled_.size() == kMessages; }

  void Step() {
    switch (Draw(6)) {
      case 0:
      case 1:
        return SendSomething();
      case 2:
        return Finish();
      case 3:
        return Wake();
      case 4:
        if (const auto ready = client_.session().TakeReady(client_.now)) Deliver(ready->number.value());
        return;
      default:
        return Note(client_.Handle(client_.AckRequested()));
    }
  }

  // A message of the client's window, new or again, with the acknowledgement of the replies that it has.
  void SendSomething() {
    std::uint64_t oldest = 1;
    while (settled_.count(oldest) != 0) ++oldest;
    const std::uint64_t number = std::min(kMessages, oldest + Draw(6));
    const bool oldest_again = Chance(2);
    wire::Envelope message = client_.Request(oldest_again ? std::min(oldest, kMessages) : number);
    if (client_.offer && Chance(2)) {
      message.acknowledgement = wire::AcknowledgementHeader{SequenceId("urn:o"), replies_, false, std::nullopt};
    }
    const engine::ExchangeTraits traits{Chance(2), Chance(2)};
    Take(message.sequence->number.value(), client_.Handle(message, traits));
  }

  void Take(std::uint64_t number, const engine::Disposition& disposition) {
    if (std::holds_alternative<engine::Deliver>(disposition)) return Deliver(number);
    if (std::holds_alternative<engine::WaitTurn>(disposition)) {
      waiting_.insert(number);
      return;
    }
    Note(disposition);
    if (const auto* response = std::get_if<engine::Respond>(&disposition)) Settle(number, response->envelope);
  }

  void Settle(std::uint64_t number, const wire::Envelope& answer) {
    ASSERT_EQ(answer.fault(), nullptr);
    if (answer.acknowledgement->ranges.Contains(MessageNumber(number))) settled_.insert(number);
    if (!answer.sequence) return;
    // Every copy of a request gets the same reply, whose acknowledgement contains it.
    EXPECT_TRUE(answer.acknowledgement->ranges.Contains(MessageNumber(number)));
    const auto reply = reply_of_.emplace(number, answer.sequence->number.value());
    EXPECT_EQ(reply.first->second, answer.sequence->number.value());
    EXPECT_EQ((*answer.payload())->entity, "reply to " + std::to_string(number));
    replies_.Insert(answer.sequence->number);
  }

  void Deliver(std::uint64_t number) {
    EXPECT_TRUE(delivered_.insert(number).second) << number << " ran twice";
    EXPECT_TRUE(!client_.options.ordered || number == delivered_.size()) << number << " is out of order";
    EXPECT_TRUE(client_.options.concurrency_mode == engine::ConcurrencyMode::kMultiple || running_.empty());
    running_.insert(number);
    waiting_.erase(number);
  }

  void Finish() {
    if (running_.empty()) return;
    const std::uint64_t number = *running_.begin();
    engine::OperationAnswer answer;
    if (!Chance(4)) answer.reply = MakePayload("reply to " + std::to_string(number));
    const engine::Disposition disposition = client_.AnswerOf(number, answer);
    // Half of the responses are lost on the way.
    Note(disposition);
    if (Chance(2)) Take(number, disposition);
    client_.Return(number);
    running_.erase(number);
  }

  void Wake() {
    if (waiting_.empty()) return;
    const std::uint64_t number = *waiting_.begin();
    if (Chance(8)) {
      client_.StopWaiting(number);
      waiting_.erase(number);
      return;
    }
    const engine::Disposition disposition = client_.session().TryBegin(client_.now, MessageNumber(number));
    if (!std::holds_alternative<engine::WaitTurn>(disposition)) waiting_.erase(number);
    Take(number, disposition);
  }

  // Acknowledgements grow, and contain everything that was delivered.
  void Note(const engine::Disposition& disposition) {
    const auto* response = std::get_if<engine::Respond>(&disposition);
    if (response == nullptr) return;
    ASSERT_TRUE(response->envelope.acknowledgement);
    const MessageRanges& ranges = response->envelope.acknowledgement->ranges;
    EXPECT_TRUE(ranges.Covers(acknowledged_));
    EXPECT_LE(ranges.ranges().size(), client_.options.acknowledgement_ranges);
    for (const std::uint64_t number : delivered_) EXPECT_TRUE(ranges.Contains(MessageNumber(number)));
    acknowledged_ = ranges;
  }

  AcceptorClient client_;
  std::mt19937 random_;
  std::set<std::uint64_t> delivered_, running_, waiting_, settled_;
  std::map<std::uint64_t, std::uint64_t> reply_of_;
  MessageRanges acknowledged_, replies_;
};

class AcceptorRandom : public AcceptorTest {};
INSTANTIATE_TEST_SUITE_P(Rm, AcceptorRandom, BothVersions(), VersionName);

TEST_P(AcceptorRandom, EveryMessageRunsOnceAndItsReplyNeverChanges) {
  for (std::uint32_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomSession(GetParam(), seed).Run();
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace gsoaprm::acceptor_testing
