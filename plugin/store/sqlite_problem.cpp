#include "store/sqlite_problem.h"

#include <sqlite3.h>

namespace gsoaprm::store {

bool IsDamage(int code) {
  int primary = code & 0xff;
  return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB || primary == SQLITE_FORMAT ||
         code == SQLITE_IOERR_SHORT_READ || code == SQLITE_IOERR_CORRUPTFS;
}

Status DamagedProblem(const std::string& path, const std::string& what) {
  return Status::Error(ErrorClass::kMisuse, "StoreDamaged", "the store " + path + " is damaged: " + what,
                       "Put back a copy of the file, or move it away to begin with an empty store: then messages "
                       "that it holds are not sent, and received ones may run again.");
}

Status SqliteProblem(int code, const std::string& path, const std::string& what) {
  std::string text = "the store " + path + ": cannot " + what + ": " + sqlite3_errstr(code);
  if (code > 0xff) text += " (SQLite's code " + std::to_string(code) + ")";
  if (IsDamage(code)) return DamagedProblem(path, "cannot " + what + ": " + sqlite3_errstr(code));
  switch (code & 0xff) {
    case SQLITE_FULL:
      return Status::Error(ErrorClass::kTryAgain, "StoreFull", text,
                           "Make room on the disk: accepted messages are kept, and the store goes on by itself.");
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return Status::Error(ErrorClass::kMisuse, "StoreReadOnly", text,
                           "Let the program write the file and its folder, in which SQLite makes -wal and -shm.");
    case SQLITE_CANTOPEN:
      return Status::Error(ErrorClass::kMisuse, "StoreUnavailable", text,
                           "See that the folder is there and that the program may make files in it.");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Status::Error(ErrorClass::kTryAgain, "StoreInUse", text,
                           "End the program that holds a transaction in the file.");
    default:
      return Status::Error(ErrorClass::kTryAgain, "StoreUnavailable", text,
                           "Look after the disk: the store tries again by itself, and refuses new messages meanwhile.");
  }
}

}  // namespace gsoaprm::store
