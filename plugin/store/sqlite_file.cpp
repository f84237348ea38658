#include "store/sqlite_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "store/sqlite_connection.h"
#include "store/sqlite_problem.h"
#include "store/sqlite_schema.h"

namespace gsoaprm::store {

namespace {

constexpr off_t kSmallestPage = 512;

bool HasLog(const std::string& path) {
  struct stat log;
  return stat((path + "-wal").c_str(), &log) == 0 && log.st_size > 0;
}

std::string SystemText(int error) { return std::generic_category().message(error); }

Status SystemProblem(int error, const std::string& path, const std::string& what) {
  std::string reason = "the store " + path + ": cannot " + what + ": " + SystemText(error);
  if (error == EACCES || error == EPERM || error == EROFS) {
    return Status::Error(ErrorClass::kMisuse, "StoreReadOnly", reason,
                         "Let the program write the file and make others in its folder.");
  }
  if (error == ENOSPC || error == EDQUOT) {
    return Status::Error(ErrorClass::kTryAgain, "StoreFull", reason, "Make room on the disk.");
  }
  return Status::Error(ErrorClass::kMisuse, "StoreUnavailable", reason, "See that the folder is there.");
}

// Whose it is, as it says itself.
std::string Holder(int file) {
  std::array<char, 32> text;
  ssize_t size = pread(file, text.data(), text.size(), 0);
  if (size <= 0) return "another program, or another store of this one";
  std::string number(text.data(), static_cast<std::size_t>(size));
  number = number.substr(0, number.find('\n'));
  if (number == std::to_string(getpid())) return "another store of this program";
  return "another program (pid " + number + ", or one that it has forked)";
}

Status SyncFolder(const std::string& path) {
  std::string folder = std::filesystem::path(path).parent_path().string();
  int file = open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return SystemProblem(errno, path, "open its folder");
  int result = fsync(file);
  int error = errno;
  close(file);
  return result == 0 ? Status::Ok() : SystemProblem(error, path, "write its folder");
}

Status WriteTables(const std::string& path, const std::string& vfs, const std::string& final_path) {
  // Messages are nobody else's business; SQLite gives its further files the same permissions.
  int file = open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0) return SystemProblem(errno, final_path, "make it");
  close(file);
  int result = SQLITE_OK;
  std::unique_ptr<Connection> connection = Connection::Open(path, vfs, SQLITE_OPEN_READWRITE, &result);
  if (connection == nullptr) return SqliteProblem(result, final_path, "make it");
  result = connection->Execute("PRAGMA page_size=1024; PRAGMA auto_vacuum=NONE; PRAGMA synchronous=EXTRA");
  if (result != SQLITE_OK) return SqliteProblem(result, final_path, "make it");
  Status problem = Migrate(connection.get(), final_path, Migrations());
  if (!problem.ok()) return problem;
  if (connection->Text("PRAGMA journal_mode=WAL", &result) != "wal") {
    return SqliteProblem(result == SQLITE_OK ? SQLITE_CANTOPEN : result, final_path, "have a write-ahead log");
  }
  return Status::Ok();
}

}  // namespace

FileLock::~FileLock() {
  if (file_ >= 0) close(file_);
}

Status FileLock::Take(const std::string& path) {
  std::string name = path + "-lock";
  file_ = open(name.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (file_ < 0) return SystemProblem(errno, path, "make its lock file");
  if (flock(file_, LOCK_EX | LOCK_NB) != 0) {
    int error = errno;
    if (error != EWOULDBLOCK) return SystemProblem(error, path, "lock it");
    return Status::Error(ErrorClass::kTryAgain, "StoreInUse", "the store " + path + " is in use by " + Holder(file_),
                         "End that program, or give each its own file.");
  }
  std::string number = std::to_string(getpid()) + "\n";
  bool written =
      ftruncate(file_, 0) == 0 && pwrite(file_, number.data(), number.size(), 0) == static_cast<ssize_t>(number.size());
  // The number is only for the message above: on a full disk the lock holds without it.
  (void)written;
  return Status::Ok();
}

std::string CanonicalPath(const std::string& path) {
  std::error_code error;
  std::filesystem::path canonical = std::filesystem::weakly_canonical(path, error);
  if (error || canonical.empty()) return path;
  if (canonical.is_relative()) canonical = std::filesystem::absolute(canonical, error);
  return error ? path : canonical.string();
}

Status LookAtFile(const std::string& path, FileState* state) {
  struct stat file;
  *state = FileState::kPresent;
  if (stat(path.c_str(), &file) != 0) {
    if (errno != ENOENT) return SystemProblem(errno, path, "find it");
    *state = FileState::kMissing;
    if (HasLog(path)) {
      return DamagedProblem(path, "the file is missing, but " + path + "-wal, which belongs to it, is there");
    }
    return Status::Ok();
  }
  if (!S_ISREG(file.st_mode)) {
    return Status::Error(ErrorClass::kMisuse, "StoreForeign", path + " is not a file", "Choose another name.");
  }
  if (file.st_size == 0) {
    Status problem = DamagedProblem(path, "the file is empty");
    problem.advice = "If it never was a store, delete it: a missing file is created. " + problem.advice;
    return problem;
  }
  // A crash may leave a part of a page at the end, which is in the log then.
  if (file.st_size < kSmallestPage || (file.st_size % kSmallestPage != 0 && !HasLog(path))) {
    return DamagedProblem(path, "the file has been cut off");
  }
  return Status::Ok();
}

Status CreateFile(const std::string& path, const std::string& vfs) {
  std::string unfinished = path + "-new";
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) unlink((unfinished + suffix).c_str());
  Status problem = WriteTables(unfinished, vfs, path);
  if (problem.ok() && rename(unfinished.c_str(), path.c_str()) != 0) problem = SystemProblem(errno, path, "name it");
  if (!problem.ok()) {
    for (const char* suffix : {"", "-wal", "-shm", "-journal"}) unlink((unfinished + suffix).c_str());
    return problem;
  }
  return SyncFolder(path);
}

}  // namespace gsoaprm::store
