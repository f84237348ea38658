// SQLite with owners: a connection and its statements. Results are SQLite's codes; nothing throws.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace gsoaprm::store {

// A prepared statement, bound from left to right and run. What is bound must live until it has run.
class Statement {
 public:
  Statement() = default;
  Statement(sqlite3* connection, std::string_view sql);
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  bool prepared() const { return statement_ != nullptr; }

  Statement& Integer(std::int64_t value);
  Statement& Text(std::string_view value);
  Statement& Blob(std::string_view value);
  Statement& Null();
  Statement& OptionalText(const std::string* value) { return value != nullptr ? Text(*value) : Null(); }

  // Runs what returns no rows; SQLITE_OK when it is done.
  int Run();

  // Rows: while (Next()), then Finish(), which says how it went.
  bool Next();
  int Finish();
  std::int64_t GetInteger(int column) const { return sqlite3_column_int64(statement_, column); }
  std::string GetText(int column) const;
  bool IsNull(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

 private:
  void Note(int result) {
    if (result != SQLITE_OK && result_ == SQLITE_OK) result_ = result;
  }

  sqlite3_stmt* statement_ = nullptr;
  int next_parameter_ = 1;
  int prepare_result_ = SQLITE_MISUSE;
  int result_ = SQLITE_OK;
};

class Connection {
 public:
  // Null when it cannot be opened; *result says why.
  static std::unique_ptr<Connection> Open(const std::string& path, const std::string& vfs, int flags, int* result);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  sqlite3* handle() const { return handle_; }
  int Execute(const char* sql);
  Statement Prepare(std::string_view sql) { return Statement(handle_, sql); }
  // The first column of the first row; nothing when there is none or it fails (then *result says why).
  std::optional<std::int64_t> Number(std::string_view sql, int* result = nullptr);
  std::optional<std::string> Text(std::string_view sql, int* result = nullptr);

  bool InTransaction() const { return sqlite3_get_autocommit(handle_) == 0; }
  int last_error() const { return sqlite3_extended_errcode(handle_); }
  std::string message() const { return sqlite3_errmsg(handle_); }
  // Resets what is unfinished: after a transaction nothing may hold its view of the file.
  void FinishAll();

 private:
  explicit Connection(sqlite3* handle) : handle_(handle) {}
  sqlite3* handle_;
};

// A statement that is prepared when it is first used, and kept.
class Prepared {
 public:
  Prepared(Connection* connection, const char* sql) : connection_(connection), sql_(sql) {}
  Statement* operator->() { return &**this; }
  Statement& operator*() {
    if (!statement_.prepared()) statement_ = connection_->Prepare(sql_);
    return statement_;
  }

 private:
  Connection* connection_;
  const char* sql_;
  Statement statement_;
};

}  // namespace gsoaprm::store
