#include "replay/scripted_service.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "replay/intended_differences.h"
#include "replay/scenarios.h"
#include "replay/xml_tree.h"

namespace gsoaprm::replay {
namespace {

std::string ReplaceAll(std::string text, const std::string& word, const std::string& other) {
  for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; at += other.size())
    text.replace(at, word.size(), other);
  return text;
}

// "Add#3": what a request is, apart from when it came.
std::string Key(const HttpMessage& request) {
  const auto envelope = ParseXml(request.body);
  const Element* const header = envelope ? envelope->Child("Header") : nullptr;
  const Element* const sequence = header ? header->Child("Sequence") : nullptr;
  return ShortAction(request) + "#" + (sequence ? sequence->Child("MessageNumber")->text : "");
}

long NumberOf(const std::string& key) { return std::atol(key.c_str() + key.find('#') + 1); }

// When an answer reached the client; the intermediary may have held it back.
double Arrival(const Event& response) {
  const std::string kDelay = "delay-response:";
  if (response.rule.compare(0, kDelay.size(), kDelay) != 0) return response.time;
  return response.time + std::atof(response.rule.c_str() + kDelay.size());
}

// The client takes over identifiers that the service has chosen.
void BindOwn(const Element& element, Roles* roles) {
  if (element.name == "Identifier" && !roles->Knows(element.text)) roles->Bind(element.text, element.text);
  for (const Element& child : element.children) BindOwn(child, roles);
}

bool IsSwallowed(const Event& request) { return request.rule.compare(0, 5, "hang:") == 0; }

}  // namespace

ScriptedService::ScriptedService(const Capture& capture)
    : capture_(capture), scenario_("client/" + capture.name), as_set_(IsOfManyCallers(capture.name)) {
  MakeSteps();
  acceptor_ = std::thread([this] { Accept(); });
}

ScriptedService::~ScriptedService() { Finish(); }

void ScriptedService::MakeSteps() {
  bool closing = false;
  for (const Event& event : capture_.events) {
    if (event.direction != Direction::kRequest) continue;
    Step step;
    step.request = &event;
    step.action = ShortAction(event.message);
    step.key = Key(event.message);
    closing = closing || step.action == "CloseSequence";
    step.late_poll = closing && step.action == "AckRequested";
    steps_.push_back(std::move(step));
  }
  for (Step& step : steps_) {
    for (const Event& event : capture_.events)
      if (event.direction == Direction::kResponse && event.exchange == step.request->exchange) step.response = &event;
    if (step.response) step.meanwhile = as_set_ ? Acknowledged(step) : Meanwhile(step);
  }
}

std::vector<std::size_t> ScriptedService::Meanwhile(const Step& step) const {
  std::vector<std::size_t> steps;
  for (std::size_t i = 0; i < steps_.size(); i++) {
    const double time = steps_[i].request->time;
    if (time >= step.request->time && time < Arrival(*step.response) && !steps_[i].late_poll) steps.push_back(i);
  }
  return steps;
}

// What is not sent cannot be acknowledged.
std::vector<std::size_t> ScriptedService::Acknowledged(const Step& step) const {
  std::vector<std::size_t> steps;
  const std::string& answer = step.response->message.body;
  const std::string upper = "Upper=\"";
  long last = 0;
  for (std::size_t at = 0; (at = answer.find(upper, at)) != std::string::npos; at += upper.size())
    last = std::max(last, std::atol(answer.c_str() + at + upper.size()));
  for (std::size_t i = 0; i < steps_.size(); i++) {
    const long number = NumberOf(steps_[i].key);
    if (number > 0 && number <= last) steps.push_back(i);
  }
  return steps;
}

void ScriptedService::Accept() {
  for (;;) {
    HttpSocket socket = listening_.Accept();
    std::lock_guard<std::mutex> lock(mutex_);
    if (stop_ || !socket.open()) return;
    sockets_.push_back(std::move(socket));
    HttpSocket* const accepted = &sockets_.back();
    threads_.emplace_back([this, accepted] { Serve(accepted); });
  }
}

void ScriptedService::Serve(HttpSocket* socket) {
  while (const auto request = socket->Read(In(600000))) {
    Step* step = nullptr;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (stop_) break;
      step = Match(*request);
      if (!step) {
        Judge(Step(), {{"HTTP/request", Aspect::kExtra, "", Key(*request)}});
        break;
      }
      if (!as_set_) NoteOrder(*step);
      step->taken = true;
      Judge(*step, Compare(*step, *request));
      changed_.notify_all();
    }
    const bool open = Answer(step, socket);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      step->done = true;
      changed_.notify_all();
    }
    if (!open) break;
  }
  socket->Shutdown();
}

ScriptedService::Step* ScriptedService::Match(const HttpMessage& request) {
  const std::string key = Key(request);
  for (Step& step : steps_)
    if (!step.taken && step.key == key) return &step;
  return nullptr;
}

std::vector<Difference> ScriptedService::Compare(const Step& step, const HttpMessage& request) {
  std::vector<Difference> differences = CompareRequests(AsForUs(step.request->message), request, &roles_);
  // Which replies have come until then is chance, but for the messages that end the session.
  if (!as_set_ || step.action != "SlowAdd") return differences;
  const auto is_chance = [](const Difference& difference) {
    return difference.path.rfind("Header/SequenceAcknowledgement", 0) == 0;
  };
  differences.erase(std::remove_if(differences.begin(), differences.end(), is_chance), differences.end());
  return differences;
}

void ScriptedService::NoteOrder(const Step& step) {
  for (const Step& other : steps_) {
    if (&other == &step) return;
    if (!other.taken && !other.late_poll) {
      Judge(step, {{"HTTP/order", Aspect::kAnswer, "after " + other.key, "before it"}});
      return;
    }
  }
}

// False: the connection is to be closed.
bool ScriptedService::Answer(Step* step, HttpSocket* socket) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (IsSwallowed(*step->request)) {
    changed_.wait(lock, [this] { return stop_; });
    return false;
  }
  if (step->request->rule == "drop-request" || !step->response) return false;
  const std::string bytes = Bytes(AsForUs(step->response->message));
  if (step->request->rule == "drop-response") return false;
  changed_.wait(lock, [&] { return stop_ || Came(step->meanwhile); });
  if (stop_) return false;
  lock.unlock();
  return socket->Send(bytes);
}

bool ScriptedService::Came(const std::vector<std::size_t>& steps) const {
  return std::all_of(steps.begin(), steps.end(), [this](std::size_t i) { return steps_[i].taken; });
}

HttpMessage ScriptedService::AsForUs(const HttpMessage& message) const {
  HttpMessage ours = message;
  ours.body = ReplaceAll(ours.body, "HTTPPORT", std::to_string(listening_.port()));
  return ours;
}

std::string ScriptedService::Bytes(const HttpMessage& response) {
  if (const auto envelope = ParseXml(response.body)) BindOwn(*envelope, &roles_);
  const std::string body = roles_.Translate(response.body);
  std::string bytes = response.start_line + "\r\n";
  for (const auto& [name, value] : response.headers)
    if (name != "Content-Length") bytes += name + ": " + value + "\r\n";
  return bytes + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

void ScriptedService::Judge(const Step& step, const std::vector<Difference>& differences) {
  const HttpMessage captured = step.request ? step.request->message : HttpMessage();
  const std::string where = step.request ? "exchange " + std::to_string(step.request->exchange) : "not recorded";
  const auto failures = Unintended(scenario_, captured, where, differences, &result_.applied);
  result_.failures.insert(result_.failures.end(), failures.begin(), failures.end());
}

bool ScriptedService::WaitFor(const std::string& action, int count, Deadline deadline) {
  std::unique_lock<std::mutex> lock(mutex_);
  return changed_.wait_until(lock, deadline, [&] {
    return std::count_if(steps_.begin(), steps_.end(),
                         [&](const Step& step) { return step.taken && step.action == action; }) >= count;
  });
}

bool ScriptedService::WaitForFirst(int number, Deadline deadline) {
  const std::string end = "#" + std::to_string(number);
  const auto is_of = [&](const Step& step) {
    return step.key.size() > end.size() && step.key.compare(step.key.size() - end.size(), end.size(), end) == 0;
  };
  std::unique_lock<std::mutex> lock(mutex_);
  return changed_.wait_until(lock, deadline, [&] {
    for (const Step& step : steps_)
      if (is_of(step) && !IsSwallowed(*step.request)) return step.done;
    return true;
  });
}

bool ScriptedService::WaitForArrival(int number, Deadline deadline) {
  std::unique_lock<std::mutex> lock(mutex_);
  return changed_.wait_until(lock, deadline, [&] {
    return std::any_of(steps_.begin(), steps_.end(),
                       [&](const Step& step) { return step.taken && NumberOf(step.key) == number; });
  });
}

void ScriptedService::WaitForAll(Deadline deadline) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait_until(lock, deadline, [&] {
    return std::all_of(steps_.begin(), steps_.end(), [](const Step& step) { return step.taken; });
  });
}

ReplayResult ScriptedService::Finish() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (stop_) return result_;
    stop_ = true;
    for (const Step& step : steps_)
      if (!step.taken) Judge(step, {{"HTTP/request", Aspect::kMissing, step.key, ""}});
    for (HttpSocket& socket : sockets_) socket.Shutdown();
    changed_.notify_all();
  }
  listening_.Stop();
  acceptor_.join();
  for (std::thread& thread : threads_) thread.join();
  return result_;
}

}  // namespace gsoaprm::replay
