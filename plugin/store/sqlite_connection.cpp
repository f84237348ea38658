#include "store/sqlite_connection.h"

#include <utility>

namespace gsoaprm::store {

Statement::Statement(sqlite3* connection, std::string_view sql) {
  prepare_result_ = sqlite3_prepare_v3(connection, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                       &statement_, nullptr);
}

Statement::Statement(Statement&& other) noexcept
    : statement_(std::exchange(other.statement_, nullptr)),
      next_parameter_(other.next_parameter_),
      prepare_result_(other.prepare_result_),
      result_(other.result_) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(statement_, other.statement_);
  next_parameter_ = other.next_parameter_;
  prepare_result_ = other.prepare_result_;
  result_ = other.result_;
  return *this;
}

Statement& Statement::Integer(std::int64_t value) {
  Note(sqlite3_bind_int64(statement_, next_parameter_++, value));
  return *this;
}

Statement& Statement::Text(std::string_view value) {
  const char* text = value.data() != nullptr ? value.data() : "";  // a null pointer would be bound as NULL
  Note(sqlite3_bind_text64(statement_, next_parameter_++, text, value.size(), SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

Statement& Statement::Blob(std::string_view value) {
  const char* bytes = value.data() != nullptr ? value.data() : "";
  Note(sqlite3_bind_blob64(statement_, next_parameter_++, bytes, value.size(), SQLITE_STATIC));
  return *this;
}

Statement& Statement::Null() {
  Note(sqlite3_bind_null(statement_, next_parameter_++));
  return *this;
}

int Statement::Run() {
  while (Next()) {
  }
  return Finish();
}

bool Statement::Next() {
  if (statement_ == nullptr) {
    result_ = prepare_result_ == SQLITE_OK ? SQLITE_MISUSE : prepare_result_;
    return false;
  }
  if (result_ != SQLITE_OK) return false;
  int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  if (result != SQLITE_DONE) result_ = sqlite3_extended_errcode(sqlite3_db_handle(statement_));
  return false;
}

int Statement::Finish() {
  sqlite3_reset(statement_);
  next_parameter_ = 1;
  return std::exchange(result_, SQLITE_OK);
}

std::string Statement::GetText(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return bytes != nullptr ? std::string(static_cast<const char*>(bytes), size) : std::string();
}

std::unique_ptr<Connection> Connection::Open(const std::string& path, const std::string& vfs, int flags, int* result) {
  sqlite3* handle = nullptr;
  *result = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                            vfs.empty() ? nullptr : vfs.c_str());
  std::unique_ptr<Connection> connection;
  if (handle != nullptr) connection.reset(new Connection(handle));
  if (*result != SQLITE_OK) connection.reset();
  return connection;
}

// An application may have left a statement unfinished: then SQLite closes when that has gone.
Connection::~Connection() { sqlite3_close_v2(handle_); }

int Connection::Execute(const char* sql) { return sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr); }

void Connection::FinishAll() {
  for (sqlite3_stmt* each = sqlite3_next_stmt(handle_, nullptr); each != nullptr;
       each = sqlite3_next_stmt(handle_, each)) {
    if (sqlite3_stmt_busy(each) != 0) sqlite3_reset(each);
  }
}

std::optional<std::int64_t> Connection::Number(std::string_view sql, int* result) {
  std::optional<std::int64_t> value;
  Statement statement = Prepare(sql);
  if (statement.Next()) value = statement.GetInteger(0);
  int outcome = statement.Finish();
  if (result != nullptr) *result = outcome;
  return value;
}

std::optional<std::string> Connection::Text(std::string_view sql, int* result) {
  std::optional<std::string> value;
  Statement statement = Prepare(sql);
  if (statement.Next()) value = statement.GetText(0);
  int outcome = statement.Finish();
  if (result != nullptr) *result = outcome;
  return value;
}

}  // namespace gsoaprm::store
