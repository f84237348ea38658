#include "replay/client_calls.h"

#include <cmath>
#include <cstdlib>
#include <map>

#include "replay/intended_differences.h"
#include "soapWSHttpBinding_USCOREICalculatorProxy.h"

namespace gsoaprm::replay {
namespace {

using Proxy = WSHttpBinding_USCOREICalculatorProxy;

// The members of the generated classes point to what is kept here.
struct Arguments {
  explicit Arguments(const Element& call)
      : n1(Number(call, "n1")),
        n2(Number(call, "n2")),
        delay(static_cast<int>(Number(call, "delayMs"))),
        id(static_cast<int>(Number(call, "id"))),
        text(Text(call, "text")),
        reason(Text(call, "reason")) {}

  static std::string Text(const Element& call, const std::string& name) {
    const Element* const child = call.Child(name);
    return child ? child->text : "";
  }
  static double Number(const Element& call, const std::string& name) {
    return std::strtod(Text(call, name).c_str(), nullptr);
  }

  double n1, n2;
  int delay, id;
  std::string text, reason;
};

std::string Wrong(const double* result, double expected) {
  if (result && std::fabs(*result - expected) <= 1e-12 * std::fabs(expected)) return "";
  return "result " + (result ? std::to_string(*result) : "none") + " instead of " + std::to_string(expected);
}

template <typename Request, typename Response>
int Calculate(Proxy* proxy, int (Proxy::*operation)(Request*, Response&), double* Response::*result, double expected,
              Arguments* arguments, std::string* wrong) {
  Request request;
  request.n1 = &arguments->n1;
  request.n2 = &arguments->n2;
  Response response;
  const int error = (proxy->*operation)(&request, response);
  if (!error) *wrong = Wrong(response.*result, expected);
  return error;
}

int MakeSlowAdd(Proxy* proxy, Arguments* in, std::string* wrong) {
  _ns1__SlowAdd request;
  request.n1 = &in->n1;
  request.n2 = &in->n2;
  request.delayMs = &in->delay;
  _ns1__SlowAddResponse response;
  const int error = proxy->SlowAdd(&request, response);
  if (!error) *wrong = Wrong(response.SlowAddResult, in->n1 + in->n2);
  return error;
}

int MakeEcho(Proxy* proxy, Arguments* in, std::string* wrong) {
  _ns1__Echo request;
  request.text = &in->text;
  _ns1__EchoResponse response;
  const int error = proxy->Echo(&request, response);
  if (!error && (!response.EchoResult || *response.EchoResult != in->text)) *wrong = "another text";
  return error;
}

int MakeFail(Proxy* proxy, Arguments* in) {
  _ns1__Fail request;
  request.reason = &in->reason;
  _ns1__FailResponse response;
  return proxy->Fail(&request, response);
}

int MakeVoid(Proxy* proxy, Arguments* in) {
  _ns1__Void request;
  request.id = &in->id;
  _ns1__VoidResponse response;
  return proxy->Void(&request, response);
}

int MakeNote(Proxy* proxy, Arguments* in, bool of_notes) {
  _ns1__Note request;
  request.id = &in->id;
  request.text = &in->text;
  return of_notes ? proxy->Note(&request) : proxy->Note_(&request);
}

int MakeSlowNote(Proxy* proxy, Arguments* in) {
  _ns1__SlowNote request;
  request.id = &in->id;
  request.delayMs = &in->delay;
  return proxy->SlowNote(&request);
}

int Dispatch(const std::string& action, Proxy* proxy, Arguments* in, std::string* wrong) {
  const double n1 = in->n1;
  const double n2 = in->n2;
  if (action == "ICalculator/Add")
    return Calculate(proxy, &Proxy::Add, &_ns1__AddResponse::AddResult, n1 + n2, in, wrong);
  if (action == "ICalculator/Subtract")
    return Calculate(proxy, &Proxy::Subtract, &_ns1__SubtractResponse::SubtractResult, n1 - n2, in, wrong);
  if (action == "ICalculator/Multiply")
    return Calculate(proxy, &Proxy::Multiply, &_ns1__MultiplyResponse::MultiplyResult, n1 * n2, in, wrong);
  if (action == "ICalculator/Divide")
    return Calculate(proxy, &Proxy::Divide, &_ns1__DivideResponse::DivideResult, n1 / n2, in, wrong);
  if (action == "ITest/SlowAdd") return MakeSlowAdd(proxy, in, wrong);
  if (action == "ITest/Echo") return MakeEcho(proxy, in, wrong);
  if (action == "ITest/Fail") return MakeFail(proxy, in);
  if (action == "ITest/Void") return MakeVoid(proxy, in);
  if (action == "ITest/Note" || action == "INotes/Note") return MakeNote(proxy, in, action == "INotes/Note");
  if (action == "INotes/SlowNote") return MakeSlowNote(proxy, in);
  *wrong = "no such operation: " + action;
  return SOAP_ERR;
}

// "ICalculator/Add" of the full action.
std::string ContractAndOperation(const std::string& action) {
  const std::size_t last = action.rfind('/');
  return last == std::string::npos || last == 0 ? action : action.substr(action.rfind('/', last - 1) + 1);
}

}  // namespace

std::vector<Call> RecordedCalls(const Capture& capture) {
  std::map<long, Call> calls;
  long plain = 0;
  for (const Event& event : capture.events) {
    if (event.direction != Direction::kRequest) continue;
    const auto envelope = ParseXml(event.message.body);
    if (!envelope || !envelope->Child("Header")) continue;
    const Element* const action = envelope->Child("Header")->Child("Action");
    if (!action || action->text.find("Microsoft.ServiceModel.Samples") == std::string::npos) continue;
    const Element* const sequence = envelope->Child("Header")->Child("Sequence");
    const long number = sequence ? std::atol(sequence->Child("MessageNumber")->text.c_str()) : ++plain;
    calls[number] = {ContractAndOperation(action->text), envelope->Child("Body")->children.front()};
  }
  std::vector<Call> in_order;
  for (auto& [number, call] : calls) in_order.push_back(std::move(call));
  return in_order;
}

Outcome Make(const Call& call, Proxy* proxy) {
  Arguments arguments(call.arguments);
  Outcome outcome;
  outcome.error = Dispatch(call.action, proxy, &arguments, &outcome.wrong);
  if (outcome.error == SOAP_OK) return outcome;
  soap_rm_error error{};
  error.size = sizeof error;
  if (outcome.error == SOAP_RM_ERROR && soap_rm_get_error(proxy->soap, &error) == SOAP_OK) {
    outcome.code = error.code ? error.code : "";
  } else {
    const char** const reason = soap_faultstring(proxy->soap);
    outcome.code = "fault: " + std::string(reason && *reason ? *reason : "");
  }
  return outcome;
}

}  // namespace gsoaprm::replay
