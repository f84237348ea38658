#include "store/tool/commands.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <string_view>

#include "store/sqlite_file.h"
#include "store/sqlite_problem.h"
#include "store/sqlite_schema.h"

namespace gsoaprm::store {

namespace {

constexpr int kBusyMilliseconds = 5000;
constexpr std::int64_t kRowsAtOnce = 1000;

// Peers choose identifiers and addresses: nothing of them may steer a terminal.
std::string Plain(std::string text) {
  std::replace_if(
      text.begin(), text.end(),
      [](char character) {
        auto byte = static_cast<unsigned char>(character);
        return byte < 0x20 || byte == 0x7f;
      },
      '?');
  return text.empty() ? "-" : text;
}

std::string WallClockText(std::int64_t seconds) {
  std::time_t time = seconds;
  std::tm parts{};
  std::array<char, 32> text{};
  if (gmtime_r(&time, &parts) == nullptr) return "-";
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

void WriteColumns(const Statement& row, int from, int to, std::ostream* out) {
  for (int column = from; column < to; ++column) *out << (column > from ? "\t" : "") << Plain(row.GetText(column));
}

// `sql` has the key first, and the parameters: the last key, how many rows. The other columns are written; a time comes
// first when there is one.
int ListInParts(Connection* connection, const char* sql, int columns, bool time_first, std::ostream* out) {
  std::int64_t last = 0;
  for (;;) {
    Statement rows = connection->Prepare(sql);
    rows.Integer(last).Integer(kRowsAtOnce);
    std::int64_t count = 0;
    for (; rows.Next(); ++count) {
      last = rows.GetInteger(0);
      if (time_first) *out << WallClockText(rows.GetInteger(1)) << "\t";
      WriteColumns(rows, time_first ? 2 : 1, columns + 1, out);
      *out << "\n";
    }
    int result = rows.Finish();
    if (result != SQLITE_OK || count < kRowsAtOnce) return result;
  }
}

constexpr const char* kServerSequences =
    "SELECT key, 'server', CASE WHEN t.acceptor IS NOT NULL THEN 'ended' WHEN s.closed<>0 THEN 'closed' ELSE 'open' "
    "END,"
    " s.highest, replace(s.acknowledged, ' ', ','), (SELECT count(*) FROM rm_message WHERE acceptor=key),"
    " (SELECT count(*) FROM rm_reply WHERE acceptor=key), a.sequence, a.endpoint FROM rm_acceptor a"
    " LEFT JOIN rm_acceptor_state s ON s.acceptor=a.key LEFT JOIN rm_tombstone t ON t.acceptor=a.key"
    " WHERE key>? ORDER BY key LIMIT ?";
constexpr const char* kClientSequences =
    "SELECT i.key, 'client', 'open', i.newest, replace(i.acknowledged, ' ', ','),"
    " (SELECT count(*) FROM rm_outgoing WHERE initiator=i.key), replace(i.replies, ' ', ','), i.sequence, e.uri"
    " FROM rm_initiator i LEFT JOIN rm_endpoint e ON e.key=i.endpoint WHERE i.key>? ORDER BY i.key LIMIT ?";
constexpr const char* kWaiting =
    "SELECT o.id, o.id, CASE WHEN o.one_way<>0 THEN 'one-way' ELSE 'two-way' END, coalesce(length(o.entity), 0),"
    " o.action, o.message_id, e.uri FROM rm_outgoing o LEFT JOIN rm_endpoint e ON e.key=o.endpoint"
    " WHERE o.initiator IS NULL AND o.id>? ORDER BY o.id LIMIT ?";
constexpr const char* kDeadLetters =
    "SELECT id, buried_at, id, CASE role WHEN 0 THEN 'client' ELSE 'server' END,"
    " CASE WHEN redrive<>0 THEN 'to be sent again' ELSE 'dead' END, number, coalesce(length(entity), 0), sequence,"
    " action, message_id, endpoint, reason FROM rm_dead_letter WHERE id>? ORDER BY id LIMIT ?";

int Begin(Connection* connection) { return connection->Execute("BEGIN IMMEDIATE"); }

// Commits, or undoes all of it.
int End(Connection* connection, int result, const LetterResult& outcome) {
  if (result == SQLITE_OK && outcome.refused.empty()) result = connection->Execute("COMMIT");
  if (connection->InTransaction()) connection->Execute("ROLLBACK");
  return result;
}

// `one` with an id each, or `all`.
int Change(Connection* connection, const char* one, const char* all, const char* whose, const LetterIds& ids,
           LetterResult* outcome) {
  int result = Begin(connection);
  if (result != SQLITE_OK) return result;
  if (ids.empty()) {
    result = connection->Execute(all);
    outcome->done = static_cast<std::uint64_t>(sqlite3_changes(connection->handle()));
    return End(connection, result, *outcome);
  }
  for (std::int64_t id : ids) {
    Statement statement = connection->Prepare(one);
    result = statement.Integer(id).Run();
    if (result != SQLITE_OK) break;
    if (sqlite3_changes(connection->handle()) == 0) {
      outcome->refused = "there is no dead letter " + std::to_string(id) + whose;
      break;
    }
    ++outcome->done;
  }
  return End(connection, result, *outcome);
}

}  // namespace

std::unique_ptr<Connection> OpenForTool(const std::string& path, Status* problem) {
  FileState state = FileState::kMissing;
  *problem = LookAtFile(path, &state);
  if (problem->ok() && state == FileState::kMissing) {
    *problem = Status::Error(ErrorClass::kMisuse, "StoreMissing", "there is no file " + path, "Check its name.");
  }
  if (!problem->ok()) return nullptr;
  int result = SQLITE_OK;
  std::unique_ptr<Connection> connection = Connection::Open(path, "", SQLITE_OPEN_READWRITE, &result);
  if (connection == nullptr) {
    *problem = SqliteProblem(result, path, "open it");
    return nullptr;
  }
  sqlite3_busy_timeout(connection->handle(), kBusyMilliseconds);
  // To look at a file changes nothing: the next program that uses it sees to its log.
  sqlite3_db_config(connection->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  *problem = CheckVersion(connection.get(), path, Migrations());
  if (problem->ok()) *problem = CheckTables(connection.get(), path, Migrations());
  if (!problem->ok()) connection.reset();
  return connection;
}

int ListSequences(Connection* connection, std::ostream* out) {
  *out << "role\tstate\tnewest\tacknowledged\tmessages\treplies\tsequence\tendpoint\n";
  int result = ListInParts(connection, kServerSequences, 8, false, out);
  return result == SQLITE_OK ? ListInParts(connection, kClientSequences, 8, false, out) : result;
}

int ListWaiting(Connection* connection, std::ostream* out) {
  *out << "id\tkind\tbytes\taction\tmessage\tendpoint\n";
  return ListInParts(connection, kWaiting, 6, false, out);
}

int ListDeadLetters(Connection* connection, std::ostream* out) {
  *out << "buried\tid\trole\tstate\tnumber\tbytes\tsequence\taction\tmessage\tendpoint\treason\n";
  return ListInParts(connection, kDeadLetters, 11, true, out);
}

// A server has no way to run a message later.
int Redrive(Connection* connection, const LetterIds& ids, LetterResult* result) {
  return Change(connection, "UPDATE rm_dead_letter SET redrive=1 WHERE id=? AND role=0",
                "UPDATE rm_dead_letter SET redrive=1 WHERE role=0", " of a client", ids, result);
}

int Purge(Connection* connection, const LetterIds& ids, LetterResult* result) {
  return Change(connection, "DELETE FROM rm_dead_letter WHERE id=?", "DELETE FROM rm_dead_letter", "", ids, result);
}

}  // namespace gsoaprm::store
