// A gSOAP client of the ICalculatorSession contract: one-way operations change an accumulator, in their order, and the
// last call of all, Result, shows it. WITH_RM adds the one line that makes it reliable.
#include "common/client.h"

#include "CalculatorSession.nsmap"
#include "soapCalculatorSessionProxy.h"
#ifdef WITH_RM
#include "soap_rm.h"
#endif

namespace {

template <typename Request>
samples::Outcome Change(CalculatorSessionProxy* proxy, int (CalculatorSessionProxy::*method)(Request*), double n) {
  Request request;
  request.n = &n;
  if ((proxy->*method)(&request) != SOAP_OK) return samples::Failed(proxy->soap);
  return samples::Outcome::kRight;
}

// Any four of these in a row, in their order, add n + 1; threads beside each other only add, which has no order.
samples::Outcome MakeChange(CalculatorSessionProxy* proxy, int number, bool ordered) {
  if (!ordered) return Change(proxy, &CalculatorSessionProxy::AddTo, number);
  switch (number % 4) {
    case 1:
      return Change(proxy, &CalculatorSessionProxy::AddTo, number);
    case 2:
      return Change(proxy, &CalculatorSessionProxy::MultiplyBy, 2);
    case 3:
      return Change(proxy, &CalculatorSessionProxy::SubtractFrom, number);
    default:
      return Change(proxy, &CalculatorSessionProxy::DivideBy, 2);
  }
}

double Expected(int changes, bool ordered) {
  double value = 0;
  for (int number = 1; number <= changes; ++number) {
    const int kind = ordered ? number % 4 : 1;
    if (kind == 1) value += number;
    if (kind == 2) value *= 2;
    if (kind == 3) value -= number;
    if (kind == 0) value /= 2;
  }
  return value;
}

samples::Outcome CheckResult(CalculatorSessionProxy* proxy, const samples::ClientOptions& options, double expected) {
  _samples__Result request;
  _samples__ResultResponse response;
  if (proxy->Result(&request, response) != SOAP_OK) return samples::Failed(proxy->soap);
  return samples::Check(options, "Result()", response.ResultResult == nullptr ? 0 : *response.ResultResult, expected);
}

}  // namespace

int main(int argc, char** argv) {
  samples::ClientOptions options = samples::ParseClient(argc, argv, "http://localhost:8080/calculator_session");
  struct soap* soap = samples::NewClientContext(options);
#ifdef WITH_RM
  soap_register_plugin_arg(soap, soap_rm, &options.reliable);
#endif
  const bool ordered = samples::OneAfterAnother(options);
  const double expected = Expected(options.calls - 1, ordered);
  auto tally = samples::RunCalls(soap, options, ordered ? options.calls : options.calls - 1, [&](struct soap* context) {
    auto proxy = std::make_shared<CalculatorSessionProxy>(context, options.url.c_str());
    return [proxy, ordered, expected, &options](int number) {
      if (number == options.calls) return CheckResult(proxy.get(), options, expected);
      return MakeChange(proxy.get(), number, ordered);
    };
  });
  if (!ordered) {  // Result must wait until all changes have been made
    samples::WaitUntilTaken(soap, options);
    CalculatorSessionProxy proxy(soap, options.url.c_str());
    samples::UseSoapVersion(soap, options.soap_version);
    tally.Add(CheckResult(&proxy, options, expected));
  }
  return samples::Finish(soap, options, tally);
}
