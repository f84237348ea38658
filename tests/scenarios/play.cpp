#include "tests/scenarios/play.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "tests/scenarios/client_role.h"
#include "tests/scenarios/names.h"
#include "tests/scenarios/server_role.h"
#include "tests/scenarios/settings.h"

namespace gsoaprm::scenarios {

namespace {

using wire::TraceMessage;

// A role that does so much in no time does not let time pass.
constexpr int kMostSteps = 100000;

class Player {
 public:
  Player(const Script& script, const Settings& settings)
      : script_(script), settings_(settings), is_client_(script.role == Role::kClient) {
    if (is_client_) {
      role_ = std::make_unique<ClientRole>(settings);
    } else {
      role_ = std::make_unique<ServerRole>(settings);
    }
  }

  // The failure, and the line where it shows.
  std::string Play(int* line, const Line* restart_after = nullptr, bool* restarted = nullptr) {
    for (const Line& each : script_.lines) {
      *line = each.number;
      time_ = time_ + each.after;
      PlayLine(each);
      if (&each == restart_after && failure_.empty()) {
        *restarted = role_->idle() && role_->sent.empty();
        if (!*restarted) return "";
        role_->Restart(now_);
      }
      if (failure_.empty() && !role_->Violation().empty()) failure_ = role_->Violation();
      if (!failure_.empty()) return failure_;
    }
    if (!role_->sent.empty()) FailUnexpected();
    return failure_;
  }

 private:
  struct Exchange {
    std::uint64_t number = 0;             // the engine's
    std::optional<MessageId> message_id;  // of its request, as the engine knows it
    bool answered = false;
  };

  void PlayLine(const Line& line) {
    AdvanceTo(time_);
    if (!failure_.empty()) return;
    if (const auto* message = std::get_if<TraceMessage>(&line.what)) {
      if (message->direction == TraceMessage::Direction::kSent) {
        ExpectSent(*message);
      } else if (NothingOverdue()) {
        Inject(*message);
      }
      return;
    }
    const Act& act = std::get<Act>(line.what);
    if (act.verb == "quiet") {
      if (!role_->sent.empty()) FailUnexpected();
    } else if (IsExpectation(act)) {
      ExpectHappening(act);
    } else if (NothingOverdue()) {
      DoAct(act);
    }
  }

  // ---- time ----

  void AdvanceTo(Timestamp time) {
    while (failure_.empty() && role_->NextTimeout() <= time) Step();
    now_ = std::max(now_, time);
  }
  void Step() {
    now_ = std::max(now_, role_->NextTimeout());
    role_->HandleTimeout(now_);
    if (++steps_ > kMostSteps) failure_ = "Time stands still.";
  }
  bool InTime(Timestamp at) const { return at - time_ <= settings_.tolerance && time_ - at <= settings_.tolerance; }
  // Whether all that was sent may still be expected by this line or a later one.
  bool NothingOverdue() {
    if (role_->sent.empty() || role_->sent.front().at + settings_.tolerance >= time_) return true;
    FailUnexpected();
    return false;
  }

  // ---- failures ----

  std::string Shown(const TraceMessage& message) const { return wire::TraceText(message, script_.protocol); }
  std::string ShownAt(Timestamp at) const {
    const bool early = at < time_;
    const std::string text = wire::TimeText(early ? time_ - at : at - time_).substr(1);
    return at == time_ ? "at that time" : text + (early ? " s earlier" : " s later");
  }
  void FailUnexpected() {
    Sent& first = role_->sent.front();
    Names names = names_;
    TraceMessage open;  // nothing is expected: only the names are put in
    names.Match(open, script_.protocol, &first.message);
    failure_ = "nothing is expected, but sent was, " + ShownAt(first.at) + ",\n  " + Shown(first.message);
  }

  // ---- what is expected ----

  TraceMessage Completed(TraceMessage expected, std::uint64_t engine_exchange) const {
    if (!expected.relates_as_usual) return expected;
    expected.relates_as_usual = false;
    for (const auto& [label, exchange] : exchanges_) {
      if (exchange.number != engine_exchange || !exchange.message_id) continue;
      expected.envelope.addressing.relates_to = MessageId(names_.NameOf(*exchange.message_id));
    }
    return expected;
  }

  bool TakeSent(const TraceMessage& expected, std::string* shown) {
    // In virtual time messages come in their order; threads may trace them in another.
    const bool any_order = settings_.tolerance > Duration();
    const std::size_t candidates = any_order ? role_->sent.size() : std::min<std::size_t>(role_->sent.size(), 1);
    for (std::size_t i = 0; i < candidates; ++i) {
      Sent sent = role_->sent[i];
      const std::optional<MessageId> message_id = sent.message.envelope.addressing.message_id;
      const std::uint64_t number = sent.message.exchange;
      const bool other_exchange = !is_client_ && expected.exchange != 0 && expected.exchange != number;
      const bool matches = names_.Match(Completed(expected, number), script_.protocol, &sent.message);
      if (i == 0) *shown = ShownAt(sent.at) + ",\n  " + Shown(sent.message);
      if (other_exchange && i == 0) *shown = "on exchange @" + std::to_string(number) + ", " + *shown;
      if (!matches || other_exchange || !InTime(sent.at)) continue;
      role_->sent.erase(role_->sent.begin() + static_cast<std::ptrdiff_t>(i));
      if (is_client_) Remember(expected.exchange, Exchange{number, message_id, false});
      return true;
    }
    return false;
  }
  void ExpectSent(const TraceMessage& expected) {
    std::string shown;
    while (!TakeSent(expected, &shown)) {
      if (!failure_.empty()) return;
      if (role_->NextTimeout() <= time_ + settings_.tolerance) {
        Step();
        continue;
      }
      failure_ = "expected was\n  " + Shown(expected) + "\nbut ";
      failure_ += shown.empty() ? "nothing was sent" : "sent was, " + shown;
      return;
    }
  }

  static std::string OfArgument(const Act& act) {
    for (const std::string& argument : act.arguments) {
      if (argument.compare(0, 3, "of=") == 0) return argument.substr(3);
    }
    return std::string();
  }
  bool IsMeant(const Act& expected, const Happening& happening) const {
    const std::string of = OfArgument(expected);
    if (expected.verb != happening.act.verb || !InTime(happening.at)) return false;
    if (!of.empty() && names_.NameOf(SequenceId(happening.sequence)) != of) return false;
    std::vector<std::string> said = expected.arguments;
    said.erase(std::remove(said.begin(), said.end(), "of=" + of), said.end());
    const std::vector<std::string>& done = happening.act.arguments;
    return said.size() <= done.size() && std::equal(said.begin(), said.end(), done.begin());
  }
  void ExpectHappening(const Act& expected) {
    std::vector<Happening>& all = role_->happenings;
    while (failure_.empty()) {
      const auto found = std::find_if(all.begin(), all.end(), [&](const Happening& h) { return IsMeant(expected, h); });
      if (found != all.end()) {
        all.erase(found);
        return;
      }
      if (role_->NextTimeout() > time_ + settings_.tolerance) break;
      Step();
    }
    Fail(expected);
  }
  void Fail(const Act& expected) {
    if (!failure_.empty()) return;
    failure_ = "expected was\n  " + Print(Line{0, Duration(), expected}, script_.protocol) + "\nbut";
    const std::size_t before = failure_.size();
    for (const Happening& happening : role_->happenings) {
      failure_ += "\n  " + Print(Line{0, Duration(), happening.act}, script_.protocol) + ", " + ShownAt(happening.at);
    }
    if (failure_.size() == before) failure_ += " nothing such happened";
  }

  // ---- what the script does ----

  void Remember(std::uint64_t label, Exchange exchange) {
    ++last_label_;
    if (label != 0) last_label_ = std::max(last_label_, label);
    exchanges_[label != 0 ? label : last_label_] = std::move(exchange);
  }
  Exchange* FindExchange(std::uint64_t label) {
    if (label != 0) {
      const auto found = exchanges_.find(label);
      return found == exchanges_.end() ? nullptr : &found->second;
    }
    for (auto each = exchanges_.rbegin(); each != exchanges_.rend(); ++each) {
      if (!each->second.answered) return &each->second;
    }
    return nullptr;
  }
  void Inject(TraceMessage message) {
    names_.Resolve(&message.envelope);
    if (is_client_) {
      Exchange* exchange = FindExchange(message.exchange);
      if (exchange == nullptr) {
        failure_ = "There is no such exchange to answer.";
        return;
      }
      exchange->answered = true;
      message.exchange = exchange->number;
      if (message.relates_as_usual) message.envelope.addressing.relates_to = exchange->message_id;
    } else {
      const std::uint64_t label = message.exchange != 0 ? message.exchange : last_label_ + 1;
      Remember(label, Exchange{label, message.envelope.addressing.message_id, false});
      message.exchange = label;
    }
    role_->Receive(now_, message);
  }
  void DoAct(const Act& act) {
    std::string sequence = OfArgument(act), error;
    if (!sequence.empty()) sequence = names_.Resolve(sequence).text();
    if (act.verb == "restart") {
      if (!settings_.durable) failure_ = "A restart needs durable=true in the first line.";
      if (settings_.durable) role_->Restart(now_);
    } else if (!role_->Do(now_, act, sequence, &error)) {
      failure_ = error;
    }
  }

  const Script& script_;
  const Settings settings_;
  const bool is_client_;
  std::unique_ptr<RoleUnderTest> role_;
  Names names_;
  std::map<std::uint64_t, Exchange> exchanges_;  // by label
  std::uint64_t last_label_ = 0;
  Timestamp time_;  // of the line
  Timestamp now_;   // of the role: within the tolerance
  int steps_ = 0;
  std::string failure_;
};

std::string At(const std::string& file, int line) { return file + ":" + std::to_string(line) + ": "; }

}  // namespace

std::string Play(const Script& script, const std::string& file) {
  Settings settings;
  std::string error;
  if (!ReadSettings(script, &settings, &error)) return file + ": " + error;
  int line = 0;
  const std::string failure = Player(script, settings).Play(&line);
  return failure.empty() ? "" : At(file, line) + failure;
}

std::string PlayWithRestart(Script script, std::size_t index, const std::string& file, bool* restarted) {
  *restarted = false;
  // A client's estimates of the round trip begin anew: it sends again a little earlier or later.
  if (script.role == Role::kClient && script.Find("tolerance") == nullptr)
    script.settings.push_back(Setting{"tolerance", "1"});
  if (script.Find("durable") == nullptr) script.settings.push_back(Setting{"durable", "true"});
  Settings settings;
  std::string error;
  if (!ReadSettings(script, &settings, &error)) return file + ": " + error;
  int line = 0;
  const std::string failure = Player(script, settings).Play(&line, &script.lines[index], restarted);
  return failure.empty() ? "" : At(file, line) + failure;
}

std::string PlayText(const std::string& text, const std::string& file, wire::RmVersion version) {
  const ParseResult result = Parse(text, version);
  return result.script ? Play(*result.script, file) : At(file, result.line) + result.error;
}

}  // namespace gsoaprm::scenarios
