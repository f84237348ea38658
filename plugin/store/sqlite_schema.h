// The tables, and how a file of an older version becomes one of this.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "store/sqlite_connection.h"

namespace gsoaprm::store {

// In the header of the file: "gsRM".
inline constexpr std::int64_t kApplicationId = 0x6773524d;

// Takes a file from the version before to `version`.
struct Migration {
  std::int64_t version;
  const char* sql;
};
// In order, from 1. The first makes the tables.
const std::vector<Migration>& Migrations();

// Whether this is a store that these migrations know: application, version.
Status CheckVersion(Connection* connection, const std::string& path, const std::vector<Migration>& migrations);
// All steps that are missing, in one transaction.
Status Migrate(Connection* connection, const std::string& path, const std::vector<Migration>& migrations);
// Whether the tables are exactly those that the migrations up to its version make. Tables of the application are not
// looked at.
Status CheckTables(Connection* connection, const std::string& path, const std::vector<Migration>& migrations);
// Whether the pages are sound; reads all of them, those of the application's tables as well.
Status CheckPages(Connection* connection, const std::string& path);

}  // namespace gsoaprm::store
