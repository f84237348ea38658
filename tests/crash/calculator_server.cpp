// A server of ICalculator that writes each execution of Add into a table in the transaction of its message, and says so
// on its output when it has begun: what was begun and what has come to pass can differ when it is killed.
#include <sqlite3.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>

#include "Calculator.nsmap"
#include "common/server.h"
#include "soapCalculatorService.h"
#include "soap_rm.h"

namespace {

bool Record(struct soap* soap, double n1) {
  auto* const database = static_cast<sqlite3*>(soap_rm_transaction(soap));
  if (database == nullptr) return true;  // another mode: what is on the output counts
  const std::string sql =
      "CREATE TABLE IF NOT EXISTS execution (place INTEGER PRIMARY KEY, session TEXT, number INTEGER, id INTEGER);"
      "INSERT INTO execution (session, number, id) VALUES ('" +
      std::string(soap_rm_session_id(soap)) + "'," + std::to_string(soap_rm_message_number(soap)) + "," +
      std::to_string(static_cast<long>(n1)) + ")";
  return sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
}

// The operation of this number, counted from the start of the process, never ends: it is to be killed in its middle.
void StayInTheMiddle() {
  static std::atomic<int> begun{0};
  const char* const endless = std::getenv("ENDLESS_OPERATION");
  if (++begun == (endless == nullptr ? 0 : std::atoi(endless)))
    for (;;) pause();
}

}  // namespace

int CalculatorService::Add(_samples__Add* in, _samples__AddResponse& out) {
  if (in == nullptr || in->n1 == nullptr || in->n2 == nullptr)
    return soap_sender_fault(soap, "Add needs both.", nullptr);
  samples::LogExecution(soap, "Add %.15g %.15g", *in->n1, *in->n2);
  StayInTheMiddle();
  if (!Record(soap, *in->n1)) return soap_receiver_fault(soap, "The execution could not be written.", nullptr);
  out.AddResult = static_cast<double*>(soap_malloc(soap, sizeof(double)));
  if (out.AddResult == nullptr) return soap->error = SOAP_EOM;
  *out.AddResult = *in->n1 + *in->n2;
  return SOAP_OK;
}

// Writes nothing of its own, and fails: what it has written is undone, its fault is the reply.
int CalculatorService::Subtract(_samples__Subtract* in, _samples__SubtractResponse&) {
  if (in != nullptr && in->n1 != nullptr) Record(soap, -*in->n1);
  return soap_receiver_fault(soap, "Subtract fails on purpose.", nullptr);
}

int CalculatorService::Multiply(_samples__Multiply*, _samples__MultiplyResponse&) { return SOAP_NO_METHOD; }
int CalculatorService::Divide(_samples__Divide*, _samples__DivideResponse&) { return SOAP_NO_METHOD; }

int main(int argc, char** argv) {
  samples::ServerOptions options = samples::ParseServer(argc, argv);
  struct soap* soap = samples::NewServerContext(options);
  soap_register_plugin_arg(soap, soap_rm, &options.reliable);
  return samples::Serve(soap, options, [](struct soap* connection) { return CalculatorService(connection).serve(); });
}
