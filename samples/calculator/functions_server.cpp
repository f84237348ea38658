// The calculator server with plain functions instead of a service class. WITH_RM adds the one line that makes it
// reliable.
#include "Calculator.nsmap"
#include "common/server.h"
#include "soapH.h"
#ifdef WITH_RM
#include "soap_rm.h"
#endif

namespace {

double Value(const double* element) { return element == nullptr ? 0 : *element; }

template <typename Request>
int Answer(struct soap* soap, const char* operation, const Request* in, double** result,
           double (*compute)(double n1, double n2)) {
  if (in == nullptr) return soap_sender_fault(soap, "An operation of the calculator needs its arguments.", nullptr);
  const double n1 = Value(in->n1), n2 = Value(in->n2);
  samples::LogExecution(soap, "%s %.15g %.15g", operation, n1, n2);
  *result = static_cast<double*>(soap_malloc(soap, sizeof(double)));
  if (*result == nullptr) return soap->error = SOAP_EOM;
  **result = compute(n1, n2);
  return SOAP_OK;
}

}  // namespace

int __samples__Add(struct soap* soap, _samples__Add* in, _samples__AddResponse& out) {
  return Answer(soap, "Add", in, &out.AddResult, [](double n1, double n2) { return n1 + n2; });
}

int __samples__Subtract(struct soap* soap, _samples__Subtract* in, _samples__SubtractResponse& out) {
  return Answer(soap, "Subtract", in, &out.SubtractResult, [](double n1, double n2) { return n1 - n2; });
}

int __samples__Multiply(struct soap* soap, _samples__Multiply* in, _samples__MultiplyResponse& out) {
  return Answer(soap, "Multiply", in, &out.MultiplyResult, [](double n1, double n2) { return n1 * n2; });
}

int __samples__Divide(struct soap* soap, _samples__Divide* in, _samples__DivideResponse& out) {
  return Answer(soap, "Divide", in, &out.DivideResult, [](double n1, double n2) { return n1 / n2; });
}

int main(int argc, char** argv) {
  samples::ServerOptions options = samples::ParseServer(argc, argv);
  struct soap* soap = samples::NewServerContext(options);
#ifdef WITH_RM
  soap_register_plugin_arg(soap, soap_rm, &options.reliable);
#endif
  return samples::Serve(soap, options, soap_serve);
}
