// Every script of this folder once more for each of its lines: after it the role is killed and goes on with what was
// written, and what it expects of the rest is the same.
#include <gtest/gtest.h>

#include <cstddef>
#include <map>
#include <string>

#include "tests/scenarios/play.h"
#include "tests/scenarios/scripts.h"

namespace gsoaprm::scenarios {
namespace {

constexpr char kAcknowledgedLater[] = "a durable server acknowledges what has answered, not what has begun";
constexpr char kLifetimes[] =
    "times begin anew with a process: of keep-alives, of the pending, of tombstones, of Expires";
constexpr char kClosingEndpoint[] = "that the endpoint closes is the process's, and is not written";
constexpr char kWindow[] = "the window opens slowly again, so a message leaves later";
constexpr char kRoom[] = "what the peer has said of its room is not written";
constexpr char kPatience[] = "a durable client has no limit of retries, no inactivity, no time for opening";
constexpr char kRoundTrip[] = "the round trip is measured anew, by more than a second";
constexpr char kQuestion[] = "a question that was not answered yet is forgotten; the peer asks again";

// Where another expectation is right.
const std::map<std::string, const char*>& Differing() {
  static const std::map<std::string, const char*> differing = {
      {"closing_11/terminate-before-kept-messages-have-run", kAcknowledgedLater},
      {"closing_11/while-an-operation-runs", kAcknowledgedLater},
      {"flow_control/room-at-the-server", kAcknowledgedLater},
      {"order/multiple", kAcknowledgedLater},
      {"expiry/not-while-an-operation-runs", kLifetimes},
      {"expiry/tombstone", kLifetimes},
      {"keep_alive/connection-lost", kLifetimes},
      {"keep_alive/of-a-lost-session", kLifetimes},
      {"keep_alive/traffic-defers", kLifetimes},
      {"opening/too-many-pending", kLifetimes},
      {"restart/tombstone", kLifetimes},
      {"faults_sent_by_server/endpoint-unavailable", kClosingEndpoint},
      {"acknowledgement/alone", kWindow},
      {"acknowledgement/stale-at-the-client", kWindow},
      {"faults_understood/what-is-known-of-each-call", kWindow},
      {"flow_control/absent-means-unlimited", kWindow},
      {"retransmission/fresh-acknowledgement", kWindow},
      {"retransmission/only-the-oldest", kWindow},
      {"retransmission/told-to-wait", kWindow},
      {"transfer/acknowledged-elsewhere", kWindow},
      {"transfer/beyond-a-gap", kWindow},
      {"transfer/replies-in-another-order", kWindow},
      {"flow_control/no-room", kRoom},
      {"flow_control/questions-become-rarer", kRoom},
      {"faults_sent_by_client/send-time-out", kPatience},
      {"keep_alive/unanswered", kPatience},
      {"opening/open-time-out", kPatience},
      {"retransmission/max-retry-count", kPatience},
      {"retransmission/one-way-202", kPatience},
      {"retransmission/schedule", kPatience},
      {"retransmission/http-statuses", kRoundTrip},
      {"retransmission/long-round-trip", kRoundTrip},
      {"acknowledgement/asked-for", kQuestion},
  };
  return differing;
}

Script Read(const ScriptFile& file) {
  const ParseResult result = Parse(ReadFile(file.file()), file.version);
  EXPECT_TRUE(result.script) << file.file();
  return result.script.value_or(Script());
}

Script Durable(Script script) {
  if (script.Find("durable") == nullptr) script.settings.push_back(Setting{"durable", "true"});
  return script;
}

// The first place after which it does not go on as it stands there; empty when there is none.
std::string PlayEverywhere(const Script& script, const std::string& file, int* restarts) {
  const std::string without = Play(Durable(script), file);
  if (!without.empty()) return "durable: " + without;
  for (std::size_t i = 0; i < script.lines.size(); ++i) {
    bool restarted = false;
    const std::string failure = PlayWithRestart(script, i, file, &restarted);
    *restarts += restarted ? 1 : 0;
    if (!failure.empty()) return "a restart after line " + std::to_string(script.lines[i].number) + ": " + failure;
  }
  return "";
}

TEST(Restart, ChangesNothingWhereNothingIsUnderWay) {
  int restarts = 0;
  for (const ScriptFile& file : FindScripts()) {
    if (Differing().count(file.path) > 0) continue;
    EXPECT_EQ(PlayEverywhere(Read(file), file.file(), &restarts), "");
  }
  EXPECT_GT(restarts, 700);
}

TEST(Restart, IsSaidToDifferOnlyWhereItDoes) {
  std::map<std::string, bool> differs;
  for (const auto& entry : Differing()) differs[entry.first] = false;
  for (const ScriptFile& file : FindScripts()) {
    int restarts = 0;
    const auto entry = differs.find(file.path);
    if (entry != differs.end()) entry->second |= !PlayEverywhere(Read(file), file.file(), &restarts).empty();
  }
  for (const auto& [path, does] : differs) EXPECT_TRUE(does) << path << " is the same: " << Differing().at(path);
}

TEST(Restart, NeedsARoleThatIsDurable) {
  EXPECT_NE(PlayText("server rm=1.1\n+0 restart\n", "x").find("durable=true"), std::string::npos);
  EXPECT_EQ(PlayText("server rm=1.1 durable=true\n+0 restart\n", "x"), "");
}

}  // namespace
}  // namespace gsoaprm::scenarios
