// The calculator client with plain functions instead of a proxy class. WITH_RM adds the one line that makes it
// reliable.
#include "Calculator.nsmap"
#include "common/client.h"
#include "soapH.h"
#include "soapStub.h"
#ifdef WITH_RM
#include "soap_rm.h"
#endif

namespace {

samples::Outcome Add(struct soap* soap, const samples::ClientOptions& options, int number) {
  double n1 = number, n2 = number + 1;
  _samples__Add request;
  request.n1 = &n1;
  request.n2 = &n2;
  _samples__AddResponse response;
  if (soap_call___samples__Add(soap, options.url.c_str(), nullptr, &request, response) != SOAP_OK) {
    return samples::Failed(soap);
  }
  const std::string call = "Add(" + std::to_string(number) + ", " + std::to_string(number + 1) + ")";
  return samples::Check(options, call.c_str(), response.AddResult == nullptr ? 0 : *response.AddResult, n1 + n2);
}

}  // namespace

int main(int argc, char** argv) {
  samples::ClientOptions options = samples::ParseClient(argc, argv, "http://localhost:8080/calculator");
  struct soap* soap = samples::NewClientContext(options);
#ifdef WITH_RM
  soap_register_plugin_arg(soap, soap_rm, &options.reliable);
#endif
  const auto tally = samples::RunCalls(soap, options, options.calls, [&](struct soap* context) {
    return [context, &options](int number) { return Add(context, options, number); };
  });
  return samples::Finish(soap, options, tally);
}
