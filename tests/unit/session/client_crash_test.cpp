// The client is killed at every place where it waits for its store, and after every exchange, with each part of what
// was enqueued on the disk: what was accepted runs once and in order.
#include <algorithm>

#include "session/client_call_state.h"
#include "tests/unit/session/durable_client.h"

namespace gsoaprm::session {
namespace {

using engine::SessionState;

// A program that makes calls while the service comes and goes, until it is killed.
class Script {
 public:
  explicit Script(DurableClient* client) : client_(*client) {}

  void Kill() {
    client_.store->Crash();
    killed_ = true;
  }
  bool killed() const { return killed_; }
  const std::vector<std::string>& accepted() const { return accepted_; }
  // At most so many exchanges; then it is killed.
  int exchanges = 1000000;
  std::size_t committed_then = 0;  // so many of the lists enqueued then reach the disk

  void Run() {
    for (int i = 1; i <= 12 && !killed_; ++i) {
      client_.service.up = i < 5 || i > 8;
      const bool asks = i % 5 == 0 && client_.session->state() == SessionState::kOpened && !client_.outbox->Waits();
      if (asks) {
        Ask(std::to_string(i));
      } else if (client_.Tell(std::to_string(i)).status.ok()) {
        accepted_.push_back(std::to_string(i));
      }
      for (int served = 0; served < i % 4; ++served) Serve();
      Pass(Duration::Milliseconds(300));
    }
    for (int i = 0; i < 40; ++i) {
      while (Serve()) {
      }
      Pass(Duration::Milliseconds(500));
    }
  }

 private:
  void Pass(Duration time) {
    if (killed_) return;
    client_.clock.Advance(time);
    client_.session->HandleDeadline(client_.clock.Now());
  }
  void Ask(const std::string& text) {
    const auto submission = client_.Ask(text);
    if (!submission.first || killed_) return;
    client_.session->Fail(submission.call, submission.first->exchange,
                          client_.service.Serve(submission.first->envelope));
    if (submission.call->completion) accepted_.push_back(text);
  }
  bool Serve() {
    if (killed_) return false;
    const bool served = client_.ServeNext();
    if (served && --exchanges == 0) {
      client_.store->CommitFirst(committed_then);
      Kill();
    }
    return served;
  }

  DurableClient& client_;
  std::vector<std::string> accepted_;
  bool killed_ = false;
};

// What the next process does, and what must be true then.
void Recover(DurableClient* client, const Script& script) {
  client->Restart();
  client->service.up = true;
  client->RunFor(Duration::Seconds(120));
  const std::vector<std::string>& ran = client->service.ran;
  for (std::size_t i = 1; i < ran.size(); ++i) EXPECT_LT(std::stoi(ran[i - 1]), std::stoi(ran[i])) << client->Ran();
  for (const std::string& text : script.accepted())
    EXPECT_NE(std::find(ran.begin(), ran.end(), text), ran.end()) << text << " is lost: " << client->Ran();
  client->store->Commit();
  EXPECT_TRUE(client->disk.outgoing.empty()) << client->disk.Text();
  EXPECT_EQ(client->DeadLetters(), "");
  EXPECT_LE(client->disk.initiators.size(), 1u);
}

TEST(ClientCrash, LosesAndRepeatsNothingKilledBeforeAnyCommit) {
  bool reached = true;
  int places = 0;
  for (int place = 1; reached; ++place) {
    for (std::size_t committed : {0u, 1u, 2u, 1000u}) {
      SCOPED_TRACE("killed at wait " + std::to_string(place) + " with " + std::to_string(committed) + " lists");
      DurableClient client;
      Script script(&client);
      int waits = 0;
      client.store->OnWait([&] {
        if (++waits != place) return;
        client.store->CommitFirst(committed);
        script.Kill();
      });
      script.Run();
      reached = script.killed();
      Recover(&client, script);
    }
    places = place;
  }
  EXPECT_GT(places, 12);
}

TEST(ClientCrash, LosesAndRepeatsNothingKilledAfterAnyExchange) {
  bool reached = true;
  int places = 0;
  for (int place = 1; reached; ++place) {
    for (std::size_t committed : {0u, 1u, 2u, 1000u}) {
      SCOPED_TRACE("killed after exchange " + std::to_string(place) + " with " + std::to_string(committed) + " lists");
      DurableClient client;
      Script script(&client);
      script.exchanges = place;
      script.committed_then = committed;
      script.Run();
      reached = script.killed();
      Recover(&client, script);
    }
    places = place;
  }
  EXPECT_GT(places, 15);
}

TEST(ClientCrash, LosesAndRepeatsNothingWhenCommitsFail) {
  for (bool reach_the_disk : {false, true}) {
    for (int failures = 1; failures <= 20; ++failures) {
      SCOPED_TRACE(std::to_string(failures) + " failures");
      DurableClient client;
      Script script(&client);
      client.store->FailCommits(failures, reach_the_disk);
      script.Run();
      client.service.up = true;
      client.RunFor(Duration::Seconds(120));
      script.Kill();
      Recover(&client, script);
    }
  }
}

}  // namespace
}  // namespace gsoaprm::session
