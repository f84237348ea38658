#include "store/sqlite_schema.h"

#include <memory>
#include <optional>

#include "store/sqlite_problem.h"

namespace gsoaprm::store {

namespace {

// Large columns are the last ones, so that the others are read without them. Keys of sessions are never used twice.
constexpr const char* kFirstVersion = R"sql(
CREATE TABLE rm_meta(
  name TEXT PRIMARY KEY, value INTEGER NOT NULL, crc INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE rm_acceptor(
  key INTEGER PRIMARY KEY AUTOINCREMENT, sequence TEXT NOT NULL UNIQUE, offered TEXT NOT NULL, principal TEXT NOT NULL,
  protocol INTEGER NOT NULL, endpoint TEXT NOT NULL, create_message_id TEXT NOT NULL, expires TEXT,
  crc INTEGER NOT NULL);
CREATE TABLE rm_acceptor_state(
  acceptor INTEGER PRIMARY KEY, acknowledged TEXT NOT NULL, highest INTEGER NOT NULL, last INTEGER,
  closed INTEGER NOT NULL, last_reply INTEGER NOT NULL, crc INTEGER NOT NULL);
CREATE TABLE rm_tombstone(
  acceptor INTEGER PRIMARY KEY, crc INTEGER NOT NULL, final_answer BLOB NOT NULL);
CREATE TABLE rm_message(
  acceptor INTEGER NOT NULL, number INTEGER NOT NULL, begun INTEGER NOT NULL, one_way INTEGER NOT NULL,
  crc INTEGER NOT NULL, action TEXT NOT NULL, message_id TEXT, content_type TEXT, insert_at INTEGER,
  payload_flags INTEGER, soap_prefix TEXT, content_crc INTEGER NOT NULL, entity BLOB,
  PRIMARY KEY(acceptor, number)) WITHOUT ROWID;
CREATE TABLE rm_reply(
  acceptor INTEGER NOT NULL, request INTEGER NOT NULL, number INTEGER NOT NULL, http_status INTEGER NOT NULL,
  last_message INTEGER NOT NULL, crc INTEGER NOT NULL, action TEXT NOT NULL, message_id TEXT, content_type TEXT,
  insert_at INTEGER, payload_flags INTEGER, soap_prefix TEXT, content_crc INTEGER NOT NULL, entity BLOB,
  PRIMARY KEY(acceptor, request)) WITHOUT ROWID;
CREATE TABLE rm_endpoint(
  key INTEGER PRIMARY KEY AUTOINCREMENT, uri TEXT NOT NULL UNIQUE, crc INTEGER NOT NULL);
CREATE TABLE rm_initiator(
  key INTEGER PRIMARY KEY AUTOINCREMENT, sequence TEXT NOT NULL UNIQUE, offered TEXT NOT NULL,
  endpoint INTEGER NOT NULL, protocol INTEGER NOT NULL, newest INTEGER NOT NULL, acknowledged TEXT NOT NULL,
  replies TEXT NOT NULL, crc INTEGER NOT NULL);
CREATE TABLE rm_outgoing(
  id INTEGER PRIMARY KEY, endpoint INTEGER NOT NULL, one_way INTEGER NOT NULL, crc INTEGER NOT NULL,
  initiator INTEGER, number INTEGER NOT NULL, assigned_crc INTEGER NOT NULL, action TEXT NOT NULL, message_id TEXT,
  content_type TEXT, insert_at INTEGER, payload_flags INTEGER, soap_prefix TEXT, content_crc INTEGER NOT NULL,
  entity BLOB);
CREATE INDEX rm_waiting ON rm_outgoing(endpoint) WHERE initiator IS NULL;
CREATE TABLE rm_dead_letter(
  id INTEGER PRIMARY KEY AUTOINCREMENT, role INTEGER NOT NULL, redrive INTEGER NOT NULL, endpoint TEXT NOT NULL,
  sequence TEXT NOT NULL, number INTEGER NOT NULL, one_way INTEGER NOT NULL, reason TEXT NOT NULL,
  buried_at INTEGER NOT NULL, crc INTEGER NOT NULL, action TEXT NOT NULL, message_id TEXT, content_type TEXT,
  insert_at INTEGER, payload_flags INTEGER, soap_prefix TEXT, content_crc INTEGER NOT NULL, entity BLOB);
CREATE INDEX rm_redriven ON rm_dead_letter(redrive) WHERE redrive <> 0;
)sql";

constexpr const char* kOurTables =
    "SELECT group_concat(name || ':' || coalesce(sql, ''), char(10)) FROM "
    "(SELECT name, sql FROM sqlite_schema WHERE tbl_name GLOB 'rm_*' ORDER BY name)";

std::string SetVersion(std::int64_t version) {
  return "PRAGMA application_id=" + std::to_string(kApplicationId) + "; PRAGMA user_version=" + std::to_string(version);
}

std::int64_t Newest(const std::vector<Migration>& migrations) { return migrations.back().version; }

}  // namespace

const std::vector<Migration>& Migrations() {
  static const std::vector<Migration> migrations = {{1, kFirstVersion}};
  return migrations;
}

Status CheckVersion(Connection* connection, const std::string& path, const std::vector<Migration>& migrations) {
  int result = SQLITE_OK;
  std::optional<std::int64_t> application = connection->Number("PRAGMA application_id", &result);
  if (result != SQLITE_OK) return SqliteProblem(result, path, "read the header");
  std::optional<std::int64_t> version = connection->Number("PRAGMA user_version", &result);
  if (result != SQLITE_OK) return SqliteProblem(result, path, "read the header");
  if (application != kApplicationId || version.value_or(0) < 1) {
    return Status::Error(ErrorClass::kMisuse, "StoreForeign", path + " is not a store of reliable sessions",
                         "Choose another file; this one was not changed.");
  }
  if (*version > Newest(migrations)) {
    return Status::Error(ErrorClass::kMisuse, "StoreNewer",
                         "the store " + path + " is of version " + std::to_string(*version) +
                             ", this program knows versions up to " + std::to_string(Newest(migrations)),
                         "Use the newer program, or another file; this one was not changed.");
  }
  return Status::Ok();
}

Status Migrate(Connection* connection, const std::string& path, const std::vector<Migration>& migrations) {
  std::int64_t version = connection->Number("PRAGMA user_version").value_or(0);
  if (version == Newest(migrations)) return Status::Ok();
  int result = connection->Execute("BEGIN IMMEDIATE");
  for (const Migration& step : migrations) {
    if (result == SQLITE_OK && step.version > version) result = connection->Execute(step.sql);
  }
  if (result == SQLITE_OK) result = connection->Execute(SetVersion(Newest(migrations)).c_str());
  if (result == SQLITE_OK) result = connection->Execute("COMMIT");
  if (result == SQLITE_OK) return Status::Ok();
  Status problem = SqliteProblem(
      result, path, "take it from version " + std::to_string(version) + " to " + std::to_string(Newest(migrations)));
  if (connection->InTransaction()) connection->Execute("ROLLBACK");
  return problem;
}

Status CheckTables(Connection* connection, const std::string& path, const std::vector<Migration>& migrations) {
  int result = SQLITE_OK;
  std::optional<std::string> present = connection->Text(kOurTables, &result);
  std::int64_t version = connection->Number("PRAGMA user_version").value_or(0);
  if (result != SQLITE_OK) return SqliteProblem(result, path, "read its tables");
  std::unique_ptr<Connection> model =
      Connection::Open(":memory:", "", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &result);
  if (model == nullptr) return SqliteProblem(result, path, "open a model of its tables");
  for (const Migration& step : migrations) {
    if (step.version <= version) result = model->Execute(step.sql);
    if (result != SQLITE_OK) return SqliteProblem(result, path, "make a model of its tables");
  }
  if (present != model->Text(kOurTables)) return DamagedProblem(path, "its tables are not those of its version");
  return Status::Ok();
}

Status CheckPages(Connection* connection, const std::string& path) {
  int result = SQLITE_OK;
  std::optional<std::string> verdict = connection->Text("PRAGMA quick_check(1)", &result);
  if (result != SQLITE_OK) return SqliteProblem(result, path, "check its pages");
  if (verdict != "ok") return DamagedProblem(path, verdict.value_or("the check of its pages gave no answer"));
  return Status::Ok();
}

}  // namespace gsoaprm::store
