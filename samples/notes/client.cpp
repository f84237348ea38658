// A gSOAP client of the INotes contract: sends notes, which nobody answers. WITH_RM adds the one line that makes it
// reliable: Finish() then learns from closing the session that every note has arrived.
#include "common/client.h"

#include "Notes.nsmap"
#include "soapNotesProxy.h"
#ifdef WITH_RM
#include "soap_rm.h"
#endif

namespace {

samples::Outcome SendNote(NotesProxy* proxy, int number) {
  std::string text = "note " + std::to_string(number);
  _samples__Note note;
  note.id = &number;
  note.text = &text;
  if (proxy->Note(&note) != SOAP_OK) return samples::Failed(proxy->soap);
  return samples::Outcome::kRight;
}

}  // namespace

int main(int argc, char** argv) {
  samples::ClientOptions options = samples::ParseClient(argc, argv, "http://localhost:8080/notes");
  struct soap* soap = samples::NewClientContext(options);
#ifdef WITH_RM
  soap_register_plugin_arg(soap, soap_rm, &options.reliable);
#endif
  const auto tally = samples::RunCalls(soap, options, options.calls, [&](struct soap* context) {
    auto proxy = std::make_shared<NotesProxy>(context, options.url.c_str());
    return [proxy](int number) { return SendNote(proxy.get(), number); };
  });
  return samples::Finish(soap, options, tally);
}
