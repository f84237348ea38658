// What the fault proxy does to which request.
#ifndef TESTS_PROXY_FAULTS_H_
#define TESTS_PROXY_FAULTS_H_

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace gsoaprm::proxy {

enum class Fault {
  kNone,
  kDropRequest,      // the client's connection is closed, the server never sees the request
  kDropResponse,     // the client's connection is closed when the server has answered
  kDuplicate,        // sent to the server a second time on another connection; the first answer is relayed
  kDuplicateSecond,  // the same; the second answer is relayed
  kDelay,            // the request waits before it is sent on
  kDelayResponse,    // the response waits before it is relayed
  kReorder,          // the request waits until another one has been answered, or the time is over
  kReset,            // the client's connection is reset, the server never sees the request
  kResetResponse     // the client's connection is reset when the server has answered
};

// The fault for the requests whose head or body contains `text`: for `times` of them, from the `first` one on.
struct Rule {
  Fault fault = Fault::kNone;
  std::string text;
  int first = 1;
  int times = 1;
  int milliseconds = 0;  // of the delays; 0: as Faults says
  int bytes = 0;         // of a message that is dropped, or lost by a reset: those that arrive before
};

// Chances are in percent of the requests, and exclude each other.
struct Faults {
  double drop_request = 0;
  double drop_response = 0;
  double duplicate = 0;
  double delay = 0;
  double reorder = 0;
  double reset = 0;
  int delay_milliseconds = 100;
  int reorder_milliseconds = 500;  // the longest wait for another request
  uint64_t seed = 1;
  std::vector<Rule> rules;  // the first that matches decides, before chance does
};

struct Decision {
  Fault fault = Fault::kNone;
  int milliseconds = 0;
  int bytes = 0;
};

// Decides for one request after the other; the same seed and requests give the same decisions.
class FaultPicker {
 public:
  explicit FaultPicker(Faults faults);
  Decision Pick(std::string_view request);
  void AddRule(Rule rule);

 private:
  bool PickByRule(std::string_view request, Decision* decision);
  Fault PickByChance();

  Faults faults_;
  std::vector<int> matches_;  // of each rule, until now
  std::mt19937_64 random_;
};

// Reads "drop-request n=2 times=3 ms=100 match=TEXT TO THE END"; everything but the fault's name may be left out.
// False with a sentence in `error` when it is not such a text.
bool ParseRule(const std::string& text, Rule* rule, std::string* error);

// Adds the rules of a text, one in a line; empty lines and those that begin with # are nothing.
bool ParseRules(const std::string& text, std::vector<Rule>* rules, std::string* error);

}  // namespace gsoaprm::proxy

#endif  // TESTS_PROXY_FAULTS_H_
