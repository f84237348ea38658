// Every script of this folder: it passes, it says what it is for, and it fails when anything that it expects is
// another.
#include "tests/scenarios/scripts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <string>
#include <utility>
#include <variant>

#include "tests/scenarios/play.h"

namespace gsoaprm::scenarios {

void PrintTo(const ScriptFile& script, std::ostream* out) { *out << script.path; }

namespace {

using wire::TraceMessage;

constexpr std::ptrdiff_t kMostLines = 45;
constexpr std::size_t kLongestIntent = 160;

class Scenario : public ::testing::TestWithParam<ScriptFile> {
 protected:
  std::string text() const { return ReadFile(GetParam().file()); }
  Script Read() const {
    ParseResult result = Parse(text(), GetParam().version);
    EXPECT_TRUE(result.script) << GetParam().file() << ":" << result.line << ": " << result.error;
    return result.script.value_or(Script());
  }
};

TEST_P(Scenario, HappensAsItStandsThere) { EXPECT_EQ(PlayText(text(), GetParam().file(), GetParam().version), ""); }

TEST_P(Scenario, IsShortAndSaysWhatItIsFor) {
  const std::string script = text();
  EXPECT_EQ(script.substr(0, 2), "# ");
  EXPECT_LE(script.find('\n'), kLongestIntent);
  EXPECT_LE(std::count(script.begin(), script.end(), '\n'), kMostLines);
}

TEST_P(Scenario, IsReadAgainAsItIsPrinted) {
  const std::string printed = Print(Read());
  const ParseResult again = Parse(printed, GetParam().version);
  ASSERT_TRUE(again.script) << again.error;
  EXPECT_EQ(Print(*again.script), printed);
  EXPECT_EQ(PlayText(printed, "printed", GetParam().version), "");
}

// ---- what a script is worth ----

bool IsExpected(const Line& line) {
  if (const auto* message = std::get_if<TraceMessage>(&line.what)) {
    return message->direction == TraceMessage::Direction::kSent;
  }
  return IsExpectation(std::get<Act>(line.what)) && std::get<Act>(line.what).verb != "quiet";
}

Script WithoutLine(Script script, std::size_t index) {
  // Its time still comes.
  script.lines[index].what = Act{"quiet", {}};
  return script;
}

Script AMillisecondLater(Script script, std::size_t index) {
  script.lines[index].after = script.lines[index].after + Duration::Milliseconds(1);
  return script;
}

// Changes what of a message can be changed; false when there is no such thing in it.
using Change = bool (*)(wire::Envelope*);
bool ChangeNumber(wire::Envelope* envelope) {
  if (envelope->sequence) envelope->sequence->number = MessageNumber(envelope->sequence->number.value() ^ 1);
  return envelope->sequence.has_value();
}
bool ChangeAcknowledgement(wire::Envelope* envelope) {
  auto& acknowledgement = envelope->acknowledgement;
  if (!acknowledgement) return false;
  // One more, or one less at the end of the numbers.
  const MessageNumber highest = acknowledgement->ranges.Highest();
  const bool grows = highest.next().valid();
  if (!grows) acknowledgement->ranges = MessageRanges();
  return !grows || acknowledgement->ranges.Insert(highest.next());
}
bool ChangeFinal(wire::Envelope* envelope) {
  if (envelope->acknowledgement) envelope->acknowledgement->final = !envelope->acknowledgement->final;
  return envelope->acknowledgement.has_value();
}
bool ChangeRoom(wire::Envelope* envelope) {
  auto& acknowledgement = envelope->acknowledgement;
  if (acknowledgement) acknowledgement->buffer_remaining = acknowledgement->buffer_remaining.value_or(100) + 1;
  return acknowledgement.has_value();
}
bool ChangeAsking(wire::Envelope* envelope) {
  if (envelope->ack_requested) {
    envelope->ack_requested.reset();
  } else {
    envelope->ack_requested = wire::AckRequestedHeader{SequenceId("s")};
  }
  return true;
}
bool ChangeFault(wire::Envelope* envelope) {
  auto* fault = std::get_if<wire::Fault>(&envelope->body);
  if (fault != nullptr) fault->sender = !fault->sender;
  return fault != nullptr;
}
constexpr Change kChanges[] = {ChangeNumber, ChangeAcknowledgement, ChangeFinal, ChangeRoom, ChangeAsking, ChangeFault};

std::string Show(const Script& script, std::size_t index, const char* what) {
  return "line " + std::to_string(script.lines[index].number) + ", " + what + ": " +
         Print(script.lines[index], script.protocol);
}

void ExpectToFail(const Script& changed, const Script& script, std::size_t index, const char* what) {
  EXPECT_NE(Play(changed, "changed"), "") << Show(script, index, what) << "\n passes all the same";
}

void ChangeMessage(const Script& script, std::size_t index) {
  const bool has_envelope = std::get<TraceMessage>(script.lines[index].what).kind == TraceMessage::Kind::kEnvelope;
  for (const Change change : kChanges) {
    if (!has_envelope) break;
    Script changed = script;
    if (change(&std::get<TraceMessage>(changed.lines[index].what).envelope)) {
      ExpectToFail(changed, script, index, "changed");
    }
  }
  Script changed = script;
  auto& message = std::get<TraceMessage>(changed.lines[index].what);
  if (message.answer) {
    message.http_status = 299;
    ExpectToFail(changed, script, index, "with another HTTP status");
  }
  ExpectToFail(WithoutLine(script, index), script, index, "left out");
}

void ChangeAct(const Script& script, std::size_t index) {
  for (std::size_t i = 0; i < std::get<Act>(script.lines[index].what).arguments.size(); ++i) {
    Script changed = script;
    std::get<Act>(changed.lines[index].what).arguments[i] += "x";
    ExpectToFail(changed, script, index, "with another argument");
  }
}

TEST_P(Scenario, FailsWhenAnythingThatItExpectsIsAnother) {
  const Script script = Read();
  std::size_t expected = 0;
  for (std::size_t i = 0; i < script.lines.size(); ++i) {
    if (!IsExpected(script.lines[i])) continue;
    ++expected;
    ExpectToFail(AMillisecondLater(script, i), script, i, "a millisecond later");
    if (std::holds_alternative<TraceMessage>(script.lines[i].what)) {
      ChangeMessage(script, i);
    } else {
      ChangeAct(script, i);
    }
  }
  EXPECT_GT(expected, 0u) << "it expects nothing";
}

std::string NameOf(const ::testing::TestParamInfo<ScriptFile>& info) {
  std::string name = info.param.path;
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name + (info.param.version == wire::RmVersion::k11 ? "_in_11" : "_in_2005");
}

INSTANTIATE_TEST_SUITE_P(Scripts, Scenario, ::testing::ValuesIn(FindScripts()), NameOf);

// ---- the table in the README ----

TEST(CoverageTable, NamesScriptsAndFoldersThatExistAndForgetsNoFolder) {
  std::set<std::string> known, folders;
  for (const ScriptFile& script : FindScripts()) {
    known.insert(script.path);
    folders.insert(script.path.substr(0, script.path.find('/') + 1));
  }
  const std::string readme = ReadFile(std::string(kFolder) + "README.md");
  std::set<std::string> unnamed = folders;
  for (std::size_t at = readme.find('`'); at != std::string::npos; at = readme.find('`', at + 1)) {
    const std::size_t end = readme.find('`', at + 1);
    if (end == std::string::npos) break;
    const std::string quoted = readme.substr(at + 1, end - at - 1);
    const std::string folder = quoted.substr(0, quoted.find('/') + 1);
    if (folders.count(folder) > 0) {
      EXPECT_TRUE(quoted == folder || known.count(quoted) > 0) << quoted;
      unnamed.erase(folder);
    }
    at = end;
  }
  EXPECT_FALSE(known.empty()) << "run the tests from the top folder";
  EXPECT_TRUE(unnamed.empty()) << *unnamed.begin() << " is in no row";
}

}  // namespace
}  // namespace gsoaprm::scenarios
