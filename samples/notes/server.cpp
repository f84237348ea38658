// A gSOAP server of the INotes contract, one-way only. WITH_RM adds the one line that makes it reliable.
#include "common/server.h"

#include <chrono>
#include <thread>

#include "Notes.nsmap"
#include "soapNotesService.h"
#ifdef WITH_RM
#include "soap_rm.h"
#endif

namespace {

int Value(const int* element) { return element == nullptr ? 0 : *element; }

}  // namespace

int NotesService::Note(_samples__Note* in) {
  if (in == nullptr) return soap_sender_fault(soap, "A note needs its elements.", nullptr);
  samples::LogExecution(soap, "Note %d %s", Value(in->id), in->text == nullptr ? "" : in->text->c_str());
  return soap_send_empty_response(soap, 202);
}

int NotesService::SlowNote(_samples__SlowNote* in) {
  if (in == nullptr) return soap_sender_fault(soap, "A note needs its elements.", nullptr);
  samples::LogExecution(soap, "SlowNote %d %d", Value(in->id), Value(in->delayMs));
  std::this_thread::sleep_for(std::chrono::milliseconds(Value(in->delayMs)));
  return soap_send_empty_response(soap, 202);
}

int main(int argc, char** argv) {
  samples::ServerOptions options = samples::ParseServer(argc, argv);
  struct soap* soap = samples::NewServerContext(options);
#ifdef WITH_RM
  soap_register_plugin_arg(soap, soap_rm, &options.reliable);
#endif
  return samples::Serve(soap, options, [](struct soap* connection) { return NotesService(connection).serve(); });
}
