// A gSOAP server of the INotes contract whose sessions survive its process: each note is written into a table in the
// very transaction that marks its message as done, so that it is there exactly once, whatever happens to the server.
//
//     durable_server --port 8080 --set store=sqlite:/var/lib/notes.db --set delivery_mode=exactly-once
#include "common/server.h"

#include <sqlite3.h>

#include "Notes.nsmap"
#include "soapNotesService.h"
#include "soap_rm.h"

namespace {

// The application's own table, in the plugin's file.
constexpr char kTable[] =
    "CREATE TABLE IF NOT EXISTS note (place INTEGER PRIMARY KEY, session TEXT, number INTEGER, id INTEGER, text TEXT)";
constexpr char kInsert[] = "INSERT INTO note (session, number, id, text) VALUES (?, ?, ?, ?)";

int Failed(struct soap* soap, sqlite3* database) {
  return soap_receiver_fault(soap, "The note could not be written.", sqlite3_errmsg(database));
}

int Write(struct soap* soap, int id, const std::string& text) {
  auto* const database = static_cast<sqlite3*>(soap_rm_transaction(soap));
  if (database == nullptr)
    return soap_receiver_fault(soap, "Start the server with delivery_mode=exactly-once.", nullptr);
  sqlite3_stmt* insert = nullptr;
  if (sqlite3_exec(database, kTable, nullptr, nullptr, nullptr) != SQLITE_OK ||
      sqlite3_prepare_v2(database, kInsert, -1, &insert, nullptr) != SQLITE_OK)
    return Failed(soap, database);
  sqlite3_bind_text(insert, 1, soap_rm_session_id(soap), -1, SQLITE_TRANSIENT);
  sqlite3_bind_int64(insert, 2, static_cast<sqlite3_int64>(soap_rm_message_number(soap)));
  sqlite3_bind_int(insert, 3, id);
  sqlite3_bind_text(insert, 4, text.c_str(), -1, SQLITE_TRANSIENT);
  const int result = sqlite3_step(insert);
  sqlite3_finalize(insert);
  return result == SQLITE_DONE ? SOAP_OK : Failed(soap, database);
}

}  // namespace

int NotesService::Note(_samples__Note* in) {
  if (in == nullptr || in->id == nullptr) return soap_sender_fault(soap, "A note needs its elements.", nullptr);
  if (Write(soap, *in->id, in->text == nullptr ? std::string() : *in->text) != SOAP_OK) return soap->error;
  samples::LogExecution(soap, "Note %d", *in->id);
  return soap_send_empty_response(soap, 202);  // what was written is on the disk before this leaves
}

int NotesService::SlowNote(_samples__SlowNote*) {
  return soap_sender_fault(soap, "While an operation writes, all others wait: it must not be slow.", nullptr);
}

int main(int argc, char** argv) {
  samples::ServerOptions options = samples::ParseServer(argc, argv);
  struct soap* soap = samples::NewServerContext(options);
  soap_register_plugin_arg(soap, soap_rm, &options.reliable);
  return samples::Serve(soap, options, [](struct soap* connection) { return NotesService(connection).serve(); });
}
