#include "tests/store/fault_vfs.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <new>
#include <utility>

namespace gsoaprm::testing {

namespace {

constexpr std::size_t kSector = 512;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

int CodeOf(Operation operation, bool full) {
  switch (operation) {
    case Operation::kOpen:
      return SQLITE_CANTOPEN;
    case Operation::kRead:
      return SQLITE_IOERR_READ;
    case Operation::kWrite:
      return full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    case Operation::kSync:
      return SQLITE_IOERR_FSYNC;
    case Operation::kTruncate:
      return SQLITE_IOERR_TRUNCATE;
    case Operation::kDelete:
      return SQLITE_IOERR_DELETE;
    case Operation::kFileSize:
      return SQLITE_IOERR_FSTAT;
    case Operation::kMapShared:
      return SQLITE_IOERR_SHMMAP;
    case Operation::kCount:
      break;
  }
  return SQLITE_IOERR;
}

}  // namespace

struct FaultVfs::File {
  sqlite3_file base;
  FaultVfs* vfs;
  Disk* disk;          // null: a temporary file
  sqlite3_file* real;  // behind this object

  static File* Of(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
  static sqlite3_file* Real(sqlite3_file* file) { return Of(file)->real; }
};

// SQLite's table of functions of a file, and those of the file system.
struct FaultVfs::Methods {
  static FaultVfs* Of(sqlite3_vfs* vfs) { return static_cast<FaultVfs*>(vfs->pAppData); }

  static int Open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* flags_out) {
    FaultVfs* self = Of(vfs);
    auto* made = new (file) File{};
    made->vfs = self;
    made->real = reinterpret_cast<sqlite3_file*>(made + 1);
    std::lock_guard<std::mutex> lock(self->mutex_);
    int result = self->Count(Operation::kOpen);
    if (result == SQLITE_OK && path != nullptr) made->disk = self->Track(path);
    if (result == SQLITE_OK) result = self->real_->xOpen(self->real_, path, made->real, flags, flags_out);
    made->base.pMethods = result == SQLITE_OK ? &kFileMethods : nullptr;
    return result;
  }
  static int Delete(sqlite3_vfs* vfs, const char* path, int sync_folder) {
    FaultVfs* self = Of(vfs);
    std::lock_guard<std::mutex> lock(self->mutex_);
    int result = self->Count(Operation::kDelete);
    if (result != SQLITE_OK) return result;
    result = self->real_->xDelete(self->real_, path, 0);
    auto disk = self->disks_.find(path);
    if (result != SQLITE_OK || disk == self->disks_.end()) return result;
    if (sync_folder != 0) {
      disk->second = Disk();
    }
    disk->second.deleted = true;
    return result;
  }

  static int Close(sqlite3_file* file) {
    sqlite3_file* real = File::Real(file);
    return real->pMethods != nullptr ? real->pMethods->xClose(real) : SQLITE_OK;
  }
  static int Read(sqlite3_file* file, void* bytes, int size, sqlite3_int64 at) {
    std::lock_guard<std::mutex> lock(File::Of(file)->vfs->mutex_);
    int result = File::Of(file)->vfs->Count(Operation::kRead);
    return result == SQLITE_OK ? File::Real(file)->pMethods->xRead(File::Real(file), bytes, size, at) : result;
  }
  static int Write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) {
    File* self = File::Of(file);
    std::lock_guard<std::mutex> lock(self->vfs->mutex_);
    int result = self->vfs->Count(Operation::kWrite);
    if (result != SQLITE_OK && self->vfs->dark_) return result;
    if (self->disk != nullptr && self->disk == self->vfs->Unwritable()) return SQLITE_IOERR_WRITE;
    auto end = static_cast<std::uint64_t>(at + size);
    if (result == SQLITE_OK && self->disk != nullptr && !self->vfs->HasSpace(*self->disk, end)) result = SQLITE_FULL;
    if (result != SQLITE_OK) size /= 2;  // a write that fails may have written a part
    if (self->disk != nullptr) {
      self->disk->unsynced.push_back(
          {at, std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size))});
      self->disk->size = std::max(self->disk->size, static_cast<std::uint64_t>(at + size));
    }
    int written = self->real->pMethods->xWrite(self->real, bytes, size, at);
    return result != SQLITE_OK ? result : written;
  }
  static int Truncate(sqlite3_file* file, sqlite3_int64 size) {
    File* self = File::Of(file);
    std::lock_guard<std::mutex> lock(self->vfs->mutex_);
    int result = self->vfs->Count(Operation::kTruncate);
    if (result != SQLITE_OK) return result;
    if (self->disk != nullptr) {
      self->disk->unsynced.push_back({size, std::nullopt});
      self->disk->size = static_cast<std::uint64_t>(size);
    }
    return self->real->pMethods->xTruncate(self->real, size);
  }
  static int Sync(sqlite3_file* file, int /*flags*/) {
    File* self = File::Of(file);
    std::lock_guard<std::mutex> lock(self->vfs->mutex_);
    int result = self->vfs->Count(Operation::kSync);
    if (self->disk == nullptr || self->vfs->dark_) return result;
    if (result == SQLITE_OK) {
      for (const Change& change : self->disk->unsynced) Apply(change, &self->disk->durable);
    }
    self->disk->unsynced.clear();
    return result;
  }
  static int FileSize(sqlite3_file* file, sqlite3_int64* size) {
    std::lock_guard<std::mutex> lock(File::Of(file)->vfs->mutex_);
    int result = File::Of(file)->vfs->Count(Operation::kFileSize);
    return result == SQLITE_OK ? File::Real(file)->pMethods->xFileSize(File::Real(file), size) : result;
  }
  static int Lock(sqlite3_file* file, int level) { return File::Real(file)->pMethods->xLock(File::Real(file), level); }
  static int Unlock(sqlite3_file* file, int level) {
    return File::Real(file)->pMethods->xUnlock(File::Real(file), level);
  }
  static int CheckReservedLock(sqlite3_file* file, int* locked) {
    return File::Real(file)->pMethods->xCheckReservedLock(File::Real(file), locked);
  }
  static int FileControl(sqlite3_file* file, int what, void* argument) {
    return File::Real(file)->pMethods->xFileControl(File::Real(file), what, argument);
  }
  static int SectorSize(sqlite3_file* file) { return File::Real(file)->pMethods->xSectorSize(File::Real(file)); }
  static int Characteristics(sqlite3_file* file) {
    return File::Real(file)->pMethods->xDeviceCharacteristics(File::Real(file));
  }
  static int ShmMap(sqlite3_file* file, int page, int size, int extend, void volatile** memory) {
    std::lock_guard<std::mutex> lock(File::Of(file)->vfs->mutex_);
    int result = File::Of(file)->vfs->Count(Operation::kMapShared);
    if (result != SQLITE_OK) return result;
    return File::Real(file)->pMethods->xShmMap(File::Real(file), page, size, extend, memory);
  }
  static int ShmLock(sqlite3_file* file, int offset, int count, int flags) {
    return File::Real(file)->pMethods->xShmLock(File::Real(file), offset, count, flags);
  }
  static void ShmBarrier(sqlite3_file* file) { File::Real(file)->pMethods->xShmBarrier(File::Real(file)); }
  static int ShmUnmap(sqlite3_file* file, int remove) {
    return File::Real(file)->pMethods->xShmUnmap(File::Real(file), remove);
  }

  static constexpr sqlite3_io_methods kFileMethods = {2,
                                                      Close,
                                                      Read,
                                                      Write,
                                                      Truncate,
                                                      Sync,
                                                      FileSize,
                                                      Lock,
                                                      Unlock,
                                                      CheckReservedLock,
                                                      FileControl,
                                                      SectorSize,
                                                      Characteristics,
                                                      ShmMap,
                                                      ShmLock,
                                                      ShmBarrier,
                                                      ShmUnmap,
                                                      nullptr,
                                                      nullptr};
};

FaultVfs::FaultVfs(std::string name) : name_(std::move(name)), real_(sqlite3_vfs_find(nullptr)), vfs_(*real_) {
  vfs_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
  vfs_.zName = name_.c_str();
  vfs_.pNext = nullptr;
  vfs_.pAppData = this;
  vfs_.xOpen = Methods::Open;
  vfs_.xDelete = Methods::Delete;
  // The others of the real one look at nothing of theirs.
  sqlite3_vfs_register(&vfs_, 0);
}

FaultVfs::~FaultVfs() { sqlite3_vfs_unregister(&vfs_); }

void FaultVfs::FailAt(std::uint64_t number, std::uint64_t how_many, bool full, std::optional<Operation> only) {
  std::lock_guard<std::mutex> lock(mutex_);
  failure_ = {number, how_many, full, only};
  since_failure_ = 0;
  failed_ = false;
}

void FaultVfs::FailWritesTo(const std::string& path) {
  std::lock_guard<std::mutex> lock(mutex_);
  unwritable_ = path;
}

FaultVfs::Disk* FaultVfs::Unwritable() {
  auto disk = disks_.find(unwritable_);
  return disk != disks_.end() ? &disk->second : nullptr;
}

void FaultVfs::LosePowerAt(std::uint64_t number, std::optional<Operation> only) {
  std::lock_guard<std::mutex> lock(mutex_);
  power_failure_ = {number, kForEver, false, only};
  since_power_failure_ = 0;
}

void FaultVfs::LosePower() {
  std::lock_guard<std::mutex> lock(mutex_);
  dark_ = true;
}

void FaultVfs::LimitSpace(std::uint64_t bytes) {
  std::lock_guard<std::mutex> lock(mutex_);
  space_ = bytes;
}

void FaultVfs::Repair() {
  std::lock_guard<std::mutex> lock(mutex_);
  failure_ = Trouble();
  unwritable_.clear();
  space_ = std::numeric_limits<std::uint64_t>::max();
}

int FaultVfs::Count(Operation operation) {
  ++counts_[static_cast<std::size_t>(operation)];
  bool power_counts = !power_failure_.only.has_value() || power_failure_.only == operation;
  if (power_failure_.at != 0 && power_counts && ++since_power_failure_ == power_failure_.at) dark_ = true;
  if (dark_) return CodeOf(operation, false);
  if (failure_.at == 0 || (failure_.only.has_value() && failure_.only != operation)) return SQLITE_OK;
  ++since_failure_;
  bool fails = since_failure_ >= failure_.at && since_failure_ - failure_.at < failure_.how_many;
  if (fails) failed_ = true;
  return fails ? CodeOf(operation, failure_.full) : SQLITE_OK;
}

bool FaultVfs::HasSpace(const Disk& disk, std::uint64_t end) const {
  if (end <= disk.size) return true;
  std::uint64_t used = end - disk.size;
  for (const auto& [path, each] : disks_) used += each.deleted ? 0 : each.size;
  return used <= space_;
}

FaultVfs::Disk* FaultVfs::Track(const std::string& path) {
  auto [entry, is_new] = disks_.try_emplace(path);
  if (is_new || entry->second.deleted) {
    entry->second = Disk();
    entry->second.durable = ReadFile(path);
    entry->second.size = entry->second.durable.size();
  }
  return &entry->second;
}

void FaultVfs::Apply(const Change& change, std::string* bytes) {
  auto at = static_cast<std::size_t>(change.at);
  if (!change.bytes.has_value()) {
    bytes->resize(at);
    return;
  }
  if (bytes->size() < at + change.bytes->size()) bytes->resize(at + change.bytes->size());
  std::memcpy(bytes->data() + at, change.bytes->data(), change.bytes->size());
}

std::string FaultVfs::Survivor(const Disk& disk, Loss loss, Chance* chance) {
  std::string bytes = disk.durable;
  for (const Change& change : disk.unsynced) {
    if (loss == Loss::kNothing || (loss == Loss::kSome && chance->Happens(0.5))) Apply(change, &bytes);
    if (loss != Loss::kTorn) continue;
    if (!change.bytes.has_value()) {
      if (chance->Happens(0.5)) Apply(change, &bytes);
      continue;
    }
    for (std::size_t from = 0; from < change.bytes->size();) {
      // Sectors are those of the disk, not of the write.
      std::size_t in_sector = kSector - (static_cast<std::size_t>(change.at) + from) % kSector;
      std::string sector = change.bytes->substr(from, in_sector);
      if (chance->Happens(0.5)) Apply({change.at + static_cast<std::int64_t>(from), sector}, &bytes);
      from += sector.size();
    }
  }
  return bytes;
}

void FaultVfs::RestorePower(Loss loss, std::uint64_t seed) {
  std::lock_guard<std::mutex> lock(mutex_);
  Chance chance(seed);
  for (const auto& [path, disk] : disks_) {
    // A file that was removed may be there again when its folder was not synced.
    bool there = disk.deleted ? !disk.durable.empty() && loss != Loss::kNothing && chance.Happens(0.5)
                              : std::filesystem::exists(path);
    std::filesystem::remove(path);
    if (there) std::ofstream(path, std::ios::binary) << Survivor(disk, loss, &chance);
    std::filesystem::remove(path + "-shm");
  }
  disks_.clear();
  failure_ = power_failure_ = Trouble();
  dark_ = false;
}

void FaultVfs::RestartProcess() {
  std::lock_guard<std::mutex> lock(mutex_);
  for (const auto& [path, disk] : disks_) std::filesystem::remove(path + "-shm");
  power_failure_ = Trouble();
  dark_ = false;
}

std::uint64_t FaultVfs::count(Operation operation) const {
  std::lock_guard<std::mutex> lock(mutex_);
  return counts_[static_cast<std::size_t>(operation)];
}

std::uint64_t FaultVfs::operations() const {
  std::lock_guard<std::mutex> lock(mutex_);
  std::uint64_t sum = 0;
  for (std::uint64_t each : counts_) sum += each;
  return sum;
}

bool FaultVfs::failed() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return failed_;
}

}  // namespace gsoaprm::testing
