// What gsoaprm-store does with the file of a store, also while a program uses it.
#pragma once

#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "base/status.h"
#include "store/sqlite_connection.h"

namespace gsoaprm::store {

// Null, and *problem says why, when there is no store that this version knows.
std::unique_ptr<Connection> OpenForTool(const std::string& path, Status* problem);

// Tables with a line of names first, columns apart by tabs. Each reads a part at a time, so that no long listing keeps
// the program that uses the file from writing its log back. SQLite's code.
int ListSequences(Connection* connection, std::ostream* out);
int ListWaiting(Connection* connection, std::ostream* out);
int ListDeadLetters(Connection* connection, std::ostream* out);

// Which dead letters; none: all.
using LetterIds = std::vector<std::int64_t>;

struct LetterResult {
  std::uint64_t done = 0;
  std::string refused;  // why nothing was done
};
// All or none.
int Redrive(Connection* connection, const LetterIds& ids, LetterResult* result);
int Purge(Connection* connection, const LetterIds& ids, LetterResult* result);

}  // namespace gsoaprm::store
