// The file itself: who may use it, and that an empty one never takes the place of what was there.
#pragma once

#include <string>

#include "base/status.h"

namespace gsoaprm::store {

// Holds "<path>-lock" for as long as it lives, against other processes and other stores of this one. The lock file
// stays when it is released: to remove it would let two hold "the" lock.
class FileLock {
 public:
  FileLock() = default;
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

  Status Take(const std::string& path);

 private:
  int file_ = -1;
};

// The same file by one name, whatever links lead to it.
std::string CanonicalPath(const std::string& path);

enum class FileState { kMissing, kPresent };
// A file that is there and cannot be a store (empty, a folder), or one that is missing while its write-ahead log is
// there, is a problem.
Status LookAtFile(const std::string& path, FileState* state);

// Makes it with the newest tables. It appears under its name when it is complete, so that a crash meanwhile leaves
// none.
Status CreateFile(const std::string& path, const std::string& vfs);

}  // namespace gsoaprm::store
