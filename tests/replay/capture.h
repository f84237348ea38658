// A recorded scenario of tests/captures: its HTTP messages in the order of time, and how it was run.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gsoaprm::replay {

struct HttpMessage {
  std::string start_line;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;  // white space between elements removed

  std::string Header(const std::string& name) const;  // "" when absent; names without regard to case
  int status() const;                                 // of a response
};

enum class Direction { kRequest, kResponse, kResponseToCopy };

struct Event {
  double time = 0;
  int exchange = 0;
  Direction direction = Direction::kRequest;
  std::string rule;  // of the intermediary: "drop-request", "status:400", ...; "" when it passed the message on
  HttpMessage message;

  // Whether the service received the request, or the answer is the service's own.
  bool from_service_or_to_it() const;
};

// What became of an exchange that has no response in the recording.
enum class Broken { kNo, kRefused, kReset };

struct Capture {
  std::string name;           // "rm11/rr-clean"
  std::vector<Event> events;  // in the order of time
  std::string client_command, server_command, rules;
  std::vector<std::string> client_log, server_log;
  std::string problem;  // not empty: the files could not be read

  // The value of an option of the client's or service's command line.
  std::string ClientOption(const std::string& option, const std::string& otherwise) const;
  std::string ServerOption(const std::string& option, const std::string& otherwise) const;
  Broken BrokenExchange(int exchange) const;
  bool Has(int exchange, Direction direction) const;

  std::vector<std::pair<int, Broken>> broken;
};

Capture LoadCapture(const std::string& name);

// Parses the text of an exchanges.txt; nothing when it is not one.
std::optional<std::vector<Event>> ParseExchanges(const std::string& text);

}  // namespace gsoaprm::replay
