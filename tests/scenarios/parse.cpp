#include <algorithm>
#include <cctype>
#include <set>
#include <utility>

#include "tests/scenarios/envelope_text.h"
#include "tests/scenarios/script.h"
#include "tests/scenarios/words.h"
#include "wire/describe.h"

namespace gsoaprm::scenarios {

namespace {

using wire::TraceMessage;

constexpr bool kForClients = true;
constexpr bool kForServers = true;

struct Verb {
  std::string_view word;
  bool client;
  bool server;
  std::size_t fewest;
  std::size_t most;
};
constexpr Verb kVerbs[] = {
    // calls of the application
    {"open", kForClients, false, 0, 0},
    {"call", kForClients, false, 1, 3},
    {"close", kForClients, false, 0, 0},
    {"abort", kForClients, false, 0, 0},
    {"answer", false, kForServers, 1, 3},
    {"reply", false, kForServers, 1, 3},
    {"return", false, kForServers, 1, 2},
    {"stop-accepting", false, kForServers, 0, 0},
    // the process is killed, and the next one goes on with what was written
    {"restart", kForClients, kForServers, 0, 0},
    // expectations
    {"completed", kForClients, false, 2, 4},
    {"state", kForClients, false, 1, 2},
    {"delivered", false, kForServers, 1, 3},
    {"ended", false, kForServers, 0, 2},
    {"quiet", kForClients, kForServers, 0, 0},
};

// "+0.450", in microseconds at most
std::optional<Duration> ReadTime(std::string_view text) {
  if (text.substr(0, 1) != "+") return std::nullopt;
  const std::size_t point = std::min(text.find('.'), text.size());
  const auto seconds = ReadNumber(text.substr(1, point - 1));
  std::string fraction(point < text.size() ? text.substr(point + 1) : "0");
  if (!seconds || fraction.size() > 6 || *seconds > 1000000000) return std::nullopt;
  fraction.resize(6, '0');
  const auto microseconds = ReadNumber(fraction);
  if (!microseconds) return std::nullopt;
  return Duration::Seconds(static_cast<std::int64_t>(*seconds)) +
         Duration::Microseconds(static_cast<std::int64_t>(*microseconds));
}

template <class Version>
struct VersionWord {
  std::string_view word;
  Version version;
};
constexpr VersionWord<wire::RmVersion> kRmVersions[] = {{"2005", wire::RmVersion::kFebruary2005},
                                                        {"1.1", wire::RmVersion::k11}};
constexpr VersionWord<wire::SoapVersion> kSoapVersions[] = {{"1.1", wire::SoapVersion::k11},
                                                            {"1.2", wire::SoapVersion::k12}};
constexpr VersionWord<wire::AddressingVersion> kAddressingVersions[] = {
    {"1.0", wire::AddressingVersion::k10}, {"2004/08", wire::AddressingVersion::kAugust2004}};

class Parser {
 public:
  explicit Parser(wire::RmVersion version) : version_(version) {}

  ParseResult Read(std::string_view text) {
    ParseResult result;
    while (!text.empty() && error_.empty()) {
      const std::size_t length = std::min(text.find('\n'), text.size());
      ++number_;
      ReadLine(text.substr(0, length));
      text.remove_prefix(std::min(length + 1, text.size()));
    }
    if (error_.empty() && !has_heading_) error_ = "There is no line that begins with client or server.";
    result.line = number_;
    result.error = error_;
    if (error_.empty()) result.script = std::move(script_);
    return result;
  }

 private:
  void Fail(std::string sentence) {
    if (error_.empty()) error_ = std::move(sentence);
  }

  void ReadLine(std::string_view line) {
    const std::size_t begin = line.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) return;
    if (line[begin] == '#') {
      const std::size_t text = line.find_first_not_of("# \t", begin);
      if (number_ == 1 && text != std::string_view::npos) script_.intent = std::string(line.substr(text));
      return;
    }
    std::optional<Words> words = Words::Cut(line);
    if (!words) {
      Fail("A quotation does not end.");
    } else if (!has_heading_) {
      ReadHeading(*std::move(words));
    } else {
      ReadEvent(*std::move(words));
    }
  }

  template <class Version, std::size_t N>
  void TakeVersion(Words* words, std::string_view name, const VersionWord<Version> (&known)[N], Version* version) {
    const auto text = words->TakeValue(name);
    if (!text) return;
    const auto found = std::find_if(std::begin(known), std::end(known), [&](const auto& v) { return v.word == *text; });
    if (found == std::end(known)) {
      Fail(std::string(name) + " has no version " + *text + ".");
    } else {
      *version = found->version;
    }
  }
  void TakeProtocol(Words* words, wire::Protocol* protocol) {
    TakeVersion(words, "rm", kRmVersions, &protocol->rm);
    TakeVersion(words, "soap", kSoapVersions, &protocol->soap);
    TakeVersion(words, "wsa", kAddressingVersions, &protocol->addressing);
  }

  void RefuseRepeated(const Words& words) {
    std::set<std::string> names;
    for (const Word& word : words.all())
      if (!names.insert(word.name).second) Fail("The setting " + word.name + " is given twice.");
  }

  void ReadHeading(Words words) {
    const std::string role = words.TakeFront().name;
    if (role != "client" && role != "server") {
      Fail("The first line says client or server, and which versions of the protocols.");
      return;
    }
    has_heading_ = true;
    script_.role = role == "client" ? Role::kClient : Role::kServer;
    RefuseRepeated(words);
    for (const Word& word : words.all()) {
      if (word.name == "rm" && word.value == "both") script_.both_versions = true;
    }
    if (script_.both_versions) {
      words.Take("rm");
      script_.protocol.rm = version_;
    }
    TakeProtocol(&words, &script_.protocol);
    for (const Word& word : words.all()) {
      if (!word.value) Fail("A setting is name=value, not " + word.name + ".");
      script_.settings.push_back(Setting{word.name, word.value.value_or("")});
    }
  }

  void ReadEvent(Words words) {
    Line line;
    line.number = number_;
    if (!words.front().value && words.front().name[0] == '+') {
      const auto time = ReadTime(words.TakeFront().name);
      if (!time) Fail("A time is +SECONDS or +SECONDS.FRACTION, in microseconds at most.");
      line.after = time.value_or(Duration());
    }
    if (words.empty()) {
      Fail("The line says nothing.");
      return;
    }
    const std::string first = words.TakeFront().name;
    if (first == ">" || first == "<") {
      line.what = ReadMessage(first == ">" ? TraceMessage::Direction::kSent : TraceMessage::Direction::kReceived,
                              std::move(words));
    } else {
      line.what = ReadAct(first, words);
    }
    script_.lines.push_back(std::move(line));
  }

  TraceMessage ReadMessage(TraceMessage::Direction direction, Words words) {
    TraceMessage message;
    message.direction = direction;
    message.answer = (script_.role == Role::kClient) == (direction == TraceMessage::Direction::kReceived);
    if (!words.empty() && words.front().name[0] == '@') {
      const auto number = ReadNumber(words.TakeFront().name.substr(1));
      if (!number || *number == 0) Fail("An exchange is @NUMBER.");
      message.exchange = number.value_or(0);
    }
    message.principal = words.TakeValue("as").value_or("");
    if (const auto status = words.TakeValue("http")) {
      const auto number = ReadNumber(*status);
      const bool possible = number && *number >= 100 && *number <= 999;
      if (!possible || !message.answer) Fail("An answer has an HTTP status, http=NUMBER.");
      message.http_status = possible ? static_cast<int>(*number) : 0;
    }
    if (!ReadKind(&words, &message)) {
      ReadEnvelope(std::move(words), &message);
    } else if (!words.empty()) {
      Fail("\"" + words.front().name + "\" has no place in this line.");
    } else if (!message.answer) {
      Fail("A request is a message.");
    }
    if (message.http_status == 0) message.http_status = wire::UsualStatus(message);
    return message;
  }

  // Whether it is an answer without an envelope.
  static bool ReadKind(Words* words, TraceMessage* message) {
    constexpr std::pair<std::string_view, TraceMessage::Kind> kKinds[] = {
        {"empty", TraceMessage::Kind::kEmpty},
        {"nothing", TraceMessage::Kind::kNothing},
        {"error", TraceMessage::Kind::kError},
        {"hopeless", TraceMessage::Kind::kHopeless},
    };
    for (const auto& [word, kind] : kKinds) {
      if (words->empty() || words->front().name != word) continue;
      words->TakeFront();
      message->kind = kind;
      message->code = words->TakeValue("code").value_or("");
      message->reason = words->TakeValue("reason").value_or("");
      return true;
    }
    return false;
  }

  void ReadEnvelope(Words words, TraceMessage* message) {
    wire::Protocol protocol = script_.protocol;
    TakeProtocol(&words, &protocol);
    message->no_message_id = TakeNone(&words, "mid");
    const bool unrelated = TakeNone(&words, "rel");
    std::string error;
    if (!ReadEnvelopeText(std::move(words), protocol, &message->envelope, &error)) Fail(error);
    message->relates_as_usual = message->answer && !unrelated && !message->envelope.addressing.relates_to &&
                                wire::UsuallyRelates(message->envelope);
  }
  bool TakeNone(Words* words, std::string_view name) {
    const auto is_meant = [&](const Word& word) { return word.name == name && word.value; };
    const auto first = std::find_if(words->all().begin(), words->all().end(), is_meant);
    if (first == words->all().end() || first->value != "none") return false;
    words->TakeValue(name);
    if (std::any_of(words->all().begin(), words->all().end(), is_meant)) Fail(std::string(name) + " is said twice.");
    return true;
  }

  Act ReadAct(const std::string& word, const Words& words) {
    Act act{word, {}};
    for (const Word& argument : words.all()) act.arguments.push_back(WordText(argument));
    const auto verb = std::find_if(std::begin(kVerbs), std::end(kVerbs), [&](const Verb& v) { return v.word == word; });
    const bool known = verb != std::end(kVerbs) && (script_.role == Role::kClient ? verb->client : verb->server);
    if (!known) {
      Fail("A " + std::string(script_.role == Role::kClient ? "client" : "server") + " has no \"" + word + "\".");
    } else if (act.arguments.size() < verb->fewest || act.arguments.size() > verb->most) {
      Fail("\"" + word + "\" has another number of arguments.");
    }
    return act;
  }

  const wire::RmVersion version_;
  Script script_;
  bool has_heading_ = false;
  int number_ = 0;
  std::string error_;
};

}  // namespace

ParseResult Parse(std::string_view text, wire::RmVersion version) { return Parser(version).Read(text); }

}  // namespace gsoaprm::scenarios
