#include "replay/server_replay.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "replay/comparison.h"
#include "replay/http_socket.h"
#include "replay/intended_differences.h"
#include "replay/service_host.h"
#include "replay/service_order.h"
#include "replay/xml_tree.h"

namespace gsoaprm::replay {
namespace {

// A test that waits so long for what must come has failed.
constexpr int kPatience = 15000;
// Neither answer nor operation within this time: the message waits for its turn.
constexpr int kGrace = 20;
// In place of the recorded inactivity time-out where it is let pass; where it must not pass, the recorded one is used.
constexpr int kShortInactivity = 300;

using ExchangeKey = std::pair<int, Direction>;

std::string ReplaceAll(std::string text, const std::string& word, const std::string& other) {
  for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; at += other.size())
    text.replace(at, word.size(), other);
  return text;
}

// The line that the recorded service logged for this call, which names the operation; "" for other messages.
std::string SlowCall(const HttpMessage& request) {
  const auto envelope = ParseXml(request.body);
  const Element* const body = envelope ? envelope->Child("Body") : nullptr;
  const Element* const call = body ? body->Child("SlowAdd") : nullptr;
  if (!call) return "";
  const std::string n1 = call->Child("n1")->text;
  const std::string n2 = call->Child("n2")->text;
  const std::string sum = std::to_string(std::stoi(n1) + std::stoi(n2));
  return "SlowAdd(" + n1 + "," + n2 + "," + call->Child("delayMs")->text + ")=" + sum;
}

// Identifiers that the client chose are sent as they were.
void BindOwn(const Element& element, Roles* roles) {
  if ((element.name == "Identifier" || element.name == "MessageID") && !roles->Knows(element.text))
    roles->Bind(element.text, element.text);
  for (const Element& child : element.children) BindOwn(child, roles);
}

class ServerReplay {
 public:
  explicit ServerReplay(const Capture& capture)
      : capture_(capture), events_(InOrderOfService(capture)), scenario_("server/" + capture.name) {}

  ReplayResult Run() {
    Start();
    for (const Event& event : events_) {
      if (!result_.failures.empty()) break;  // what follows would only be its consequence
      if (event.direction == Direction::kRequest) {
        Request(event);
      } else {
        Response(event);
      }
    }
    Finish();
    return std::move(result_);
  }

 private:
  bool GivesUpSession() const { return capture_.name.find("server-inactivity") != std::string::npos; }
  bool Restarts() const { return capture_.name.find("server-restarted") != std::string::npos; }

  soap_rm_options Options() const {
    soap_rm_options options;
    soap_rm_options_default(&options);
    options.reliable_messaging_version =
        capture_.ServerOption("--rm", "10") == "11" ? SOAP_RM_11 : SOAP_RM_FEBRUARY_2005;
    options.ordered = capture_.ServerOption("--ordered", "true") == "true";
    options.flow_control_enabled = capture_.ServerOption("--flow", "true") == "true";
    options.max_transfer_window_size = std::stoi(capture_.ServerOption("--window", "8"));
    options.inactivity_timeout =
        GivesUpSession() ? kShortInactivity : std::stoi(capture_.ServerOption("--inactivity", "600000"));
    if (capture_.ServerOption("--concurrency", "single") == "multiple")
      options.concurrency_mode = SOAP_RM_CONCURRENCY_MULTIPLE;
    options.reliable_session_required = 1;  // as every endpoint of WCF with a reliable session
    return options;
  }

  void Start() {
    idle_.clear();
    CollectExecutions();
    host_.reset();
    host_ = std::make_unique<ServiceHost>(Options());
    if (!host_->problem().empty()) Fail(host_->problem());
  }

  void Fail(const std::string& failure) { result_.failures.push_back(failure); }

  std::string Where(const Event& event) const {
    std::string where = "exchange " + std::to_string(event.exchange);
    if (event.direction == Direction::kResponseToCopy) where += " (copy)";
    return where;
  }

  // The bytes that the WCF client would send to us.
  std::string Bytes(const HttpMessage& request) {
    const std::string port = std::to_string(host_->port());
    const std::string body = roles_.Translate(ReplaceAll(request.body, "HTTPPORT", port));
    std::string bytes = request.start_line + "\r\n";
    for (const auto& [name, value] : request.headers) {
      if (name == "Content-Length") continue;
      bytes += name + ": " + (name == "Host" ? "localhost:" + port : value) + "\r\n";
    }
    return bytes + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }

  void Request(const Event& event) {
    if (!event.from_service_or_to_it() || capture_.BrokenExchange(event.exchange) == Broken::kRefused) return;
    if (event.exchange == 3 && (Restarts() || GivesUpSession())) LoseSession();
    if (const auto envelope = ParseXml(event.message.body)) BindOwn(*envelope, &roles_);
    const std::string bytes = Bytes(event.message);
    requests_[event.exchange] = bytes;
    slow_calls_[event.exchange] = SlowCall(event.message);
    if (!slow_calls_[event.exchange].empty()) slow_ = true;
    // Else it would be left to chance whether the kept message or its copy begins the operation.
    if (kept_.count(slow_calls_[event.exchange]) &&
        !host_->operations().WaitForBegin(slow_calls_[event.exchange], In(kPatience)))
      Fail("a kept message was not run when its turn had come");
    Send({event.exchange, Direction::kResponse}, bytes);
    if (event.rule == "dup" || event.rule == "dup-concurrent") {
      // A copy in a row follows the answer; the recording gives both answers after the request.
      if (event.rule == "dup")
        early_[{event.exchange, Direction::kResponse}] = Read({event.exchange, Direction::kResponse});
      Send({event.exchange, Direction::kResponseToCopy}, bytes);
    }
  }

  void LoseSession() {
    if (Restarts()) {
      Start();
    } else if (!host_->WaitForNoSession(In(kPatience))) {
      Fail("the service did not give the idle session up");
    }
  }

  // Sends, and waits until the server has done with the message what it can do now.
  void Send(const ExchangeKey& key, const std::string& bytes) {
    HttpSocket socket = IdleSocket();
    if (!socket.open() && !socket.Connect(host_->port())) return Fail("cannot connect");
    Operations::Counts counts = host_->operations().counts();
    if (!socket.Send(bytes)) return Fail("cannot send");
    if (slow_) {
      const Deadline deadline = In(kPatience);
      Deadline grace = deadline;
      counts.messages++;
      counts.begun++;
      while (!socket.Readable() && std::chrono::steady_clock::now() < grace) {
        const Operations::Counts now = host_->operations().counts();
        if (now.begun >= counts.begun) break;
        if (now.messages >= counts.messages && grace == deadline) grace = In(kGrace);
        host_->operations().WaitFor({grace == deadline ? counts.messages : 1 << 30, counts.begun}, In(1));
      }
    }
    if (!slow_) socket.WaitReadable(In(kPatience));  // nothing keeps our server from answering at once
    sockets_[key] = std::move(socket);
  }

  HttpSocket IdleSocket() {
    while (!idle_.empty()) {
      HttpSocket socket = std::move(idle_.back());
      idle_.pop_back();
      if (!socket.Readable()) return socket;  // else it was closed
    }
    return HttpSocket();
  }

  std::optional<HttpMessage> Read(const ExchangeKey& key) {
    const auto early = early_.find(key);
    if (early != early_.end()) return early->second;
    const auto found = sockets_.find(key);
    if (found == sockets_.end()) return std::nullopt;
    HttpSocket socket = std::move(found->second);
    sockets_.erase(found);
    std::optional<HttpMessage> answer = socket.Read(In(kPatience));
    // After an answer our server may run a kept operation on the connection's thread, and reads no request meanwhile.
    if (answer && answer->Header("Connection") != "close" && !slow_) idle_.push_back(std::move(socket));
    return answer;
  }

  void Response(const Event& event) {
    if (!event.from_service_or_to_it()) return;
    const ExchangeKey key{event.exchange, event.direction};
    const bool empty = event.message.body.empty();
    const bool held = sockets_.count(key) && !sockets_[key].Readable();
    if (empty && held && !slow_calls_[event.exchange].empty()) {
      // WCF sent it away without an answer, we have it at work: what we answer comes later.
      late_.push_back(event);
      return;
    }
    const std::string& call = slow_calls_[event.exchange];
    if (!empty) host_->operations().LetGo(call);
    if (empty && !call.empty()) kept_.insert(call);  // early for both: kept here
    Compare(event);
  }

  void Compare(const Event& event) {
    std::optional<HttpMessage> ours = Read({event.exchange, event.direction});
    HttpMessage captured = event.message;
    captured.body = ReplaceAll(captured.body, "HTTPPORT", std::to_string(host_->port()));
    std::vector<Difference> differences;
    if (ours && ours->status() == 202 && !captured.body.empty() && !slow_calls_[event.exchange].empty()) {
      differences.push_back({"HTTP/repeated", Aspect::kAnswer, "answered", "202, then answered when it came again"});
      ours = Repeat(event);
    }
    if (ours) {
      const auto found = CompareResponses(captured, *ours, &roles_);
      differences.insert(differences.end(), found.begin(), found.end());
    } else {
      differences.push_back({"HTTP/answer", Aspect::kAnswer, captured.start_line, ""});
    }
    Judge(event, captured, differences);
  }

  // 202 is "no answer yet": a client sends the request again, until there is one.
  std::optional<HttpMessage> Repeat(const Event& event) {
    const Deadline deadline = In(kPatience);
    while (std::chrono::steady_clock::now() < deadline) {
      const ExchangeKey key{event.exchange, event.direction};
      HttpSocket socket = IdleSocket();
      if ((!socket.open() && !socket.Connect(host_->port())) || !socket.Send(requests_[event.exchange])) break;
      sockets_[key] = std::move(socket);
      std::optional<HttpMessage> answer = Read(key);
      if (!answer || answer->status() != 202) return answer;
    }
    return std::nullopt;
  }

  void Judge(const Event& event, const HttpMessage& captured, const std::vector<Difference>& differences) {
    const auto failures = Unintended(scenario_, captured, Where(event), differences, &result_.applied);
    result_.failures.insert(result_.failures.end(), failures.begin(), failures.end());
  }

  void Finish() {
    if (!host_ || !host_->problem().empty()) return;
    host_->operations().LetAllGo();
    if (result_.failures.empty()) {
      for (const Event& event : late_) Compare(event);
      CompareUnanswered();
      CompareExecutions();
    }
    sockets_.clear();
    idle_.clear();
    host_.reset();
  }

  // The WCF service broke these connections.
  void CompareUnanswered() {
    for (const Event& event : capture_.events) {
      if (event.direction != Direction::kRequest || capture_.BrokenExchange(event.exchange) != Broken::kReset) continue;
      const auto ours = Read({event.exchange, Direction::kResponse});
      if (ours) Judge(event, HttpMessage(), {{"HTTP/answer", Aspect::kAnswer, "", ours->start_line}});
    }
  }

  // "[  0.948] EXEC 2 Add(100,15.99)=115.99 session=urn:uuid:..."; those of other sessions warmed the service up.
  std::vector<std::string> RecordedExecutions() const {
    std::vector<std::string> executions;
    for (const std::string& line : capture_.server_log) {
      const std::size_t exec = line.find("] EXEC ");
      const std::size_t session = line.find(" session=");
      if (exec == std::string::npos || session == std::string::npos) continue;
      if (!roles_.Knows(line.substr(session + 9))) continue;
      const std::size_t begin = line.find(' ', exec + 7) + 1;
      executions.push_back(line.substr(begin, session - begin));
    }
    return executions;
  }

  void CollectExecutions() {
    if (!host_) return;
    const auto latest = host_->operations().executions();
    executions_.insert(executions_.end(), latest.begin(), latest.end());
  }

  void CompareExecutions() {
    CollectExecutions();
    std::vector<std::string> expected = RecordedExecutions();
    std::vector<std::string> actual = executions_;
    if (slow_) {  // operations side by side end in any order
      std::sort(expected.begin(), expected.end());
      std::sort(actual.begin(), actual.end());
    }
    auto text = [](const std::vector<std::string>& calls) {
      std::string joined;
      for (const std::string& call : calls) joined += (joined.empty() ? "" : ", ") + call;
      return joined;
    };
    if (expected != actual)
      Judge(Event(), HttpMessage(), {{"executions", Aspect::kText, text(expected), text(actual)}});
  }

  const Capture& capture_;
  const std::vector<Event> events_;
  const std::string scenario_;
  ReplayResult result_;
  Roles roles_;
  std::unique_ptr<ServiceHost> host_;
  std::map<ExchangeKey, HttpSocket> sockets_;
  std::map<ExchangeKey, std::optional<HttpMessage>> early_;
  std::vector<HttpSocket> idle_;
  std::map<int, std::string> requests_;    // by exchange
  std::map<int, std::string> slow_calls_;  // by exchange
  std::set<std::string> kept_;             // calls
  std::vector<Event> late_;
  std::vector<std::string> executions_;
  bool slow_ = false;
};

}  // namespace

ReplayResult ReplayToServer(const Capture& capture) { return ServerReplay(capture).Run(); }

}  // namespace gsoaprm::replay
