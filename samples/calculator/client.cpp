// A gSOAP client of the ICalculator contract. WITH_RM adds the one line that makes it reliable.
#include "common/client.h"

#include "Calculator.nsmap"
#include "soapCalculatorProxy.h"
#ifdef WITH_RM
#include "soap_rm.h"
#endif

namespace {

// Any call of the contract: `method` with n1 and n2, checked against `expected`.
template <typename Request, typename Response>
samples::Outcome Make(CalculatorProxy* proxy, const samples::ClientOptions& options, const char* name,
                      int (CalculatorProxy::*method)(Request*, Response&), double* Response::*result, double n1,
                      double n2, double expected) {
  Request request;
  request.n1 = &n1;
  request.n2 = &n2;
  Response response;
  if ((proxy->*method)(&request, response) != SOAP_OK) return samples::Failed(proxy->soap);
  const double* value = response.*result;
  const std::string call = std::string(name) + "(" + std::to_string(int(n1)) + ", " + std::to_string(int(n2)) + ")";
  return samples::Check(options, call.c_str(), value == nullptr ? 0 : *value, expected);
}

samples::Outcome MakeCall(CalculatorProxy* proxy, const samples::ClientOptions& options, int number) {
  const double n1 = number, n2 = number + 1;  // n1 tells the calls apart in the server's log
  switch (number % 4) {
    case 1:
      return Make(proxy, options, "Add", &CalculatorProxy::Add, &_samples__AddResponse::AddResult, n1, n2, n1 + n2);
    case 2:
      return Make(proxy, options, "Subtract", &CalculatorProxy::Subtract, &_samples__SubtractResponse::SubtractResult,
                  n1, n2, n1 - n2);
    case 3:
      return Make(proxy, options, "Multiply", &CalculatorProxy::Multiply, &_samples__MultiplyResponse::MultiplyResult,
                  n1, n2, n1 * n2);
    default:
      return Make(proxy, options, "Divide", &CalculatorProxy::Divide, &_samples__DivideResponse::DivideResult, n1, 4,
                  n1 / 4);
  }
}

}  // namespace

int main(int argc, char** argv) {
  samples::ClientOptions options = samples::ParseClient(argc, argv, "http://localhost:8080/calculator");
  struct soap* soap = samples::NewClientContext(options);
#ifdef WITH_RM
  soap_register_plugin_arg(soap, soap_rm, &options.reliable);
#endif
  const auto tally = samples::RunCalls(soap, options, options.calls, [&](struct soap* context) {
    auto proxy = std::make_shared<CalculatorProxy>(context, options.url.c_str());
    return [proxy, &options](int number) { return MakeCall(proxy.get(), options, number); };
  });
  return samples::Finish(soap, options, tally);
}
