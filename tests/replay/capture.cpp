#include "replay/capture.h"

#include <strings.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace gsoaprm::replay {
namespace {

constexpr char kFolder[] = "tests/captures/";

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::optional<std::string> ReadFile(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  if (!file) return std::nullopt;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool StartsWith(const std::string& text, const std::string& prefix) {
  return text.compare(0, prefix.size(), prefix) == 0;
}

bool IsHeading(const std::string& line) { return StartsWith(line, "==== "); }

// "==== 002 server -> (duplicate, not passed on) ===="; exchanges that were left out have no number.
bool ParseHeading(const std::string& line, Event* event) {
  event->exchange = std::atoi(line.c_str() + 5);
  if (event->exchange == 0) return false;
  if (line.find("client -> server") != std::string::npos) {
    event->direction = Direction::kRequest;
  } else {
    event->direction = line.find("(duplicate") == std::string::npos ? Direction::kResponse : Direction::kResponseToCopy;
  }
  return true;
}

void ParseRemark(const std::string& line, Event* event) {
  event->time = std::atof(line.c_str() + std::string("# t=").size());
  const std::size_t rule = line.find("PROXY: ");
  if (rule != std::string::npos) event->rule = line.substr(rule + 7);
}

// Elements were put on lines of their own, indented; a line that begins otherwise goes on with the text before it.
void AppendBodyLine(const std::string& line, std::string* body) {
  const std::size_t begin = line.find_first_not_of(' ');
  if (begin == std::string::npos) return;
  if (line[begin] == '<') {
    *body += line.substr(begin);
  } else {
    *body += "\n" + line;
  }
}

void ParseMessage(const std::vector<std::string>& lines, std::size_t begin, std::size_t end, HttpMessage* message) {
  if (begin < end) message->start_line = lines[begin++];
  for (; begin < end && !lines[begin].empty(); begin++) {
    const std::size_t colon = lines[begin].find(": ");
    if (colon != std::string::npos)
      message->headers.emplace_back(lines[begin].substr(0, colon), lines[begin].substr(colon + 2));
  }
  for (; begin < end; begin++) AppendBodyLine(lines[begin], &message->body);
}

std::string Option(const std::string& command, const std::string& option, const std::string& otherwise) {
  std::istringstream words(command);
  for (std::string word; words >> word;)
    if (word == option && words >> word) return word;
  return otherwise;
}

// "   6.447 003 <- upstream error [Errno 104] Connection reset by peer"
void ParseBroken(const std::string& index, Capture* capture) {
  for (const std::string& line : Lines(index)) {
    const std::size_t error = line.find("<- upstream error");
    if (error == std::string::npos) continue;
    std::istringstream words(line);
    double time = 0;
    int exchange = 0;
    words >> time >> exchange;
    const bool refused = line.find("Errno 111") != std::string::npos;
    capture->broken.emplace_back(exchange, refused ? Broken::kRefused : Broken::kReset);
  }
}

void ParseCommands(Capture* capture) {
  for (const std::string& line : capture->client_log) {
    if (StartsWith(line, "# wcfclient")) capture->client_command = line;
    if (StartsWith(line, "# wcfserver")) capture->server_command = line;
    if (StartsWith(line, "# proxy rules: ")) capture->rules = line.substr(15);
  }
}

}  // namespace

std::string HttpMessage::Header(const std::string& name) const {
  for (const auto& [key, value] : headers)
    if (strcasecmp(key.c_str(), name.c_str()) == 0) return value;
  return "";
}

int HttpMessage::status() const {
  const std::size_t space = start_line.find(' ');
  return space == std::string::npos ? 0 : std::atoi(start_line.c_str() + space + 1);
}

bool Event::from_service_or_to_it() const {
  for (const char* const kept_away : {"drop-request", "hang:", "status:", "file:"})
    if (StartsWith(rule, kept_away)) return false;
  return true;
}

std::string Capture::ClientOption(const std::string& option, const std::string& otherwise) const {
  return Option(client_command, option, otherwise);
}

std::string Capture::ServerOption(const std::string& option, const std::string& otherwise) const {
  return Option(server_command, option, otherwise);
}

Broken Capture::BrokenExchange(int exchange) const {
  for (const auto& [number, how] : broken)
    if (number == exchange) return how;
  return Broken::kNo;
}

bool Capture::Has(int exchange, Direction direction) const {
  return std::any_of(events.begin(), events.end(),
                     [&](const Event& event) { return event.exchange == exchange && event.direction == direction; });
}

std::optional<std::vector<Event>> ParseExchanges(const std::string& text) {
  const std::vector<std::string> lines = Lines(text);
  std::vector<Event> events;
  for (std::size_t i = 0; i < lines.size();) {
    if (!IsHeading(lines[i])) return std::nullopt;
    Event event;
    const bool present = ParseHeading(lines[i], &event);
    std::size_t end = i + 1;
    while (end < lines.size() && !IsHeading(lines[end])) end++;
    if (present) {
      if (end - i < 3 || !StartsWith(lines[i + 1], "# t=")) return std::nullopt;
      ParseRemark(lines[i + 1], &event);
      ParseMessage(lines, i + 2, end, &event.message);
      events.push_back(std::move(event));
    }
    i = end;
  }
  std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.time < b.time; });
  return events;
}

Capture LoadCapture(const std::string& name) {
  Capture capture;
  capture.name = name;
  const std::string folder = kFolder + name + "/";
  const auto exchanges = ReadFile(folder + "exchanges.txt");
  const auto client_log = ReadFile(folder + "client.log");
  if (!exchanges || !client_log) {
    capture.problem = "cannot read " + folder + " (the tests run in the folder of the Makefile)";
    return capture;
  }
  auto events = ParseExchanges(*exchanges);
  if (!events) {
    capture.problem = folder + "exchanges.txt is not in the format of tests/captures/README.md";
    return capture;
  }
  capture.events = std::move(*events);
  capture.client_log = Lines(*client_log);
  capture.server_log = Lines(ReadFile(folder + "server.log").value_or(""));
  ParseCommands(&capture);
  ParseBroken(ReadFile(folder + "index.txt").value_or(""), &capture);
  return capture;
}

}  // namespace gsoaprm::replay
