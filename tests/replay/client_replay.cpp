#include "replay/client_replay.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "replay/client_calls.h"
#include "replay/expected_errors.h"
#include "replay/intended_differences.h"
#include "replay/scenarios.h"
#include "replay/scripted_service.h"
#include "soapWSHttpBinding_USCOREICalculatorProxy.h"

namespace gsoaprm::replay {
namespace {

constexpr int kPatience = 15000;
// In place of WCF's 0.5 s and more, and of its 10 s for Create-, Close- and TerminateSequence. Long enough that nothing
// is sent again only because the machine is busy.
constexpr soap_rm_milliseconds kRetransmission = 200;
constexpr soap_rm_milliseconds kHandshake = 200;
constexpr soap_rm_milliseconds kNever = 10000;  // where nothing is to be sent again

class ClientReplay {
 public:
  explicit ClientReplay(const Capture& capture) : capture_(capture), service_(capture) {}

  ReplayResult Run() {
    const std::string path = capture_.events.front().message.start_line.substr(5);
    const std::string endpoint = "http://localhost:" + std::to_string(service_.port()) + path.substr(0, path.find(' '));
    {
      WSHttpBinding_USCOREICalculatorProxy proxy(endpoint.c_str(), SOAP_IO_KEEPALIVE);
      proxy.soap->socket_flags = MSG_NOSIGNAL;
      soap_rm_options options = Options();
      if (capture_.ClientOption("--rm", "10") != "none" && soap_register_plugin_arg(proxy.soap, soap_rm, &options)) {
        Fail("registration failed");
      } else {
        if (IsOfManyCallers(capture_.name)) {
          MakeCallsAtOnce(&proxy);
        } else {
          MakeCalls(&proxy);
        }
        Leave(&proxy);
      }
      proxy.destroy();
      service_.WaitForAll(In(kGrace));
    }
    ReplayResult result = service_.Finish();
    result.failures.insert(result.failures.end(), failures_.begin(), failures_.end());
    return result;
  }

 private:
  // What the client still sends by itself when it is done comes soon.
  static constexpr int kGrace = 2000;

  void Fail(const std::string& failure) { failures_.push_back(failure); }
  bool Is(const std::string& scenario) const { return capture_.name.substr(5) == scenario; }

  int Number(const std::string& option, int otherwise) const {
    return std::atoi(capture_.ClientOption(option, std::to_string(otherwise)).c_str());
  }
  soap_rm_milliseconds Milliseconds(const std::string& option, int otherwise) const {
    return Number(option, otherwise);
  }

  // How often the recorded client sent one message again, at most.
  int Retransmissions() const {
    std::map<std::string, int> sent;  // by message number
    int most = 1;
    for (const Event& event : capture_.events) {
      const std::size_t number = event.message.body.find("MessageNumber>");
      if (event.direction != Direction::kRequest || number == std::string::npos) continue;
      most = std::max(most, ++sent[event.message.body.substr(number, event.message.body.find('<', number) - number)]);
    }
    return most - 1;
  }

  void SetTimers(soap_rm_options* options) const {
    const int retransmissions = Retransmissions();
    options->retransmission_minimum = retransmissions > 0 ? kRetransmission : kNever;
    options->retransmission_maximum = options->retransmission_minimum;
    options->handshake_retry_interval = kHandshake;
    options->open_timeout = options->send_timeout = options->close_timeout = kNever;
    // The time-outs that the recording shows at work, at our pace.
    if (capture_.client_command.find("--open-timeout") != std::string::npos)
      options->open_timeout = Milliseconds("--open-timeout", 60000) * kHandshake / 10000;
    if (Is("ow-slow-flow-control")) options->send_timeout = 600;  // half of it: how long a full peer is left alone
    if (capture_.ClientOption("--close", "close") == "none") options->automatic_close_timeout = 0;
    if (Is("rr-send-timeout") || Is("ack-only-reply"))
      options->send_timeout = kRetransmission * retransmissions + kRetransmission / 2;
    if (capture_.client_command.find("--inactivity") != std::string::npos) options->inactivity_timeout = 800;
  }

  soap_rm_options Options() const {
    soap_rm_options options;
    soap_rm_options_default(&options);
    options.reliable_messaging_version =
        capture_.ClientOption("--rm", "10") == "11" ? SOAP_RM_11 : SOAP_RM_FEBRUARY_2005;
    if (capture_.ClientOption("--soap", "12") == "11") options.soap_version = SOAP_RM_SOAP_11;
    if (capture_.ClientOption("--addressing", "10") == "04")
      options.addressing_version = SOAP_RM_ADDRESSING_AUGUST_2004;
    options.ordered = capture_.ClientOption("--ordered", "true") == "true";
    options.max_transfer_window_size = Number("--window", 8);
    options.max_retry_count = Number("--max-retry", 8);
    options.session_shape =
        capture_.ClientOption("--contract", "calc") == "notes" ? SOAP_RM_SHAPE_ONE_WAY : SOAP_RM_SHAPE_REQUEST_REPLY;
    std::snprintf(options.one_way_actions, sizeof options.one_way_actions,
                  "http://Microsoft.ServiceModel.Samples/ITest/Note http://Microsoft.ServiceModel.Samples/INotes/Note "
                  "http://Microsoft.ServiceModel.Samples/INotes/SlowNote");
    SetTimers(&options);
    return options;
  }

  void MakeCalls(WSHttpBinding_USCOREICalculatorProxy* proxy) {
    int number = 0;
    std::vector<Call> calls = RecordedCalls(capture_);
    if (calls.empty()) calls = {UnsentCall()};
    for (const Call& call : calls) {
      number++;
      const Outcome outcome = Make(call, proxy);
      // A one-way call returns when the message is on its way; WCF's when it was answered or its connection broke.
      if (outcome.error == SOAP_OK && IsOneWay(call) && !service_.WaitForFirst(number, In(kPatience)))
        Fail("message " + std::to_string(number) + " was not sent");
      if (!outcome.wrong.empty()) Fail("call " + std::to_string(number) + " " + call.action + ": " + outcome.wrong);
      ExpectError(number, outcome.code);
    }
  }

  // Each on a thread of its own, begun when the one before it has come, so that the numbers are those of the recording.
  void MakeCallsAtOnce(WSHttpBinding_USCOREICalculatorProxy* proxy) {
    const std::vector<Call> calls = RecordedCalls(capture_);
    std::vector<Outcome> outcomes(calls.size());
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < calls.size(); i++) {
      threads.emplace_back([&, i, proxy] {
        WSHttpBinding_USCOREICalculatorProxy* const copy = proxy->copy();
        copy->soap_endpoint = proxy->soap_endpoint;
        outcomes[i] = Make(calls[i], copy);
        copy->destroy();
        delete copy;
      });
      if (!service_.WaitForArrival(static_cast<int>(i) + 1, In(kPatience))) {
        Fail("message " + std::to_string(i + 1) + " was not sent");
        break;
      }
    }
    for (std::thread& thread : threads) thread.join();
    for (std::size_t i = 0; i < threads.size(); i++) {
      if (!outcomes[i].wrong.empty()) Fail("call " + std::to_string(i + 1) + ": " + outcomes[i].wrong);
      ExpectError(static_cast<int>(i) + 1, outcomes[i].code);
    }
  }

  static bool IsOneWay(const Call& call) { return call.action.find("Note") != std::string::npos; }

  // The session was not opened, so the recording does not have the call.
  static Call UnsentCall() {
    return {"ICalculator/Add",
            *ParseXml("<Add xmlns='http://Microsoft.ServiceModel.Samples'><n1>1</n1><n2>100</n2></Add>")};
  }

  void ExpectError(int number, const std::string& code) {
    const std::string expected = ExpectedError(capture_.name, number);
    if (code == expected) return;
    Fail((number ? "call " + std::to_string(number) : std::string("close")) + " reported \"" + code +
         "\" instead of \"" + expected + "\"");
  }

  void Leave(WSHttpBinding_USCOREICalculatorProxy* proxy) {
    if (capture_.ClientOption("--rm", "10") == "none") return;
    // Its session is dead for WCF.
    const std::string how = Is("reply-without-ack") ? "abort" : capture_.ClientOption("--close", "close");
    const int polls =
        static_cast<int>(std::count_if(capture_.events.begin(), capture_.events.end(), [](const Event& event) {
          return event.direction == Direction::kRequest && ShortAction(event.message) == "AckRequested";
        }));
    // The last poll of the 1.1 recordings came when the session was closed already.
    const int idle_polls = capture_.name.substr(0, 4) == "rm11" ? polls - 1 : polls;
    if (capture_.client_command.find("--idle") != std::string::npos &&
        !service_.WaitFor("AckRequested", idle_polls, In(kPatience)))
      Fail("the idle session was not kept alive");
    if (how == "none") return;
    const int error = how == "abort" ? soap_rm_abort(proxy->soap, nullptr) : soap_rm_close(proxy->soap, nullptr);
    soap_rm_error details{};
    details.size = sizeof details;
    soap_rm_get_error(proxy->soap, &details);
    ExpectError(0, error ? std::string(details.code ? details.code : "?") : "");
  }

  const Capture& capture_;
  ScriptedService service_;
  std::vector<std::string> failures_;
};

}  // namespace

ReplayResult ReplayToClient(const Capture& capture) { return ClientReplay(capture).Run(); }

}  // namespace gsoaprm::replay
