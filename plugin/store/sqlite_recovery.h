// Reads back what was kept: few statements, in the order of the rows. Messages that wait are only counted.
#pragma once

#include <string>

#include "base/status.h"
#include "store/sqlite_connection.h"
#include "store/store.h"

namespace gsoaprm::store {

// Damaged when a row is not what its checksum says.
Status LoadRecords(Connection* connection, const std::string& path, Recovery* recovery);

}  // namespace gsoaprm::store
