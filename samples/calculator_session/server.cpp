// A gSOAP server of the ICalculatorSession contract: each session has an accumulator of its own. WITH_RM adds the line
// that makes it reliable, and takes the accumulator from the session; without sessions it belongs to the thread.
#include "common/server.h"

#include "CalculatorSession.nsmap"
#include "soapCalculatorSessionService.h"
#ifdef WITH_RM
#include "soap_rm.h"
#endif

namespace {

#ifdef WITH_RM
// Null when the call came without a reliable session, or memory has run out.
double* Accumulator(struct soap* soap) {
  auto* accumulator = static_cast<double*>(soap_rm_session_user(soap));
  if (accumulator != nullptr) return accumulator;
  accumulator = new double(0);
  const auto destroy = [](void* user) { delete static_cast<double*>(user); };
  if (soap_rm_set_session_user(soap, accumulator, destroy) == SOAP_OK) return accumulator;
  delete accumulator;
  return nullptr;
}
#else
double* Accumulator(struct soap*) {
  static thread_local double accumulator = 0;
  return &accumulator;
}
#endif

int RefuseWithoutSession(struct soap* soap) {
  return soap_sender_fault(soap, "This contract needs a reliable session.", nullptr);
}

// A one-way operation: `change` makes the new value of the old one and n.
int Change(struct soap* soap, const char* operation, const double* n, double (*change)(double value, double n)) {
  double* accumulator = Accumulator(soap);
  if (accumulator == nullptr) return RefuseWithoutSession(soap);
  const double number = n == nullptr ? 0 : *n;
  samples::LogExecution(soap, "%s %.15g", operation, number);
  *accumulator = change(*accumulator, number);
  return soap_send_empty_response(soap, 202);
}

}  // namespace

int CalculatorSessionService::Clear(_samples__Clear*) {
  return Change(soap, "Clear", nullptr, [](double, double) { return 0.0; });
}

int CalculatorSessionService::AddTo(_samples__AddTo* in) {
  return Change(soap, "AddTo", in ? in->n : nullptr, [](double value, double n) { return value + n; });
}

int CalculatorSessionService::SubtractFrom(_samples__SubtractFrom* in) {
  return Change(soap, "SubtractFrom", in ? in->n : nullptr, [](double value, double n) { return value - n; });
}

int CalculatorSessionService::MultiplyBy(_samples__MultiplyBy* in) {
  return Change(soap, "MultiplyBy", in ? in->n : nullptr, [](double value, double n) { return value * n; });
}

int CalculatorSessionService::DivideBy(_samples__DivideBy* in) {
  return Change(soap, "DivideBy", in ? in->n : nullptr, [](double value, double n) { return value / n; });
}

int CalculatorSessionService::Result(_samples__Result*, _samples__ResultResponse& out) {
  const double* accumulator = Accumulator(soap);
  if (accumulator == nullptr) return RefuseWithoutSession(soap);
  samples::LogExecution(soap, "Result");
  out.ResultResult = static_cast<double*>(soap_malloc(soap, sizeof(double)));
  if (out.ResultResult == nullptr) return soap->error = SOAP_EOM;
  *out.ResultResult = *accumulator;
  return SOAP_OK;
}

int main(int argc, char** argv) {
  samples::ServerOptions options = samples::ParseServer(argc, argv);
  struct soap* soap = samples::NewServerContext(options);
#ifdef WITH_RM
  soap_register_plugin_arg(soap, soap_rm, &options.reliable);
#endif
  return samples::Serve(soap, options, [](struct soap* connection) {
    CalculatorSessionService service(connection);
    return service.serve();
  });
}
