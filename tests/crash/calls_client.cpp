// A client of ICalculator: Add with the numbers 1, 2, ..., each once, one after the other. The last line counts them.
#include "Calculator.nsmap"
#include "common/client.h"
#include "soapCalculatorProxy.h"
#include "soap_rm.h"

namespace {

samples::Outcome Add(CalculatorProxy* proxy, const samples::ClientOptions& options, int number) {
  double n1 = number, n2 = 0.5;
  _samples__Add in;
  in.n1 = &n1;
  in.n2 = &n2;
  _samples__AddResponse out;
  if (proxy->Add(&in, out) != SOAP_OK || out.AddResult == nullptr) return samples::Failed(proxy->soap);
  return samples::Check(options, "Add", *out.AddResult, n1 + n2);
}

}  // namespace

int main(int argc, char** argv) {
  samples::ClientOptions options = samples::ParseClient(argc, argv, "http://localhost:8080/calculator");
  struct soap* soap = samples::NewClientContext(options);
  soap_register_plugin_arg(soap, soap_rm, &options.reliable);
  const auto tally = samples::RunCalls(soap, options, options.calls, [&](struct soap* context) {
    auto proxy = std::make_shared<CalculatorProxy>(context, options.url.c_str());
    return [proxy, &options](int number) { return Add(proxy.get(), options, number); };
  });
  return samples::Finish(soap, options, tally);
}
